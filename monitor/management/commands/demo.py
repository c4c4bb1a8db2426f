import signal
import subprocess
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitor import processes
from monitor.demo.clinic import PASSWORD
from monitor.engines import EngineError
from monitor.local_stack import LocalStack, NotReady, local_stack

WHAT_TO_TRY = """
  Staff pages   {base}/          sign in by one click; by hand, nurse  with  {password}
  Two phones    {base}/phones    play the patient and the clinician on call

  Both ask you to sign in. Then, on /phones, choose a patient who has been asked and answer in
  your own words, "my foot just drags" for instance. Watch the page arrive on the clinician's
  phone, reply with its code, and look at the patient's page. Or wait: after 20 seconds the
  phone rings, and key 4 takes the page too.

  Ctrl-C ends everything.  Data and logs: {folder}
"""


class Command(BaseCommand):
    help = "Run everything on this machine with made-up patients, and play one case through it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="Of the staff pages.")
        parser.add_argument(
            "--once", action="store_true", help="End after the case instead of serving on."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        # A shell that starts it in the background has it ignore Ctrl-C.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            with local_stack(
                settings.STACK_FOLDER, say=self._say, port=options["port"], prepare=self._load
            ) as stack:
                self._play(stack)
                if not options["once"]:
                    stack.processes.watch(say=self._say)
        except KeyboardInterrupt:
            self._say("\nEverything is stopped.")
        except (EngineError, NotReady) as error:
            raise CommandError(str(error)) from None
        except subprocess.CalledProcessError as error:
            raise CommandError(f"`{' '.join(error.cmd[1:])}` failed; see above.") from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _load(self, environment: dict[str, str]) -> None:
        processes.run("load_demo", environment=environment)

    def _play(self, stack: LocalStack) -> None:
        self._say(
            WHAT_TO_TRY.format(
                base=stack.base_url, password=PASSWORD, folder=settings.STACK_FOLDER
            )
        )
        self._say("One case through the running system, seconds since the patient's text:")
        processes.run("rehearse", environment=stack.environment)
