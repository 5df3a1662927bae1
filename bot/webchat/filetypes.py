"""What a file is, by its first bytes: a worker's browser may call it anything."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

# Shown within the page. Everything else is handed out as a download; SVG is never among them, it may carry a script.
SHOWN_INLINE = re.compile(r"image/(jpeg|png|gif|webp)|audio/[a-z0-9.+-]+")
_VIDEO_IN_MP4 = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_VIDEO_IN_WEBM = re.compile(rb"V_(VP8|VP9|AV1|MPEG|THEORA|UNCOMPRESSED)")


@dataclass(frozen=True)
class FileType:
    """A kind of file that is taken: the message's kind, its media type, and the endings its name may have."""

    kind: str  # photo, document, voice
    media_type: str
    endings: tuple[str, ...]


_JPEG = FileType("photo", "image/jpeg", (".jpg", ".jpeg"))
_PNG = FileType("photo", "image/png", (".png",))
_GIF = FileType("photo", "image/gif", (".gif",))
_WEBP = FileType("photo", "image/webp", (".webp",))
# Only Safari can show it, so it travels as a document.
_HEIC = FileType("document", "image/heic", (".heic", ".heif"))
_PDF = FileType("document", "application/pdf", (".pdf",))
_DOCX = FileType("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
_OGG = FileType("voice", "audio/ogg", (".ogg", ".oga", ".opus"))
_WEBM = FileType("voice", "audio/webm", (".webm", ".weba"))
_MP4 = FileType("voice", "audio/mp4", (".m4a", ".mp4"))
_MP3 = FileType("voice", "audio/mpeg", (".mp3",))
_WAV = FileType("voice", "audio/wav", (".wav",))
_AMR = FileType("voice", "audio/amr", (".amr",))
_AAC = FileType("voice", "audio/aac", (".aac",))


def _is_docx(content: bytes) -> bool:
    """A Word document without macros."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return {"[Content_Types].xml", "word/document.xml"} <= names and not any(name.endswith("vbaProject.bin") for name in names)


def _is_ftyp(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


_CHECKS: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (_JPEG, lambda c: c.startswith(b"\xff\xd8\xff")),
    (_PNG, lambda c: c.startswith(b"\x89PNG\r\n\x1a\n")),
    (_GIF, lambda c: c.startswith((b"GIF87a", b"GIF89a"))),
    (_WEBP, lambda c: c[:4] == b"RIFF" and c[8:12] == b"WEBP"),
    (_HEIC, lambda c: _is_ftyp(c) and c[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heif")),
    (_PDF, lambda c: c.startswith(b"%PDF-")),
    (_DOCX, lambda c: c.startswith(b"PK\x03\x04") and _is_docx(c)),
    (_OGG, lambda c: c.startswith(b"OggS") and b"theora" not in c[:4096]),
    (_WEBM, lambda c: c.startswith(b"\x1a\x45\xdf\xa3") and not _VIDEO_IN_WEBM.search(c[:65536])),
    (_MP4, lambda c: _is_ftyp(c) and not _VIDEO_IN_MP4.search(c)),
    (_WAV, lambda c: c[:4] == b"RIFF" and c[8:12] == b"WAVE"),
    (_AMR, lambda c: c.startswith(b"#!AMR")),
    (_AAC, lambda c: c[:2] in (b"\xff\xf1", b"\xff\xf9")),
    (_MP3, lambda c: c.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"))),
)


def file_type(content: bytes) -> FileType | None:
    """What these bytes are, or None for what is not taken."""
    return next((kind for kind, fits in _CHECKS if fits(content)), None)


def file_name(given: str, kind: FileType) -> str:
    """The name to show and to save under: without folders or control characters, with an ending that tells the truth."""
    bare = PurePosixPath(given.replace("\\", "/")).name
    bare = "".join(c for c in bare if c.isprintable()).strip(" .") or kind.kind
    if not bare.lower().endswith(kind.endings):
        bare += kind.endings[0]
    return bare if len(bare) <= 120 else bare[-120:]
