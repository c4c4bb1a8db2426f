"""What staff may text in their own words, and which of these may be kept ready. Pure.

Words that are kept are sent again and again, also before a patient has ever answered, so they
obey what the protocols' own first texts obey.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.protocol.texts import named_procedure, placeholders, suggested_keyword

LONGEST = 480
"""Signs of a text in staff's own words."""

PLACEHOLDERS = ("clinic", "phone")
"""What is filled into ready words: the clinic's name, and the phone that patients call."""


@dataclass(frozen=True)
class Refusal:
    """Why words cannot be kept: `why` is "brace", "placeholder", "long", "keyword" or
    "procedure", `found` what is meant by it.
    """

    why: str
    found: str = ""


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words as a patient gets them."""
    for name in PLACEHOLDERS:
        words = words.replace(f"{{{name}}}", values[name])
    return words


def refusal(words: str, *, values: Mapping[str, str]) -> Refusal | None:
    """Why these words cannot be kept ready, with the clinic's own `values` in them."""
    try:
        wrong = [name for name in placeholders(words) if name not in PLACEHOLDERS]
    except ValueError:
        return Refusal("brace")
    # Two of them stand for one in a protocol; here somebody meant a placeholder.
    if "{{" in words or "}}" in words:
        return Refusal("brace")
    if wrong:
        return Refusal("placeholder", f"{{{wrong[0]}}}")
    size = len(filled(words, values))
    if size > LONGEST:
        return Refusal("long", str(size))
    if keyword := suggested_keyword(words):
        return Refusal("keyword", keyword)
    if procedure := named_procedure(words):
        return Refusal("procedure", procedure)
    return None
