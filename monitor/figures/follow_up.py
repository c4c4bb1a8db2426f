"""Figures of follow-ups, counted by the database: one query each, whatever there is."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from monitor.figures.complications import Flagged
from monitor.figures.rates import Share, Times
from monitor.figures.relief import Group, Judged
from monitor.figures.scope import Scope, follow_ups, pages_about
from monitor.models import Alert, Answer, CheckIn, ClinicLine, TextRead
from notifications.models import Message, OptOut

# Ended with the follow-up or by hand: nobody was silent.
ENDED = (CheckIn.State.ANSWERED, CheckIn.State.REACHED, CheckIn.State.MISSED)
FIRST = "d1"


class Percentiles(Aggregate):
    """The median, the 90th and the 95th percentile of lengths of time, by PostgreSQL."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())


@dataclass(frozen=True)
class People:
    """How many follow-ups of how many patients, how many had a red flag, and their pages."""

    follow_ups: int
    patients: int
    flagged: Share
    pages: int

    @property
    def pages_per_hundred(self) -> float | None:
        """Pages for every hundred patients."""
        return 100 * self.pages / self.patients if self.patients else None


def people(scope: Scope) -> People:
    """Who was followed, and for how many somebody was paged; three queries."""
    found = follow_ups(scope).aggregate(n=Count("pk"), patients=Count("patient", distinct=True))
    pages = pages_about(scope)
    flags = Alert.objects.filter(page__in=pages.values("pk"))
    return People(
        found["n"],
        found["patients"],
        Share(flags.aggregate(n=Count("episode", distinct=True))["n"], found["n"]),
        pages.count(),
    )


@dataclass(frozen=True)
class Contact:
    """A check-in of all follow-ups, "d7" as `key`.

    `replied` is of those that were texted and are over, `contacted` of all that are over;
    `open` are those sent and not over.
    """

    key: str
    replied: Share
    to_reply: Times
    contacted: Share
    answered: int
    by_phone: int
    missed: int
    open: int


def contacts(scope: Scope) -> list[Contact]:
    """Each check-in, in the order in which they come."""
    over = Q(state__in=ENDED)
    replied = Q(first_reply_at__isnull=False, sent_at__isnull=False)
    took = ExpressionWrapper(F("first_reply_at") - F("sent_at"), DurationField())
    found = (
        CheckIn.objects.filter(episode__in=follow_ups(scope).values("pk"))
        .order_by()
        .values("key")
        .annotate(
            texted=Count("pk", filter=over & Q(sent_at__isnull=False)),
            replied=Count("pk", filter=over & replied),
            times=Count("pk", filter=replied),
            took=Percentiles(took, filter=replied),
            over=Count("pk", filter=over),
            answered=Count("pk", filter=Q(state=CheckIn.State.ANSWERED)),
            by_phone=Count("pk", filter=Q(state=CheckIn.State.REACHED)),
            missed=Count("pk", filter=Q(state=CheckIn.State.MISSED)),
            open=Count("pk", filter=Q(state=CheckIn.State.SENT)),
        )
    )
    return [
        Contact(
            row["key"],
            Share(row["replied"], row["texted"]),
            Times(row["times"], *_spans(row["took"])),
            Share(row["answered"] + row["by_phone"], row["over"]),
            row["answered"],
            row["by_phone"],
            row["missed"],
            row["open"],
        )
        for row in sorted(found, key=lambda row: _day(row["key"]))
    ]


def _spans(took: list[timedelta] | None) -> tuple[timedelta | None, ...]:
    return tuple(took) if took else (None, None, None)


def _day(key: str) -> tuple[int, str]:
    number = key.removeprefix("d")
    return (int(number) if number.isdecimal() else 10**6, key)


def turned_out(scope: Scope) -> dict[str, Group]:
    """By procedure: how many follow-ups, and how many have which last pain and PGIC."""
    found = {
        kind: Group(n, [])
        for kind, n in follow_ups(scope)
        .values_list("procedure__kind")
        .annotate(n=Count("pk"))
        .order_by("procedure__kind")
    }
    # The latest check-in that has an answer counts; a correction is a later row.
    last = (
        _given(scope, "pain_score", "pgic")
        .order_by("episode", "question", "-check_in__planned_for", "-pk")
        .distinct("episode", "question")
    )
    rows = (
        Answer.objects.filter(pk__in=last.values("pk"))
        .order_by()
        .values_list(
            "episode__procedure__kind", "episode__procedure__baseline_pain", "question", "value"
        )
        .annotate(n=Count("pk"))
    )
    for kind, before, question, value, n in rows:
        pain = int(value) if question == "pain_score" else None
        pgic = int(value) if question == "pgic" else None
        found[kind].judged.append(Judged(n, before, pain, pgic))
    return found


def _given(scope: Scope, *questions: str) -> QuerySet[Answer]:
    those = follow_ups(scope).values("pk")
    return Answer.objects.filter(
        episode__in=those, question__in=questions, check_in__isnull=False
    )


def course(scope: Scope) -> list[tuple[str, Group]]:
    """By check-in: how many have which pain before, and which pain in it."""
    last = _given(scope, "pain_score").order_by().values("check_in").annotate(last=Max("pk"))
    rows = (
        Answer.objects.filter(pk__in=last.values("last"))
        .order_by()
        .values_list("check_in__key", "episode__procedure__baseline_pain", "value")
        .annotate(n=Count("pk"))
    )
    found: dict[str, list[Judged]] = {}
    for key, before, pain, n in rows:
        found.setdefault(key or "", []).append(Judged(n, before, int(pain)))
    groups = {key: Group(sum(row.n for row in judged), judged) for key, judged in found.items()}
    return sorted(groups.items(), key=lambda item: _day(item[0]))


def flagged(scope: Scope) -> list[Flagged]:
    """The red flags of the follow-ups, with what they were for and what came of them."""
    found = Alert.objects.filter(page__in=pages_about(scope))
    return [
        Flagged(episode, codes, outcome)
        for episode, codes, outcome in found.values_list("episode_id", "codes", "page__outcome")
    ]


@dataclass(frozen=True)
class Texts:
    """Texts to patients: `taken` by the network, with their segments, and what was lost.

    `unmeasured` are taken texts of which the network never said the segments; each counts as
    one. `heard` are the texts that came in. `cost` is None without a price.
    """

    taken: int
    segments: int
    unmeasured: int
    lost: Share
    heard: int
    opted_out: Share
    cost: Decimal | None
    currency: str


def texts(scope: Scope) -> Texts:
    """The texts of the follow-ups, both ways, and what they cost; four queries."""
    those = follow_ups(scope)
    unmeasured = Q(accepted_at__isnull=False) & (Q(segments__isnull=True) | Q(segments=0))
    sent = Message.objects.filter(
        stream=Message.Stream.TEXT,
        ref__in=those.annotate(
            ref=Concat(Value("episode:"), Cast("pk", TextField()), output_field=TextField())
        ).values("ref"),
        state__in=(*Message.LOST, Message.State.ACCEPTED, Message.State.DELIVERED),
    ).aggregate(
        n=Count("pk"),
        taken=Count("pk", filter=Q(accepted_at__isnull=False)),
        counted=Sum("segments", filter=Q(accepted_at__isnull=False), default=0),
        unmeasured=Count("pk", filter=unmeasured),
        lost=Count("pk", filter=Q(state__in=Message.LOST)),
    )
    segments = sent["counted"] + sent["unmeasured"]
    price = scope.clinic.segment_price
    return Texts(
        taken=sent["taken"],
        segments=segments,
        unmeasured=sent["unmeasured"],
        lost=Share(sent["lost"], sent["n"]),
        heard=TextRead.objects.filter(episode__in=those.values("pk")).count(),
        opted_out=Share(those.filter(_opted_out(scope)).count(), those.count()),
        cost=None if price is None else price * segments,
        currency=scope.clinic.currency,
    )


def _opted_out(scope: Scope) -> Exists:
    """Whether the patient opted out while the follow-up ran."""
    line = ClinicLine.objects.filter(clinic=scope.clinic).values("sender")
    return Exists(
        OptOut.objects.filter(
            sender__in=line,
            address=OuterRef("patient__phone"),
            since__gte=OuterRef("began_at"),
            since__lte=Coalesce(OuterRef("ended_at"), F("since")),
        )
    )


def choices(scope: Scope) -> dict[str, list[Any]]:
    """The procedures, clinicians and versions that occur in the time, for the filters."""
    found = follow_ups(Scope(scope.clinic, scope.since, scope.until))
    rows = found.values_list("procedure__kind", "procedure__clinician", "protocol").distinct()
    kinds, clinicians, protocols = zip(*rows, strict=True) if rows else ((), (), ())
    return {
        "procedure": sorted(set(kinds)),
        "clinician": sorted(set(clinicians)),
        "protocol": sorted(set(protocols)),
    }
