"""What happens after an answer was given: steps that run later, in order."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger(__name__)

Step = Callable[[], None]

# So many webhooks can wait for their answer at the same time.
WORKERS = 16


class Timeline:
    """Runs steps when they are due.

    In the background by the wall clock, or, with `by_hand`, inside `settle` alone, where
    waiting takes no time and steps run in the order in which they would have been due.
    """

    def __init__(self, *, by_hand: bool) -> None:
        self.by_hand = by_hand
        self._steps: list[tuple[float, int, Step, bool]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._hand = 0.0
        self._stopped = True
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    def after(self, seconds: float, step: Step, *, slow: bool = False) -> None:
        """A `slow` step waits for somebody's answer; the others run strictly in order."""
        with self._changed:
            now = self._hand if self.by_hand else time.monotonic()
            heapq.heappush(self._steps, (now + seconds, next(self._order), step, slow))
            self._changed.notify_all()

    def settle(self) -> None:
        """Run everything that is pending, and what comes of it, in the caller's thread."""
        if not self.by_hand:
            raise RuntimeError("Steps run in the background; only by hand is there a settle.")
        while True:
            with self._changed:
                if not self._steps:
                    return
                self._hand, _, step, _ = heapq.heappop(self._steps)
            step()

    def start(self) -> None:
        self._stopped = False
        if not self.by_hand:
            self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="simulator-webhook")
            self._thread = threading.Thread(target=self._run, name="simulator-timeline")
            self._thread.start()

    def stop(self) -> None:
        """What is pending is dropped; what runs is waited for."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _run(self) -> None:
        while (found := self._next()) is not None:
            step, slow = found
            if slow and self._pool is not None:
                self._pool.submit(_told, step)
            else:
                _told(step)

    def _next(self) -> tuple[Step, bool] | None:
        with self._changed:
            while not self._stopped:
                if not self._steps:
                    self._changed.wait()
                    continue
                wait = self._steps[0][0] - time.monotonic()
                if wait <= 0:
                    return heapq.heappop(self._steps)[2:]
                self._changed.wait(wait)
            return None


def _told(step: Step) -> None:
    """In the background nobody would see a step fail, and the next must run all the same."""
    try:
        step()
    except Exception:
        logger.exception("A step of the stand-in failed.")
