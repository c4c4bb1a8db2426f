"""Is the system itself alive: measured here, judged by `vitals`, told to whoever listens.

The outside hears from us only while all is well: a system that has failed can't be relied on to
say so. Whoever hears nothing any more phones somebody (docs/deploy.md).
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import redis
import requests
from django.conf import settings
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Coalesce

from monitor import versions, vitals, watchdog
from monitor.models import CheckIn, Condition, WorkItem
from notifications import ticks
from notifications.models import (
    Attempt,
    CalendarImport,
    ContactCheck,
    Drill,
    Inbound,
    Incident,
    Message,
    Page,
    PageEvent,
    RotaAlarm,
    RotaWatch,
)

logger = logging.getLogger(__name__)

# A sweep comes every few seconds: what has been due for longer than this is stuck.
STUCK = timedelta(seconds=vitals.Limits().overdue)
BROKER_SECONDS = 1.0
# With nothing ever taken, what was tried is looked at so far back.
_TRIED_WITHIN = timedelta(hours=1)
_IN_VAIN = (
    Attempt.Outcome.AMBIGUOUS,
    Attempt.Outcome.NOT_SENT,
    Attempt.Outcome.RUNNING,
    Attempt.Outcome.THROTTLED,
)


@dataclass(frozen=True)
class Pulse:
    """How long, in seconds, the oldest of each kind has been overdue; 0 when none is."""

    page: float
    inbound: float
    page_text: float
    relay: float
    text: float
    check_in: float
    work: float
    rota: float

    @property
    def well(self) -> bool:
        return all(age < STUCK.total_seconds() for age in asdict(self).values())


def take(*, now: datetime) -> Pulse:
    """Measure from the rows that are due. Each query is answered by a partial index."""
    created = Message.objects.filter(state=Message.State.CREATED)

    def overdue(rows: object, column: str = "due_at") -> float:
        oldest = rows.aggregate(oldest=Min(column))["oldest"]  # type: ignore[attr-defined]
        return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0

    return Pulse(
        page=overdue(Page.objects.filter(due_at__isnull=False)),
        inbound=overdue(Inbound.objects.filter(handled_at__isnull=True)),
        page_text=overdue(created.filter(stream=Message.Stream.PAGE)),
        relay=overdue(created.filter(stream=Message.Stream.RELAY)),
        text=overdue(created.filter(stream=Message.Stream.TEXT)),
        check_in=overdue(CheckIn.objects.filter(due_at__isnull=False)),
        work=overdue(WorkItem.objects.filter(due_at__isnull=False)),
        rota=max(
            overdue(RotaWatch.objects.all()),
            overdue(RotaAlarm.objects.filter(due_at__isnull=False)),
            overdue(CalendarImport.objects.all()),
            overdue(ContactCheck.objects.filter(due_at__isnull=False)),
            overdue(Drill.objects.filter(due_at__isnull=False)),
            overdue(Incident.objects.filter(due_at__isnull=False)),
        ),
    )


def measure(*, now: datetime, drift: versions.Drift | None = None) -> vitals.Vitals:
    """All figures that there are. A fixed number of queries, and one word with the broker."""
    ages = ticks.ages(now=now)
    drift = drift if drift is not None else versions.drift()
    return vitals.Vitals(
        overdue=asdict(take(now=now)),
        unheld=_unheld(now=now),
        provider=_provider(now=now),
        ticks={name: age for name, age in ages.items() if name in vitals.TICKS},
        found=ages.get(ticks.FOUND),
        stuck=watchdog.look(now=now).counts,
        lost=sum(drift.lost.values()),
        broker=broker_answers(),
    )


def _unheld(*, now: datetime) -> dict[str, float]:
    """By level, how long ago the page that nobody has was opened, or somebody last took it."""
    taken = Q(pageevent__kind=PageEvent.Kind.ACKNOWLEDGED)
    rows = (
        # Said twice: what is not closed has an index.
        Page.objects.exclude(state=Page.State.CLOSED)
        .filter(state=Page.State.OPEN)
        .annotate(since=Coalesce(Max("pageevent__at", filter=taken), F("opened_at")))
        .values_list("level", "since")
    )
    oldest: dict[str, float] = {}
    for level, since in rows:
        oldest[level] = max(oldest.get(level, 0.0), (now - since).total_seconds())
    return oldest


def _provider(*, now: datetime) -> float:
    """Since when the provider was tried in vain; 0 where it has taken something since."""
    streams = (Message.Stream.PAGE, Message.Stream.TEXT)
    taken = (
        Message.objects.filter(accepted_at__isnull=False, stream__in=streams)
        .order_by("-accepted_at")
        .values_list("accepted_at", flat=True)
        .first()
    )
    since = max(taken, now - _TRIED_WITHIN) if taken else now - _TRIED_WITHIN
    tried = Attempt.objects.filter(
        started_at__gt=since, outcome__in=_IN_VAIN, message__stream__in=streams
    ).aggregate(first=Min("started_at"))["first"]
    return (now - tried).total_seconds() if tried else 0.0


def broker_answers() -> bool:
    """Whether the broker can be spoken to, within a second."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_SECONDS,
        socket_timeout=BROKER_SECONDS,
        retry=None,
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def limits() -> vitals.Limits:
    """Those that are in force here."""
    return vitals.Limits(tick=settings.HEALTH_TICK_SECONDS)


def keep(complaints: Sequence[vitals.Complaint], *, now: datetime) -> None:
    """Keep what was judged, for the staff pages: they show it without measuring anew."""
    why = [{"template": one.template, "values": dict(one.values)} for one in complaints]
    Condition.objects.update_or_create(pk=1, defaults={"at": now, "why": why})


def send(body: str) -> bool:
    """Tell the outside that all is well. False: it did not take it, after some tries."""
    with requests.Session() as session:
        # Proxies and credentials of the machine's environment have no say here.
        session.trust_env = False
        for _try in range(settings.HEARTBEAT_TRIES):
            try:
                answer = session.request(
                    settings.HEARTBEAT_METHOD,
                    settings.HEARTBEAT_URL,
                    data=body if settings.HEARTBEAT_METHOD == "POST" else None,
                    timeout=settings.HEARTBEAT_TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
            # The class alone: the address is a secret.
            except (requests.RequestException, ValueError) as error:
                logger.warning("the heartbeat did not go out (%s)", type(error).__name__)
                continue
            if answer.ok:
                return True
            logger.warning("the heartbeat was refused (%s)", answer.status_code)
    return False
