"""The shell of the page: its document, its static files under a name that changes with them, its manifest."""

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from bot.webchat import icon
from desk.errors import NotFound
from desk.texts import catalogue

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self)",
}


class Shell:
    """Everything of the page that is the same for every worker of one union."""

    def __init__(self, union_name: str) -> None:
        self._union_name = union_name
        self._files = {path.name: path for path in sorted(_STATIC.iterdir()) if path.suffix in _MEDIA_TYPES}
        self._page = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True).get_template("chat.html")
        digest = hashlib.sha256(union_name.encode())
        for path in (_HERE / "templates" / "chat.html", *self._files.values()):
            digest.update(path.read_bytes())
        digest.update(repr(_texts()).encode())
        self.version = digest.hexdigest()[:12]

    def page(self, language: str) -> Response:
        """The document, first in `language`; it holds the texts of both."""
        html = self._page.render(
            union_name=self._union_name, version=self.version, language=language, texts=_texts(), say=_texts()[language]
        )
        return HTMLResponse(html, headers={**_GUARDS, "Cache-Control": "no-store"})

    def file(self, version: str, name: str) -> Response:
        """A static file. Raises NotFound."""
        if name not in self._files:
            raise NotFound(name)
        path = self._files[name]
        keep = _FOREVER if version == self.version else "no-store"
        return FileResponse(
            path, media_type=_MEDIA_TYPES[path.suffix], headers={"Cache-Control": keep, "X-Content-Type-Options": "nosniff"}
        )

    def service_worker(self) -> Response:
        """It lies below /chat/ and answers for /chat itself, which a browser allows only when told so."""
        return FileResponse(
            self._files["sw.js"],
            media_type="text/javascript",
            headers={"Service-Worker-Allowed": "/chat", "Cache-Control": "no-cache", **_GUARDS},
        )

    def manifest(self) -> Response:
        """What a phone needs to know to install the page."""
        icons: list[dict[str, Any]] = [
            {"src": f"/chat/icons/{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
            for size in icon.SIZES
        ]
        manifest = {
            "id": "/chat",
            "name": f"{self._union_name} · {_texts()['zh']['title']}",
            "short_name": _texts()["zh"]["title"],
            "lang": "zh-CN",
            "start_url": "/chat",
            "scope": "/chat",
            "display": "standalone",
            "background_color": "#eef1f4",
            "theme_color": "#b71f26",
            "icons": icons,
        }
        return JSONResponse(manifest, media_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})

    def icon(self, size: int) -> Response:
        """Raises NotFound for a size that the manifest does not name."""
        if size not in icon.SIZES:
            raise NotFound(str(size))
        return Response(icon.png(size), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


def _texts() -> dict[str, dict[str, str]]:
    """The page's own lines in both languages, by their keys without the common "webchat."."""
    lines = {language: catalogue(language) for language in ("zh", "en")}
    keys = [key for key in lines["zh"] if key.startswith("webchat.") and ".refused." not in key]
    return {language: {key.removeprefix("webchat."): lines[language][key] for key in keys} for language in lines}
