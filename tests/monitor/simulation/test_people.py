"""Made-up patients: the same seed gives the same one, and rates are what their file says."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.protocol import latest
from monitor.simulation.people import KEYS, Dice, Person, draw, rates

AT = datetime(2026, 3, 3, 15, tzinfo=UTC)


def test_the_same_seed_gives_the_same_person() -> None:
    assert draw(7, performed_at=AT) == draw(7, performed_at=AT)
    assert draw(7, performed_at=AT) != draw(8, performed_at=AT)
    assert draw(7, performed_at=AT, kind="blood_patch").kind == "blood_patch"


def test_every_rate_has_a_source_and_is_a_share() -> None:
    procedures = dict(rates()["procedures"])
    known = latest("facet_joint").sources
    assert procedures.pop("source") == "DESIGN"
    assert sum(procedures.values()) == pytest.approx(1)
    for name, entry in rates()["rates"].items():
        assert 0 <= entry["rate"] <= 1, name
        source = entry["source"].split(";")[0].split(":")[0].strip()
        assert source in known or source.startswith("RAPM"), name


def test_dice_fall_by_the_rates() -> None:
    dice = Dice(1)
    for name in ("flare", "answers_later", "slip"):
        share = sum(dice.happens(name) for _ in range(20_000)) / 20_000
        assert share == pytest.approx(rates()["rates"][name]["rate"], abs=0.01)


def test_who_has_nothing_may_flare_and_slip_and_who_has_something_says_so() -> None:
    people = [draw(seed, performed_at=AT) for seed in range(3000)]
    ill = [one for one in people if one.has]
    assert 0 < len(ill) < 200
    reports = ("screen", "headache", "leg_swelling", "allergic_reaction", "fever")
    for one in ill:
        said = {question for key in KEYS for question in one.answers[key]}
        assert said & set(reports)
    flares = [one for one in people if one.answers["d1"].get("worse_pain") in ("2", "3")]
    assert 0.15 < len(flares) / len(people) < 0.3


def test_answers_not_given_are_nothing_to_report() -> None:
    person = Person("facet_joint", AT, baseline_pain=6, gives_up={"d7": 2})
    assert person.says("d1", "fever") == "1"
    assert person.says("d1", "pain_score") == "4"
    assert person.says("d7", "sexual_dysfunction") == "3"
    assert person.replies_after("d1", answered=0) == timedelta(minutes=20)
    assert person.replies_after("d1", answered=5) == timedelta(seconds=40)
    assert person.replies_after("d7", answered=2) is None
