"""A page's timeline as a chain of hashes. Pure, so that an exported one is checked anywhere.

An entry is what happened, as canonical JSON. It stands in two chains: in its page's, and in
that of all pages of the team. Each hash is SHA-256 of the canonical JSON of what it covers
and of the hash before it, so that nothing can be changed, taken out, put in or moved without
breaking the chain there; and a page that is gone, or the end of one, is missed in the team's.

What stands in the rows is hashed by the database (models/proof.py) as the transaction that
wrote it commits; `digest_of` and `anchor_of` say the same in Python.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry in its chains: the `number`th of its page, the `place`th of its team, from 1.

    `previous` and `digest` are the page's hashes before and with it, `before` and `anchor`
    the team's.
    """

    entry: str
    page: str
    number: int
    previous: str
    digest: str
    team: int
    place: int
    before: str
    anchor: str

    def to_line(self) -> str:
        """As it is exported: canonical JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return canonical(values | {"entry": json.loads(self.entry)})


_KINDS = {
    name: int if name in ("number", "team", "place") else str for name in Link.__slots__
} | {"entry": dict}


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain breaks, and how. `number` and `place` as in Link; 0 where there is none."""

    page: str
    number: int
    place: int
    what: str

    def __str__(self) -> str:
        where = f"page {self.page}, entry {self.number}" if self.page else "the team's chain"
        return f"{where}{f' (place {self.place})' if self.place else ''}: {self.what}"


@dataclass(slots=True)
class Report:
    """What was checked: how many entries of how many pages, and every break that was found."""

    entries: int = 0
    pages: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.faults

    def fault(self, link: Link, what: str) -> None:
        self.faults.append(Fault(link.page, link.number, link.place, what))


def canonical(value: Any) -> str:
    """JSON with sorted keys, without spaces, in ASCII: one text for one value."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def digest_of(entry: str, *, page: str, number: int, previous: str) -> str:
    """The hash of a page's chain with this entry, which is canonical JSON."""
    return _sha256(
        f'{{"entry":{entry},"number":{number},"page":"{page}","previous":"{previous}"}}'
    )


def anchor_of(digest: str, *, page: str, team: int, place: int, before: str) -> str:
    """The hash of the team's chain with the entry of this hash."""
    return _sha256(
        f'{{"before":"{before}","digest":"{digest}","page":"{page}",'
        f'"place":{place},"team":{team}}}'
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


class Walk:
    """Checks links as they come, each page's and the team's in order. `whole`: all the team's.

    After a break it goes on from what stands there, so that one change is one fault and a
    second one is seen too.
    """

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.report = Report()
        self.place, self.anchor = 0, GENESIS
        self.heads: dict[str, tuple[int, str]] = {}
        self.team: int | None = None

    def take(self, link: Link) -> None:
        """Check one link against those before it."""
        report = self.report
        report.entries += 1
        report.pages.add(link.page)
        number, digest = self.heads.get(link.page, (0, GENESIS))
        if link.number != number + 1:
            report.fault(link, f"entry {number + 1} of the page should stand here")
        elif link.previous != digest:
            report.fault(link, "it does not follow the entry before it")
        if link.digest != digest_of(
            link.entry, page=link.page, number=link.number, previous=link.previous
        ):
            report.fault(link, "its hash is not that of what it says")
        self._take_anchor(link)
        self.heads[link.page] = (link.number, link.digest)

    def _take_anchor(self, link: Link) -> None:
        report = self.report
        if self.team not in (None, link.team):
            report.fault(link, "it is of another team")
        if self.whole and link.place != self.place + 1:
            report.fault(link, f"place {self.place + 1} of the team's chain is missing")
        elif self.whole and link.before != self.anchor:
            report.fault(link, "it does not follow the place before it in the team's chain")
        elif link.place <= self.place:
            report.fault(link, "it stands out of the team's order")
        if link.anchor != anchor_of(
            link.digest, page=link.page, team=link.team, place=link.place, before=link.before
        ):
            report.fault(link, "its hash in the team's chain is not that of what it says")
        self.team, self.place, self.anchor = link.team, link.place, link.anchor


def export(links: Iterable[Link], *, whole: bool) -> Iterator[str]:
    """Lines of JSON: a link each, and an end that says how many there are.

    `whole`: all links of a team; otherwise those of one page.
    """
    count, last = 0, GENESIS
    for link in links:
        count += 1
        last = link.anchor if whole else link.digest
        yield link.to_line()
    end = {"entries": count, "last": last, "whole": whole}
    yield canonical({"end": end, "check": _sha256(canonical(end))})


def check_file(text: str) -> Report:
    """Check what `export` wrote, without any database."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    else:
        lines.append("")
    end = _end(lines[-1]) if lines else None
    walk = Walk(whole=bool(end and end["whole"]))
    for at, line in enumerate(lines[:-1], start=1):
        link = _parsed(line)
        if link is None:
            what = f"line {at} of the file is no entry as it was exported"
            walk.report.faults.append(Fault("", 0, 0, what))
        else:
            walk.take(link)
    _check_end(walk, end)
    return walk.report


def _check_end(walk: Walk, end: dict[str, Any] | None) -> None:
    report = walk.report
    if end is None:
        what = "the end is missing or changed: the file is cut off"
    elif end["entries"] != report.entries:
        what = f"{end['entries']} entries were exported, and {report.entries} are here"
    elif not walk.whole and len(report.pages) > 1:
        what = "it holds entries of several pages, and was exported of one"
    elif end["last"] != _last(walk):
        what = "the last entry is another than was exported"
    else:
        return
    report.faults.append(Fault("", 0, 0, what))


def _last(walk: Walk) -> str:
    if walk.whole:
        return walk.anchor
    return next(iter(walk.heads.values()), (0, GENESIS))[1]


def _end(line: str) -> dict[str, Any] | None:
    found = _json(line)
    end = found.get("end") if found is not None else None
    if found is None or not isinstance(end, dict) or set(found) != {"end", "check"}:
        return None
    kinds = {name: type(value) for name, value in end.items()}
    if kinds != {"entries": int, "last": str, "whole": bool}:
        return None
    return end if found["check"] == _sha256(canonical(end)) else None


def _parsed(line: str) -> Link | None:
    found = _json(line)
    if found is None or {name: type(value) for name, value in found.items()} != _KINDS:
        return None
    if not found["page"].isalnum():
        return None
    return Link(**{**found, "entry": canonical(found["entry"])})


def _json(line: str) -> dict[str, Any] | None:
    """The object of a line; None where it is none, or is written in any other way."""
    try:
        found = json.loads(line)
        same = canonical(found) == line
    except (ValueError, RecursionError):
        return None
    return found if same and isinstance(found, dict) else None
