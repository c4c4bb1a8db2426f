"""The month on one page: beside the month before, and with the course of six months."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pypdf import PdfReader

from monitor.dashboard import follow_up_figures, monthly_report, on_call_figures
from monitor.dashboard.wording import FINDINGS
from monitor.figures import month
from monitor.figures.cohort import cohort
from monitor.figures.comparison import difference
from monitor.figures.rates import Share
from monitor.figures.scope import Scope
from monitor.models import Episode
from notifications.models import Message
from patients.models import Clinic, Procedure
from tests.monitor.figures.ward import (
    SADDLE,
    answer,
    close,
    contact,
    flag,
    follow,
    take,
    text,
)
from tests.world import NOW, World

FEBRUARY = datetime(2026, 2, 12, 15, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1), date(2026, 3, 31)


def read(body: bytes) -> list[str]:
    """What stands on each page, in one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(body)).pages]


def scope(world: World) -> Scope:
    return Scope(Clinic.objects.get(pk=world.clinic.pk), *MARCH)


def written(world: World, language: str = "en") -> str:
    with translation.override(language):
        pages = read(monthly_report.report(scope(world), now=NOW + timedelta(days=40)))
    assert len(pages) == 1
    return pages[0]


def went(world: World, first: int, n: int, *, at: datetime, reached: int) -> list[Episode]:
    """So many follow-ups of procedures then; of so many of them the patient was reached."""
    found = [follow(world, first + one, performed_at=at) for one in range(n)]
    for place, one in enumerate(found):
        contact(one, "d1", "answered" if place < reached else "missed")  # type: ignore[arg-type]
    return found


@pytest.fixture
def two_months(world: World) -> World:
    """March is better than February: of 20 each, 18 and 8 were reached the day after."""
    went(world, 0, 20, at=FEBRUARY, reached=8)
    march = went(world, 20, 20, at=NOW, reached=18)
    for place, one in enumerate(march[:12]):
        answer(one, "d1", pain_score=2 if place < 9 else 6)
        page = flag(one, at=NOW + timedelta(hours=30 + place))
        if place:
            take(page, "Chen", after=1)
            close(page, "Chen", "seen", after=10)
    for n in range(10):
        late = flag(march[12], at=FEBRUARY + timedelta(hours=n))
        take(late, "Chen", after=4)
        close(late, "Chen", "seen", after=20)
    elsewhere = follow(world, 60, elsewhere=True, performed_at=NOW)
    take(flag(elsewhere, at=NOW), "Hughes", after=1)
    return world


def test_the_month_stands_beside_the_one_before(two_months: World) -> None:
    page = written(two_months)
    assert "Figure March 2026 February 2026 Difference Aim" in page
    assert "Follow-ups 20 20" in page
    assert (
        "Contacted the day after 90 % (70 to 97); 18 of 20 40 % (22 to 61); 8 of 20 "
        "better: +50 points (+21 to +70) 100 %. Not met."
    ) in page
    assert "Pages acknowledged 92 % (65 to 99); 11 of 12 100 % (72 to 100); 10 of 10" in page
    assert "95 %. Not met." in page
    assert "Time to acknowledge, median 1 min 4 min 3 min shorter under 2 min. Met." in page
    assert "At least half of the pain gone 75 % (47 to 91); 9 of 12 –" in page
    assert "Contacted the day after, by month (%)" in page
    assert "Hughes" not in page and "Fenwick" not in page


def test_it_says_worse_and_less_too(world: World) -> None:
    for one in went(world, 0, 20, at=FEBRUARY, reached=20):
        flag(one, at=FEBRUARY + timedelta(days=1))
    went(world, 20, 20, at=NOW, reached=6)
    page = written(world)
    assert "worse: −70 points" in page
    assert "less: −100 points" in page


def test_what_is_too_few_is_not_judged(world: World) -> None:
    went(world, 0, 20, at=FEBRUARY, reached=20)
    went(world, 20, 5, at=NOW, reached=2)
    page = written(world)
    assert "2 of 5: too few 100 % (84 to 100); 20 of 20 too few" in page
    assert "Pages per 100 patients 0: too few 0.00" in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_empty_month_is_one_page(world: World, language: str) -> None:
    page = written(world, language)
    nothing = (
        "There is nothing to count yet."
        if language == "en"
        else "Todavía no hay nada que contar."
    )
    assert nothing in page
    assert "%;" not in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_longest_names_are_one_page(world: World, language: str) -> None:
    """Every procedure, many rules of the longest findings, a clinic's longest name."""
    Clinic.objects.filter(pk=world.clinic.pk).update(
        name="Interdisziplinäres Wirbelsäulen- und Schmerzzentrum am Universitätsklinikum "
        "für Orthopädie und Anästhesie"
    )
    went(world, 40, 12, at=FEBRUARY, reached=6)
    kinds = Procedure.Kind.values
    codes = sorted(FINDINGS, key=len, reverse=True)
    for n in range(24):
        one = follow(
            world, n, kind=kinds[n % len(kinds)], performed_at=NOW + timedelta(hours=n % 5)
        )
        contact(one, "d1", "answered", replied=timedelta(hours=n + 1))  # type: ignore[arg-type]
        answer(one, "d1", pain_score=n % 7)
        code = codes[n % len(codes)]
        reason = {**SADDLE, "rule": f"a_rule_with_a_long_name.{code}.{n}", "code": code}
        level = ("emergency", "urgent")[n % 2]
        page = flag(one, at=NOW + timedelta(hours=30 + n), level=level, reasons=[reason])
        take(page, "Chen", after=61)
        close(page, "Chen", "seen", after=200)
    page = written(world, language)
    assert ("and 2" if language == "en" else "y 2") in page
    last = "Every figure is defined" if language == "en" else "Cada cifra"
    assert last in page


def test_the_course_of_six_months(two_months: World) -> None:
    found = month.course(scope(two_months))
    assert [one.first for one in found] == [
        date(2025, 10, 1),
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    ]
    assert [one.contacted for one in found] == [*[Share(0, 0)] * 4, Share(8, 20), Share(18, 20)]
    assert [one.acknowledged for one in found][4:] == [Share(10, 10), Share(11, 12)]
    # The same as the figures of the month itself.
    this = month.month(cohort(scope(two_months)))
    assert (this.contacted, this.answered.acknowledged) == (
        found[5].contacted,
        found[5].acknowledged,
    )


def test_a_month_begins_on_the_clinics_clock(world: World) -> None:
    """In New York it is still February at four in the morning of UTC."""
    went(world, 0, 1, at=datetime(2026, 3, 1, 4, 30, tzinfo=UTC), reached=1)
    found = month.course(scope(world))
    assert [one.contacted for one in found][4:] == [Share(1, 1), Share(0, 0)]


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        # Newcombe 1998, table II, method 10: 56/70 - 48/80 and 9/10 - 3/10.
        (Share(56, 70), Share(48, 80), 5.24, 33.39),
        (Share(9, 10), Share(3, 10), 17.05, 80.90),
        (Share(10, 10), Share(0, 10), 60.75, 100.0),
    ],
)
def test_the_interval_of_a_difference(
    now: Share, before: Share, low: float, high: float
) -> None:
    found = difference(now, before)
    assert found is not None
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)
    turned = difference(before, now)
    assert turned is not None and turned.clear == -found.clear == -1
    assert difference(now, now) is None or not difference(now, now).clear  # type: ignore[union-attr]
    assert difference(now, Share(3, 9)) is None


def test_no_more_than_twice_the_queries(world: World) -> None:
    def asked(what: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            what()
        return len(queries)

    def more(first: int, n: int) -> None:
        for at in (FEBRUARY, NOW):
            for one in went(world, first, n, at=at, reached=1):
                take(flag(one, at=at + timedelta(days=1)), "Chen", after=1)
            first += n

    more(0, 1)
    asked(lambda: written(world))
    of, now = scope(world), NOW + timedelta(days=40)
    before = asked(
        lambda: (follow_up_figures.parts(of, now=now), on_call_figures.parts(of, now=now))
    )
    few = asked(lambda: monthly_report.report(of, now=now))
    assert few <= 2 * before
    more(10, 6)
    assert asked(lambda: monthly_report.report(of, now=now)) == few


def test_undelivered_and_opted_out_are_less_the_better(world: World) -> None:
    for first, at, lost in ((0, FEBRUARY, 1), (20, NOW, 12)):
        for place, one in enumerate(went(world, first, 20, at=at, reached=20)):
            Message.objects.filter(ref=f"episode:{one.pk}").delete()
            failed = place < lost
            state = Message.State.FAILED if failed else Message.State.DELIVERED
            text(one, 1, state, taken=not failed)
    page = written(world)
    assert (
        "Texts undelivered 60 % (39 to 78); 12 of 20 5 % (1 to 24); 1 of 20 worse: +55" in page
    )
    assert "Opted out 0 % (0 to 16); 0 of 20 0 % (0 to 16); 0 of 20 as before: 0 points" in page
