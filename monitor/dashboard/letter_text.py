"""What a follow-up letter says, in the language that is active: for the GP or the record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from monitor import access
from monitor.dashboard import phrases, wording
from monitor.dashboard.relief import turned_out
from monitor.episodes import opted_out, protocol_of
from monitor.models import Answer, CheckIn, Episode, WorkItem
from monitor.outcomes import Outcome
from monitor.protocol import Protocol
from notifications.models import Page
from patients.models import Procedure
from patients.phone import spoken
from patients.registration import has_consent

MEASURES = ("pain_score", "relief", "pgic")
# The first option says that there is nothing; the opening question only asks for more.
NOTHING = 1
OPENING = "screen"


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it: lines, then rows under heads."""

    title: str
    lines: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Letter:
    """A letter; `interim` while the follow-up still runs."""

    clinic: str
    phone: str
    title: str
    date: str
    interim: bool
    sections: Sequence[Section]
    closing: str


def letter(user: Any, episode: Episode, *, now: datetime) -> Letter:
    """The letter of a follow-up as it stands, through the user's doors."""
    return Letter(
        clinic=episode.clinic.name,
        phone=spoken(episode.clinic.phone),
        title=_("Follow-up after a spinal procedure"),
        date=_date(now, episode),
        interim=episode.state != Episode.State.ENDED,
        sections=[
            _patient(episode),
            _check_ins(episode),
            _red_flags(user, episode),
            _outcome(episode),
            _open(user, episode),
        ],
        closing=_(
            "Written by Spinewatch from what the patient answered by text and what the clinic "
            "recorded, on %(at)s; reference %(reference)s. It holds no diagnosis."
        )
        % {"at": _moment(now, episode), "reference": episode.reference},
    )


def _date(at: datetime, episode: Episode) -> str:
    return formats.date_format(at.astimezone(episode.clinic.zone), "j M Y")


def _moment(at: datetime, episode: Episode) -> str:
    return formats.date_format(at.astimezone(episode.clinic.zone), "j M Y, H:i")


def _patient(episode: Episode) -> Section:
    person, done = episode.patient, episode.procedure
    rows = [
        (_("Patient"), str(person)),
        (_("Born"), formats.date_format(person.born_on, "j M Y")),
        (_("Record number"), person.record_number),
        (_("Procedure"), _procedure(done)),
        (_("Done"), f"{_moment(done.performed_at, episode)}, {done.clinician}"),
        (_("Drugs"), done.drugs),
        (_("Risks"), ", ".join(_risks(episode))),
        (_("Followed"), _followed(episode)),
    ]
    return Section(_("Patient and procedure"), rows=[row for row in rows if row[1]])


def _procedure(done: Procedure) -> str:
    parts = [
        phrases.shown(str(done.get_kind_display())),
        phrases.shown(str(done.get_region_display())).lower(),
        phrases.shown(str(done.get_side_display())).lower(),
        *done.levels,
    ]
    return ", ".join(parts)


def _risks(episode: Episode) -> Iterator[str]:
    person = episode.patient
    for present, words in (
        (person.anticoagulant, _("blood thinner")),
        (person.diabetes, _("diabetes")),
        (person.immune_problem, _("weak immune system")),
    ):
        if present:
            yield words


def _followed(episode: Episode) -> str:
    began = _date(episode.began_at, episode)
    if episode.ended_at is None:
        return _("since %(began)s; the follow-up is still running") % {"began": began}
    values = {"began": began, "ended": _date(episode.ended_at, episode)}
    span = _("from %(began)s to %(ended)s") % values
    return f"{span}: {episode.ended_why}" if episode.ended_why else span


def _check_ins(episode: Episode) -> Section:
    rules = protocol_of(episode)
    given: dict[Any, dict[str, float]] = {}
    answers = Answer.objects.filter(episode=episode, check_in__isnull=False).order_by("pk")
    for check_in, question, value in answers.values_list("check_in_id", "question", "value"):
        given.setdefault(check_in, {})[question] = value
    rows = [
        (
            _("day %(number)s") % {"number": one.key.removeprefix("d")},
            _date(one.planned_for, episode),
            phrases.shown(str(one.get_state_display())).lower(),
            "; ".join(_in_short(rules, given.get(one.pk, {}))),
        )
        for one in CheckIn.objects.filter(episode=episode)
    ]
    heads = (_("Check-in"), _("Day"), _("Contact"), _("Answers in short"))
    return Section(_("Check-ins"), heads=heads, rows=rows)


def _in_short(rules: Protocol, given: Mapping[str, float]) -> Iterator[str]:
    """The measures, and every answer that says that there is something."""
    if not given:
        return
    for code in MEASURES:
        if code in given:
            yield _measure(rules, code, given[code])
    told = [
        code
        for code, value in given.items()
        if code not in (*MEASURES, OPENING) and value != NOTHING
    ]
    for code in told:
        asked = wording.question(rules, code)
        yield f"{asked} {wording.answer(rules, code, given[code])}"
    if not told:
        yield _("no symptom reported")


def _measure(rules: Protocol, code: str, value: float) -> str:
    said = wording.answer(rules, code, value)
    if code == "pain_score":
        return _("pain %(said)s") % {"said": said}
    if code == "relief":
        return _("usual pain: %(said)s") % {"said": said.lower()}
    return _("own judgement: %(said)s") % {"said": said.lower()}


def _red_flags(user: Any, episode: Episode) -> Section:
    alerts = (
        access.alerts(user)
        .filter(episode=episode)
        .select_related("page__closed_by")
        .prefetch_related("page__amendments__responder")
        .order_by("opened_at")
    )
    rows = [
        (
            _moment(one.opened_at, episode),
            phrases.shown(one.page.level),
            ", ".join(wording.finding(code) for code in one.codes),
            _came_of(one.page, episode),
        )
        for one in alerts
    ]
    if not rows:
        return Section(_("Red flags"), [_("None during the follow-up.")])
    heads = (_("When"), _("Level"), _("Findings"), _("What came of it"))
    return Section(_("Red flags"), heads=heads, rows=rows)


def _came_of(page: Page, episode: Episode) -> str:
    if page.closed_at is None or page.closed_by is None:
        return _("still open")
    words = _("%(outcome)s (%(who)s, %(at)s)") % {
        "outcome": phrases.shown(page.closed_as),
        "who": page.closed_by.name,
        "at": _moment(page.closed_at, episode),
    }
    said = [f"{words}. {page.note.strip()}" if page.note.strip() else words]
    said += [
        _("Corrected: %(outcome)s (%(who)s, %(at)s). %(why)s")
        % {
            "outcome": phrases.shown(str(one.get_after_display())),
            "who": one.responder.name,
            "at": _moment(one.at, episode),
            "why": one.why,
        }
        for one in page.amendments.all()
    ]
    return " ".join(f"{one.rstrip('.')}." for one in said) if len(said) > 1 else said[0]


def _outcome(episode: Episode) -> Section:
    (followed,) = turned_out([episode])
    rows = [*_outcome_rows(followed.outcome)]
    if not rows:
        return Section(_("Relief and outcome"), [_("Nothing was measured.")])
    return Section(_("Relief and outcome"), rows=rows)


def _outcome_rows(found: Outcome) -> Iterator[tuple[str, str]]:
    if found.baseline is not None:
        yield _("Pain before, 0 to 10"), str(found.baseline)
    if found.pain is not None:
        yield _("Pain at the last check-in with an answer"), str(found.pain)
    if found.percent is not None:
        less = _("%(percent)s %% less") % {"percent": found.percent}
        yield _("Change of pain"), less if found.percent >= 0 else _("more pain")
    if found.half_relief is not None:
        yield _("At least half of the pain gone"), _yes_or_no(yes=found.half_relief)
    if found.clear_change is not None:
        yield _("A change that matters: 2 points or 30 %"), _yes_or_no(yes=found.clear_change)
    if found.pgic is not None:
        better = f" ({_('much better')})" if found.much_better else ""
        yield _("The patient's own judgement, 1 to 7"), f"{found.pgic}{better}"
    if found.non_responder is not None:
        yield _("Relief of the usual pain"), _yes_or_no(yes=not found.non_responder)


def _yes_or_no(*, yes: bool) -> str:
    return _("yes") if yes else _("no")


def _open(user: Any, episode: Episode) -> Section:
    pages = access.alerts(user).filter(episode=episode).exclude(page__state=Page.State.CLOSED)
    work = access.work(user).filter(episode=episode, closed_at__isnull=True)
    lines = [
        _("A red flag of %(at)s: nobody has said yet what came of it.")
        % {"at": _moment(one.opened_at, episode)}
        for one in pages.order_by("opened_at")
    ]
    labels = dict(WorkItem.Kind.choices)
    lines += [
        _("%(kind)s, since %(at)s.")
        % {
            "kind": phrases.shown(str(labels[kind])).capitalize(),
            "at": _moment(opened_at, episode),
        }
        for kind, opened_at in work.order_by("opened_at").values_list("kind", "opened_at")
    ]
    lines += [
        _("Check-in of %(day)s.") % {"day": _date(one.planned_for, episode)}
        for one in CheckIn.objects.filter(episode=episode, state__in=CheckIn.OPEN)
    ]
    if not has_consent(episode.patient) or opted_out(episode):
        lines.append(_("The patient does not want texts."))
    return Section(_("What remains open"), lines or [_("Nothing.")])
