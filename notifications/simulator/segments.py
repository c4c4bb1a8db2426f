"""How many parts a text is sent in.

Source: 3GPP TS 23.038, the default alphabet and its extension table; TS 23.040 for the six
octets that the header of a part takes.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

GSM7_ALONE, GSM7_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67


def segments(body: str) -> int:
    """The number of parts, at least 1.

    A septet pair of the extension table and a surrogate pair are never torn apart.
    """
    if all(letter in _BASIC or letter in _EXTENDED for letter in body):
        widths = [2 if letter in _EXTENDED else 1 for letter in body]
        return _packed(widths, GSM7_ALONE, GSM7_PART)
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in body]
    return _packed(widths, UCS2_ALONE, UCS2_PART)


def _packed(widths: list[int], alone: int, part: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
