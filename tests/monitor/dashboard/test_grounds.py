"""Staff read words; the codes of rules and sources are behind a fold, and none is lost."""

import re

import pytest
from django.test import Client

from monitor.dashboard.grounds import Source, behind, cited
from monitor.episodes import protocol_of
from monitor.models import Assessment
from tests.monitor.dashboard.scene import FLAG, Scene
from tests.world import World

FOLD = re.compile(r'<details class="grounds">.*?</details>', re.DOTALL)
CODE = re.compile(r"\b(?:S[0-4]|O-[A-Z]\w+|DESIGN)\b")
SHOWS_ALL = ("nurse", "auditor")


@pytest.fixture(params=["page", "patient"])
def path(request: pytest.FixtureRequest, scene: Scene) -> str:
    if request.param == "page":
        return f"/p/{scene.page.reference}"
    return f"/patients/{scene.flagged.patient_id}"


@pytest.mark.parametrize("who", SHOWS_ALL)
def test_codes_stand_in_the_fold_and_nowhere_else(
    client: Client, world: World, path: str, who: str
) -> None:
    client.force_login(getattr(world, who))
    text = client.get(path).content.decode()
    main = text[text.index("<main") : text.index("</main")]
    assert FLAG["why"] in FOLD.sub("", main)
    assert CODE.findall(re.sub(r"<[^>]*>", "", FOLD.sub("", main))) == []
    folds = " ".join(FOLD.findall(main))
    assert f"<code>{FLAG['rule']}</code>" in folds
    assert "<code>S1</code> Seed: next steps" in folds
    assert "<code>epidural_steroid.v1</code>" in folds


def test_what_is_offered_names_its_sources_too(
    client: Client, world: World, scene: Scene
) -> None:
    client.force_login(scene.responder.user)
    page = client.get(f"/p/{scene.page.reference}").content.decode()
    folds = " ".join(FOLD.findall(page))
    offered = protocol_of(scene.flagged).disposition("neuro_exam")
    assert offered
    for option in offered:
        assert option.text in folds
        for source in option.source.split(";"):
            assert f"<code>{source.strip()}</code>" in folds


def test_every_code_of_an_assessment_is_there(scene: Scene) -> None:
    for one in Assessment.objects.exclude(reasons=[]):
        found = behind(one)
        assert [ground.rule for ground in found.reasons] == [r["rule"] for r in one.reasons]
        assert ["; ".join(s.code for s in ground.sources) for ground in found.reasons] == [
            r["source"] for r in one.reasons
        ]
        assert (found.version, found.digest) == (one.protocol, one.protocol_digest)


def test_a_source_that_the_protocol_does_not_know_keeps_its_code() -> None:
    known = {"S1": "Seed"}
    assert cited("S1; O-New ", known) == (Source("S1", "Seed"), Source("O-New", ""))
