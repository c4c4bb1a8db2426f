"""A protocol version as its page shows it: everything that the files say, in reading order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.conversation import Reply, messages
from monitor.levels import Level
from monitor.models import Revision
from monitor.protocol import CheckInPlan, Option, Protocol, Question, Rule, Setting
from monitor.protocol.segments import Length, measure
from monitor.protocol.sentences import due, needed, phrase, sentence, silence
from monitor.protocol.texts import needed_texts
from patients.models import Clinic
from patients.phone import spoken


@dataclass(frozen=True)
class Text:
    """One text in one language, with the clinic's own name and numbers in it."""

    lang: str
    body: str
    length: Length


@dataclass(frozen=True)
class ContactRow:
    """One check-in of the timeline."""

    plan: CheckInPlan
    due: str
    silence: str
    needed: str
    opening: tuple[Text, ...]

    @property
    def asked(self) -> list[tuple[str, bool]]:
        """The questions in order, and whether only a positive first answer leads there."""
        return [(code, code in self.plan.branch) for code in self.plan.questions]


@dataclass(frozen=True)
class QuestionRow:
    """One question: as the patient sees it, and on what it depends."""

    question: Question
    texts: tuple[Text, ...]
    asked_if: str


@dataclass(frozen=True)
class RuleRow:
    """One rule: its sentence, what is told and shown."""

    rule: Rule
    sentence: str
    told: tuple[Text, ...]
    shown: tuple[Option, ...]


@dataclass(frozen=True)
class SettingRow:
    """One cut-off: its bounds, the clinic's own value, and the value that counts."""

    setting: Setting
    own: float | None
    value: float

    @property
    def held(self) -> bool:
        """Whether the clinic's own value lies outside the bounds and is held to them."""
        return self.own is not None and self.own != self.value


@dataclass(frozen=True)
class Rulebook:
    """All of it. `rows` are the rules by the row of the rule table that they come from."""

    protocol: Protocol
    contacts: list[ContactRow]
    questions: list[QuestionRow]
    rows: list[tuple[str, list[RuleRow]]]
    texts: list[tuple[str, tuple[Text, ...]]]
    settings: list[SettingRow]


def rulebook(protocol: Protocol, clinic: Clinic) -> Rulebook:
    """Lay out a protocol version, with the settings and the names of a clinic."""
    press = _Press(protocol, clinic)
    asked = {code for plan in protocol.check_ins for code in plan.questions}
    return Rulebook(
        protocol=protocol,
        contacts=[press.contact(plan) for plan in protocol.check_ins],
        questions=[
            press.question(one) for code, one in protocol.questions.items() if code in asked
        ],
        rows=list(press.rules().items()),
        texts=[
            (key, press.texts(Reply("text", key)))
            for key in protocol.texts["en"]
            if key in needed_texts(protocol) and not key.startswith(("ask_", "opening_"))
        ],
        settings=list(press.settings()),
    )


class _Press:
    def __init__(self, protocol: Protocol, clinic: Clinic) -> None:
        self.protocol, self.clinic = protocol, clinic
        self.values = protocol.values(clinic.protocol_settings)
        self.names = {
            "clinic": clinic.name,
            "phone": spoken(clinic.phone),
            "emergency": clinic.emergency_number,
        }

    def texts(self, reply: Reply) -> tuple[Text, ...]:
        found = []
        for lang in self.protocol.languages:
            (body,) = messages(self.protocol, [reply], lang=lang, values=self.names)
            found.append(Text(lang, body, measure(body)))
        return tuple(found)

    def contact(self, plan: CheckInPlan) -> ContactRow:
        return ContactRow(
            plan=plan,
            due=due(plan),
            silence=silence(plan),
            needed=needed(self.protocol, plan),
            opening=self.texts(Reply("text", f"opening_{plan.key}")),
        )

    def question(self, question: Question) -> QuestionRow:
        condition = question.ask_when
        asked_if = phrase(self.protocol, condition, self.values) if condition else ""
        return QuestionRow(question, self.texts(Reply("question", question.code)), asked_if)

    def rules(self) -> dict[str, list[RuleRow]]:
        rows: dict[str, list[RuleRow]] = {}
        for rule in self.protocol.rules:
            told = rule.tell or ("" if rule.level is Level.ROUTINE else rule.level.code)
            rows.setdefault(rule.row, []).append(
                RuleRow(
                    rule,
                    sentence(self.protocol, rule, self.values),
                    self.texts(Reply("text", told)) if told else (),
                    self.protocol.disposition(rule.show),
                )
            )
        return rows

    def settings(self) -> Iterator[SettingRow]:
        for code, setting in self.protocol.settings.items():
            own = self.clinic.protocol_settings.get(code)
            yield SettingRow(setting, own, self.values[code])


def settings_changed(clinic: Clinic) -> Mapping[str, Any] | None:
    """Who last changed the clinic's cut-offs and when, where a user did."""
    kept = Revision.objects.filter(
        table="patients_clinic",
        clinic=clinic,
        before__has_key="protocol_settings",
        by__isnull=False,
    )
    last = kept.select_related("by").order_by("-at", "-pk").first()
    return None if last is None else {"by": last.by, "at": last.at}
