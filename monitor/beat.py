"""Beat without a file and without a need for the broker: it ticks, come what may.

Where the broker can't be reached, a sweep that is due runs in the beat process instead, each
in a thread of its own so that the patients' texts never keep the pages waiting. With the
broker dead, everything then happens at most one sweep later than otherwise. Any number of
beats may run, because any number of sweeps may.
"""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import Any

from celery import beat
from django.db import close_old_connections
from kombu import Connection, Producer

logger = logging.getLogger(__name__)

# How long the broker may keep one entry waiting. After a failure it is left alone for a
# while, or every entry would wait that long in turn.
BROKER_SECONDS = 2.0
QUIET_SECONDS = 5.0


class Scheduler(beat.Scheduler):
    """Celery's scheduler in memory, with this process as the last worker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._quiet_until = 0.0
        self._threads = ThreadPoolExecutor(thread_name_prefix="sweep")
        self._running: dict[str, Future[None]] = {}
        super().__init__(*args, **kwargs)

    @cached_property
    def connection(self) -> Connection:
        """To the broker, given up on sooner than a worker's."""
        return self.app.connection_for_write(
            transport_options={
                "socket_connect_timeout": BROKER_SECONDS,
                "socket_timeout": BROKER_SECONDS,
            }
        )

    @cached_property
    def producer(self) -> Producer:
        # Celery's own waits here until there is a broker; this one connects to publish.
        return Producer(self.connection, auto_declare=False)

    def apply_entry(self, entry: beat.ScheduleEntry, producer: Any = None) -> None:
        """Publish a due entry, or run it here. Never raises: the next entry has its turn."""
        if time.monotonic() >= self._quiet_until:
            try:
                self.apply_async(entry, producer=producer, advance=False)
            # Whatever the broker's client raises, the work is due and must be done.
            except Exception as error:
                self._quiet_until = time.monotonic() + QUIET_SECONDS
                cause = error.__cause__ or error.__context__ or error
                logger.warning(
                    "%s runs in beat: not published (%s)", entry.name, type(cause).__name__
                )
            else:
                return
        self._run_here(entry)

    def _run_here(self, entry: beat.ScheduleEntry) -> None:
        name = str(entry.name)
        before = self._running.get(name)
        if before is None or before.done():
            self._running[name] = self._threads.submit(self._work, entry)

    def _work(self, entry: beat.ScheduleEntry) -> None:
        # The database may have been restarted since this thread last spoke to it.
        close_old_connections()
        try:
            self.app.tasks[str(entry.task)].apply(entry.args, entry.kwargs, throw=True)
        # The class alone: a message may quote a row.
        except Exception as error:
            logger.error("%s failed in beat (%s)", entry.name, type(error).__name__)
        finally:
            close_old_connections()

    def close(self) -> None:
        """Wait for the sweeps that run here, so that none is cut off."""
        self._threads.shutdown()
        super().close()
