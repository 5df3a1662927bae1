"""The bytes of attachments: files in the data folder, named by nothing but their id."""

from pathlib import Path

from desk.errors import Invalid, NotFound


class FileStore:
    """Keeps attachments' bytes below `folder`."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self.max_bytes = max_bytes

    def path(self, attachment_id: str) -> Path:
        """Where an attachment's bytes lie (or would)."""
        return self._folder / attachment_id[-2:] / attachment_id

    def save(self, attachment_id: str, content: bytes) -> None:
        """Raises Invalid when there is too much of it."""
        if len(content) > self.max_bytes:
            raise Invalid(f"文件太大，最多 {self.max_bytes // 1_048_576} MB")
        path = self.path(attachment_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a crash must not leave half a photo behind under its final name.
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(path)

    def existing(self, attachment_id: str) -> Path:
        """Raises NotFound when the bytes are not here."""
        path = self.path(attachment_id)
        if not path.is_file():
            raise NotFound("文件还没有取到，请稍后再试")
        return path
