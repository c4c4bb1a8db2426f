"""Turns the merged tables of a protocol's files into the model, key by key."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from monitor.levels import Level
from monitor.protocol.condition import Condition, ConditionError, parse
from monitor.protocol.files import Files
from monitor.protocol.model import (
    CheckInPlan,
    Choice,
    Derived,
    Heard,
    Option,
    Protocol,
    Question,
    Rule,
    Setting,
)
from monitor.protocol.vocabulary import FINDINGS, PROCEDURES

FOREVER = float("inf")

STARTS = frozenset({"finding", "report", "procedure"})
"""What the time of an option counts from."""

_TOP = frozenset(
    {"slug", "version", "procedure", "title", "aftercare", "includes", "texts", "always"}
    | {"high_risk", "emergency_within", "check_ins", "windows", "times", "settings", "raises"}
    | {"questions", "derived", "heard", "rules", "sources", "dispositions"}
)


def build(
    files: Files,
    merged: Mapping[str, Any],
    texts: Mapping[str, Mapping[str, str]],
    *,
    digest: str,
    content: str,
) -> Protocol:
    """Build the model; ProtocolError names the file, the table and the key that is wrong."""
    table = _Table(files, "", merged)
    table.only(_TOP)
    procedure = table.text("procedure")
    if procedure not in PROCEDURES:
        table.fail("procedure", f"{procedure!r} is unknown; use one of {_list(PROCEDURES)}")
    windows = table.numbers("windows")
    raises = {key: _risks(part) for key, part in table.tables("raises")}
    everyone = merged.get("high_risk") == "everyone"
    return Protocol(
        slug=table.text("slug"),
        version=table.whole("version"),
        procedure=procedure,
        title=table.text("title"),
        digest=digest,
        content=content,
        aftercare=table.text("aftercare"),
        check_ins=tuple(_check_in(part, table) for part in table.rows("check_ins")),
        questions=_questions(table),
        rules=tuple(_rules(table, procedure, windows, raises)),
        derived=tuple(_derived(part) for part in table.rows("derived")),
        heard=_heard(table, windows),
        settings={key: _setting(key, part) for key, part in table.tables("settings")},
        windows=windows,
        always=frozenset(table.texts("always")),
        everyone_high_risk=everyone,
        high_risk=frozenset() if everyone else frozenset(table.texts("high_risk")),
        emergency_within=table.whole("emergency_within"),
        sources={key: str(value) for key, value in table.mapping("sources").items()},
        languages=tuple(sorted(texts)),
        texts=texts,
        dispositions=_dispositions(table),
    )


class _Table:
    """One TOML table with its place, so that every refusal can say where."""

    def __init__(self, files: Files, place: str, content: Mapping[str, Any]) -> None:
        self.files, self.place, self.content = files, place, content

    def fail(self, key: str, problem: str) -> NoReturn:
        self.files.refuse(self._below(key), problem)

    def only(self, keys: frozenset[str]) -> None:
        for key in self.content:
            if key not in keys:
                self.fail(key, f"no such key here; use one of {_list(keys)}")

    def get(self, key: str, kind: type | tuple[type, ...], what: str) -> Any:
        if key not in self.content:
            self.fail(key, f"is missing; give {what}")
        value = self.content[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(key, f"{value!r} is not {what}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and key not in self.content:
            return default
        value: str = self.get(key, str, "a text")
        return value

    def whole(self, key: str) -> int:
        value: int = self.get(key, int, "a whole number")
        return value

    def number(self, key: str) -> float:
        return float(self.get(key, (int, float), "a number"))

    def hours(self, key: str) -> timedelta:
        return timedelta(hours=self.number(key))

    def flag(self, key: str) -> bool:
        return bool(self.get(key, bool, "true or false")) if key in self.content else False

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.content.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.fail(key, "is not a list of texts")
        return tuple(values)

    def mapping(self, key: str) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.get(key, dict, "a table")
        return value

    def numbers(self, key: str) -> dict[str, float]:
        part = _Table(self.files, self._below(key), self.mapping(key))
        return {name: part.number(name) for name in part.content}

    def rows(self, key: str) -> list["_Table"]:
        values: Sequence[Any] = self.get(key, list, "a list of tables")
        found = []
        for number, value in enumerate(values, start=1):
            if not isinstance(value, dict):
                self.fail(key, f"{value!r} is not a table; write it like {{ name = value }}")
            name = value.get("id") or value.get("code") or value.get("key") or number
            found.append(_Table(self.files, f"{self._below(key)}[{name}]", value))
        return found

    def tables(self, key: str) -> Iterator[tuple[str, "_Table"]]:
        part = _Table(self.files, self._below(key), self.mapping(key))
        for name in part.content:
            yield name, _Table(self.files, part._below(name), part.mapping(name))

    def _below(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def condition(self, key: str) -> Condition:
        try:
            return parse(self.text(key))
        except ConditionError as error:
            self.fail(key, str(error))

    def bound(self, key: str, default: float, windows: Mapping[str, float]) -> float | str:
        value = self.content.get(key, default)
        if isinstance(value, str):
            return windows.get(value, value)
        return self.number(key) if key in self.content else default


def _risks(part: _Table) -> frozenset[str]:
    part.only(frozenset({"risks", "source"}))
    return frozenset(part.texts("risks"))


def _derived(part: _Table) -> Derived:
    part.only(frozenset({"fact", "when"}))
    return Derived(part.text("fact"), part.condition("when"))


def _list(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))


def _questions(table: _Table) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    for part in table.rows("questions"):
        code = part.text("code")
        if code in questions:
            part.fail("code", "is there twice; keep one")
        part.only(
            frozenset({"code", "kind", "options", "zero", "ask_when", "sensitive", "source"})
        )
        questions[code] = Question(
            code=code,
            kind=part.text("kind"),
            choices=tuple(_choice(row) for row in part.rows("options"))
            if "options" in part.content
            else (),
            zero=part.text("zero", "") or None,
            ask_when=part.condition("ask_when") if "ask_when" in part.content else None,
            sensitive=part.flag("sensitive"),
            source=part.text("source", ""),
        )
    return questions


def _choice(option: _Table) -> Choice:
    option.only(frozenset({"label", "fact", "rank"}))
    fact = option.text("fact", "") or None
    rank = option.whole("rank") if "rank" in option.content else int(fact is not None)
    return Choice(option.text("label"), fact, rank)


_TIMES_KEYS = frozenset(
    {"day", "after", "before", "any_day", "optional", "send_within", "reminder", "hand_over"}
    | {"high_risk_hand_over", "missed", "chaser", "missed_by_day"}
)


def _check_in(part: _Table, table: _Table) -> CheckInPlan:
    part.only(frozenset({"key", "questions", "needed_if"}))
    key = part.text("key")
    if key not in table.mapping("times"):
        part.fail("key", f"has no [times.{key}]; add it, or use another key")
    times = dict(table.tables("times"))[key]
    times.only(_TIMES_KEYS)
    listed = part.texts("questions")
    return CheckInPlan(
        key=key,
        day=times.whole("day"),
        questions=tuple(code.removesuffix("?") for code in listed),
        branch=frozenset(code.removesuffix("?") for code in listed if code.endswith("?")),
        optional=times.flag("optional"),
        needed_if=part.condition("needed_if") if "needed_if" in part.content else None,
        any_day=times.flag("any_day"),
        window=_window(times),
        send_within=times.hours("send_within"),
        reminder_after=times.hours("reminder"),
        hand_over_after=times.hours("hand_over"),
        high_risk_hand_over_after=times.hours("high_risk_hand_over"),
        missed_after=times.hours("missed"),
        chaser_after=times.hours("chaser") if "chaser" in times.content else None,
        missed_by_day=times.whole("missed_by_day")
        if "missed_by_day" in times.content
        else None,
    )


def _window(times: _Table) -> tuple[timedelta, timedelta] | None:
    if "after" not in times.content and "before" not in times.content:
        return None
    return times.hours("after"), times.hours("before")


_RULE_KEYS = frozenset(
    {"id", "row", "symptom", "only", "except", "when", "since", "until", "level", "raised_by"}
    | {"tell", "show", "why", "source"}
)


def _rules(
    table: _Table,
    procedure: str,
    windows: Mapping[str, float],
    raises: Mapping[str, frozenset[str]],
) -> Iterator[Rule]:
    for part in table.rows("rules"):
        part.only(_RULE_KEYS)
        for key in ("only", "except"):
            for code in part.texts(key):
                if code not in PROCEDURES:
                    part.fail(key, f"{code!r} is unknown; use one of {_list(PROCEDURES)}")
        only = part.texts("only") or tuple(PROCEDURES)
        if procedure not in only or procedure in part.texts("except"):
            continue
        group = part.text("raised_by", "")
        if group and group not in raises:
            part.fail(
                "raised_by", f"{group!r} is unknown; use one of {_list(frozenset(raises))}"
            )
        yield _rule(part, windows, raises.get(group, frozenset()))


def _rule(part: _Table, windows: Mapping[str, float], raised_by: frozenset[str]) -> Rule:
    try:
        level = Level.parse(part.text("level"))
    except ValueError as error:
        part.fail("level", str(error))
    name = part.text("id")
    row = part.text("row", name.partition(".")[0])
    return Rule(
        id=name,
        row=row,
        symptom=part.text("symptom", row),
        when=part.condition("when"),
        since=part.bound("since", 0.0, windows),
        until=part.bound("until", FOREVER, windows),
        level=level,
        raised_by=raised_by,
        tell=part.text("tell", ""),
        show=part.text("show"),
        why=part.text("why"),
        source=part.text("source", ""),
    )


def _heard(table: _Table, windows: Mapping[str, float]) -> tuple[Heard, ...]:
    heard = []
    for part in table.rows("heard"):
        part.only(frozenset({"finding", "fact", "since", "until"}))
        if part.text("finding") not in FINDINGS:
            part.fail("finding", "is unknown to the reader; see monitor/protocol/vocabulary.py")
        since, until = part.bound("since", 0.0, windows), part.bound("until", FOREVER, windows)
        heard.append(Heard(part.text("finding"), part.text("fact"), since, until))
    return tuple(heard)


def _setting(code: str, part: _Table) -> Setting:
    part.only(frozenset({"default", "least", "most", "unit", "source", "what"}))
    return Setting(
        code=code,
        default=part.number("default"),
        least=part.number("least"),
        most=part.number("most"),
        unit=part.text("unit"),
        source=part.text("source", ""),
        what=part.text("what"),
    )


def _dispositions(table: _Table) -> dict[str, tuple[Option, ...]]:
    part = _Table(table.files, "dispositions", table.mapping("dispositions"))
    return {code: tuple(_option(row) for row in part.rows(code)) for code in part.content}


def _option(part: _Table) -> Option:
    part.only(frozenset({"text", "source", "within", "hours", "today", "since"}))
    timed = "hours" in part.content or part.flag("today")
    if timed and "within" not in part.content:
        part.fail("within", "is missing; say the time in words too")
    since = part.text("since", "finding")
    if since not in STARTS:
        part.fail("since", f"{since!r} is unknown; use one of {_list(STARTS)}")
    return Option(
        text=part.text("text"),
        source=part.text("source", ""),
        within=part.text("within", "") or None,
        limit=part.hours("hours") if "hours" in part.content else None,
        today=part.flag("today"),
        since=since,
    )
