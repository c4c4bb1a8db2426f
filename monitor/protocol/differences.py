"""What is different between two versions of a protocol: rule by rule, text by text. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from typing import Any

from monitor.levels import Level
from monitor.protocol.condition import Condition
from monitor.protocol.model import Protocol

_NOT_RULES = frozenset({"version", "digest", "content"})
_TABLES = {
    "check_ins": "key",
    "rules": "id",
    "derived": "fact",
    "heard": "finding",
}
"""Tables that are lists, and what names their rows."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `part` is the table, `key` its row, `field` the part of the row.

    `old` is None for what is new, `new` is None for what is gone.
    """

    part: str
    key: str
    field: str
    old: str | None
    new: str | None


def differences(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """All that differs, in the order of the protocol's parts. Equal digests have none."""
    found: list[Difference] = []
    for part in fields(Protocol):
        if part.name in _NOT_RULES:
            continue
        before, after = getattr(old, part.name), getattr(new, part.name)
        if part.name == "texts":
            found += _texts(before, after)
        elif part.name in _TABLES:
            name = _TABLES[part.name]
            found += _rows(part.name, _keyed(before, name), _keyed(after, name))
        elif isinstance(before, Mapping):
            found += _rows(part.name, before, after)
        elif before != after:
            found.append(Difference(part.name, "", "", _said(before), _said(after)))
    return tuple(found)


def _keyed(rows: tuple[Any, ...], name: str) -> dict[str, Any]:
    keyed: dict[str, Any] = {}
    for row in rows:
        key = str(getattr(row, name))
        # A finding may have several meanings, each in its own window of hours.
        while key in keyed:
            key = f"{key} (further)"
        keyed[key] = row
    return keyed


def _texts(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Iterator[Difference]:
    for lang in sorted(old.keys() | new.keys()):
        yield from _rows(f"texts {lang}", old.get(lang, {}), new.get(lang, {}))


def _rows(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            yield Difference(part, key, "", _said(old[key]), None)
        elif key not in old:
            yield Difference(part, key, "", None, _said(new[key]))
        elif is_dataclass(old[key]):
            for one in fields(old[key]):
                before, after = getattr(old[key], one.name), getattr(new[key], one.name)
                if before != after:
                    yield Difference(part, key, one.name, _said(before), _said(after))
        elif old[key] != new[key]:
            yield Difference(part, key, "", _said(old[key]), _said(new[key]))


def _said(value: Any) -> str:
    """A value as a person reads it."""
    match value:
        case None:
            return "none"
        case Level():
            return value.code
        case Condition():
            return value.text
        case timedelta():
            return f"{value.total_seconds() / 3600:g} h"
        case float() | int() if not isinstance(value, bool):
            return f"{value:g}"
        case frozenset():
            return ", ".join(sorted(value)) or "none"
        case tuple():
            return ", ".join(_said(one) for one in value) or "none"
        case _ if is_dataclass(value):
            parts = ((one.name, getattr(value, one.name)) for one in fields(value))
            return "; ".join(f"{name}: {_said(one)}" for name, one in parts if one != "")
        case _:
            return str(value)
