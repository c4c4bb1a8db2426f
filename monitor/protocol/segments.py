"""How many SMS segments a text takes (3GPP TS 23.038): GSM-7 160/153, UCS-2 70/67."""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Length:
    """What a text costs: `encoding` is GSM-7 or UCS-2; `units` are septets or code units."""

    encoding: str
    units: int
    segments: int


def measure(text: str) -> Length:
    """Measure a text as a carrier bills it; an empty text is one segment."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units = sum(2 if letter in _EXTENDED else 1 for letter in text)
        return Length("GSM-7", units, _parts(units, 160, 153))
    units = len(text.encode("utf-16-be")) // 2
    return Length("UCS-2", units, _parts(units, 70, 67))


def _parts(units: int, alone: int, joined: int) -> int:
    return 1 if units <= alone else -(-units // joined)
