import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.simulator.segments import segments


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 152 septets and a pair that may not be torn: the second part takes the pair.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("é" * 160, 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("pain 7 — worse" + "a" * 57, 2),
    ],
)
def test_the_parts_of_a_text(body: str, parts: int) -> None:
    assert segments(body) == parts


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_letters_never_take_fewer_parts(body: str, more: str) -> None:
    assert segments(body + more) >= segments(body)
