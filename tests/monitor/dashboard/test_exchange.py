from hypothesis import given
from hypothesis import strategies as st

from monitor.dashboard.exchange import FEWEST, folded

SIGNS = st.lists(st.sampled_from("qw!"), max_size=40).map("".join)


def fold(signs: str) -> list[str]:
    """Runs of one letter folded; "!" stands for what must be seen."""
    return list(
        folded(
            signs,
            quiet=lambda sign: sign != "!",
            together=lambda one, next_: one == next_,
            fold="".join,
        )
    )


def test_a_run_is_one_and_a_few_are_left() -> None:
    assert fold("qqqq!qqq") == ["qqqq", "!", "q", "q", "q"]
    assert fold("qqqqwwww") == ["qqqq", "wwww"]
    assert fold("") == []


@given(signs=SIGNS)
def test_nothing_is_lost_moved_or_hidden(signs: str) -> None:
    shown = fold(signs)
    assert "".join(shown) == signs
    assert [one for one in shown if "!" in one] == ["!"] * signs.count("!")
    assert all(len(one) == 1 or len(one) >= FEWEST for one in shown)
