"""`manage.py shadow --protocol NAME.vN`: stored follow-ups under another version.

Prints what would have paged or not, and why; exits 1 where a stored assessment does not come
out as stored under its own version. The words of patients stand in the output: keep it as you
keep their records.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitor.protocol import Protocol, ProtocolError, load
from monitor.shadow import Reason, Rescored, Shadow, as_json, never_asked, shadow
from patients.models import Clinic

_PAGING = {"would_page": "WOULD PAGE", "would_not_page": "WOULD NOT PAGE"}


class Command(BaseCommand):
    """Reads only; nothing that it finds is written or sent."""

    help = "Score the stored follow-ups under another protocol version, and list what changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The version, the clinics, and the form of the output."""
        parser.add_argument("--protocol", required=True, metavar="NAME.vN")
        parser.add_argument(
            "--clinic", action="append", metavar="SLUG", help="this clinic; all unless given"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """One part for each clinic."""
        try:
            protocol = load(options["protocol"])
        except ProtocolError as error:
            raise CommandError(str(error)) from None
        found = [shadow(protocol, clinic) for clinic in _clinics(options["clinic"])]
        if options["json"]:
            self._json(protocol, found)
        else:
            for line in _lines(protocol, found):
                self.stdout.write(line)
        wrong = sum(len(one.not_reproduced) for one in found)
        if wrong:
            raise CommandError(
                f"{wrong} stored assessments do not come out as stored under their own version"
            )

    def _json(self, protocol: Protocol, found: list[Shadow]) -> None:
        document = {
            "protocol": protocol.name,
            "digest": protocol.digest,
            "clinics": [
                {**as_json(one), "never_asked": never_asked(protocol, one.clinic)}
                for one in found
            ],
        }
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _clinics(slugs: list[str] | None) -> list[Clinic]:
    clinics = Clinic.objects.order_by("name")
    if not slugs:
        return list(clinics)
    found = list(clinics.filter(slug__in=slugs))
    unknown = sorted(set(slugs) - {clinic.slug for clinic in found})
    if unknown:
        known = ", ".join(clinics.values_list("slug", flat=True)) or "none"
        raise CommandError(f"no clinic {', '.join(unknown)}; there are: {known}")
    return found


def _lines(protocol: Protocol, found: list[Shadow]) -> list[str]:
    lines = [f"Stored follow-ups under {protocol.name} ({protocol.digest[:12]})"]
    for one in found:
        lines += ["", *_clinic(protocol, one)]
    return lines


def _clinic(protocol: Protocol, one: Shadow) -> list[str]:
    count = {key: sum(c.paging == key for c in one.changes) for key in _PAGING}
    lines = [
        f"{one.clinic}: {one.follow_ups} follow-ups, {one.assessments} assessments",
        f"  follow-ups that paged: {one.paged}; that would page: {one.would_page}",
        f"  assessments that would page and did not: {count['would_page']}; that did and would "
        f"not: {count['would_not_page']}; other changes: "
        f"{sum(not change.paging for change in one.changes)}",
    ]
    if one.not_rescored:
        lines.append(f"  not scored again, their inputs were not kept: {one.not_rescored}")
    unasked = never_asked(protocol, one.clinic)
    if unasked:
        lines.append(f"  never asked, so unknown here: {', '.join(unasked)}")
    for change in sorted(one.changes, key=lambda change: not change.paging):
        lines += ["", *_change(change, one.clinic)]
    if one.not_reproduced:
        lines += ["", "  NOT AS STORED under their own version, a fault of the program:"]
        for change in one.not_reproduced:
            lines += ["", *_change(change, one.clinic)]
    return lines


def _change(change: Rescored, clinic: Clinic) -> list[str]:
    when = f"{change.at.astimezone(clinic.zone):%Y-%m-%d %H:%M}"
    where = change.check_in or "between check-ins"
    old, new = change.stored, change.found
    levels = f"{old.level.code} {old.score} -> {new.level.code} {new.score}"
    paging = f"  {_PAGING[change.paging]}" if change.paging else ""
    lines = [f"  {change.episode}  {when}  {where}  {change.protocol}  {levels}{paging}"]
    lines += [_reason("+", reason) for reason in change.gained]
    lines += [_reason("-", reason) for reason in change.lost]
    for what, before, after in (
        ("told", old.told, new.told),
        ("shown", old.shown, new.shown),
    ):
        if before != after:
            lines.append(f"      {what}: {', '.join(before)} -> {', '.join(after)}")
    return lines


def _reason(sign: str, reason: Reason) -> str:
    words = f' on "{reason.words}"' if reason.words else ""
    return f"    {sign} {reason.rule} ({reason.level}){words}: {reason.why}"
