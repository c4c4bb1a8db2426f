"""What the templates of the staff pages need beside Django's own."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BooleanField, BoundField
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException

from monitor import signoffs, versions
from monitor.dashboard import (
    accounts,
    doors,
    figure_tables,
    menu,
    phrases,
    second_factor,
    system,
    wording,
)
from monitor.dashboard.grounds import behind
from monitor.dashboard.phrases import TABLES
from monitor.demo.clinic import STAFF
from monitor.disposition import Offer
from monitor.levels import Level
from monitor.models import Assessment, Episode
from patients.access import clinics
from patients.models import Clinic, Procedure
from patients.phone import spoken as spoken_number

register = template.Library()


@register.filter
def wall(when: datetime, zone: ZoneInfo) -> str:
    """Day and time on the clinic's clock: "Tue 3 Mar, 15:04"."""
    return formats.date_format(when.astimezone(zone), "D j M, H:i")


@register.filter
def dated(when: datetime, zone: ZoneInfo) -> str:
    """Day, year and time on the clinic's clock: "3 Mar 2026, 15:04"."""
    return formats.date_format(when.astimezone(zone), "j M Y, H:i")


@register.filter
def clock(when: datetime, zone: ZoneInfo) -> str:
    """The time on the clinic's clock: "15:04"."""
    return formats.date_format(when.astimezone(zone), "H:i")


@register.filter
def until(deadline: datetime, now: datetime) -> str:
    """How a deadline stands: "in 12 min", or "3 min late"."""
    return wording.until(deadline, now=now)


@register.simple_tag(takes_context=True)
def countdown(context: Mapping[str, Any], deadline: datetime) -> SafeString:
    """A running clock, "in 14 min (14:13)": live.js ticks it with the words that it carries."""
    zone, now = context["zone"], context["now"]
    return format_html(
        '<time data-until="{at}" datetime="{at}" data-words="{words}">{left}</time> ({clock})',
        at=deadline.isoformat(),
        words=json.dumps(asdict(wording.Countdown.here())),
        left=wording.countdown(deadline, now=now),
        clock=clock(deadline, zone),
    )


@register.filter
def ago(then: datetime, now: datetime) -> str:
    """The length of time since then."""
    return wording.length(now - then)


@register.filter
def years(born_on: date, now: datetime) -> int:
    """The age of somebody."""
    return wording.age(born_on, today=now.date())


@register.filter
def level_code(level: Any) -> str:
    """A level's name, from its number or its name."""
    return level if isinstance(level, str) else Level(level).code


@register.filter
def day(key: str) -> str:
    """A check-in's name for people: "day 7", from "d7"."""
    return _("day %(number)s") % {"number": key.removeprefix("d")}


@register.filter
def spoken(e164: str) -> str:
    """A phone number as people read it; whatever is no number stays as it is."""
    try:
        return spoken_number(e164)
    except NumberParseException:
        return e164


@register.filter
def marked(text: str, reasons: Any) -> SafeString:
    """The text with the words that findings were read from in <mark>."""
    return wording.marked(text, reasons)


@register.inclusion_tag("dashboard/_grounds.html")
def grounds(
    of: Assessment | Episode, offers: Iterable[Offer] = (), lesser: Iterable[Offer] = ()
) -> dict[str, Any]:
    """The rules and sources behind an assessment or what is offered, folded away."""
    return {"grounds": behind(of, offers=(*(offers or ()), *(lesser or ())))}


@register.inclusion_tag("dashboard/_sign_offs.html")
def sign_offs(user: Any, *, everywhere: bool = False) -> dict[str, Any]:
    """What is used without a sign-off, or under a file that has changed.

    At the user's clinics, or everywhere in the administration.
    """
    mine = Clinic.objects.all() if everywhere else clinics(user)
    found = signoffs.unsigned(mine)
    missing = sum(len(one.names) for one in found)
    return {"unsigned": found, "missing": missing, "drift": versions.drift(mine)}


@register.inclusion_tag("dashboard/_system.html")
def system_state(user: Any) -> dict[str, Any]:
    """How the system is, for everybody who is signed in."""
    return system.shown(user, now=datetime.now(UTC))


@register.filter
def of(found: Mapping[Any, Any], key: Any) -> Any:
    """The entry of a mapping, or None."""
    return found.get(key)


@register.filter
def plain(code: str) -> str:
    """A code as words: "leg swelling", from "leg_swelling"."""
    return code.replace("_", " ")


@register.filter
def who(user: Any) -> str:
    """A user's name; the user name where there is none."""
    return str(user.get_full_name() or user.get_username()) if user else ""


@register.filter
def phrase(stored: str) -> str:
    """A sentence that the program has stored, in the reader's language where it is known."""
    return phrases.shown(stored)


@register.filter
def procedure(done: Procedure) -> str:
    """A procedure in words: "epidural steroid injection, lumbar"."""
    return f"{_(done.get_kind_display())}, {_(done.get_region_display()).lower()}"


@register.simple_tag(takes_context=True)
def may_anywhere(context: Mapping[str, Any]) -> frozenset[str]:
    """The addresses, by name, that the reader may use for some clinic; see roles.py."""
    request = context["request"]
    return doors.anywhere(request) if request.user.is_authenticated else frozenset()


@register.simple_tag(takes_context=True)
def places(context: Mapping[str, Any]) -> menu.Menu:
    """Where the reader can go from here; see menu.py."""
    request = context["request"]
    match = request.resolver_match
    at = (match.url_name or "") if match else ""
    return menu.menu(may_anywhere(context), at=at, demo=settings.DEMO)


@register.simple_tag
def demo_people() -> list[dict[str, str]]:
    """The made-up staff, for the demo's one click."""
    return [
        {"username": user, "name": name, "role": role.label} for user, name, role, _ in STAFF
    ]


@register.simple_tag
def idle_limits() -> dict[str, int]:
    """How long nobody need touch a page before it ends, and the warning before; in seconds."""
    return {
        "limit": int(settings.IDLE_SECONDS),
        "warning": int(settings.IDLE_WARNING_SECONDS),
    }


@register.filter
def table_name(table: str) -> str:
    """A table of the database in words."""
    return str(_(TABLES.get(table, table)))


@register.simple_tag
def can_mail() -> bool:
    """Whether a forgotten password can be set anew by e-mail."""
    return accounts.can_mail()


@register.simple_tag(takes_context=True)
def going_on(context: Mapping[str, Any]) -> str:
    """Where somebody was going when the second factor was asked for; "" where nowhere."""
    return str(context["request"].session.get(second_factor.GOING_ON, ""))


@register.simple_tag(takes_context=True)
def is_let_in(context: Mapping[str, Any]) -> bool:
    """Whether this session has its second factor, without which no part of a page is polled."""
    return not settings.SECOND_FACTOR or second_factor.verified(context["request"])


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether a field of a form is a box to tick."""
    return isinstance(field.field, BooleanField)


@register.filter
def styled(field: BoundField, classes: str) -> SafeString:
    """A field of somebody else's form with our classes, and its errors named to readers."""
    named = {"aria-describedby": f"{field.auto_id}_error", "aria-invalid": "true"}
    return field.as_widget(attrs={"class": classes, **(named if field.errors else {})})


@register.filter
def figure(cell: Any) -> str:
    """A cell of a table of figures, in words."""
    return figure_tables.shown(cell)


@register.simple_tag
def is_demo() -> bool:
    """Whether the demo's phones are to be had."""
    return bool(settings.DEMO)
