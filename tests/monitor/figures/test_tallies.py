"""The pure tallies, counted by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.figures.complications import Flagged, complications, needing_care
from monitor.figures.paging import Paged, answering, grouped
from monitor.figures.rates import Share
from monitor.figures.relief import Group, Judged, relief
from monitor.figures.rules import Fired, tally
from monitor.figures.shifts import Turn, duties

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


NOW = NOON


def paged(
    level: str = "emergency",
    *,
    taken: float | None = 1,
    spoken: float | None = None,
    by: str = "Dr. Chen",
    wanted: bool = True,
    turn: int = 0,
    outcome: str = "",
) -> Paged:
    return Paged(
        level=level,
        opened_at=NOW,
        hour=NOW.hour,
        acknowledged_at=None if taken is None else after(taken),
        by="" if taken is None else by,
        contact_at=None if spoken is None else after(spoken),
        wanted=wanted,
        outcome=outcome,
        turn=turn,
    )


def test_how_pages_were_answered() -> None:
    found = answering(
        [
            paged(taken=1, spoken=5, outcome="advised"),
            paged(taken=3, spoken=9, turn=2, outcome="not_reached"),
            paged(taken=2, wanted=False, spoken=4, outcome="false_alarm"),
            paged(taken=None),
        ]
    )
    assert found.pages == 4
    assert found.acknowledged == Share(3, 4)
    assert found.to_acknowledge.median == timedelta(minutes=2)
    # The false alarm counts for no contact, and one of the three is still waited for.
    assert found.contacted == Share(2, 3)
    assert found.to_contact.median == timedelta(minutes=7)
    assert found.again == 1
    assert found.false == Share(1, 2)


@pytest.mark.parametrize(
    ("minutes", "missing", "soon_and_enough"),
    [
        ([1.5] * 20, 0, (True, True)),
        ([2.0] * 20, 0, (False, True)),
        ([1.5] * 19, 1, (True, True)),
        ([1.5] * 18, 2, (True, False)),
        ([1.5] * 9, 0, (None, None)),
    ],
)
def test_the_two_targets(
    minutes: list[float], missing: int, soon_and_enough: tuple[bool | None, bool | None]
) -> None:
    found = answering([*(paged(taken=one) for one in minutes), *[paged(taken=None)] * missing])
    assert (found.soon_enough, found.enough_acknowledged) == soon_and_enough


def test_groups_are_in_order() -> None:
    rows = [paged("urgent", by="Dr. Novak"), paged(by="Dr. Chen"), paged(by="Dr. Novak")]
    by_level = grouped(rows, lambda row: row.level)
    assert {key: one.pages for key, one in by_level.items()} == {"emergency": 2, "urgent": 1}
    assert [*grouped(rows, lambda row: row.by)] == ["Dr. Chen", "Dr. Novak"]


def reason(
    rule: str, level: str = "emergency", code: str = "saddle_numbness"
) -> dict[str, str]:
    return {"rule": rule, "code": code, "level": level}


def test_what_came_of_each_rules_pages() -> None:
    saddle, weak = reason("saddle.new"), reason("weak.new", code="limb_weakness")
    outcomes = ["imaging", "emergency_care", "advised", "false_alarm", "not_reached", ""]
    fired = [Fired(place, outcome, [saddle]) for place, outcome in enumerate(outcomes)]
    # The same rule twice on a page is one page; a rule that only asks to look pages nobody.
    fired += [Fired(0, "imaging", [saddle, weak, reason("screen.positive", "review")])]
    first, second = tally(fired)
    assert (first.rule, first.pages, first.judged) == ("saddle.new", 6, 4)
    assert first.predictive == Share(2, 4)
    assert first.false == Share(1, 4)
    assert (first.not_reached, first.open) == (1, 1)
    assert (second.rule, second.code, second.pages) == ("weak.new", "limb_weakness", 1)
    assert second.predictive == Share(1, 1)
    assert tally([]) == []


def test_pages_of_each_turn() -> None:
    def turn(person: str, starts: int, ends: int) -> Turn:
        return Turn("First", person, after(60 * starts), after(60 * ends))

    turns = [turn("Dr. Chen", 0, 12), turn("Dr. Novak", 12, 24), turn("Dr. Chen", 24, 36)]
    # At the very handover a page is the next one's; one after the last turn is nobody's.
    opened = [after(60 * hour) for hour in (0, 1, 11.9, 12, 30, 36)]
    chen, novak = duties([*turns, turn("", 40, 44)], opened)[1:]
    assert (chen.person, chen.shifts, chen.pages, chen.most) == ("Dr. Chen", 2, 4, 3)
    assert (chen.a_shift, chen.a_day) == (2.0, 4.0)
    assert (novak.person, novak.shifts, novak.pages) == ("Dr. Novak", 1, 1)


def test_relief_by_hand() -> None:
    answers = [
        Judged(2, before=8, after=4),  # half gone, clearly less
        Judged(1, before=6, after=4),  # a third gone: clearly less
        Judged(1, before=0, after=0),  # no pain before: no share of it
        Judged(1, before=5, after=6),
        Judged(2, before=None, after=3),
    ]
    judgements = [Judged(2, 8, None, pgic=2), Judged(1, 6, None, pgic=4), Judged(1, 5, None, 6)]
    found = relief(Group(6, answers), Group(4, judgements))
    assert (found.follow_ups, found.measured) == (10, 5)
    assert found.before == pytest.approx((8 + 8 + 6 + 0 + 5) / 5)
    assert found.after == pytest.approx((4 + 4 + 4 + 0 + 6) / 5)
    assert found.change == pytest.approx(-9 / 5)
    assert found.median_change == -2
    assert found.half == Share(2, 4)
    assert found.clear == Share(3, 5)
    assert found.much_better == Share(2, 4)
    assert relief().change is None


def test_a_complication_counts_once_by_the_most_that_was_done() -> None:
    pages = [
        Flagged("a", ["saddle_numbness", "limb_weakness"], "seen"),
        Flagged("a", ["saddle_numbness"], "emergency_care"),
        Flagged("b", ["saddle_numbness"], "imaging"),
        Flagged("c", ["saddle_numbness"], "false_alarm"),
        Flagged("d", ["fever"], "advised"),
        Flagged("e", ["fever"], ""),
    ]
    saddle, weak = complications(pages, of=40)
    assert (saddle.code, saddle.follow_ups) == ("saddle_numbness", Share(2, 40))
    assert (saddle.emergency_care, saddle.imaging, saddle.seen) == (1, 1, 0)
    assert (weak.code, weak.follow_ups, weak.seen) == ("limb_weakness", Share(1, 40), 1)
    assert needing_care(pages, of=40) == Share(2, 40)
