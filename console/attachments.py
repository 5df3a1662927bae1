"""Attachments: files out of conversations, for those who are signed in only."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import FileResponse

from console.deps import ConsoleDeps
from desk import conversations

# What a browser shows or plays without running anything in it. Everything else is handed over as a download.
INLINE = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/webp",
    "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/wav", "audio/webm", "audio/x-m4a",
})  # fmt: skip


def attachments(deps: ConsoleDeps) -> APIRouter:
    """Serves the files."""
    router = APIRouter()

    @router.get("/files/{attachment_id}")
    async def serve(attachment_id: str) -> FileResponse:
        attachment = await deps.database.reading(conversations.attachment_by_id, attachment_id)
        path = deps.files.existing(attachment.id)
        inline = attachment.media_type in INLINE
        headers = {
            "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(attachment.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
        }
        return FileResponse(path, media_type=attachment.media_type if inline else "application/octet-stream", headers=headers)

    return router
