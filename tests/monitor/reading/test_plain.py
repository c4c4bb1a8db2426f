"""Red flags said by their plain names and nothing besides: no doubt of a model stops these."""

import itertools

import pytest

from monitor.reading import Reading, evidence, read
from monitor.reading.plain import says_no_more

ENGLISH = {
    "limb_weakness": "legs arent right|both legs weak|weakness in legs|weak legs|paralyzed"
    "|my arm is weak"
    "|cant walk|cant move my leg|legs weaker than this morning|paralyzed from the waist down",
    "saddle_numbness": "numb groin|groin numb|saddle numbness|numb between the legs",
    "urinary_retention": "cant pee|unable to urinate|havent peed since yesterday"
    "|trouble peeing",
    "incontinence": "peed myself|no bladder control|no control of bladder|lost bladder control"
    "|leaking pee|incontinent|bowel control is off|I have less bladder control"
    "|bladder control is worse|not in control of bladder",
    "chest_symptoms": "chest pain|trouble breathing|cant breathe well|short of breath"
    "|short of breth|coughing up blood",
    "allergic_reaction": "face swollen|hives all over|throat closing|lips swelling",
    "meningism": "stiff neck|stiff neck and headache|light hurts my eyes",
    "collapse_confusion": "seizure|I had a seizure|had a seizure an hour ago|passed out|fainted"
    "|confused|slurred speech|woke up on the floor|woke up on the driveway"
    "|woke up on the hallway floor",
    "vision_loss": "blurred vision|vision is blurry|everything is blurry|double vision"
    "|cant see well",
    "self_harm": "want to die|suicidal",
    "severe_pain": "unbearable pain|excruciating pain|worst pain of my life",
    "limb_numbness": "numb leg|numbness in both feet|left foot numb|tingling in my hands",
    "fever": "fever|chills|fever and chills|a headache and fever",
    "site_infection": "pus from the needle site|site hot and red",
    "leg_swelling": "swollen calf|calf pain|left calf swollen and hot",
}
SPANISH = {
    "limb_weakness": "piernas debiles|debilidad en los brazos|no puedo caminar"
    "|no puedo mover la pierna",
    "urinary_retention": "no puedo orinar|no he podido orinar desde ayer",
    "incontinence": "me orine encima",
    "chest_symptoms": "dolor de pecho|no puede respirar bien|me falta el aire",
    "collapse_confusion": "convulsion|me desmaye|tuvo una convulsion",
    "vision_loss": "vision borrosa|veo doble",
    "limb_numbness": "pierna dormida|hormigueo en los pies",
    "fever": "fiebre|tengo escalofrios|fiebre y escalofrios",
    "self_harm": "me quiero morir",
}
FRAMES_EN = (
    "{}",
    "woke up with this: {}",
    "hi doctor, {} since last night",
    "{}, getting worse",
)
FRAMES_ES = ("{}", "hola doctora, {} desde anoche", "{} y cada vez peor")


def _read(text: str) -> Reading:
    return read(text, hours_since=40, procedure="epidural_steroid")


def _said(plainly: dict[str, str], frames: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (frame.format(report), code)
        for (code, reports), frame in itertools.product(plainly.items(), frames)
        for report in reports.split("|")
    ]


@pytest.mark.parametrize(
    ("text", "code"), [*_said(ENGLISH, FRAMES_EN), *_said(SPANISH, FRAMES_ES)]
)
def test_a_red_flag_said_plainly_pages_and_is_named(text: str, code: str) -> None:
    reading = _read(text)
    assert reading.level.pages, reading
    assert code in reading.findings


@pytest.mark.parametrize(
    "text",
    [
        "woke up with bad back pain",
        "woke up with a migraine",
        "woke up with a sore hip",
        "woke up with the same pain",
        "woke up on Tuesday with a cold",
        "woke up on the sofa",
        "full control of bladder and bowels",
        "bladder control is fine",
        "weak coffee today",
        "is weakness normal?",
        "my neighbour had a seizure",
    ],
)
def test_what_only_sounds_like_one_does_not_page(text: str) -> None:
    assert not _read(text).level.pages


@pytest.mark.parametrize(
    "text",
    ["both my legs are weak now", "seizure 2 hours ago", "las piernas débiles desde ayer"],
)
def test_it_says_its_findings_and_no_more(text: str) -> None:
    seen = evidence.gather(text, hours_since=40)
    assert says_no_more(seen.scope, (*seen.present, *seen.set_aside))


@pytest.mark.parametrize(
    "text",
    ["seizure?", "can it cause a seizure", "the dog had a seizure", "seizure in 1998"],
)
def test_a_question_another_and_a_year_say_more(text: str) -> None:
    seen = evidence.gather(text, hours_since=40)
    assert not says_no_more(seen.scope, (*seen.present, *seen.set_aside))
