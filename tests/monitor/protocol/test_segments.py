"""Segments as a carrier counts them."""

import pytest

from monitor.protocol.segments import measure


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("¿Qué tal, señor? é ñ ü à", "GSM-7", 24, 1),
        ("í" + "a" * 69, "UCS-2", 70, 1),
        ("í" + "a" * 70, "UCS-2", 71, 2),
        ("í" + "a" * 133, "UCS-2", 134, 2),
        ("í" + "a" * 134, "UCS-2", 135, 3),
        ("ok 👍", "UCS-2", 5, 1),
        ("it’s", "UCS-2", 4, 1),
    ],
)
def test_text_is_measured(text: str, encoding: str, units: int, segments: int) -> None:
    length = measure(text)
    assert (length.encoding, length.units, length.segments) == (encoding, units, segments)
