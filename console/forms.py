"""Form: what a browser sent, read field by field."""

import datetime as dt
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from desk.errors import Invalid


class Form:
    """The fields of one request. Missing text is empty; what cannot be read raises Invalid with the field's name."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def text(self, name: str) -> str:
        value = self._data.get(name)
        # Browsers send line ends as CRLF; everybody else wants LF.
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [value.strip() for value in self._data.getlist(name) if isinstance(value, str)]

    def lines(self, name: str) -> list[str]:
        """A text area's lines without the empty ones."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def whole(self, name: str, label: str) -> int:
        text = self.text(name).strip()
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise Invalid(f"{label}要填整数", field=name)
        return int(text)

    def moment(self, name: str, label: str, zone: str) -> dt.datetime:
        """A date and time of day as a browser's own field sends it, taken as local to `zone`; returned in UTC."""
        try:
            local = dt.datetime.fromisoformat(self.text(name))
        except ValueError:
            raise Invalid(f"请填写{label}", field=name) from None
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file, or None when none was chosen."""
        value = self._data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


async def read_form(request: Request) -> Form:
    """The request's form; asking again gives the same."""
    return Form(await request.form(max_files=1, max_fields=200))
