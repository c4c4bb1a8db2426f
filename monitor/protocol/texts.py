"""The refusals of texts: missing, too long, with unknown placeholders, or unsafe to suggest."""

import re
from collections.abc import Iterator
from string import Formatter

from monitor.protocol.files import Files
from monitor.protocol.model import Protocol, Question
from monitor.protocol.segments import measure

SAMPLE = {"clinic": "Central City Spine Clinic", "phone": "+1 555 010 4477", "emergency": "911"}
"""The longest values that a text must still fit with."""

MOST_SEGMENTS = 2
LONGEST_QUESTION = 121
"""Letters of an English question (rule table)."""

FIXED = tuple(
    "welcome emergency self_harm urgent review more close_routine close_review close_urgent "
    "close_emergency reask handed_over reminder chaser opted_out opted_in help wrong_person "
    "outside noted unfinished".split()
)
"""Texts that the conversation sends by name."""

# Carriers take these words as opting in or out (Twilio's keywords).
_KEYWORD_REPLY = re.compile(
    r"\b(?:reply|text|answer|conteste|responda)\s+(?:with\s+|con\s+)?"
    r"(?:yes|no|end|cancel|quit|unstop|s[ií])\b",
    re.IGNORECASE,
)


# Stems that give a procedure away, in English, Spanish and what is akin to them; a language
# that is not keeps the title's own words out of its first texts.
_PROCEDURE = re.compile(
    r"epidur|inje[ck]t|inyec|spin(?:e|al)|espina|column|lumb|punc|nerv|facet|block|bloque|patch"
    r"|parche|steroid|esteroid|anesthe|anaesthe|anestes|blood|sangre|\bshot\b|\bneedle\b"
    r"|aguja|espalda|\bback pain"
)


def placeholders(text: str) -> tuple[str, ...]:
    """What stands between braces, as it is written; ValueError for a lone brace."""
    return tuple(
        f"{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    )


def suggested_keyword(text: str) -> str:
    """The words that suggest to answer with what carriers take as consent; "" for none."""
    found = _KEYWORD_REPLY.search(text)
    return found[0] if found else ""


def named_procedure(text: str) -> str:
    """The part of a word that gives a procedure away, in any of the languages; "" for none."""
    found = _PROCEDURE.search(text.casefold())
    return found[0] if found else ""


def needed_texts(protocol: Protocol) -> frozenset[str]:
    """The keys that every language must have."""
    asked = {code for plan in protocol.check_ins for code in plan.questions}
    return frozenset(
        {*FIXED, protocol.aftercare}
        | {f"ask_{code}" for code in asked}
        | {f"opening_{plan.key}" for plan in protocol.check_ins}
        | {rule.tell for rule in protocol.rules if rule.tell}
    )


def check_texts(files: Files, protocol: Protocol) -> None:
    """Refuse texts that a patient could not get, understand or answer."""
    english = protocol.texts["en"]
    for lang, texts in protocol.texts.items():
        for key in sorted(needed_texts(protocol) | english.keys()):
            if key not in texts:
                _refuse(files, lang, key, "is missing; translate it")
        for key in sorted(texts.keys() - english.keys()):
            _refuse(files, lang, key, "is not among the English texts; remove it")
        for key, text in texts.items():
            _text(files, lang, key, text)
    for question in _asked(protocol):
        _question(files, protocol, question)
    _before_a_reply(files, protocol)


def texts_before_a_reply(protocol: Protocol) -> tuple[str, ...]:
    """The keys of what goes out before anybody has answered: the phone may be another's."""
    openings = (f"opening_{plan.key}" for plan in protocol.check_ins)
    return ("welcome", protocol.aftercare, *openings, "reminder", "chaser")


def _before_a_reply(files: Files, protocol: Protocol) -> None:
    titles = {word for word in protocol.title.casefold().split() if len(word) > 4}
    for lang, texts in protocol.texts.items():
        for key in texts_before_a_reply(protocol):
            text = texts[key].casefold()
            words = sorted(titles & set(re.findall(r"\w+", text)))
            for word in filter(None, [*words, named_procedure(text)]):
                _refuse(
                    files,
                    lang,
                    key,
                    f"names the procedure ({word}); what is sent before a reply must not",
                )


def _text(files: Files, lang: str, key: str, text: str) -> None:
    if not isinstance(text, str) or not text.strip():
        _refuse(files, lang, key, "is empty; write it")
    try:
        names = placeholders(text)
    except ValueError:
        _refuse(files, lang, key, "has a lone brace; remove it")
    for name in names:
        if name not in SAMPLE:
            _refuse(
                files, lang, key, f"unknown placeholder {{{name}}}; use {', '.join(SAMPLE)}"
            )
    length = measure(text.format_map(SAMPLE))
    if length.segments > MOST_SEGMENTS:
        _refuse(
            files,
            lang,
            key,
            f"is too long: {length.units} units of {length.encoding} are {length.segments} "
            f"segments; shorten it to {MOST_SEGMENTS}",
        )
    if suggested_keyword(text):
        _refuse(files, lang, key, "suggests a word that carriers take as consent; use numbers")


def _question(files: Files, protocol: Protocol, question: Question) -> None:
    key = f"ask_{question.code}"
    english = protocol.texts["en"][key]
    if len(english) > LONGEST_QUESTION:
        _refuse(files, "en", key, f"has {len(english)} letters; at most {LONGEST_QUESTION}")
    for number, label in enumerate(question.options, 1):
        if f"{number} {label}" not in english:
            _refuse(
                files, "en", key, f"does not offer '{number} {label}'; text and options differ"
            )
        for lang, texts in protocol.texts.items():
            if re.search(rf"(?<!\d){number} \w", texts[key]) is None:
                _refuse(files, lang, key, f"does not offer option {number}; add it")


def _asked(protocol: Protocol) -> Iterator[Question]:
    asked = {code for plan in protocol.check_ins for code in plan.questions}
    return (protocol.questions[code] for code in sorted(asked))


def _refuse(files: Files, lang: str, key: str, problem: str) -> None:
    Files(f"{lang}.toml", {}).refuse(key, problem)
