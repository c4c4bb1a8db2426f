"""Is the system well: a decision over measured figures, and nothing else. Pure.

The limits are the engineers' own (DESIGN: no source says). They lie well above what the
sweeps take and well below what a patient can wait.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds: what is longer than this is not well."""

    # A sweep comes every few seconds: what has been due for longer than this is stuck.
    overdue: float = 2 * MINUTE
    # Each kind of work is begun every few seconds by a process that lives.
    tick: float = 1 * MINUTE
    # Everybody has been called by then, and called again.
    unheld_emergency: float = 20 * MINUTE
    unheld_urgent: float = 60 * MINUTE
    # Retries go on for so long before it is more than a hiccup.
    provider: float = 3 * MINUTE
    # So that whoever listens for the heartbeat misses it once for certain.
    found: float = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured, in seconds, or counted.

    `overdue`: the oldest of each kind of due rows. `unheld`: by level, for how long the page
    that nobody has longest has been nobody's. `provider`: since when it has taken nothing of
    what it was handed; 0 while it does. `ticks`: since each kind of work was last begun; one
    that never was is not there. `found`: since the watchdog last found something, None: never.
    `stuck`: what it finds now, by kind. `lost`: follow-ups whose protocol is gone.
    """

    overdue: Mapping[str, float] = field(default_factory=dict)
    unheld: Mapping[str, float] = field(default_factory=dict)
    provider: float = 0.0
    ticks: Mapping[str, float] = field(default_factory=dict)
    found: float | None = None
    stuck: Mapping[str, int] = field(default_factory=dict)
    lost: int = 0
    broker: bool = True


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is not well: `template` with `values`, for another language."""

    template: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values


TICKS = ("pages", "messages", "chores", "watchdog")
# What a limit was passed by, in words.
LABELS: Mapping[str, str] = {
    "page": "pages that are to climb",
    "inbound": "texts that are to be read",
    "page_text": "calls that are to go out",
    "relay": "news for other systems",
    "text": "texts to patients",
    "check_in": "check-ins",
    "work": "deadlines of the desk",
    "rota": "looks at the rota",
    "pages": "the pages",
    "messages": "the texts to patients",
    "chores": "the check-ins and deadlines",
    "watchdog": "the watchdog",
}
NEVER = "Nobody works on this: %(what)s. A process is missing."
STANDS_STILL = "Nobody has worked on this for %(minutes)s min: %(what)s. A process is down."
OVERDUE = "Overdue for %(minutes)s min: %(what)s."
UNHELD = "A page (%(level)s) has been nobody's for %(minutes)s min."
PROVIDER = "The text provider has taken nothing for %(minutes)s min."
STUCK = "Stuck: %(what)s (%(count)s)."
FOUND = "The watchdog found something stuck %(minutes)s min ago."
LOST = "Running follow-ups have lost their protocol (%(count)s)."
BROKER = "The broker can't be reached: everything works, and slower."


def judge(vitals: Vitals, limits: Limits) -> tuple[Complaint, ...]:
    """What is not well; nothing where all is."""
    return tuple(_complaints(vitals, limits))


def _complaints(vitals: Vitals, limits: Limits) -> Iterator[Complaint]:
    yield from _processes(vitals, limits)
    for what, count in vitals.stuck.items():
        if count:
            yield Complaint(STUCK, {"what": what, "count": count})
    for what, age in vitals.overdue.items():
        if age >= limits.overdue:
            yield Complaint(OVERDUE, {"what": LABELS.get(what, what), "minutes": _minutes(age)})
    for level, limit in (
        ("emergency", limits.unheld_emergency),
        ("urgent", limits.unheld_urgent),
    ):
        age = vitals.unheld.get(level, 0.0)
        if age >= limit:
            yield Complaint(UNHELD, {"level": level, "minutes": _minutes(age)})
    if vitals.provider >= limits.provider:
        yield Complaint(PROVIDER, {"minutes": _minutes(vitals.provider)})
    if vitals.found is not None and vitals.found < limits.found:
        yield Complaint(FOUND, {"minutes": _minutes(vitals.found)})
    if vitals.lost:
        yield Complaint(LOST, {"count": vitals.lost})


def _processes(vitals: Vitals, limits: Limits) -> Iterator[Complaint]:
    for name in TICKS:
        age = vitals.ticks.get(name)
        if age is None:
            yield Complaint(NEVER, {"what": LABELS[name]})
        elif age >= limits.tick:
            yield Complaint(STANDS_STILL, {"what": LABELS[name], "minutes": _minutes(age)})
    if not vitals.broker:
        yield Complaint(BROKER)


def _minutes(seconds: float) -> int:
    return int(seconds // MINUTE)
