"""Laws of every conversation: it ends, never loops, never hides a red flag."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.conversation.messages import SAFETY
from monitor.conversation.step import MOST_REPLIES
from monitor.levels import Level
from monitor.protocol import load, names
from monitor.protocol.vocabulary import FINDINGS, RISKS
from tests.monitor.conversation.talk import Talk, said
from tests.monitor.readings import Written

INTENTS = ["answer", "symptom", "question", "opt_out", "opt_in", "help", "wrong_person"]
PROCEDURES = [load(name).procedure for name in names()]

READINGS = st.builds(
    Written,
    level=st.sampled_from(Level),
    score=st.integers(0, 100),
    findings=st.lists(st.sampled_from(sorted(FINDINGS)), max_size=2).map(tuple),
    pain_score=st.none() | st.integers(0, 10),
    understood=st.booleans(),
    intent=st.sampled_from([*INTENTS, "thanks", "other"]),
    answer=st.none() | st.integers(-1, 12) | st.booleans() | st.floats(0, 700),
    numbered=st.just(()) | st.just(((1, "no"), (2, "yes"), (3, "7"))),
)
TEXTS = st.sampled_from(["text", "sorry, meant 2"])
TALKS = st.builds(
    Talk,
    procedure=st.sampled_from(PROCEDURES),
    hours=st.sampled_from([3.0, 24.0, 170.0, 340.0]),
    risks=st.frozensets(st.sampled_from(sorted(RISKS))),
)


@settings(deadline=None)
@given(TALKS, st.lists(st.tuples(READINGS, TEXTS), max_size=12))
def test_every_step_keeps_its_promises(talk: Talk, texts: list[tuple[Written, str]]) -> None:
    talk.open()
    for reading, text in texts:
        opted_out = talk.state.opted_out
        step = talk.hear(reading, text)
        assert step.assessment is not None
        assert step.assessment.level >= reading.level
        assert step.assessment.level >= Level.REVIEW or reading.understood
        kinds = [reply.kind for reply in step.replies]
        assert kinds.count("question") <= 1
        assert sum(key in SAFETY for key in said(step)) <= 1
        assert len(step.replies) <= 3
        assert not any(key in SAFETY for key in said(step)[1:])
        if opted_out and step.consent != "opt_in":
            assert step.replies == ()
        if step.assessment.level is Level.EMERGENCY:
            assert step.state.open is None
        if opted_out and step.assessment.level.pages:
            assert "call" in {one.kind for one in step.work}


@settings(deadline=None)
@given(TALKS, st.lists(READINGS, min_size=20, max_size=40))
def test_machine_that_answers_every_text_is_not_answered_for_ever(
    talk: Talk, readings: list[Written]
) -> None:
    """Texts without an answer, as another machine would send them."""
    talk.open()
    automatic = 0
    for reading in readings:
        mute = Written(
            level=reading.level, understood=reading.understood, findings=reading.findings
        )
        step = talk.hear(mute)
        automatic += bool(set(said(step)) - SAFETY)
    assert automatic <= MOST_REPLIES


@settings(deadline=None)
@given(TALKS, st.data())
def test_answered_check_in_always_ends(talk: Talk, data: st.DataObject) -> None:
    talk.open()
    questions = len(talk.protocol.check_in("d1").questions)
    for _ in range(questions):
        if talk.state.open is None:
            break
        question = talk.protocol.questions[talk.state.open]
        most = {"pain_0_10": 10, "number": 600}.get(question.kind, len(question.choices))
        step = talk.answer(data.draw(st.integers(1, most)))
    assert talk.state.open is None
    assert step.done == "d1"


@settings(deadline=None)
@given(TALKS, st.lists(READINGS, max_size=6), READINGS)
def test_red_flag_pages_whatever_was_said_before(
    talk: Talk, before: list[Written], flag: Written
) -> None:
    talk.open()
    for reading in before:
        talk.hear(reading)
    step = talk.hear(Written(findings=("urinary_retention",), intent=flag.intent))
    assert step.assessment is not None
    assert step.assessment.level is Level.EMERGENCY


@settings(deadline=None)
@given(TALKS, st.lists(READINGS, max_size=8))
def test_level_of_a_running_check_in_never_falls(talk: Talk, readings: list[Written]) -> None:
    talk.open()
    highest = Level.ROUTINE
    for reading in readings:
        running = talk.state.check_in
        step = talk.hear(reading)
        if running is None:
            return
        assert step.assessment is not None
        assert step.assessment.level >= highest
        highest = step.assessment.level
