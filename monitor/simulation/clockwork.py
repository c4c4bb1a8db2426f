"""A clock that jumps from one due moment to the next and does what is due there."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import connection

from monitor import branches, checkins, completion, worklist
from notifications import inbox, outbox, settling
from notifications.gateways import twilio
from notifications.oncall import paging

# More rounds than this at one moment is two machines talking to each other.
ROUNDS = 50


class Stalled(RuntimeError):
    """Something stays due however often it is done."""


class Clockwork:
    """`now` is the virtual time.

    `settle` is called to hand over what a stand-in has yet to report; it is set once there is
    a stand-in, which wants `read` and `deliver` first.
    """

    def __init__(self, start: datetime) -> None:
        self.now = start
        self.settle: Callable[[], None] = lambda: None

    def read(self) -> datetime:
        """The virtual time, for the stand-in's own dates."""
        return self.now

    def deliver(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        """Take a webhook as the web server would, at the virtual time."""
        path, _, query = url.partition("?")
        if path.endswith("/status"):
            message_id = query.partition("m=")[2]
            update = twilio.parse_status(params, message_id=message_id)
            settling.settle(update, now=self.now)
        else:
            stored = inbox.store(twilio.parse_inbound(params), now=self.now)
            try:
                inbox.handle(stored.pk, now=self.now)
            # Planned again already, as in the view.
            except Exception:
                return 503, ""
        return 200, "<Response/>"

    def advance(self, to: datetime) -> None:
        """Go to a moment, doing on the way whatever falls due."""
        while (due := self.next_due()) is not None and due <= to:
            self.now = max(self.now, due)
            self.work()
        self.now = max(self.now, to)

    def after(self, **length: float) -> None:
        """Let time pass: `after(hours=4)`."""
        self.advance(self.now + timedelta(**length))

    def work(self) -> None:
        """Do everything that is due now, until nothing is. Stalled when there is no end."""
        for _round in range(ROUNDS):
            done = [
                inbox.sweep(now=self.now),
                paging.sweep(now=self.now),
                outbox.sweep("page", now=self.now),
                outbox.sweep("relay", now=self.now),
                branches.sweep(now=self.now),
                checkins.sweep(now=self.now),
                worklist.sweep(now=self.now),
                completion.sweep(now=self.now),
                outbox.sweep("text", now=self.now),
            ]
            self.settle()
            if not any(sum(counts.values()) for counts in done):
                return
        raise Stalled(f"at {self.now:%Y-%m-%d %H:%M}: {done}")

    def next_due(self) -> datetime | None:
        """The next moment at which something is to be done, if there is one."""
        with connection.cursor() as cursor:
            cursor.execute(_NEXT_DUE)
            moment: datetime | None = cursor.fetchone()[0]
        return moment


# LEAST passes over what is null; each part is answered by a partial index.
_NEXT_DUE = """
    SELECT LEAST(
        (SELECT min(due_at) FROM monitor_checkin WHERE due_at IS NOT NULL),
        (SELECT min(due_at) FROM monitor_workitem WHERE due_at IS NOT NULL),
        (SELECT min(branch_due_at) FROM monitor_episode WHERE branch_due_at IS NOT NULL),
        (SELECT min(completes_at) FROM monitor_episode WHERE completes_at IS NOT NULL),
        (SELECT min(due_at) FROM notifications_page WHERE due_at IS NOT NULL),
        (SELECT min(due_at) FROM notifications_inbound WHERE handled_at IS NULL),
        (SELECT min(due_at) FROM notifications_message WHERE state IN ('created', 'accepted')),
        (SELECT min(lease_until) FROM notifications_message WHERE state = 'sending')
    )
"""
