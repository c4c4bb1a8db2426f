"""Figures of the paging, read from rows: by hand, and never of the second clinic."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor import notes
from monitor.dashboard import on_call_figures
from monitor.figures import rows
from monitor.figures.paging import answering, grouped
from monitor.figures.rates import Share
from monitor.figures.rules import tally
from monitor.figures.scope import Scope, pages_opened
from notifications.models import Responder
from notifications.oncall import amending, paging
from tests.monitor.figures.ward import SADDLE, assess, close, flag, follow, late_work, take
from tests.world import NOW, World

LATE = NOW + timedelta(days=20)
WEAK = {**SADDLE, "rule": "limb_weakness.new", "code": "limb_weakness"}


def month(world: World) -> Scope:
    return Scope(world.clinic, date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def paged(world: World) -> World:
    """Six pages at the clinic in March, one in February, and two at the second clinic."""
    one, two = follow(world, 1), follow(world, 2)
    reached = flag(one, at=NOW)
    take(reached, "Chen", after=1)
    # A second flag while the page was out, assessed then.
    assess(one, [WEAK], at=NOW + timedelta(minutes=2))
    close(reached, "Novak", "imaging", after=21)
    false = flag(two, at=NOW + timedelta(hours=5), level="urgent")
    take(false, "Chen", after=3)
    close(false, "Chen", "false_alarm", after=8)
    missed = flag(two, at=NOW + timedelta(days=1, hours=5))
    take(missed, "Novak", after=5)
    close(missed, "Novak", "not_reached", after=30)
    notes.called(
        reached=True,
        clinic=world.clinic,
        by=world.nurse,
        episode=two,
        now=missed.opened_at + timedelta(minutes=50),
    )
    late_work(one, world.clinic, at=NOW + timedelta(days=2), kind="silent")
    late_work(None, world.clinic, at=NOW + timedelta(days=3), kind="rota")
    again = flag(one, at=NOW + timedelta(days=4))
    take(again, "Novak", after=2)
    paging.sweep(now=again.opened_at + timedelta(hours=1))
    take(again, "Chen", after=61)
    # Midnight between the months is that of the clinic: 23:30 on 28 February there.
    flag(two, at=datetime(2026, 3, 1, 4, 30, tzinfo=UTC))
    other = follow(world, 3, elsewhere=True)
    close(flag(other, at=NOW), "Hughes", "emergency_care", after=2)
    flag(other, at=NOW + timedelta(hours=5))
    return world


def test_every_page_of_the_clinic_and_the_month(paged: World) -> None:
    found = rows.paged(pages_opened(month(paged)), paged.clinic)
    assert [(row.level, row.hour, row.by, row.outcome) for row in found] == [
        ("emergency", 15, "Dr. Chen", "imaging"),
        ("urgent", 20, "Dr. Chen", "false_alarm"),
        ("emergency", 20, "Dr. Novak", "not_reached"),
        ("urgent", 15, "", ""),
        ("urgent", 15, "", ""),
        ("emergency", 15, "Dr. Novak", ""),
    ]
    minutes = [
        row.contact_at and (row.contact_at - row.opened_at) / timedelta(minutes=1)
        for row in found
    ]
    # Closed as reached; a false alarm is nobody to reach; phoned later; three still to come.
    assert minutes == [21, None, 50, None, None, None]
    assert [row.wanted for row in found] == [True, False, True, True, False, True]


def test_how_soon_by_hand(paged: World) -> None:
    found = rows.paged(pages_opened(month(paged)), paged.clinic)
    whole = answering(found)
    assert (whole.pages, whole.acknowledged, whole.again) == (6, Share(4, 6), 1)
    # 1, 3, 5 and 2 minutes: the second acknowledgement of the last does not count.
    assert whole.to_acknowledge.n == 4
    assert whole.to_acknowledge.median == timedelta(minutes=2.5)
    assert whole.contacted == Share(2, 4)
    assert whole.to_contact.median == timedelta(minutes=35.5)
    by_person = grouped([row for row in found if row.by], lambda row: row.by)
    assert {name: one.pages for name, one in by_person.items()} == {
        "Dr. Chen": 2,
        "Dr. Novak": 2,
    }


def test_what_each_rule_raised(paged: World) -> None:
    pages = pages_opened(month(paged))
    saddle, weak = tally(rows.fired(pages, now=LATE))
    assert (saddle.rule, saddle.pages, saddle.judged) == ("saddle_numbness.new", 4, 2)
    assert (saddle.predictive, saddle.false) == (Share(1, 2), Share(1, 2))
    assert (saddle.not_reached, saddle.open) == (1, 1)
    # The open page of the same follow-up came later: what was assessed before is not its.
    assert (weak.rule, weak.pages, weak.predictive) == ("limb_weakness.new", 1, Share(1, 1))


def test_pages_of_each_shift(paged: World) -> None:
    """The weeks change on Mondays at 8: 2, 9, 16, 23 and 30 March."""
    found = rows.duty(month(paged), now=LATE + timedelta(days=30))
    assert [(one.line, one.person, one.shifts, one.pages, one.most) for one in found] == [
        # From 2, 16 and 30 March.
        ("Weekly", "Dr. Chen", 3, 6, 6),
        ("Weekly", "Dr. Novak", 3, 0, 0),
    ]
    assert sum((one.length for one in found), timedelta()) == timedelta(days=31, hours=-1)
    assert rows.duty(month(paged), now=NOW - timedelta(days=30)) == []


def test_who_has_left_keeps_what_they_did(paged: World) -> None:
    Responder.objects.filter(team=paged.team, name="Dr. Chen").update(active=False)
    assert rows.duty(month(paged), now=LATE)[0].person == "Dr. Chen"


def test_a_team_of_two_clinics_counts_each_for_itself(paged: World) -> None:
    paged.other_line.team = paged.team
    paged.other_line.save()
    flag(follow(paged, 7, elsewhere=True), at=NOW)
    assert pages_opened(month(paged)).count() == 6
    assert sum(one.pages for one in rows.duty(month(paged), now=LATE)) == 6


def test_queries_stay_the_same(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            on_call_figures.parts(month(world), now=LATE)
        return len(found)

    flag(follow(world, 1), at=NOW)
    few = queries()
    for n in range(2, 8):
        page = flag(follow(world, n), at=NOW + timedelta(hours=n))
        close(page, "Chen", "advised", after=4)
    assert queries() == few
    assert few <= 12


def test_a_corrected_outcome_counts(paged: World) -> None:
    """As what it is now; and a contact that only the correction knows of is not dated back."""
    chen = Responder.objects.get(name="Dr. Chen")
    opened = pages_opened(month(paged)).order_by("opened_at")
    hours = timedelta(hours=20)
    for page, outcome in zip(opened[:2], ("false_alarm", "seen"), strict=True):
        amending.amend(
            page,
            chen,
            outcome=outcome,
            known=page.outcome,
            why="The MRI.",
            now=page.opened_at + hours,
        )
    found = rows.paged(pages_opened(month(paged)), paged.clinic)[:2]
    assert [(row.outcome, row.contact_at) for row in found] == [
        ("false_alarm", None),
        ("seen", found[1].opened_at + hours),
    ]
    saddle, weak = tally(rows.fired(pages_opened(month(paged)), now=LATE))
    assert (saddle.predictive, saddle.false) == (Share(1, 2), Share(1, 2))
    # Its one page had been closed as an MRI.
    assert (weak.predictive, weak.false) == (Share(0, 1), Share(1, 1))
