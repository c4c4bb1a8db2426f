"""Outcome measures as the sources define them."""

import pytest

from monitor.outcomes import outcome
from monitor.protocol import latest
from monitor.triage import Past


def follow_up(**answers: tuple[int, ...]) -> list[Past]:
    """Check-ins at weeks 1, 2 and 3 with these answers, in order."""
    hours = (168.0, 336.0, 504.0)
    return [
        Past(
            f"d{int(hour / 24)}",
            hour,
            {code: values[n] for code, values in answers.items() if n < len(values)},
        )
        for n, hour in enumerate(hours)
    ]


@pytest.mark.parametrize(
    ("baseline", "pain", "change", "half", "clear"),
    [
        (8, 4, -4, True, True),
        (8, 5, -3, False, True),
        (3, 2, -1, False, True),
        (5, 4, -1, False, False),
        (4, 6, 2, False, False),
        (0, 0, 0, None, False),
        (None, 4, None, None, None),
    ],
)
def test_pain_is_measured_against_the_baseline(
    baseline: int | None,
    pain: int,
    change: int | None,
    *,
    half: bool | None,
    clear: bool | None,
) -> None:
    found = outcome(
        latest("facet_joint"), history=follow_up(pain_score=(9, pain)), baseline_pain=baseline
    )
    assert (found.pain_change, found.half_relief, found.clear_change) == (change, half, clear)


@pytest.mark.parametrize(
    ("procedure", "relief", "non_responder"),
    [
        ("facet_joint", (3,), True),
        ("facet_joint", (2,), False),
        ("facet_joint", (3, 2), False),
        ("epidural_steroid", (3,), None),
        ("epidural_steroid", (3, 3), None),
        ("epidural_steroid", (3, 3, 3), True),
        ("nerve_root_block", (4, 4, 4), True),
        ("nerve_root_block", (3, 3, 2), False),
        ("nerve_root_block", (), None),
    ],
)
def test_non_response_is_judged_when_the_sources_allow(
    procedure: str, relief: tuple[int, ...], *, non_responder: bool | None
) -> None:
    found = outcome(latest(procedure), history=follow_up(relief=relief), baseline_pain=6)
    assert found.non_responder is non_responder


@pytest.mark.parametrize(
    ("pgic", "much_better"), [((2,), True), ((3,), False), ((3, 1), True), ((), None)]
)
def test_patient_s_own_judgement_is_the_last_one(
    pgic: tuple[int, ...], *, much_better: bool | None
) -> None:
    found = outcome(latest("facet_joint"), history=follow_up(pgic=pgic), baseline_pain=6)
    assert found.much_better is much_better


@pytest.mark.parametrize(
    ("baseline", "pain", "percent"), [(8, 2, 75), (4, 6, -50), (6, 6, 0), (0, 3, None)]
)
def test_share_of_the_baseline_that_is_gone(
    baseline: int, pain: int, percent: int | None
) -> None:
    history = follow_up(pain_score=(pain,))
    found = outcome(latest("facet_joint"), history=history, baseline_pain=baseline)
    assert (found.pain, found.baseline, found.percent) == (pain, baseline, percent)
    assert found.measured


@pytest.mark.parametrize(
    ("procedure", "judged_from", "relief"),
    [
        ("facet_joint", 144, 2),
        ("epidural_steroid", 480, 2),
        ("nerve_root_block", 480, 2),
        ("blood_patch", 480, 2),
        # Nobody is asked about relief after these.
        ("lumbar_puncture", None, None),
        ("spinal_anaesthesia", None, None),
    ],
)
def test_relief_is_judged_where_it_is_asked(
    procedure: str, judged_from: float | None, relief: int | None
) -> None:
    history = follow_up(relief=(3, 3, 2))
    found = outcome(latest(procedure), history=history, baseline_pain=6)
    assert (found.judged_from, found.relief) == (judged_from, relief)


def test_a_follow_up_without_answers_has_no_outcome() -> None:
    found = outcome(latest("facet_joint"), history=[], baseline_pain=6)
    assert not found.measured
    assert (found.pain, found.pain_change, found.clear_change, found.non_responder) == (
        None,
    ) * 4
