"""The reader over JSON lines: one object in, one object out, in order."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

from monitor.reading.answers import read_answer
from monitor.reading.reader import read
from monitor.reading.types import KINDS, OpenQuestion

# A century: more is a slip, and not a number or infinity fails the comparison.
LONGEST_HOURS = 876_600

Record = Mapping[str, Any]


def _text(record: Record, key: str) -> str:
    value = record[key]
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a text")
    return value


def _options(record: Record) -> tuple[str, ...]:
    options = record.get("options") or ()
    if not isinstance(options, (list, tuple)) or not all(isinstance(o, str) for o in options):
        raise ValueError("options is not a list of texts")
    return tuple(options)


def _kind(name: object) -> str:
    if name not in KINDS:
        raise ValueError(f"unknown kind of question {name!r}")
    return str(name)


def _question(record: Record) -> OpenQuestion | None:
    question = record.get("question")
    if question is None:
        return None
    if not isinstance(question, dict):
        raise ValueError("question is not an object")
    kind = _kind(question.get("kind"))
    return OpenQuestion(str(question.get("code", "")), kind, _options(question))


def _hours(record: Record) -> float:
    value = record["hours_since"]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("hours_since is not a number")
    if not -LONGEST_HOURS <= value <= LONGEST_HOURS:
        raise ValueError("hours_since is out of range")
    return float(value)


def reply(record: Record) -> dict[str, Any]:
    """One reply read; ValueError or KeyError where the record is not as agreed."""
    lang = record.get("lang")
    reading = read(
        _text(record, "text"),
        hours_since=_hours(record),
        procedure=_text(record, "procedure"),
        lang=lang if isinstance(lang, str) else None,
        question=_question(record),
    )
    return {
        "id": record["id"],
        "level": reading.level.code,
        "score": reading.score,
        "findings": list(reading.findings),
        "denied": list(reading.denied),
        "intent": reading.intent,
        "lang": reading.lang,
        "reasons": [{"code": r.code, "words": r.words, "why": r.why} for r in reading.reasons],
    }


def answer(record: Record) -> dict[str, Any]:
    """One short answer read; ValueError or KeyError where the record is not as agreed."""
    kind = _kind(record["question_kind"])
    lang = record.get("lang")
    value = read_answer(
        _text(record, "text"),
        kind=kind,
        lang=lang if isinstance(lang, str) else None,
        options=_options(record),
    )
    return {"id": record["id"], "value": value}


def _printable(line: str) -> str:
    """A lone surrogate has no UTF-8; its JSON escape means the same."""
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def process(
    lines: Iterable[str],
    convert: Callable[[Record], dict[str, Any]],
    out: TextIO,
    errors: TextIO,
) -> int:
    """Convert each line; the number of malformed ones, each named by its line on `errors`.

    An error names the line and what is wrong with its form, never what the patient wrote.
    """
    wrong = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("not an object")
            result = convert(record)
        except (json.JSONDecodeError, RecursionError):
            problem = "not JSON"
        except KeyError as missing:
            problem = f"{missing.args[0]} is missing"
        except ValueError as error:
            problem = str(error)
        else:
            out.write(_printable(json.dumps(result, ensure_ascii=False)) + "\n")
            continue
        wrong += 1
        errors.write(f"line {number}: {problem}\n")
    return wrong
