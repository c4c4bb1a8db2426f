"""Figures on paper, read back."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfReader

from monitor.dashboard.paper import paper
from tests.monitor.figures.ward import SADDLE, answer, close, contact, flag, follow, take
from tests.world import NOW, World

MARCH = "since=2026-03-01&until=2026-03-31"


def read(body: bytes) -> list[str]:
    """What stands on each page, in one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(body)).pages]


@pytest.fixture
def busy(world: World) -> World:
    """A month with more of everything than its sheet has room for."""
    kinds = ("epidural_steroid", "facet_joint", "nerve_root_block", "lumbar_puncture")
    for n in range(12):
        one = follow(world, n, kind=kinds[n % 4], performed_at=NOW + timedelta(hours=n % 5))
        contact(one, "d1", "answered", replied=timedelta(minutes=n + 1))  # type: ignore[arg-type]
        answer(one, "d1", pain_score=n % 7)
        code = f"finding_{n}"
        page = flag(
            one,
            at=NOW + timedelta(hours=30 + n),
            reasons=[{**SADDLE, "rule": f"{code}.new", "code": code}],
        )
        take(page, "Chen", after=1)
        close(page, "Chen", "seen", after=10)
    other = follow(world, 40, elsewhere=True, performed_at=NOW)
    take(flag(other, at=NOW), "Hughes", after=1)
    return world


def test_a_page_of_figures(client: Client, busy: World) -> None:
    client.force_login(busy.auditor)
    answer = client.get(f"/figures/on-call.pdf?{MARCH}")
    assert answer["Content-Type"] == "application/pdf"
    assert (
        "harbor-spine-clinic-on-call-2026-03-01-2026-03-31.pdf"
        in answer.headers["Content-Disposition"]
    )
    text = " ".join(read(answer.content))
    assert "On-call figures: Harbor Spine Clinic" in text
    assert "100 % (76 to 100); 12 of 12" in text
    assert "Pages per shift" in text and "False pages by rule" in text
    assert "finding_11.new" in text
    assert "Hughes" not in text
    text = " ".join(read(client.get(f"/figures/follow-up.pdf?{MARCH}").content))
    assert "12 follow-ups of 12 patients" in text
    assert "Predictive value of each rule" in text
    assert client.get("/figures/none.pdf").status_code == 404


def test_the_month_is_one_page(client: Client, busy: World) -> None:
    client.force_login(busy.nurse)
    answer = client.get("/figures/report.pdf?month=2026-03")
    (page,) = read(answer.content)
    assert "Monthly report: March 2026" in page
    assert "Figure March 2026 February 2026" in page
    assert "Follow-ups 12 0" in page
    assert "Time to acknowledge, median 1 min – – under 2 min. Met." in page
    assert "and 8 more" in page
    assert "Hughes" not in page
    (spanish,) = read(
        client.get(
            "/figures/report.pdf?month=2026-03", headers={"Accept-Language": "es"}
        ).content
    )
    assert "Informe mensual: marzo de 2026" in spanish
    assert client.get("/figures/report.pdf?month=2026-13").status_code == 400


def test_an_empty_month(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    (page,) = read(client.get("/figures/report.pdf?month=2020-01").content)
    assert "There is nothing to count yet." in page


def test_the_command(busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.pdf"
    call_command(
        "report", "--clinic", "harbor-spine-clinic", "--month", "2026-03", "--out", str(out)
    )
    assert "Monthly report: March 2026" in read(out.read_bytes())[0]
    assert "harbor" in capsys.readouterr().out.lower()
    with pytest.raises(CommandError, match="Known: fenwick-pain-centre, harbor-spine-clinic"):
        call_command("report", "--clinic", "none")
    with pytest.raises(CommandError, match="write it as in 2026-10"):
        call_command("report", "--clinic", "harbor-spine-clinic", "--month", "October")


@pytest.mark.parametrize(
    "text",
    [
        "José Ñandú: ¿cuánto? € – “sí” ≥ 50 %",
        "Łukasz Żółć, Đặng Thị Nguyễn, Þór, Čapek",
        "Ελένη Παπαδοπούλου, Юлия Щербакова",
        "محمد العربي",
        "דוד לוי",
    ],
)
def test_letters_of_many_alphabets(text: str) -> None:
    with paper("Letters", foot="", lang="en", now=NOW) as sheet:
        sheet.paragraph(text)
        assert text in read(sheet.bytes())[0]


def test_a_letter_that_the_font_lacks_is_not_lost() -> None:
    with paper("Letters", foot="", lang="en", now=NOW) as sheet:
        sheet.paragraph("山田 太郎 (Taro)")
        assert "[U+5C71][U+7530] [U+592A][U+90CE] (Taro)" in read(sheet.bytes())[0]
