"""Stored follow-ups under another version: exact under their own, and why under the other."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from monitor import shadow
from monitor.levels import Level
from monitor.models import Assessment, Episode
from monitor.protocol import load
from monitor.triage import Given
from monitor.triage.assess import POINTS
from patients.models import Patient
from tests.journeys.conftest import Story
from tests.protocols import NAME, NEXT, Shelf
from tests.world import World

SILENT_NUMBER = "+12015550177"
# What differs from "nothing to report".
ANSWERS = {
    "calm": {"pain_score": "7", "worse_pain": "2", "limb_numbness": "3"},
    "risky": {"screen": "2", "fever": "2", "blood_sugar": "310", "pain_score": "9"},
}
WORDS = ("sorry, meant 2", "fever of 101.5", "mi pierna sigue débil", "STOP")


def run(**options: Any) -> str:
    out = StringIO()
    call_command("shadow", stdout=out, **options)
    return out.getvalue()


def talk(story: Story, episode: Episode, answers: dict[str, str]) -> None:
    """Answer the open check-in, an emergency ends it."""
    number = episode.patient.phone
    for _question in range(30):
        episode.refresh_from_db()
        question = episode.conversation["open"]
        if question is None:
            return
        story.says(answers.get(question, "1"), number)
        story.ignore(number, *story.team())


@pytest.fixture
def lived(story: Story, shelf: Shelf) -> Story:
    """Two patients' first day, one of them with risks, settings of the clinic, and words."""
    clinic = story.world.clinic
    clinic.protocol_settings = {"severe_pain_score": 9, "sugar_urgent": 350}
    clinic.save()
    calm = story.follow(baseline_pain=5)
    risky = story.follow(
        given_name="Ana",
        phone="(201) 555-0177",
        baseline_pain=None,
        diabetes=True,
        anticoagulant=True,
    )
    story.asks(calm)
    story.ignore(SILENT_NUMBER)
    talk(story, calm, ANSWERS["calm"])
    story.says("2", risky.patient.phone)
    story.after(minutes=16)
    talk(story, risky, ANSWERS["risky"])
    story.says("a bit sore where the needle went in, nothing else")
    for words in WORDS:
        story.says(words, SILENT_NUMBER)
    story.ignore(story.patient_number, SILENT_NUMBER, *story.team())
    return story


def test_own_version_reproduces_every_stored_assessment(lived: Story) -> None:
    stored = Assessment.objects.count()
    assert stored > 20
    assert len(set(Assessment.objects.values_list("level", flat=True))) == 4
    assert Assessment.objects.filter(inbound=None).exists()
    # What the clinic or the record says today must not matter.
    lived.world.clinic.protocol_settings = {}
    lived.world.clinic.save()
    Patient.objects.update(anticoagulant=False)
    found = shadow.shadow(load(NAME), lived.world.clinic)
    assert (found.assessments, found.not_rescored) == (stored, 0)
    assert (found.changes, found.not_reproduced) == ([], [])
    assert found.paged == found.would_page == 1
    for one in Assessment.objects.all():
        given = Given.from_json(one.given)
        assert json.loads(json.dumps(given.to_json())) == one.given
        assert given.context.settings == {"severe_pain_score": 9, "sugar_urgent": 350}
    said = run(protocol=NAME)
    assert "that would page and did not: 0; that did and would not: 0; other changes: 0" in said


def test_what_another_version_would_have_paged_and_why(lived: Story, shelf: Shelf) -> None:
    shelf.land_next()
    shelf.edit(
        "shared.v2.toml",
        'when = "limb_numbness_fading"\nuntil = "d7"\nraised_by = "numb"\nlevel = "routine"',
        'when = "limb_numbness_fading"\nuntil = "d7"\nraised_by = "numb"\nlevel = "urgent"',
    )
    calm = Episode.objects.get(patient__phone=lived.patient_number)
    other = lived.world.other.slug
    document = json.loads(run(protocol=NEXT, json=True, clinic=[lived.world.clinic.slug]))
    (clinic,) = document["clinics"]
    assert document["protocol"] == NEXT
    assert clinic["not_reproduced"] == []
    assert (clinic["follow_ups_paged"], clinic["follow_ups_would_page"]) == (1, 2)
    would = [one for one in clinic["changes"] if one["paging"] == "would_page"]
    assert {one["episode"] for one in would} == {calm.reference}
    first = would[0]
    assert (first["level"], first["new_level"], first["check_in"]) == (
        "routine",
        "urgent",
        "d1",
    )
    (gained,) = [
        one for one in first["gained"] if one["rule"] == "limb_numbness.fading.expected"
    ]
    assert gained["words"] == "3 Yes, but fading since my visit"
    said = run(protocol=NEXT)
    assert f"{calm.reference}  2026-03-04" in said
    assert "routine 0 -> urgent" in said
    assert "WOULD PAGE" in said
    assert '+ limb_numbness.fading.expected (urgent) on "3 Yes, but fading' in said
    assert lived.world.other.name in said
    assert run(protocol=NEXT, clinic=[other]).count("0 follow-ups, 0 assessments") == 1
    shelf.edit("shared.v2.toml", '"fever"\nraised_by = "fever"\n', '"fever"\n')
    shelf.edit(
        "shared.v2.toml",
        'level = "urgent"\ntell = "urgent"\nshow = "infection"',
        'level = "review"\ntell = "review"\nshow = "infection"',
    )
    said = run(protocol=NEXT)
    assert "- fever.any (emergency)" in said
    assert "+ fever.any (review)" in said


def test_what_was_not_kept_never_asked_or_comes_out_otherwise_is_said(
    lived: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = Episode.objects.all()[0]
    Assessment.objects.create(
        episode=episode,
        at=lived.now,
        protocol=NAME,
        protocol_digest=episode.protocol_digest,
        level=0,
        score=0,
        reasons=[],
    )
    clinic = lived.world.clinic
    assert "not scored again, their inputs were not kept: 1" in run(protocol=NAME)
    assert shadow.never_asked(load(NAME), clinic) == ()
    first, *others = load(NAME).check_ins
    asking = replace(first, questions=(*first.questions, "a_new_one"))
    newer = replace(load(NAME), check_ins=(asking, *others))
    assert shadow.never_asked(newer, clinic) == ("a_new_one",)
    assert shadow.never_asked(newer, lived.world.other) == ()
    monkeypatch.setitem(POINTS, Level.ROUTINE, 1)
    with pytest.raises(CommandError, match="do not come out as stored"):
        run(protocol=NAME)


def test_unknown_names_say_what_there_is(world: World) -> None:
    with pytest.raises(CommandError, match="harbor-spine-clinic"):
        run(protocol=NAME, clinic=["nowhere"])
    with pytest.raises(CommandError, match="no such file"):
        run(protocol="epidural_steroid.v9")
