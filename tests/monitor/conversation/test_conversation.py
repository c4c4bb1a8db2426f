"""What is said when: check-ins, red flags, corrections, consent, and texts at any hour."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.conversation import Reply, State, asked, messages, reminder
from monitor.conversation.answers import echoed
from monitor.levels import Level
from monitor.protocol import latest
from tests.monitor.conversation.talk import Talk, said, work
from tests.monitor.readings import (
    GIBBERISH,
    QUIET,
    THANKS,
    Written,
    answering,
    intending,
    several,
    symptom,
)

VALUES = {"clinic": "Spine Clinic", "phone": "+1 555 010 0000", "emergency": "911"}
WEAK = symptom("limb_weakness", level=Level.EMERGENCY)
FEVER = symptom("fever", level=Level.URGENT)


def test_check_in_opens_with_the_short_first_question() -> None:
    talk = Talk()
    assert said(talk.open()) == ["opening_d1", "screen"]
    assert talk.state.open == "screen"


def test_negative_screen_asks_only_what_is_needed() -> None:
    talk = Talk()
    talk.open()
    step = talk.answer(1)
    assert said(step) == ["limb_weakness"]
    assert step.branch_due is None
    # What the first question names is not asked again; a mild headache and a stiff neck are.
    assert not {"fever", "chest_symptoms"} & set(talk.state.pending)
    assert {"headache", "meningism", "fainting"} <= set(talk.state.pending)
    always = ("limb_weakness", "saddle_numbness", "urinary_retention", "incontinence")
    assert talk.state.pending[:4] == always


def test_positive_screen_opens_the_branch_with_a_time_limit() -> None:
    talk = Talk()
    talk.open()
    step = talk.answer(2)
    assert said(step) == ["more", "limb_weakness"]
    assert step.branch_due == timedelta(minutes=15)
    assert {"fever", "chest_symptoms"} <= set(talk.state.pending)
    assert step.assessment is not None
    assert step.assessment.level is Level.REVIEW


def test_quiet_check_in_ends_with_thanks() -> None:
    talk = Talk()
    talk.open()
    step = talk.answer(1)
    asked_questions = ["screen"]
    while talk.state.open is not None:
        asked_questions.append(talk.state.open)
        step = talk.answer(0 if talk.state.open == "pain_score" else 1)
    assert said(step) == ["close_routine"]
    assert step.done == "d1"
    assert step.work == ()
    assert talk.state.closed == "d1"
    assert asked_questions == [
        "screen",
        "limb_weakness",
        "saddle_numbness",
        "urinary_retention",
        "incontinence",
        "stroke_signs",
        "meningism",
        "headache",
        "allergic_reaction",
        "leg_swelling",
        "limb_numbness",
        "fainting",
        "injection_site",
        "worse_pain",
        "pain_score",
    ]


@pytest.mark.parametrize(
    ("risks", "choices", "more"),
    [
        ("diabetes steroid", {}, {"high_sugar_symptoms", "blood_sugar"}),
        ("diabetes", {}, set()),
        ("anticoagulant", {}, {"anticoagulant_restart"}),
        ("", {"ask_steroid_effects": 1.0}, {"steroid_effects"}),
    ],
)
def test_questions_follow_risks_and_the_clinic_s_switches(
    risks: str, choices: dict[str, float], more: set[str]
) -> None:
    plain, talk = Talk(), Talk(risks=frozenset(risks.split()), settings=choices)
    plain.open()
    talk.open()
    assert set(talk.state.pending) - set(plain.state.pending) == more


def test_emergency_is_told_first_and_ends_the_questions() -> None:
    talk = Talk()
    talk.open()
    step = talk.answer(1, 2)
    assert said(step) == ["emergency"]
    assert step.done == "d1"
    assert talk.state.open is None
    assert step.assessment is not None
    assert step.assessment.level is Level.EMERGENCY


def test_urgent_is_told_at_once_and_the_questions_go_on() -> None:
    talk = Talk()
    talk.reach("fever")
    step = talk.answer(2)
    assert said(step) == ["urgent", "meningism"]
    assert said(talk.answer(1)) == ["headache"]


def test_second_urgent_answer_is_an_emergency() -> None:
    talk = Talk()
    talk.reach("leg_swelling")
    assert said(talk.answer(2))[0] == "urgent_leg"
    talk.reach("allergic_reaction")
    talk.answer(2)
    step = talk.answer(2)
    assert said(step) == ["emergency"]
    assert step.assessment is not None
    assert "any.two_urgent" in {reason.rule for reason in step.assessment.reasons}


def test_red_flag_in_words_counts_beside_the_answers() -> None:
    talk = Talk()
    talk.reach("leg_swelling")
    talk.answer(2)
    step = talk.hear(replace(FEVER, answer=1), "no but I have chills")
    assert said(step) == ["emergency"]


def test_last_answer_can_be_the_red_flag() -> None:
    talk = Talk()
    talk.reach("pain_score", screen=1)
    step = talk.answer(9)
    assert said(step) == ["urgent"]
    assert step.done == "d1"


def test_urgent_check_in_closes_without_reassurance() -> None:
    talk = Talk()
    talk.reach("injection_site", screen=1)
    talk.answer(3)
    step = talk.answer(1, 5)
    assert said(step) == ["close_urgent"]


@pytest.mark.parametrize(
    ("site", "worse", "pain", "closing"),
    [
        (1, 1, 5, ["close_routine"]),
        (2, 1, 5, ["sore"]),
        (2, 2, 5, ["flare", "sore"]),
        (1, 1, 7, ["flare"]),
    ],
)
def test_routine_check_in_closes_with_its_advice(
    site: int, worse: int, pain: int, closing: list[str]
) -> None:
    talk = Talk()
    talk.reach("injection_site", screen=1)
    assert said(talk.answer(site, worse, pain)) == closing


def test_positive_screen_without_a_finding_is_read_by_a_human() -> None:
    talk = Talk()
    talk.reach("pain_score")
    step = talk.answer(0)
    assert said(step) == ["close_review"]
    assert step.assessment is not None
    assert step.assessment.level is Level.REVIEW


def test_numbered_answers_are_taken_at_once() -> None:
    talk = Talk()
    talk.open()
    talk.answer(1)
    step = talk.hear(several("no", "1", "no", "7"), "1 no 2 1 3 no 4 7")
    given = {one.question: one.value for one in step.recorded}
    assert given == {"limb_weakness": 1, "saddle_numbness": 1, "urinary_retention": 1}
    assert said(step) == ["incontinence"]


def test_numbered_red_flag_is_acted_on() -> None:
    talk = Talk()
    talk.open()
    step = talk.hear(several("no", "no", "yes"), "1 no 2 no 3 yes")
    assert step.recorded[-1].question == "saddle_numbness"
    assert said(step) == ["emergency"]


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("sorry, meant 2", True),
        ("Sorry I meant 2", True),
        ("oops I meant no", True),
        ("*2", True),
        ("correction: that was 2", True),
        ("perdón, quise decir 2", True),
        ("me equivoqué, es 2", True),
        ("2", False),
        ("sorry for the late reply, 2", False),
        ("I am sorry", False),
        ("no", False),
    ],
)
def test_correction_is_told_from_an_answer(text: str, *, correction: bool) -> None:
    state = State(check_in="d1", open="saddle_numbness", last="limb_weakness")
    assert asked(state, text) == ("limb_weakness" if correction else "saddle_numbness")
    assert asked(State(), text) is None


def test_correction_to_a_red_flag_pages() -> None:
    talk = Talk()
    talk.open()
    talk.answer(1, 1)
    step = talk.hear(answering(2), "sorry, meant 2")
    assert [(one.question, one.value, one.corrected) for one in step.recorded] == [
        ("limb_weakness", 2, True)
    ]
    assert said(step) == ["emergency"]


def test_correction_asks_the_open_question_again() -> None:
    talk = Talk()
    talk.open()
    talk.answer(1, 3)
    step = talk.hear(answering(1), "sorry, meant 1")
    assert talk.state.answers["limb_weakness"] == 1
    assert said(step) == ["saddle_numbness"]


def test_correction_after_the_end_is_noted_and_assessed() -> None:
    talk = Talk()
    talk.reach("pain_score", screen=1)
    talk.answer(3)
    step = talk.hear(answering(9), "oops, I meant 9")
    assert step.recorded[0].corrected
    assert said(step) == ["urgent"]
    step = talk.hear(answering(3), "sorry, meant 3")
    assert said(step) == ["noted"]
    assert step.done is None


def test_unanswered_question_is_asked_once_more_then_handed_to_a_human() -> None:
    talk = Talk()
    talk.open()
    step = talk.hear(GIBBERISH, "asdf")
    assert said(step) == ["reask", "screen"]
    assert work(step) == ["read"]
    step = talk.hear(GIBBERISH, "qwer")
    assert said(step) == ["handed_over"]
    assert work(step) == ["read", "unanswered"]
    step = talk.hear(GIBBERISH, "zxcv")
    assert said(step) == []
    assert "unanswered" in work(step)
    assert said(talk.answer(1)) == ["limb_weakness"]


def test_question_by_the_patient_goes_to_a_human() -> None:
    talk = Talk()
    talk.open()
    step = talk.hear(intending("question", replace(QUIET, level=Level.REVIEW)), "can I drive?")
    assert work(step) == ["question"]
    assert said(step) == ["handed_over", "screen"]
    assert work(Talk().hear(intending("question"), "can I drive?")) == ["question"]


def test_help_names_the_clinic_and_makes_a_task() -> None:
    talk = Talk()
    assert said(step := talk.hear(intending("help"), "HELP")) == ["help"]
    assert work(step) == ["help"]
    talk.open()
    step = talk.hear(intending("help", WEAK), "help I cant move my legs")
    assert said(step) == ["emergency"]


def test_wrong_person_is_asked_nothing_more() -> None:
    talk = Talk()
    talk.open()
    step = talk.hear(intending("wrong_person"), "who is this")
    assert said(step) == ["wrong_person"]
    assert work(step) == ["wrong_person"]
    assert step.done is None
    assert talk.state.open is None


def test_text_outside_a_check_in_is_assessed_at_once() -> None:
    talk = Talk(hours=80)
    step = talk.hear(WEAK, "my legs gave way")
    assert said(step) == ["emergency"]
    assert step.assessment is not None
    assert step.assessment.level is Level.EMERGENCY
    step = talk.hear(GIBBERISH, "hrmpf")
    assert said(step) == ["outside"]
    assert work(step) == ["read"]
    assert said(talk.hear(THANKS, "thanks")) == []


def test_same_red_flag_again_is_told_again_only_after_hours() -> None:
    talk = Talk(hours=80)
    assert said(talk.hear(WEAK)) == ["emergency"]
    step = talk.hear(WEAK)
    assert said(step) == ["outside"]
    assert step.assessment is not None
    assert step.assessment.level is Level.EMERGENCY
    talk.now += timedelta(hours=13)
    assert said(talk.hear(WEAK)) == ["emergency"]


def test_new_red_flag_is_told_at_once() -> None:
    talk = Talk(hours=80)
    talk.hear(FEVER)
    assert said(talk.hear(WEAK)) == ["emergency"]


def test_reader_that_raises_its_own_level_is_told() -> None:
    talk = Talk(hours=80)
    assert said(talk.hear(Written(level=Level.URGENT))) == ["urgent"]
    assert said(talk.hear(Written(level=Level.EMERGENCY))) == ["emergency"]


def test_opt_out_is_confirmed_once_and_then_silence() -> None:
    talk = Talk()
    talk.open()
    step = talk.hear(intending("opt_out"), "please stop texting me")
    assert (step.consent, said(step)) == ("opt_out", ["opted_out"])
    assert work(step) == ["unanswered"]
    assert talk.state.opted_out
    assert said(talk.hear(intending("opt_out"), "STOP")) == []
    assert said(talk.hear(GIBBERISH)) == []
    assert work(talk.open("d7")) == ["call"]
    assert said(talk.open("d7")) == []


def test_opt_out_with_a_red_flag_still_pages_and_the_patient_is_phoned() -> None:
    talk = Talk()
    talk.open()
    step = talk.hear(intending("opt_out", WEAK), "STOP. cant move my legs")
    assert step.consent == "opt_out"
    assert said(step) == ["opted_out"]
    assert work(step) == ["call"]
    assert step.assessment is not None
    assert step.assessment.level is Level.EMERGENCY


def test_red_flag_after_an_opt_out_pages_and_the_patient_is_phoned() -> None:
    talk = Talk(state=State(opted_out=True))
    step = talk.hear(WEAK, "cant move my legs")
    assert said(step) == []
    assert work(step) == ["call"]
    assert step.assessment is not None
    assert step.assessment.level is Level.EMERGENCY


def test_opt_in_undoes_the_opt_out() -> None:
    talk = Talk(state=State(opted_out=True))
    step = talk.hear(intending("opt_in"), "START")
    assert (step.consent, said(step)) == ("opt_in", ["opted_in"])
    assert not talk.state.opted_out


def test_opt_in_with_a_red_flag_is_told_and_ends_the_questions() -> None:
    for talk in (Talk(), Talk(state=State(opted_out=True))):
        step = talk.hear(intending("opt_in", WEAK), "START cant move my legs")
        assert said(step) == ["emergency", "opted_in"]
    talk = Talk()
    talk.open()
    step = talk.hear(intending("opt_in", WEAK), "START cant move my legs")
    assert said(step) == ["emergency", "opted_in"]
    assert step.done == "d1"
    assert talk.state.open is None


def test_yes_to_a_question_is_an_answer_and_no_opt_in() -> None:
    talk = Talk()
    talk.reach("chest_symptoms")
    step = talk.hear(replace(answering(value=True), intent="opt_in"), "YES")
    assert step.consent is None
    assert said(step) == ["emergency"]


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("injection_site", "Leaking or pus", 4),
        ("injection_site", "4 leaking or pus.", 4),
        ("injection_site", "2) Sore or bruised", 2),
        ("injection_site", "3 Caliente, rojo o hinchado", 3),
        ("limb_weakness", "2 Yes, new or worse", 2),
        ("limb_weakness", "Sí, pero va pasando desde mi visita", 3),
        ("relief", "4 Worse", 4),
        ("screen", "One or more", 2),
        ("injection_site", "4 leaking pee", None),
        ("injection_site", "", None),
        ("injection_site", "2", None),
        ("pain_score", "7", None),
    ],
)
def test_label_that_is_repeated_is_told_from_the_patient_s_own_words(
    code: str, text: str, value: int | None
) -> None:
    protocol = latest("epidural_steroid")
    assert echoed(protocol, protocol.questions[code], text) == value


def test_repeated_label_is_the_option_and_nothing_more() -> None:
    talk = Talk()
    talk.reach("injection_site", screen=1)
    misread = symptom("incontinence", level=Level.EMERGENCY)
    step = talk.hear(misread, "4 Leaking or pus")
    assert [(one.question, one.value) for one in step.recorded] == [("injection_site", 4)]
    assert step.assessment is not None
    assert step.assessment.level is Level.URGENT
    step = talk.hear(misread, "leaking pee")
    assert said(step) == ["emergency"]


@pytest.mark.parametrize("text", ["Yes", "yes i do", "Sí", "Y"])
def test_bare_yes_about_a_red_flag_is_asked_again_and_pages_when_it_stays(text: str) -> None:
    talk = Talk()
    talk.open()
    talk.answer(1)
    step = talk.hear(GIBBERISH, text)
    assert said(step) == ["reask", "limb_weakness"]
    assert step.branch_due == timedelta(minutes=15)
    step = talk.lapse()
    assert step.assessment is not None
    assert step.assessment.level is Level.URGENT
    assert said(step) == ["urgent"]


def test_bare_yes_that_was_explained_does_not_lapse() -> None:
    talk = Talk()
    talk.open()
    talk.answer(1)
    talk.hear(GIBBERISH, "Yes")
    talk.answer(1)
    assert talk.lapse().assessment is None


def test_bare_yes_where_nothing_can_page_starts_no_timer() -> None:
    talk = Talk()
    talk.reach("worse_pain", screen=1)
    assert talk.hear(GIBBERISH, "hmm").branch_due is None
    talk.reach("pain_score", screen=1)
    assert talk.hear(GIBBERISH, "yes").branch_due is None


def test_branch_left_open_becomes_urgent_and_the_questions_stay() -> None:
    talk = Talk()
    talk.open()
    talk.answer(2, 1)
    step = talk.lapse()
    assert said(step) == ["urgent"]
    assert work(step) == ["call"]
    assert step.assessment is not None
    assert step.assessment.level is Level.URGENT
    assert talk.state.open == "saddle_numbness"
    step = talk.answer(1)
    assert step.assessment is not None
    assert step.assessment.level is Level.URGENT
    assert said(talk.lapse()) == []


@pytest.mark.parametrize("screen", [1, 2])
def test_branch_that_is_finished_or_was_never_open_does_not_lapse(screen: int) -> None:
    talk = Talk()
    talk.reach("injection_site", screen=screen)
    step = talk.lapse()
    assert (step.replies, step.work, step.assessment) == ((), (), None)


def test_late_answer_after_a_lapse_is_no_second_urgent_symptom() -> None:
    talk = Talk()
    talk.reach("fever")
    talk.lapse()
    step = talk.answer(2)
    assert step.assessment is not None
    assert step.assessment.level is Level.URGENT


def test_reminder_asks_again_what_is_open() -> None:
    talk = Talk()
    assert reminder(talk.state) == ()
    talk.open()
    assert reminder(talk.state) == (Reply("text", "reminder"),)
    assert reminder(talk.state, "chaser") == (Reply("text", "chaser"),)
    talk.reach("pain_score")
    again = (Reply("text", "unfinished"), Reply("question", "pain_score"))
    assert reminder(talk.state) == reminder(talk.state, "chaser") == again


def test_opening_and_question_are_one_message_where_they_fit() -> None:
    protocol = latest("epidural_steroid")
    replies = (Reply("text", "opening_d1"), Reply("question", "screen"))
    assert len(messages(protocol, replies, lang="en", values=VALUES)) == 1
    assert len(messages(protocol, replies, lang="es", values=VALUES)) == 2
    replies = (Reply("text", "urgent"), Reply("question", "fever"))
    sent = messages(protocol, replies, lang="en", values=VALUES)
    assert len(sent) == 2
    assert sent[0].endswith("call 911.")


def test_state_from_before_a_field_was_added_takes_its_default() -> None:
    stored = State(check_in="d1", open="screen").to_json()
    del stored["affirmed"]
    assert State.from_json(stored) == State(check_in="d1", open="screen")


def test_state_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 0"):
        State.from_json({**State().to_json(), "version": 0})
