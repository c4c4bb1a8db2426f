import json
import os
import subprocess
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils import timezone

from monitor import processes, rehearsal, stand_in
from monitor.local_stack import local_stack
from monitor.rehearsal import Missing, Phones, Played, Rehearsal


class Command(BaseCommand):
    help = (
        "Play one case through the running system, from registration to a documented outcome, "
        "and say how long each step took since the patient's text. Starts a system of its own "
        "where none is running. Exit status 1 when a step is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print it for machines.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if self._is_running():
            self._rehearse(as_json=options["json"])
        else:
            self._start_and_rehearse(["rehearse", *(["--json"] if options["json"] else [])])

    def _is_running(self) -> bool:
        try:
            connection.ensure_connection()
        except OperationalError:
            if "DATABASE_URL" in os.environ and not settings.DEMO:
                raise CommandError(
                    "The database that DATABASE_URL names does not answer; docs/deploy.md says "
                    "what a running system needs."
                ) from None
            return False
        return True

    def _start_and_rehearse(self, command: list[str]) -> None:
        with local_stack(
            settings.STACK_FOLDER,
            say=lambda line: self.stderr.write(line),
            prepare=lambda _environment: None,
        ) as stack:
            try:
                processes.run(*command, environment=stack.environment)
            except subprocess.CalledProcessError:
                raise CommandError("The rehearsal failed; see above.") from None

    def _rehearse(self, *, as_json: bool) -> None:
        played: list[Played] = []
        missing = ""
        try:
            with stand_in.for_rehearsal() as base_url:
                line = rehearsal.ensure_clinic(real_sender=settings.DEMO, now=timezone.now())
                rehearsal.end_earlier(now=timezone.now())
                for step in Rehearsal(line, Phones(base_url), clock=timezone.now).play():
                    played.append(step)
                    if not as_json:
                        self.stdout.write(_line(step))
                        self.stdout.flush()
        except Missing as error:
            missing = str(error)
        if as_json:
            steps = [asdict(step) for step in played]
            self.stdout.write(json.dumps({"steps": steps, "missing": missing or None}))
        if missing:
            raise CommandError(missing)
        if not as_json:
            self.stdout.write(f"All {len(played)} steps happened.")


def _line(step: Played) -> str:
    seconds = "" if step.seconds is None else f"+{step.seconds:.1f} s"
    return f"  {seconds:>9}  {step.step:<30} {step.detail[:96]}"
