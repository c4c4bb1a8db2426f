"""Figures of follow-ups: a query or two each, whatever there is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    OuterRef,
    Q,
    Sum,
    TextField,
)
from django.db.models.functions import Coalesce

from monitor.figures.cohort import Among, Cohort, FollowUp
from monitor.figures.complications import Flagged
from monitor.figures.rates import Share, Times
from monitor.figures.relief import Group, Judged
from monitor.models import Alert, Answer, CheckIn, ClinicLine, Episode, TextRead
from monitor.unreached import unreached
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


def people(counted: Cohort, flags: Iterable[Flagged], *, pages: int) -> People:
    """Who was followed, and for how many somebody was paged."""
    those = counted.follow_ups.values()
    return People(
        len(those),
        len({one.patient for one in those}),
        Share(len({one.episode for one in flags}), len(those)),
        pages,
    )


@dataclass(frozen=True)
class Contact:
    """A check-in of all follow-ups, "d7" as `key`.

    `replied` is of those that were texted and are over, `contacted` of all that are over;
    `unreached` are those that an emergency ended and whose patient nobody reached, `open` those
    sent and not over, and such emergencies whose page is not closed.
    """

    key: str
    replied: Share
    to_reply: Times
    contacted: Share
    answered: int
    by_phone: int
    missed: int
    unreached: int
    open: int


def contacts(counted: Cohort) -> list[Contact]:
    """Each check-in, in the order in which they come; one query."""
    over = Q(state__in=ENDED)
    replied = Q(first_reply_at__isnull=False, sent_at__isnull=False)
    took = ExpressionWrapper(F("first_reply_at") - F("sent_at"), DurationField())
    nobody = unreached(CheckIn.objects.filter(episode__in=counted.rows))
    found = (
        CheckIn.objects.filter(episode__in=counted.rows)
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
            nobody=Count("pk", filter=Q(pk__in=nobody.filter(page_open=False).values("pk"))),
            running=Count("pk", filter=Q(pk__in=nobody.filter(page_open=True).values("pk"))),
        )
    )
    return [_contact(row) for row in sorted(found, key=lambda row: _day(row["key"]))]


def _contact(row: Any) -> Contact:
    answered = row["answered"] - row["nobody"] - row["running"]
    return Contact(
        row["key"],
        Share(row["replied"], row["texted"]),
        Times(row["times"], *_spans(row["took"])),
        Share(answered + row["by_phone"], row["over"] - row["running"]),
        answered,
        row["by_phone"],
        row["missed"],
        row["nobody"],
        row["open"] + row["running"],
    )


def _spans(took: list[timedelta] | None) -> tuple[timedelta | None, ...]:
    return tuple(took) if took else (None, None, None)


def _day(key: str) -> tuple[int, str]:
    number = key.removeprefix("d")
    return (int(number) if number.isdecimal() else 10**6, key)


@dataclass(frozen=True)
class Given:
    """A pain, 0 to 10, or a PGIC, 1 to 7, that a follow-up gave in the check-in `key`."""

    follow_up: FollowUp
    key: str
    question: str
    value: int


def given(counted: Cohort) -> list[Given]:
    """In the order of the check-ins, a correction after what it corrects; one query."""
    found = Answer.objects.filter(
        episode__in=counted.rows, question__in=("pain_score", "pgic"), check_in__isnull=False
    ).order_by("check_in__planned_for", "pk")
    return [
        Given(counted.follow_ups[episode], key, question, int(value))
        for episode, key, question, value in found.values_list(
            "episode", "check_in__key", "question", "value"
        )
    ]


def turned_out(counted: Cohort, answers: Iterable[Given]) -> dict[str, Group]:
    """By procedure: how many follow-ups, and how many have which last pain and PGIC."""
    sizes = Counter(one.procedure for one in counted.follow_ups.values())
    # The latest check-in that has an answer counts.
    last = {(one.follow_up.id, one.question): one for one in answers}
    found = {kind: Group(sizes[kind], []) for kind in sorted(sizes)}
    for (kind, judged), n in Counter(
        (one.follow_up.procedure, _judged(one)) for one in last.values()
    ).items():
        found[kind].judged.append(replace(judged, n=n))
    return found


def _judged(one: Given) -> Judged:
    if one.question == "pgic":
        return Judged(1, one.follow_up.before, None, one.value)
    return Judged(1, one.follow_up.before, one.value)


def course(answers: Iterable[Given]) -> list[tuple[str, Group]]:
    """By check-in: how many have which pain before, and which pain in it."""
    last = {(one.follow_up.id, one.key): one for one in answers if one.question == "pain_score"}
    found: dict[str, list[Judged]] = {}
    for (key, judged), n in Counter((one.key, _judged(one)) for one in last.values()).items():
        found.setdefault(key, []).append(replace(judged, n=n))
    groups = {key: Group(sum(row.n for row in judged), judged) for key, judged in found.items()}
    return sorted(groups.items(), key=lambda item: _day(item[0]))


def flagged(counted: Cohort) -> list[Flagged]:
    """The red flags of the follow-ups, with what they were for and what came of them."""
    found = Alert.objects.filter(episode__in=counted.rows)
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


def texts(counted: Cohort) -> Texts:
    """The texts of the follow-ups, both ways, and what they cost; three queries."""
    clinic, those = counted.scope.clinic, counted.follow_ups
    unmeasured = Q(accepted_at__isnull=False) & (Q(segments__isnull=True) | Q(segments=0))
    sent = Message.objects.filter(
        stream=Message.Stream.TEXT,
        ref__in=Among((f"episode:{pk}" for pk in those), TextField()),
        state__in=(*Message.LOST, Message.State.ACCEPTED, Message.State.DELIVERED),
    ).aggregate(
        n=Count("pk"),
        taken=Count("pk", filter=Q(accepted_at__isnull=False)),
        counted=Sum("segments", filter=Q(accepted_at__isnull=False), default=0),
        unmeasured=Count("pk", filter=unmeasured),
        lost=Count("pk", filter=Q(state__in=Message.LOST)),
    )
    segments = sent["counted"] + sent["unmeasured"]
    price = clinic.segment_price
    return Texts(
        taken=sent["taken"],
        segments=segments,
        unmeasured=sent["unmeasured"],
        lost=Share(sent["lost"], sent["n"]),
        heard=TextRead.objects.filter(episode__in=counted.rows).count(),
        opted_out=Share(_opted_out(counted), len(those)),
        cost=None if price is None else price * segments,
        currency=clinic.currency,
    )


def _opted_out(counted: Cohort) -> int:
    """How many follow-ups have a patient who opted out while they ran."""
    line = ClinicLine.objects.filter(clinic=counted.scope.clinic).values("sender")
    while_it_ran = OptOut.objects.filter(
        sender__in=line,
        address=OuterRef("patient__phone"),
        since__gte=OuterRef("began_at"),
        since__lte=Coalesce(OuterRef("ended_at"), F("since")),
    )
    return Episode.objects.filter(Exists(while_it_ran), pk__in=counted.rows).count()
