"""The one family of expected errors. Each says what is wrong and what to do about it."""


class DeskError(Exception):
    """Something a person can act on. Rendered once, at the edge that called the desk."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotFound(DeskError):
    """The thing named does not exist, or is not yours to see."""


class Conflict(DeskError):
    """Somebody else changed it first, or its state does not allow this."""


class Invalid(DeskError):
    """A value that cannot be used: the message names the field and what would be right."""


class Forbidden(DeskError):
    """The signed-in person may not do this."""
