"""`manage.py simulate`: a made-up follow-up hour by hour, or a year of a clinic."""

import json
import os
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitor import protocol
from monitor.engines import EngineError
from monitor.protocol import ProtocolError
from monitor.simulation.database import own_database
from monitor.simulation.play import Company, Event
from monitor.simulation.scripts import Scene, ScriptError, read_script, scene
from monitor.simulation.stack import staged
from monitor.simulation.staff import Staff
from monitor.simulation.year import Row, as_data, report, run, schedule

YEAR = 5000
ALIKE = ("zone", "country", "subdivision", "language", "region", "start", "baseline_pain")
"""Options that are keys of a script too."""

HEADS = (
    ("procedure", "procedure", 20),
    ("patients", "patients", 9),
    ("answered_percent", "answered%", 10),
    ("uncontacted_per_100", "no contact", 11),
    ("flag_pages_per_100", "flags", 7),
    ("work_pages_per_100", "overdue", 8),
    ("false_pages_per_100", "false", 7),
    ("false_percent", "false%", 7),
    ("contact_median", "contact", 8),
    ("contact_90th", "90th", 7),
    ("work_per_100", "work", 7),
    ("texts_per_patient", "texts", 6),
    ("segments_per_patient", "segments", 9),
)


class Command(BaseCommand):
    """Needs no database: a story brings one up and takes it away, a year has none."""

    help = (
        "Play a protocol against a scripted or random patient on a virtual clock, with the "
        "production code; or a year of a clinic. Touches no real row and sends no real text."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "script", nargs="?", type=Path, help="TOML or JSON; docs/simulation.md"
        )
        parser.add_argument("--procedure", help="Such as lumbar_puncture.")
        parser.add_argument("--protocol", help="Such as lumbar_puncture.v1.")
        parser.add_argument(
            "--random", action="store_true", help="A random patient, by --seed."
        )
        parser.add_argument("--seed", type=int)
        parser.add_argument("--zone", help="The clinic's, such as Europe/London.")
        parser.add_argument("--start", help="The procedure, such as 2026-03-07T11:00 there.")
        parser.add_argument("--country", help="For holidays and numbers: US, GB or AU.")
        parser.add_argument("--subdivision", help="For holidays, such as NY.")
        parser.add_argument("--language", help="The patient's: en or es.")
        parser.add_argument("--region", choices=["cervical", "thoracic", "lumbar", "sacral"])
        parser.add_argument("--baseline-pain", type=int)
        parser.add_argument("--risk", action="append", dest="risks", default=None)
        parser.add_argument("--silent", action="append", help="A check-in without reply.")
        parser.add_argument("--outage", nargs=2, action="append", metavar=("SINCE", "UNTIL"))
        parser.add_argument("--year", action="store_true", help="A year of one clinic.")
        parser.add_argument("--patients", type=int, default=YEAR)
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--json", action="store_true", help="Print it for machines.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            played = scene(self._script(options))
        except ScriptError as error:
            raise CommandError(str(error)) from None
        if options["year"]:
            self._year(played, options)
        else:
            self._story(played, as_json=options["json"])

    def _script(self, options: dict[str, Any]) -> dict[str, Any]:
        """The script with what the command line says instead."""
        script = read_script(options["script"]) if options["script"] else {}
        given = {key: options[key] for key in (*ALIKE, "seed", "risks", "silent")}
        script |= {key: value for key, value in given.items() if value is not None}
        if options["procedure"] or options["protocol"]:
            script["procedure"] = options["procedure"] or _procedure(options["protocol"])
        if options["random"]:
            script["random"] = True
        if options["outage"]:
            script["outages"] = [{"since": one, "until": two} for one, two in options["outage"]]
        return script

    def _story(self, played: Scene, *, as_json: bool) -> None:
        person = played.person
        try:
            with own_database(), staged(played.clinic, person, outages=played.outages) as stack:
                Company(person, Staff(person.seed)).play(stack)
                events = stack.events()
        except EngineError as error:
            raise CommandError(str(error)) from None
        name = protocol.latest(person.kind).name
        if as_json:
            self.stdout.write(json.dumps(_data(played, name, events), indent=1))
            return
        wrong = ", ".join(sorted(person.has)) or "nothing"
        self.stdout.write(f"{name}, {played.clinic.time_zone}, in truth wrong: {wrong}")
        hour: datetime | None = None
        for event in events:
            local = event.at.astimezone(played.clinic.zone)
            this = local.replace(minute=0, second=0, microsecond=0)
            if this != hour:
                since = (event.at - person.performed_at) / timedelta(hours=1)
                self.stdout.write(f"\n{local:%a %Y-%m-%d %H}h  {since:.0f} h after")
                hour = this
            detail = " / ".join(event.detail.splitlines())
            self.stdout.write(f"  {local:%H:%M:%S}  {event.kind:<9} {detail}")

    def _year(self, played: Scene, options: dict[str, Any]) -> None:
        started = monotonic()
        seed = options["seed"] or 0
        start = played.person.performed_at.date() if options["start"] else date(2026, 1, 1)
        if options["patients"] < 1 or options["processes"] < 1:
            raise CommandError("--patients and --processes must be at least 1")
        moments = list(
            schedule(options["patients"], start=start, clinic=played.clinic, seed=seed)
        )
        tallies = run(
            moments,
            clinic=played.clinic,
            seed=seed,
            processes=options["processes"],
            progress=self._progress,
        )
        rows, seconds = report(tallies), monotonic() - started
        if options["json"]:
            data = {"seed": seed, "seconds": round(seconds, 1), "rows": as_data(rows)}
            self.stdout.write(json.dumps(data, indent=1))
            return
        self._table(rows)
        unreached = sum(one.unreached for one in tallies)
        self.stdout.write(
            "\nPer 100 patients; contact in minutes from a flag. False: pages of patients with "
            f"whom in the model nothing is wrong.\nNobody reached after {unreached} flags. "
            f"{rows[-1].texts:,} texts in {rows[-1].segments:,} segments. {seconds:.0f} s."
        )

    def _table(self, rows: list[Row]) -> None:
        self.stdout.write("".join(f"{head:>{width}}" for _key, head, width in HEADS))
        for row in rows:
            cells = ((getattr(row, key), width) for key, _head, width in HEADS)
            self.stdout.write(
                "".join(f"{'-' if cell is None else cell:>{width}}" for cell, width in cells)
            )

    def _progress(self, done: int) -> None:
        if done % 500 == 0:
            self.stderr.write(f"{done} patients ...")


def _procedure(name: str) -> str:
    """The procedure of a protocol that follow-ups begin under now."""
    try:
        wanted = protocol.load(name)
    except ProtocolError as error:
        raise CommandError(str(error)) from None
    now = protocol.latest(wanted.procedure)
    if now.name != wanted.name:
        raise CommandError(f"New follow-ups begin under {now.name}; {name} can't be begun.")
    return wanted.procedure


def _data(played: Scene, name: str, events: list[Event]) -> dict[str, Any]:
    return {
        "protocol": name,
        "zone": played.clinic.time_zone,
        "performed_at": played.person.performed_at.isoformat(),
        "wrong_in_truth": sorted(played.person.has),
        "events": [
            {
                "at": event.at.isoformat(),
                "local": event.at.astimezone(played.clinic.zone).isoformat(),
                "hours_since": round(
                    (event.at - played.person.performed_at) / timedelta(hours=1), 2
                ),
                "kind": event.kind,
                "detail": event.detail,
            }
            for event in events
        ],
    }
