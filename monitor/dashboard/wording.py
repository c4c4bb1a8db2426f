"""How times, answers and texts are put before staff. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from monitor.protocol import Protocol

# Where the menu of a question begins, and each of its options.
_MENU = re.compile(r":? 1 (?=\S)| Reply with| Conteste con")
_OPTION = re.compile(r"(?<= )\d (\D+?)(?= \d |$)")


def length(span: timedelta) -> str:
    """A length of time in its two largest units: "4 min", "2 h 05 min", "3 d 4 h"."""
    minutes = int(abs(span.total_seconds()) // 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    days, hours = divmod(hours, 24)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}


def until(deadline: datetime, *, now: datetime) -> str:
    """How a deadline stands: "in 12 min", or "3 min late"."""
    if deadline >= now:
        return _("in %(length)s") % {"length": length(deadline - now)}
    return _("%(length)s late") % {"length": length(now - deadline)}


@dataclass(frozen=True)
class Countdown:
    """The words of a running clock, from the same catalogue on the server and in the browser.

    `units` hold seconds, minutes, hours with minutes, and days with hours; `ahead` and `late`
    take what they give as "length".
    """

    ahead: str
    late: str
    units: tuple[str, str, str, str]

    @classmethod
    def here(cls) -> "Countdown":
        """In the reader's language."""
        return cls(
            _("in %(length)s"),
            _("%(length)s late"),
            (
                _("%(seconds)d s"),
                _("%(minutes)d min"),
                _("%(hours)d h %(minutes)02d min"),
                _("%(days)d d %(hours)d h"),
            ),
        )


def countdown(deadline: datetime, *, now: datetime) -> str:
    """As `until`, and to the second below a minute: "in 14 min", "in 45 s", "5 s late"."""
    span = abs(deadline - now)
    if span >= timedelta(minutes=1):
        return until(deadline, now=now)
    words = Countdown.here()
    form = words.ahead if deadline >= now else words.late
    return form % {"length": words.units[0] % {"seconds": int(span.total_seconds())}}


def age(born_on: date, *, today: date) -> int:
    """Years lived; somebody of 29 February has the birthday on 1 March in other years."""
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (0 if had_birthday else 1)


def marked(text: str, reasons: Iterable[Mapping[str, Any]]) -> SafeString:
    """The text as HTML with the words that a finding was read from in <mark>.

    `reasons` have "start" and "end", places in the text; a span outside of it is cut off,
    and spans that overlap become one.
    """
    parts: list[SafeString] = []
    place = 0
    for start, end in _merged(reasons, size=len(text)):
        parts.append(format_html("{}<mark>{}</mark>", text[place:start], text[start:end]))
        place = end
    parts.append(format_html("{}", text[place:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def _merged(reasons: Iterable[Mapping[str, Any]], *, size: int) -> list[tuple[int, int]]:
    spans = sorted((max(0, one["start"]), min(size, one["end"])) for one in reasons)
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


FINDINGS = {
    "allergic_reaction": gettext_noop("allergic reaction"),
    "bruising": gettext_noop("bruising"),
    "chest_symptoms": gettext_noop("chest pain or short of breath"),
    "collapse_confusion": gettext_noop("collapse or confusion"),
    "fever": gettext_noop("fever"),
    "flushing": gettext_noop("flushing"),
    "hiccups": gettext_noop("hiccups"),
    "high_blood_sugar": gettext_noop("high blood sugar"),
    "improved": gettext_noop("better"),
    "incontinence": gettext_noop("incontinence"),
    "leg_swelling": gettext_noop("swollen leg"),
    "limb_numbness": gettext_noop("numb arm or leg"),
    "limb_weakness": gettext_noop("weak arm or leg"),
    "meningism": gettext_noop("stiff neck, shuns light"),
    "mild_headache": gettext_noop("mild headache"),
    "no_relief": gettext_noop("no relief"),
    "pain_flare": gettext_noop("pain flare"),
    "poor_sleep": gettext_noop("poor sleep"),
    "postural_headache": gettext_noop("headache when upright"),
    "saddle_numbness": gettext_noop("numb saddle area"),
    "self_harm": gettext_noop("self-harm"),
    "severe_pain": gettext_noop("severe pain"),
    "site_infection": gettext_noop("infected site"),
    "site_soreness": gettext_noop("sore site"),
    "urinary_retention": gettext_noop("cannot pass urine"),
    "vision_loss": gettext_noop("loss of sight"),
    "worse_pain": gettext_noop("worse pain"),
    "free_text": gettext_noop("something else in the patient's words"),
}


def finding(code: str) -> str:
    """What a finding of the reader is called."""
    return _(FINDINGS[code]) if code in FINDINGS else code.replace("_", " ")


def question(protocol: Protocol, code: str) -> str:
    """What a question asks, in the reader's language and without its menu of numbers."""
    if code not in protocol.questions:
        return code.replace("_", " ")
    text = protocol.question_text(code, get_language() or "en")
    return _MENU.split(text, maxsplit=1)[0].strip()


def answer(protocol: Protocol, code: str, value: float) -> str:
    """An answer in words; the number itself where the question has no options."""
    asked = protocol.questions.get(code)
    if asked and 1 <= int(value) <= len(asked.options):
        return options(protocol, code)[int(value) - 1]
    if asked and asked.kind == "pain_0_10":
        return _("%(value)g of 10") % {"value": value}
    if asked and asked.zero is not None and value == 0:
        return asked.zero.replace("_", " ")
    return f"{value:g}"


def options(protocol: Protocol, code: str) -> tuple[str, ...]:
    """The options of a question in the reader's language, as the patient is shown them."""
    known = protocol.questions[code].options
    text = protocol.question_text(code, get_language() or "en")
    found = tuple(words.strip(" .") for words in _OPTION.findall(text))
    return found if get_language() != "en" and len(found) == len(known) else known
