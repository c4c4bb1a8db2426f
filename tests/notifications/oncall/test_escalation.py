"""Whatever happens, an open page has something due, and the last rung is everyone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.oncall import escalation
from notifications.oncall.escalation import Policy, Rung, Standing, Step, Target

NOW = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)
ROTA = Rung(Target.LAYER, 7, 300, 900)
LEAD = Rung(Target.RESPONDER, 3, 240, 600)
ALL = Rung(Target.EVERYONE, None, 120, 480)
POLICY = Policy((ROTA, LEAD, ALL), 900, 1800)


def stands(people: Mapping[Target, set[int]]) -> escalation.Who:
    return lambda rung: people.get(rung.target, set())


STAFFED = stands({Target.LAYER: {1}, Target.RESPONDER: {3}, Target.EVERYONE: {3, 1, 2}})


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def test_a_page_goes_up_rung_by_rung_and_repeats_the_last() -> None:
    steps = [escalation.first(POLICY, "emergency", STAFFED, now=NOW)]
    for _ in range(3):
        at = Standing("emergency", steps[-1].rung, steps[-1].due_at)
        steps.append(escalation.climb(at, POLICY, STAFFED, now=steps[-1].due_at))
    assert steps == [
        Step(0, (1,), (), minutes(5)),
        Step(1, (3,), (), minutes(9)),
        Step(2, (1, 2, 3), (), minutes(11)),
        Step(2, (1, 2, 3), (), minutes(13)),
    ]


def test_the_level_sets_the_delay() -> None:
    assert escalation.first(POLICY, "urgent", STAFFED, now=NOW).due_at == minutes(15)
    assert POLICY.outcome_within("urgent") == timedelta(minutes=30)
    assert POLICY.outcome_within("emergency") == timedelta(minutes=15)
    with pytest.raises(KeyError):
        escalation.first(POLICY, "review", STAFFED, now=NOW)


def test_an_empty_rung_is_skipped_at_once_and_reported() -> None:
    no_rota = stands({Target.RESPONDER: {3}, Target.EVERYONE: {3}})
    assert escalation.first(POLICY, "emergency", no_rota, now=NOW) == Step(
        1, (3,), (0,), minutes(4)
    )
    all_but_last = stands({Target.EVERYONE: {2}})
    assert escalation.first(POLICY, "emergency", all_but_last, now=NOW) == Step(
        2, (2,), (0, 1), minutes(2)
    )


def test_with_nobody_at_all_the_page_tries_again_later() -> None:
    step = escalation.first(POLICY, "emergency", stands({}), now=NOW)
    assert step == Step(2, (), (0, 1, 2), minutes(2))
    later = escalation.climb(
        Standing("emergency", step.rung, step.due_at), POLICY, STAFFED, now=step.due_at
    )
    assert later.people == (1, 2, 3)


def test_a_new_red_flag_calls_the_present_rung_and_never_puts_a_climb_off() -> None:
    soon = Standing("emergency", 1, minutes(1))
    assert escalation.again(soon, POLICY, STAFFED, now=NOW) == Step(1, (3,), (), minutes(1))
    slow = Standing("emergency", 1, minutes(10))
    assert escalation.again(slow, POLICY, STAFFED, now=NOW) == Step(1, (3,), (), minutes(4))
    acknowledged = Standing("emergency", 0, None)
    assert escalation.again(acknowledged, POLICY, STAFFED, now=NOW).due_at == minutes(5)


@pytest.mark.parametrize(
    ("rung", "due", "expected"),
    [
        (0, minutes(5), NOW),
        (1, minutes(4), NOW),
        (2, minutes(2), NOW + escalation.AGAIN_AFTER_LOST),
        (2, minutes(0.1), minutes(0.1)),
        (0, minutes(-1), minutes(-1)),
        (0, None, None),
    ],
)
def test_a_rung_whose_texts_are_all_lost_is_over(
    rung: int, due: datetime | None, expected: datetime | None
) -> None:
    lost = escalation.after_lost(Standing("emergency", rung, due), POLICY, now=NOW)
    assert lost == expected


@pytest.mark.parametrize(
    ("written", "delays"),
    [((), (300, 900)), ((ROTA,), (300, 900)), ((ROTA, LEAD), (240, 600))],
)
def test_everyone_is_added_to_a_policy_that_does_not_end_with_everyone(
    written: tuple[Rung, ...], delays: tuple[int, int]
) -> None:
    assert escalation.complete(written) == (*written, Rung(Target.EVERYONE, None, *delays))
    assert escalation.complete((*written, ALL)) == (*written, ALL)


@pytest.mark.parametrize("rungs", [(), (ROTA,), (ALL, LEAD)])
def test_a_policy_that_could_end_in_silence_cannot_be_made(rungs: tuple[Rung, ...]) -> None:
    with pytest.raises(ValueError, match="last rung is everyone"):
        Policy(rungs, 900, 1800)


@pytest.mark.parametrize(
    ("target", "of", "delay"),
    [(Target.LAYER, None, 1), (Target.EVERYONE, 1, 1), (Target.RESPONDER, 1, 0)],
)
def test_a_rung_names_its_target_and_takes_time(
    target: Target, of: int | None, delay: int
) -> None:
    with pytest.raises(ValueError, match="a rung"):
        Rung(target, of, delay, 1)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": 2},
        {"version": 1},
        {"version": 1, "rungs": []},
        {**POLICY.to_json(), "rungs": [{"target": "pigeon"}]},
        {**POLICY.to_json(), "rungs": 7},
        [],
    ],
)
def test_what_is_not_a_policy_is_a_value_error(broken: Any) -> None:
    with pytest.raises(ValueError):
        Policy.from_json(broken)


rungs = st.one_of(
    st.builds(
        Rung,
        st.sampled_from([Target.LAYER, Target.RESPONDER]),
        st.integers(1, 9),
        st.integers(1, 90_000),
        st.integers(1, 90_000),
    ),
    st.builds(
        Rung, st.just(Target.EVERYONE), st.none(), st.integers(1, 900), st.integers(1, 900)
    ),
)
policies = st.builds(
    Policy,
    st.lists(rungs, max_size=6).map(lambda some: escalation.complete(tuple(some))),
    st.integers(1, 90_000),
    st.integers(1, 90_000),
)
levels = st.sampled_from(["emergency", "urgent"])
people = st.dictionaries(st.sampled_from(list(Target)), st.sets(st.integers(1, 9)))


@given(policies)
def test_a_policy_comes_back_from_json_as_it_was(policy: Policy) -> None:
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


@given(
    policies,
    levels,
    st.lists(
        st.tuples(people, st.sampled_from(["climb", "again", "lost"]), st.integers(0, 9_000))
    ),
)
def test_an_open_page_always_has_a_next_rung_and_time_goes_forward(
    policy: Policy, level: str, story: list[tuple[dict[Target, set[int]], str, int]]
) -> None:
    now, step = NOW, escalation.first(policy, level, STAFFED, now=NOW)
    for standing_there, what, late in story:
        at = Standing(level, step.rung, step.due_at)
        if what == "lost":
            due = escalation.after_lost(at, policy, now=now)
            assert due is not None and due <= step.due_at
            step = Step(step.rung, step.people, step.empty, due)
            continue
        if what == "climb":
            now = max(now, step.due_at) + timedelta(seconds=late)
            after = escalation.climb(at, policy, stands(standing_there), now=now)
            assert after.due_at > now
            assert after.rung > step.rung or after.rung == policy.last
        else:
            after = escalation.again(at, policy, stands(standing_there), now=now)
            assert after.due_at <= step.due_at
            assert after.rung >= step.rung
        assert after.people or after.rung == policy.last
        if standing_there.get(Target.EVERYONE):
            assert after.people
        step = after


def test_people_named_besides_are_kept_and_older_policies_are_read() -> None:
    rung = Rung(Target.RESPONDER, 1, 300, 900, also=(2, 3))
    policy = Policy((rung, Rung(Target.EVERYONE, None, 300, 900)), 900, 1_800)
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy
    older = {**policy.to_json(), "version": 1}
    for one in older["rungs"]:
        del one["also"]
    assert Policy.from_json(older).rungs[0] == Rung(Target.RESPONDER, 1, 300, 900)
