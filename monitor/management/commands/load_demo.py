from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitor.crowd.clinics import Place
from monitor.crowd.months import write_months
from monitor.demo import clinic, past
from monitor.models import ClinicLine
from monitor.simulation import Clockwork
from notifications.simulator import Simulator, state

# A made-up clinic that nobody looked after for so long is only a pile of overdue work.
STALE = timedelta(hours=12)
WEEKS = timedelta(days=21)
# Seven calendar months are whole: the last six, and the one that the first is compared with.
MONTHS = timedelta(days=245)
A_DAY = 5


class Command(BaseCommand):
    help = "Load a made-up clinic with 40 patients at every stage, and months before them."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is not set): nothing was loaded.")
        now = timezone.now()
        newest = past.newest()
        if newest is not None and newest > now - STALE:
            self.stdout.write("The made-up clinic is there already.")
            return
        if past.is_loaded():
            self.stdout.write("The made-up clinic is from another day: it is made anew.")
            call_command("flush", interactive=False, verbosity=0)
        self.stdout.write("Living through three weeks of a made-up clinic: a minute or two ...")
        line, nurse = clinic.build(now=now)
        clock = Clockwork(now - WEEKS)
        with Simulator(
            account_sid=settings.TWILIO_ACCOUNT_SID,
            auth_token=settings.TWILIO_AUTH_TOKEN,
            clock=clock.read,
            deliver=clock.deliver,
        ) as stand_in:
            settings.TWILIO_API_BASE_URL = stand_in.base_url
            clock.settle = stand_in.settle
            stand_in.add_number(line.sender.number, sms_url="/twilio/text")
            story = past.Past(
                line,
                clock=clock,
                send=lambda number, to, body: stand_in.phone(number).send(body, to=to),
                by=nurse,
            )
            for _day in story.live(until=now):
                self.stdout.write(".", ending="")
                self.stdout.flush()
            self._before(line, nurse, now=now)
            clinic.hurry(line.team)
            # The demo's own stand-in takes the phones over, with all that arrived on them.
            state.save(stand_in.account, settings.STACK_FOLDER / "phones.json")
        self.stdout.write("")

    def _before(self, line: ClinicLine, nurse: Any, *, now: datetime) -> None:
        """The months before these weeks: written rather than lived through, in seconds."""
        today = now.astimezone(line.clinic.zone).date()
        people = tuple(line.team.responder_set.order_by("pk"))
        write_months(
            Place(line.clinic, line, nurse, people),
            since=today - MONTHS,
            until=today - WEEKS,
            a_day=A_DAY,
            now=now,
        )
