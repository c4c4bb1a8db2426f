"""The pages of figures: what they say, what they refuse, and what they give away."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from monitor.dashboard.figure_charts import BOTTOM, HEIGHT, LABEL_LINE, TOP, Value, bars
from monitor.dashboard.figure_tables import Table, lasting, shown, to_csv
from monitor.figures.rates import Share
from tests.monitor.figures.ward import close, contact, flag, follow, take
from tests.world import NOW, World

MARCH = "since=2026-03-01&until=2026-03-31"
FEBRUARY = "since=2026-02-01&until=2026-02-28"


@pytest.fixture
def month(world: World) -> World:
    """Twelve follow-ups of February; ten of them answered, and paged in March."""
    for n in range(12):
        one = follow(world, n)
        if n < 10:
            contact(one, "d1", "answered", replied=timedelta(minutes=n + 1))  # type: ignore[arg-type]
            page = flag(one, at=NOW + timedelta(hours=n))
            take(page, "Chen", after=1)
            close(page, "Chen", "seen" if n < 4 else "false_alarm", after=10)
        else:
            contact(one, "d1", "missed")  # type: ignore[arg-type]
    flag(follow(world, 20, elsewhere=True, clinician="Dr. Elsewhere"), at=NOW)
    return world


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def rows(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_follow_ups_figures(client: Client, month: World) -> None:
    client.force_login(month.auditor)
    page = words(client, f"/figures?{FEBRUARY}")
    assert "12 follow-ups of 12 patients" in page
    assert "83 % (55 to 95); 10 of 12 were contacted the day after" in page
    assert "Pages per 100 patients" in page and "83.33" in page
    # Day 7 is still to come, and the second clinic's clinician is on no list.
    assert "day 7" in page
    assert "Dr. Elsewhere" not in page
    assert "Dr. Osei" in page


def test_the_on_call_figures(client: Client, month: World) -> None:
    client.force_login(month.auditor)
    page = words(client, f"/figures/on-call?{MARCH}")
    assert "100 % (72 to 100); 10 of 10 of the pages were acknowledged" in page
    assert "1 min to an acknowledgement, the median. The aim is under 2 min. Met." in page
    assert "60 % (31 to 83); 6 of 10" in page
    assert "Dr. Hughes" not in page


def test_a_table_as_csv(client: Client, month: World) -> None:
    client.force_login(month.auditor)
    heads, line = rows(client, f"/figures/on-call/on-call-person.csv?{MARCH}")
    found = dict(zip(heads, line, strict=True))
    assert found["Person"] == "Dr. Chen"
    assert found["Pages"] == "10"
    assert (found["Acknowledged: n"], found["Acknowledged: of"]) == ("10", "10")
    assert found["Acknowledged: from (95 %)"] == "72.2"
    assert found["To acknowledge: median (s)"] == "60.0"
    heads, *lines = rows(client, f"/figures/follow-up/rules.csv?{FEBRUARY}")
    found = dict(zip(heads, lines[0], strict=True))
    assert found["Finding"] == "numb saddle area"
    assert (found["Predictive value: n"], found["Predictive value: of"]) == ("4", "10")
    assert found["Predictive value: %"] == "40.0"


def test_every_table_of_the_page_is_to_be_had(client: Client, month: World) -> None:
    client.force_login(month.auditor)
    for kind in ("/figures", "/figures/on-call"):
        page = client.get(f"{kind}?{FEBRUARY}").content.decode()
        links = re.findall(r'href="(/figures/[^"]+\.csv\?[^"]+)"', page)
        assert len(links) == page.count('aria-labelledby="table-')
        for link in links:
            heads, *lines = rows(client, link.replace("&amp;", "&"))
            assert all(len(line) == len(heads) for line in lines)


@pytest.mark.parametrize("path", ["/figures/none/replies.csv", "/figures/on-call/none.csv"])
def test_what_there_is_not(client: Client, month: World, path: str) -> None:
    client.force_login(month.auditor)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=soon", "Enter the first day."),
        ("until=2026-02-31", "Enter the last day."),
        ("since=2026-03-02&until=2026-03-01", "The last day is before the first"),
        ("since=2020-01-01&until=2026-03-01", "Choose a year at most."),
    ],
)
def test_what_is_wrong_is_said(client: Client, world: World, query: str, says: str) -> None:
    client.force_login(world.nurse)
    page = words(client, f"/figures?{query}")
    assert says in page
    assert "The last 90 days are shown instead." in page


def test_nothing_to_count(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    for path in ("/figures", "/figures/on-call"):
        assert "There is nothing to count yet." in words(client, f"{path}?{FEBRUARY}")


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (None, "–"),
        (0, "0"),
        (Share(0, 0), "–"),
        (Share(2, 9), "2 of 9: too few"),
        (Share(5, 20), "25 % (11 to 47); 5 of 20"),
        (2.5, "2.50"),
        (timedelta(seconds=42), "42 s"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(minutes=7), "7 min"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
    ],
)
def test_cells_in_words(cell: Any, wanted: str) -> None:
    assert shown(cell) == wanted


def test_lengths_are_rounded_to_the_second() -> None:
    assert lasting(timedelta(seconds=59.6)) == "1 min"


def test_no_cell_is_a_formula() -> None:
    found = to_csv(Table("x", "", "", ("Who", "n"), [("=1+1", -3)]))
    assert found.splitlines()[1] == "'=1+1,-3"


def test_a_chart_is_to_scale() -> None:
    found = bars(
        "Replied",
        [
            Value("day 1", 50.0, "50 %", low=25.0, high=75.0),
            Value("day 7", None, ""),
            Value("day 14", 100.0, "100 %", few=True),
        ],
        unit="per cent",
        top=100,
    )
    assert found is not None
    tall = HEIGHT - TOP - BOTTOM
    first, unknown, last = found.bars
    assert (first.y, first.height) == (TOP + tall / 2, tall / 2)
    assert (first.low, first.high) == (TOP + tall * 0.75, TOP + tall * 0.25)
    assert (unknown.height, unknown.shown) == (0, "")
    assert (last.y, last.few) == (TOP, True)
    assert (first.head, last.head) == (first.high, TOP)
    assert bars("", [Value("x", None, "")], unit="") is None
    steps = {value: bars("", [Value("x", value, "")], unit="") for value in (0.3, 3.0, 700.0)}
    assert {value: chart and chart.ticks[2][1] for value, chart in steps.items()} == {
        0.3: "0.5",
        3.0: "5",
        700.0: "1000",
    }


def test_labels_of_neighbours_do_not_run_into_each_other() -> None:
    names = ("epidural blood patch", "nerve root block", "day 1", "a", "b", "c")
    found = bars("", [Value(name, 1.0, "") for name in names], unit="")
    assert found is not None
    assert [list(one.label) for one in found.bars[:3]] == [
        ["epidural", "blood", "patch"],
        ["nerve", "root", "block"],
        ["day 1"],
    ]
    assert (found.height, found.floor) == (HEIGHT + 2 * LABEL_LINE, HEIGHT - BOTTOM)
