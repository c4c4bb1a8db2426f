"""The commands' JSON lines: order kept, malformed lines named, no patient quoted."""

import io
import json

from monitor.reading import batch


def _run(
    lines: list[str], *, answers: bool = False
) -> tuple[list[dict[str, object]], str, int]:
    out, errors = io.StringIO(), io.StringIO()
    wrong = batch.process(lines, batch.answer if answers else batch.reply, out, errors)
    return [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue(), wrong


def _reply(number: int, **more: object) -> str:
    record = {"id": number, "text": "all good", "hours_since": 30, "procedure": "facet_joint"}
    return json.dumps(record | more)


def test_replies_come_back_in_order_with_every_key() -> None:
    read, errors, wrong = _run([_reply(1), _reply(2, text="cant pee since last night")])
    assert [row["id"] for row in read] == [1, 2]
    assert [row["level"] for row in read] == ["routine", "emergency"]
    keys = {"id", "level", "score", "findings", "denied", "intent", "lang", "reasons"}
    assert all(set(row) == keys for row in read)
    assert (errors, wrong) == ("", 0)


def test_malformed_lines_are_named_and_the_others_go_on() -> None:
    secret = "my leg is numb"
    lines = [
        "{",
        _reply(1),
        "[]",
        json.dumps({"id": 2, "text": secret}),
        _reply(3, text=7),
        _reply(4, hours_since="soon"),
        "[" * 100_000,
        _reply(5),
    ]
    read, errors, wrong = _run(lines)
    assert [row["id"] for row in read] == [1, 5]
    assert wrong == 6
    assert [line.split(":")[0] for line in errors.splitlines()] == [
        f"line {number}" for number in (1, 3, 4, 5, 6, 7)
    ]
    assert secret not in errors


def test_answers() -> None:
    record = {"id": "a", "lang": "en", "question_kind": "pain_0_10", "text": "7ish"}
    read, errors, wrong = _run(
        [json.dumps(record), json.dumps(record | {"question_kind": "x"})], answers=True
    )
    assert read == [{"id": "a", "value": 7}]
    assert wrong == 1
    assert errors.startswith("line 2: ")


def test_a_lone_surrogate_can_be_written_as_utf_8() -> None:
    out = io.StringIO()
    batch.process([_reply(1, text="\ud800 my leg is numb")], batch.reply, out, io.StringIO())
    out.getvalue().encode("utf-8")


def test_an_open_question_is_read() -> None:
    question = {"code": "pain_score", "kind": "pain_0_10"}
    read, _, _ = _run([_reply(1, text="2", question=question), _reply(2, text="2")])
    assert [row["level"] for row in read] == ["routine", "review"]
