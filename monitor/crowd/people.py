"""Who the made-up patients are: the same seed and number is the same person. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

NAMES = Path(__file__).with_name("names.toml")
# Two names in a hundred thousand are enough to be told apart by the date of birth.
OLDEST, YOUNGEST = date(1935, 1, 1), date(2004, 1, 1)
# Lines 0100 to 0199 of each exchange 555 are for clinics and their staff.
FIRST_LINE, LINES = 1000, 9000
_SIGNS = "CDFGHJKMPQRTWX34679"
_LETTERS = 14
_REFERENCES = _LETTERS * len(_SIGNS) ** 4
# Has no factor in common with the number of references: every number gets one of its own.
_STRIDE = 1_000_003


@dataclass(frozen=True, slots=True)
class Identity:
    """Name, birth, phone in E.164 and record number of a made-up person."""

    given: str
    family: str
    born_on: date
    phone: str
    record_number: str


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """names.toml, its lists of names as lists."""
    data = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    for language in ("en", "es"):
        for part in ("given", "family"):
            data[language][part] = data[language][part].split()
    return data


def identity(number: int, *, language: str, dice: Random) -> Identity:
    """The person with this number, from 0; no two have the same phone or record number."""
    known = words()
    names, areas = known[language], known["clinics"]["areas"]
    family = dice.choice(names["family"])
    # Many have two family names; a hyphen joins them where English is spoken.
    if language == "es" or dice.random() < 0.1:
        second = dice.choice(names["family"])
        family = f"{family} {second}" if language == "es" else f"{family}-{second}"
    area, line = areas[number % len(areas)], number // len(areas)
    days = dice.randrange((YOUNGEST - OLDEST).days)
    return Identity(
        given=dice.choice(names["given"]),
        family=family,
        born_on=OLDEST + timedelta(days=days),
        phone=f"+1{area}555{FIRST_LINE + line % LINES}",
        record_number=f"MR-{100_000 + number}",
    )


def reference(number: int) -> str:
    """An opaque reference as pages and follow-ups have, of its own for each number."""
    rest = number * _STRIDE % _REFERENCES
    signs = ""
    for _place in range(4):
        rest, sign = divmod(rest, len(_SIGNS))
        signs += _SIGNS[sign]
    # Past a million and more they begin anew, one sign longer.
    return _SIGNS[rest] + signs + (str(number // _REFERENCES) if number >= _REFERENCES else "")


def new_uuid(dice: Random) -> UUID:
    """A random UUID that depends on the dice alone."""
    return UUID(int=dice.getrandbits(128), version=4)
