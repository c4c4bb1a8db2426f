"""What arrives in a request's form, and what the API asks of it."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from notifications.simulator.errors import ApiError

Form = Mapping[str, Sequence[str]]

_E164 = re.compile(r"\+[1-9]\d{6,14}")


def first(form: Form, name: str) -> str:
    """The field's first value, or empty."""
    values = form.get(name) or [""]
    return values[0]


def is_e164(number: str) -> bool:
    return _E164.fullmatch(number) is not None


def checked_url(url: str, code: int) -> str:
    """The address, which may be empty; ApiError `code` when it is none."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ApiError(code, url)
    return url


def seconds(value: str, otherwise: float) -> float:
    """A length of time; `otherwise` for an empty field, ApiError when it is none."""
    try:
        return float(value) if value else otherwise
    except ValueError:
        raise ApiError(20001) from None
