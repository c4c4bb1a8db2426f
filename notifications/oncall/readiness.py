"""Whether somebody is ready to be on call: pure. It never decides whom a page calls.

Who is not ready is not put on a rota; whoever is on one and stops being ready is alarmed
about, and is called all the same on whatever is left.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from notifications.oncall.swapping import NotPossible

# Of different kinds: a second number fails with the first when texts do.
NEEDED = 2

FEW = "fewer than two verified channels"
UNUSED = "pages use no verified channel"
STOPPED = "the phone refuses texts"


@dataclass(frozen=True, slots=True)
class Way:
    """A contact: whether it was verified as it is, and whether its phone refuses texts."""

    contact: int
    channel: str
    verified: bool
    stopped: bool = False

    @property
    def works(self) -> bool:
        return self.verified and not self.stopped


@dataclass(frozen=True, slots=True)
class Readiness:
    """`channels` are the kinds that work, sorted; `problems` say why somebody is not ready."""

    channels: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ready(self) -> bool:
        return not self.problems


def judge(ways: Sequence[Way], used: Sequence[Collection[int]]) -> Readiness:
    """Ready is who has two kinds of verified channel and is paged by one of them at least.

    `used` has the contacts that a page uses, for each level that there is.
    """
    working = {way.contact for way in ways if way.works}
    channels = tuple(sorted({way.channel for way in ways if way.works}))
    problems = []
    if len(channels) < NEEDED:
        problems.append(FEW)
        if any(way.verified and way.stopped for way in ways):
            problems.append(STOPPED)
    elif not all(working.intersection(contacts) for contacts in used):
        problems.append(UNUSED)
    return Readiness(channels, tuple(problems))


def refuse(name: str, found: Readiness) -> None:
    """NotPossible, with what to do, for somebody who is not ready."""
    if FEW in found.problems:
        raise NotPossible(
            "%(name)s is not ready to be on call: verified channels of two kinds are needed, "
            "and there is %(n)s. They verify them on their page “My channels”.",
            name=name,
            n=len(found.channels),
        )
    if not found.ready:
        raise NotPossible(
            "%(name)s is not ready to be on call: their rules for pages use no verified "
            "channel. They verify it on their page “My channels”, or an administrator "
            "changes the rules.",
            name=name,
        )
