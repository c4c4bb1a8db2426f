"""Beside an emergency stand its own options; those of lesser findings are folded."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from monitor.episodes import protocol_of
from monitor.levels import Level
from monitor.models import Alert, Assessment
from monitor.triage import pressing
from tests.monitor.dashboard.scene import FLAG, Scene

WEAK = {"rule": "limb_weakness.new", "level": "emergency"}
NO_RULE = {"rule": "free_text.read", "level": "emergency"}
TWO = {"rule": "any.two_urgent", "level": "emergency"}


@pytest.fixture
def on_call(client: Client, scene: Scene) -> Client:
    client.force_login(scene.responder.user)
    return client


def rule_showing(scene: Scene, code: str, level: str) -> dict[str, str]:
    rules = protocol_of(scene.flagged).rules
    return {"rule": next(one.id for one in rules if one.show == code), "level": level}


@pytest.mark.django_db
def test_the_codes_of_the_gravest_findings(scene: Scene) -> None:
    rules = protocol_of(scene.flagged)
    leg, head = (rule_showing(scene, code, "urgent") for code in ("numbness", "headache"))
    shown = ["neuro_exam", "numbness", "headache", "two_urgent", "read_text", "unheard_of"]
    assert pressing(rules, shown, [WEAK, leg]) == set(shown) - {"numbness"}
    # Two urgent ones are the emergency together.
    assert {"numbness", "headache", "two_urgent"} <= pressing(rules, shown, [TWO, leg, head])
    # How the reader graded the words folds no finding.
    assert "numbness" in pressing(rules, shown, [NO_RULE, leg])
    assert pressing(rules, shown, []) == set(shown)


def page_with(
    scene: Scene,
    reasons: list[dict[str, str]],
    shown: list[str],
    *,
    level: Level = Level.EMERGENCY,
) -> None:
    """The page's assessment, made of these reasons."""
    alert = Alert.objects.select_related("assessment").get(page=scene.page)
    assert alert.assessment is not None
    alert.assessment = Assessment.objects.create(
        episode=scene.flagged,
        inbound=alert.assessment.inbound,
        at=datetime.now(UTC),
        protocol=scene.flagged.protocol,
        protocol_digest=scene.flagged.protocol_digest,
        level=level,
        score=97,
        reasons=[{**FLAG, **one} for one in reasons],
        shown=shown,
    )
    alert.save()


def test_lesser_findings_are_folded(on_call: Client, scene: Scene) -> None:
    page_with(
        scene,
        [WEAK, rule_showing(scene, "numbness", "urgent")],
        ["neuro_exam", "numbness"],
    )
    text = on_call.get(f"/p/{scene.page.reference}").content.decode()
    first, _, folded = text.partition("Other findings")
    assert "Examine now" in first
    assert "Examine today" not in first
    assert "Examine today" in folded
    assert '<details class="act"><summary>' in first[first.index('id="lesser"') :]


def test_alone_there_is_nothing_to_fold(on_call: Client, scene: Scene) -> None:
    page_with(scene, [rule_showing(scene, "numbness", "urgent")], ["numbness"])
    text = on_call.get(f"/p/{scene.page.reference}").content.decode()
    assert "Examine today" in text
    assert "Other findings" not in text


def test_a_page_that_was_raised_shows_what_raised_it(on_call: Client, scene: Scene) -> None:
    mine = Alert.objects.filter(page=scene.page)
    mine.update(opened_at=datetime.now(UTC))
    numb = rule_showing(scene, "numbness", "urgent")
    page_with(scene, [numb], ["numbness"], level=Level.URGENT)
    first = mine.get().assessment_id
    page_with(scene, [{**WEAK, "why": "Weak leg"}], ["neuro_exam"])
    # The alert keeps what opened it.
    mine.update(assessment=first)
    text = on_call.get(f"/p/{scene.page.reference}").content.decode()
    assert "Weak leg" in text
    assert "Examine now" in text
    mine.update(opened_at=datetime.now(UTC) + timedelta(hours=1))
    assert "Weak leg" not in on_call.get(f"/p/{scene.page.reference}").content.decode()
