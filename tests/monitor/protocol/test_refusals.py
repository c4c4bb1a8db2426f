"""A broken protocol is refused with its file, its key, and what to do."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.protocol import ProtocolError, latest, load, names
from monitor.protocol.build import build
from monitor.protocol.checks import check
from monitor.protocol.files import Files
from monitor.protocol.loader import FOLDER

NAME = "epidural_steroid.v1"
OWN, SHARED, SHOWN = f"{NAME}.toml", "shared.v1.toml", "dispositions.v1.toml"
EN, ES = "texts/en.toml", "texts/es.toml"

RULE = '[[rules]]\nid = "chest_symptoms.any"\n'
CHEST = 'when = "chest_symptoms"\nlevel'

REFUSALS = [
    # file, what is replaced, by what, and what the message must say
    (OWN, "version = 1", "version = 2", "slug and version must give the file's name"),
    (OWN, "version = 1", "version = ", "correct the file's syntax"),
    (OWN, 'procedure = "epi', 'procedure = "epy', "procedure: 'epydural_steroid' is unknown"),
    (OWN, "emergency_within = 11", "emergency_within = 0", "must be at least 1"),
    (OWN, "emergency_within = 11", "", "emergency_within: is missing"),
    (OWN, "emergency_within = 11", 'emergency_within = "11"', "'11' is not a whole number"),
    (OWN, "emergency_within = 11", "emergency_within = 11\nfoo = 1", "foo: no such key"),
    (OWN, '"shared.v1.toml"', '"shared.v9.toml"', "shared.v9.toml: there is no such file"),
    (OWN, "[[check_ins]]", "[windows]\nd1 = 0\n[[check_ins]]", "'windows' is also in shared"),
    (OWN, 'high_risk = ["anticoagulant"', 'high_risk = ["warfarin"', "'warfarin' is unknown"),
    (OWN, '"screen", "limb_weakness",', '"limb_weakness",', 'must begin with "screen"'),
    (OWN, '"limb_weakness",', '"limb_weak",', "unknown question 'limb_weak'"),
    (OWN, '"limb_weakness",', '"screen",', "'screen' is there twice"),
    (
        OWN,
        '"headache?",',
        "",
        "'headache_severity' is never reached",
    ),
    (OWN, 'key = "d3"', 'key = "d4"', "has no [times.d4]"),
    (OWN, 'needed_if = "reviewed_d7"', 'needed_if = "reviewed_d2"', "unknown condition"),
    (OWN, 'needed_if = "reviewed_d7"', 'needed_if = "not x"', "is not allowed"),
    (
        OWN,
        'aftercare = "aftercare_injection"',
        'aftercare = "rest"',
        "en.toml: rest: is missing",
    ),
    (SHARED, "day = 3\n", "day = 1\n", "must come on a later day than d1"),
    (SHARED, "reminder = 4\n", "reminder = 400\n", "must come in that order"),
    (SHARED, "d3 = 48", "d3 = 80", "windows.after_d3: must begin after d3; they would overlap"),
    (SHARED, "d1 = 0", "d1 = 1", "must begin at 0 hours"),
    (SHARED, "default = 8\n", "default = 10\n", "must lie between least and most"),
    (SHARED, "until = 192", "until = 190", "the windows of 'limb_numbness_fading' leave a gap"),
    (SHARED, "until = 192", "until = 200", "the windows of 'limb_numbness_fading' overlap"),
    (SHARED, CHEST, f"until = 90\n{CHEST}", "leave a gap from 90.0 on; add one"),
    (SHARED, 'until = "fading_weakness_hours"', 'until = "fading"', "leave a gap|can be empty"),
    (SHARED, "least = 12\nmost = 30", "least = 6\nmost = 30", "its window can be empty"),
    (SHARED, CHEST, 'when = "chest_pain"\nlevel', "unknown fact 'chest_pain'"),
    (SHARED, CHEST, 'when = "chest_symptoms and"\nlevel', "cannot read"),
    (SHARED, CHEST, 'when = "not fever"\nlevel', "'not' only before 'earlier.'"),
    (SHARED, CHEST, 'when = "hours > 3"\nlevel', "unknown number 'hours'"),
    (SHARED, CHEST, 'when = "pain_score < 3"\nlevel', "compare 'pain_score' with > or >= only"),
    (SHARED, CHEST, 'when = "pain_score > much"\nlevel', "unknown setting 'much'"),
    (SHARED, CHEST, 'when = "earlier.hiccups"\nlevel', "unknown fact 'earlier.hiccups'"),
    (SHARED, f'{RULE}{CHEST} = "emergency"', f'{RULE}{CHEST} = "red"', "unknown level 'red'"),
    (SHARED, RULE, f'{RULE}row = "chest"\n', "'chest' is no row of the table"),
    (SHARED, RULE, f'{RULE}only = ["knee"]\n', "only: 'knee' is unknown"),
    (
        SHARED,
        RULE,
        f'{RULE}only = ["blood_patch"]\n',
        "nothing says what 'chest_symptoms' means",
    ),
    (SHARED, RULE, f'{RULE}raised_by = "age"\n', "raised_by: 'age' is unknown"),
    (SHARED, RULE, '[[rules]]\nid = "fever.any"\n', "rules[fever.any]: is there twice"),
    (SHARED, RULE, f'{RULE}colour = "red"\n', "colour: no such key here"),
    (
        SHARED,
        'show = "chest"',
        'show = "lungs"',
        "'lungs' is unknown; add it to [dispositions]",
    ),
    (SHARED, 'source = "S0; S3; O-NICE"', 'source = ""', "source: is missing; name the source"),
    (SHARED, 'source = "S0; S3; O-NICE"', 'source = "Web"', "'Web' is not listed"),
    (
        SHARED,
        'fact = "limb_weakness", rank',
        'fact = "weak", rank',
        "nothing says what 'weak' means alone",
    ),
    (SHARED, 'kind = "pain_0_10"', 'kind = "slider"', "'slider': use one of"),
    (SHARED, 'kind = "pain_0_10"', 'kind = "choice"', "needs at least two options"),
    (SHARED, 'code = "fever"\nkind = "choice"', 'code = "fever"\nkind = "number"', "has none"),
    (
        SHARED,
        'code = "fever"\nkind',
        'code = "fever"\nzero = "x"\nkind',
        "only a number can be 0",
    ),
    (SHARED, 'code = "fever"', 'code = "meningism"', "is there twice; keep one"),
    (SHARED, 'finding = "bruising"', 'finding = "bruises"', "is unknown to the reader"),
    (
        SHARED,
        'until = "fading_weakness_hours"\n\n[[heard]]',
        "until = 10\n\n[[heard]]",
        "heard[limb_numbness].since: the windows",
    ),
    (
        SHARED,
        'fact = "screen_positive" }]',
        'fact = "screen_positive" }]\nsensitive = true',
        "after a reply",
    ),
    (SHOWN, "S0 = ", "S9 = ", "'S0' is not listed"),
    (SHOWN, 'source = "S3", within = "same day"', "within = 'now'", "source: is missing"),
    (EN, "flare = ", "flares = ", "en.toml: flare: is missing; translate it"),
    (ES, "flare = ", "flares = ", "es.toml: flare: is missing; translate it"),
    (
        ES,
        "\nsugar = ",
        '\nmore_sugar = "x"\nsugar = ',
        "more_sugar: is not among the English texts",
    ),
    (ES, "Gracias. Unas", "Gracias, gracias. " * 20 + "Unas", "is too long: .* of UCS-2|GSM-7"),
    (
        EN,
        "Are your legs or arms weak?",
        "Are your legs or your arms weak?" * 3,
        "letters; at most",
    ),
    (EN, "2 Yes, new or worse 3", "2 Yes 3", "does not offer '2 Yes, new or worse'"),
    (
        ES,
        "2 Sí, nuevo o peor 3",
        "Sí, nuevo o peor 3",
        "es.toml: ask_limb_weakness: .* option 2",
    ),
    (EN, "call {phone}", "call {telephone}", "unknown placeholder {telephone}"),
    (EN, "call {phone}", "call {phone", "has a lone brace"),
    (EN, "Reply 1 if OK, 2 if not.", "Reply YES or NO.", "takes? as consent; use numbers"),
    (EN, "how you feel", "how your epidural was", "welcome: names the procedure .epidural."),
    (ES, "saber de usted", "saber de su espalda", "es.toml: welcome: names the procedure"),
    (EN, "it has been a week", "your shot was a week ago", "opening_d7: names the procedure"),
    (EN, "Rest today", "Rest after your spinal", "aftercare_injection: names the procedure"),
    (EN, "We have not heard", "About your block: we have not heard", "reminder: names the"),
    (OWN, '"reviewed_d1 or', '"reviewed_d7 or', "which is never reached"),
    (OWN, '"reviewed_d1 or', '"relief_same or', "which is never reached"),
    (OWN, "[[check_ins]]", "[[check_ins]]\nday = 3", "check_ins[d1].day: no such key"),
    (SHARED, "reminder = 4\n", "reminder = '4'\n", "times.d1.reminder: '4' is not a number"),
    (SHARED, "reminder = 4\n", "remind = 4\nreminder = 4\n", "times.d1.remind: no such key"),
    (SHARED, "any_day = true", "any_day = 1", "times.d1.any_day: 1 is not true or false"),
    (SHARED, "d3 = 48", "d3 = 'two days'", "windows.d3: 'two days' is not a number"),
    (SHARED, "rank = 2 }", "rank = 'bad' }", "rank: 'bad' is not a whole number"),
    (SHARED, 'fact = "fever" }', "fact = 1 }", "fact: 1 is not a text"),
    (SHARED, "until = 192", "until = []", "rules[limb_numbness.fading.week].until: "),
    (
        SHARED,
        '[[derived]]\nfact = "pain_high"',
        '[[derived]]\nid = "x"\nfact = "pain_high"',
        "no such key",
    ),
    (SHOWN, "within = ", "in = ", "in: no such key here"),
    (SHOWN, "faint = [", "faint = 1\nfainted = [", "dispositions.faint: 1 is not a list"),
    (
        EN,
        'faint = "We will call you today. Sit or lie down if dizzy."',
        'faint = " "',
        "is empty",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the protocols that a test may break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "protocols"))


@pytest.mark.parametrize(("file", "good", "bad", "message"), REFUSALS)
def test_broken_protocol_is_refused(
    folder: Path, file: str, good: str, bad: str, message: str
) -> None:
    path = folder / file
    content = path.read_text(encoding="utf-8")
    assert good in content
    path.write_text(content.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(ProtocolError) as refused:
        load(NAME, folder=folder)
    assert re.search(message.replace("[", r"\["), str(refused.value)), str(refused.value)
    assert str(refused.value).split(":")[0].endswith(".toml")


def test_rule_for_another_procedure_that_never_fires_is_refused(folder: Path) -> None:
    path = folder / SHARED
    content = path.read_text(encoding="utf-8")
    rule = '[[rules]]\nid = "menstrual_change.late"\n'
    only = 'only = ["epidural_steroid", "nerve_root_block", "facet_joint"]\n'
    path.write_text(content.replace(rule + only, rule), encoding="utf-8")
    with pytest.raises(ProtocolError, match="never fires in this protocol"):
        load("lumbar_puncture.v1", folder=folder)


def test_level_that_nothing_reaches_is_refused(folder: Path) -> None:
    path = folder / SHARED
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace('level = "review"', 'level = "urgent"'), encoding="utf-8")
    with pytest.raises(ProtocolError, match="no rule reaches the level review"):
        load(NAME, folder=folder)


MERGED = json.loads(load(NAME).content)
JUNK = ["junk", "", -1, 10**9, 0.5, True, [], ["x"], {}, [{}], {"a": 1}]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of the merged files."""
    steps = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in steps:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


@given(place=st.sampled_from(list(places(MERGED["content"]))), junk=st.sampled_from(JUNK))
@settings(max_examples=150)
def test_whatever_stands_anywhere_is_taken_or_refused_by_its_key(
    place: tuple[Any, ...], junk: Any
) -> None:
    content = json.loads(json.dumps(MERGED["content"]))
    node = content
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = junk
    files = Files("x.toml", {})
    try:
        check(files, build(files, content, MERGED["texts"], digest="", content=""))
    except ProtocolError as refused:
        assert re.match(r"(x|en|es)\.toml: \S+: ", str(refused))


def test_question_that_depends_on_a_number_asked_before_is_reached(folder: Path) -> None:
    path = folder / SHARED
    content = path.read_text(encoding="utf-8")
    late = 'code = "relief"\nkind'
    path.write_text(
        content.replace(late, 'code = "relief"\nask_when = "pain_score >= 4"\nkind'),
        encoding="utf-8",
    )
    assert load(NAME, folder=folder).questions["relief"].ask_when is not None


def test_missing_english_is_refused(folder: Path) -> None:
    (folder / EN).unlink()
    with pytest.raises(ProtocolError, match=r"texts/en.toml is missing"):
        load(NAME, folder=folder)


@pytest.mark.parametrize("name", ["../secret", "epidural_steroid", "epidural_steroid.v0", ""])
def test_name_that_is_no_protocol_name_is_refused(name: str) -> None:
    with pytest.raises(ProtocolError, match="is no protocol name"):
        load(name)


def test_unknown_procedure_has_no_protocol() -> None:
    with pytest.raises(ProtocolError, match="no protocol for procedure 'knee'"):
        latest("knee")


def test_language_is_a_file(folder: Path) -> None:
    english = (folder / EN).read_text(encoding="utf-8")
    (folder / "texts/fr.toml").write_text(english, encoding="utf-8")
    protocol = load(NAME, folder=folder)
    assert protocol.languages == ("en", "es", "fr")
    assert protocol.digest != load(NAME).digest


def test_comment_keeps_the_digest_and_a_changed_rule_does_not(folder: Path) -> None:
    before = load(NAME).digest
    path = folder / SHARED
    content = path.read_text(encoding="utf-8")
    path.write_text(content + "\n# a remark\n", encoding="utf-8")
    assert load(NAME, folder=folder).digest == before
    path.write_text(content.replace("least = 7", "least = 6", 1), encoding="utf-8")
    load.cache_clear()
    assert load(NAME, folder=folder).digest != before


def test_new_version_leaves_the_old_one_as_it_was(folder: Path) -> None:
    before = load(NAME)
    newer = (folder / OWN).read_text(encoding="utf-8").replace("version = 1", "version = 2")
    (folder / "epidural_steroid.v2.toml").write_text(
        newer.replace("emergency_within = 11", "emergency_within = 12"), encoding="utf-8"
    )
    assert latest("epidural_steroid", folder=folder).name == "epidural_steroid.v2"
    assert load(NAME, folder=folder) == before
    assert set(names(folder=folder)) == {*names(), "epidural_steroid.v2"}
