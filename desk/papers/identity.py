"""What an identity number says about its holder (GB 11643): sex and day of birth. It is read, never kept or logged."""

import datetime as dt
import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def from_identity_number(number: object) -> dict[str, str]:
    """worker_sex (male, female) and worker_birth (ISO day), or nothing where the number is not a valid one."""
    text = str(number).strip().upper()
    if not re.fullmatch(r"\d{17}[\dX]", text, re.ASCII):
        return {}
    if _CHECKS[sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11] != text[17]:
        return {}
    try:
        born = dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return {}
    return {"worker_sex": "male" if int(text[16]) % 2 else "female", "worker_birth": born.isoformat()}


def age(born: dt.date, today: dt.date) -> int:
    """Whole years of life."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
