"""What stands behind an assessment by code, for support and for the auditor, with its words.

Staff are shown sentences; the rule's identifier and the short names of the sources are kept
for whoever asks which rule it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor import versions
from monitor.disposition import Offer
from monitor.models import Assessment, Episode


@dataclass(frozen=True)
class Source:
    """A source by its short name, and what it is; "" where the protocol does not say."""

    code: str
    words: str


@dataclass(frozen=True)
class Ground:
    """A reason or an option in words, and where it comes from; an option has no `rule`."""

    words: str
    rule: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Grounds:
    """All that stands behind an assessment; `version` is the protocol's name and digest."""

    version: str
    digest: str
    reasons: tuple[Ground, ...]
    options: tuple[Ground, ...]


def behind(of: Assessment | Episode, *, offers: Iterable[Offer] = ()) -> Grounds:
    """The rules that fired and the sources of what is offered, as the protocol names them.

    Of an episode the offers alone.
    """
    known = versions.ruling(of.protocol, of.protocol_digest).sources
    reasons: list[dict[str, Any]] = of.reasons if isinstance(of, Assessment) else []
    return Grounds(
        of.protocol,
        of.protocol_digest,
        tuple(Ground(one["why"], one["rule"], cited(one["source"], known)) for one in reasons),
        tuple(Ground(one.option.text, "", cited(one.option.source, known)) for one in offers),
    )


def cited(source: str, known: Mapping[str, str]) -> tuple[Source, ...]:
    """The sources of "S1; O-CES", in its order."""
    codes = (code.strip() for code in source.split(";"))
    return tuple(Source(code, known.get(code, "")) for code in codes if code)
