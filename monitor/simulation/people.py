"""Made-up patients: what each would answer, when, and what is in truth wrong with them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

RATES = Path(__file__).with_name("rates.toml")
KEYS = ("d1", "d3", "d7", "d10", "d14", "d17", "d21", "d30", "d90")
STEROIDS = ("epidural_steroid", "nerve_root_block", "facet_joint")
PACE = timedelta(seconds=40)


@dataclass(frozen=True)
class Person:
    """A patient who always behaves alike: nothing is drawn while the story runs.

    `answers` holds by check-in what is not "nothing to report"; `waits` how long the first
    reply takes, None for silence; `gives_up` after how many answers a check-in is left;
    `texts` what is written unasked, and how long after the procedure. `has` names what is
    wrong in truth, and is empty for a patient in the expected course.
    """

    kind: str
    performed_at: datetime
    seed: int = 0
    language: str = "en"
    region: str = "lumbar"
    risks: frozenset[str] = frozenset()
    baseline_pain: int | None = 6
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    waits: Mapping[str, timedelta | None] = field(default_factory=dict)
    gives_up: Mapping[str, int] = field(default_factory=dict)
    texts: tuple[tuple[timedelta, str], ...] = ()
    has: frozenset[str] = frozenset()

    @property
    def steroid(self) -> bool:
        """Whether the injection held a steroid."""
        return self.kind in STEROIDS

    def says(self, key: str, question: str) -> str:
        """The words that this patient types in reply to a question of a check-in."""
        said = self.answers.get(key, {}).get(question)
        if said is not None:
            return said
        return {
            "pain_score": str(max(0, (self.baseline_pain or 5) - 2)),
            "blood_sugar": "140",
        }.get(question, "3" if question in ("sexual_dysfunction", "menstrual_change") else "1")

    def replies_after(self, key: str, *, answered: int) -> timedelta | None:
        """How long after the last text the next reply comes; None when none does."""
        if answered >= self.gives_up.get(key, 99):
            return None
        return PACE if answered else self.waits.get(key, timedelta(minutes=20))


@lru_cache(maxsize=1)
def rates() -> dict[str, Any]:
    """The file of rates, as it is."""
    return tomllib.loads(RATES.read_text(encoding="utf-8"))


def draw(seed: int, *, performed_at: datetime, kind: str = "") -> Person:
    """A random patient; the same seed gives the same one. `kind` fixes the procedure."""
    dice = Dice(seed)
    if not kind:
        shares = {
            name: share for name, share in rates()["procedures"].items() if name != "source"
        }
        kind = dice.choices(list(shares), list(shares.values()))[0]
    region = "cervical" if kind in STEROIDS and dice.happens("cervical") else "lumbar"
    risks = {risk for risk in ("anticoagulant", "diabetes", "immune") if dice.happens(risk)}
    baseline = dice.randint(4, 8)
    answers: dict[str, dict[str, str]] = {key: {} for key in KEYS}
    _expected(dice, kind, risks, baseline, answers)
    has = _wrong(dice, kind, answers)
    _slips(dice, answers)
    return Person(
        kind=kind,
        performed_at=performed_at,
        seed=seed,
        language="es" if dice.happens("spanish") else "en",
        region=region,
        risks=frozenset(risks),
        baseline_pain=baseline,
        answers=answers,
        waits={key: _wait(dice, key) for key in KEYS},
        gives_up={key: dice.randint(1, 8) for key in KEYS if dice.happens("gives_up")},
        has=frozenset(has),
    )


class Dice(Random):
    """A patient's own dice, which know the rates by name."""

    def happens(self, name: str) -> bool:
        """Whether something of that rate happens this time."""
        return self.random() < float(rates()["rates"][name]["rate"])


def _wait(dice: Dice, key: str) -> timedelta | None:
    """Minutes for most, after the reminder or the chaser for some, never for the rest."""
    known = rates()["rates"]
    at_once, reminder, chaser = (
        known[name]["rate"]
        for name in ("answers_at_once", "answers_reminder", "answers_chaser")
    )
    soon = timedelta(minutes=min(200.0, dice.expovariate(1 / 40)))
    throw = dice.random()
    if key != "d1":
        return soon if throw < known["answers_later"]["rate"] else None
    if throw < at_once:
        return soon
    if throw < at_once + reminder:
        return timedelta(hours=4) + soon / 4
    # The chaser comes about 24 hours after the first check-in.
    return timedelta(hours=29) + soon / 4 if throw < at_once + reminder + chaser else None


def _expected(
    dice: Dice, kind: str, risks: set[str], baseline: int, answers: dict[str, dict[str, str]]
) -> None:
    """Flare, soreness, what wears off, raised sugar, and relief or none."""
    _relief(dice, baseline, answers)
    if dice.happens("flare") and kind in STEROIDS:
        _flare(dice, baseline, answers["d1"])
    if dice.happens("soreness"):
        answers["d1"]["injection_site"] = answers["d3"]["injection_site"] = "2"
    passing = (
        ("fading_numbness", {"limb_numbness": "3"}),
        ("fading_weakness", {"limb_weakness": "3"}),
        ("steroid_headache", {"headache": "3", "headache_severity": "1"}),
    )
    for name, answer in passing:
        if dice.happens(name) and kind in STEROIDS:
            answers["d1"] |= answer
    if dice.happens("leaks_as_before"):
        for key in KEYS:
            answers[key]["incontinence"] = "3"
    if dice.happens("fainted"):
        answers["d1"]["fainting"] = "2"
    if "diabetes" in risks:
        _sugar(dice, answers)


def _relief(dice: Dice, baseline: int, answers: dict[str, dict[str, str]]) -> None:
    relieved = not dice.happens("no_relief")
    for place, key in enumerate(KEYS):
        less = min(place, dice.randint(2, 4)) if relieved else 0
        answers[key]["pain_score"] = str(max(0, baseline - less))
        answers[key]["relief"] = "2" if relieved else "3"
        answers[key]["pgic"] = "2" if relieved else "4"


def _flare(dice: Dice, baseline: int, answers: dict[str, str]) -> None:
    severe = dice.happens("severe_flare")
    most, risen = (10, max(8, baseline + 2)) if severe else (7, baseline + dice.randint(1, 3))
    answers["worse_pain"] = "3" if severe else "2"
    answers["pain_score"] = str(max(baseline, min(most, risen)))


def _sugar(dice: Dice, answers: dict[str, dict[str, str]]) -> None:
    checked = dice.happens("sugar_checked")
    for key in KEYS:
        mean, spread = (286, 60) if key in ("d1", "d3") else (160, 30)
        sugar = max(80, round(dice.gauss(mean, spread)))
        answers[key]["blood_sugar"] = str(sugar) if checked else "0"


def _wrong(dice: Dice, kind: str, answers: dict[str, dict[str, str]]) -> set[str]:
    """What is wrong in truth, and how it shows at each check-in."""
    has: set[str] = set()
    if dice.happens(f"puncture_headache_{kind}"):
        has.add("puncture headache")
        severity = dice.choice("112")
        for key in ("d1", "d3", "d7"):
            answers[key] |= {"headache": "2", "headache_severity": severity}
            answers[key]["screen"] = "2"
    shows: tuple[tuple[str, tuple[str, ...], dict[str, str]], ...] = (
        ("cord_compression", ("d1", "d3"), {"limb_weakness": "2", "saddle_numbness": "2"}),
        (
            "infection",
            ("d7", "d10", "d14"),
            {"fever": "2", "worse_pain": "3", "pain_score": "9"},
        ),
        ("thrombosis", ("d3", "d7"), {"leg_swelling": "2"}),
        ("allergy", ("d1",), {"allergic_reaction": "2"}),
    )
    for name, keys, answer in shows:
        if dice.happens(name):
            has.add(name.replace("_", " "))
            for key in keys:
                answers[key] |= {"screen": "2", **answer}
    return has


def _slips(dice: Dice, answers: dict[str, dict[str, str]]) -> None:
    """A wrong digit now and then, by patients of every kind."""
    questions = (
        "screen limb_weakness saddle_numbness urinary_retention incontinence stroke_signs "
        "meningism headache allergic_reaction leg_swelling limb_numbness injection_site "
        "worse_pain"
    ).split()
    for key in KEYS:
        for question in questions:
            if dice.happens("slip"):
                answers[key].setdefault(question, "2")
