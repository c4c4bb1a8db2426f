"""The processes of a stack on one machine, started in order and ended together.

For the demo and for tests on real processes; production has its own supervisor.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.conf import settings

MANAGE = str(settings.BASE_DIR / "manage.py")
GRACE_SECONDS = 8.0


class Process:
    """One program with its log file. Started again by whoever finds it dead."""

    def __init__(self, name: str, command: Sequence[str], *, log: Path) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.running: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(  # noqa: S603
                self.command,
                env=dict(environment),
                cwd=settings.BASE_DIR,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                # Ctrl-C goes to us alone, and a whole group can be killed at once.
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def kill(self) -> None:
        """Kill the program and its children at once, as a crash does."""
        if self.running is not None:
            self._signal(signal.SIGKILL)
            self.running.wait()

    def stop(self) -> None:
        """Ask the program to end; kill it when it does not."""
        if self.running is None:
            return
        self._signal(signal.SIGTERM)
        try:
            self.running.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self._signal(signal.SIGKILL)
        self.running.wait()

    def _signal(self, which: signal.Signals) -> None:
        if self.running is None:
            return
        try:
            os.killpg(self.running.pid, which)
        except ProcessLookupError:
            pass


def worker(queue: str, *, log: Path, concurrency: int = 2) -> Process:
    """A Celery worker of one queue."""
    return Process(
        f"worker of {queue}",
        [
            *(sys.executable, "-m", "celery", "-A", "monitor.celery", "worker"),
            *("--queues", queue, "--pool", "threads", "--concurrency", str(concurrency)),
            *("--hostname", f"{queue}@%h", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
        ],
        log=log / f"worker-{queue}.log",
    )


def beat(*, log: Path) -> Process:
    """What ticks the sweeps."""
    return Process(
        "beat",
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "monitor.celery",
            "beat",
            "--loglevel",
            "WARNING",
        ],
        log=log / "beat.log",
    )


def web(port: int, *, log: Path) -> Process:
    """The web server."""
    return Process(
        "web server",
        [
            *(sys.executable, "-m", "gunicorn", "monitor.wsgi:application"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8"),
            *("--graceful-timeout", "3", "--log-level", "warning"),
        ],
        log=log / "web.log",
    )


def stand_in(
    port: int, *, numbers: Sequence[str], state: Path, environment: Mapping[str, str], log: Path
) -> Process:
    """The stand-in for Twilio, with these numbers and the phones as `state` left them."""
    return Process(
        "stand-in for Twilio",
        [
            *(sys.executable, "-m", "notifications.simulator", "--port", str(port)),
            *("--account-sid", environment["TWILIO_ACCOUNT_SID"]),
            *("--auth-token", environment["TWILIO_AUTH_TOKEN"]),
            *("--webhook", f"{environment['PUBLIC_BASE_URL']}/twilio/text"),
            *(part for number in numbers for part in ("--number", number)),
            *("--state", str(state)),
        ],
        log=log / "stand-in.log",
    )


def run(*arguments: str, environment: Mapping[str, str]) -> None:
    """Run one command of manage.py to its end; its output is ours. CalledProcessError."""
    subprocess.run(  # noqa: S603
        [sys.executable, MANAGE, *arguments],
        env=dict(environment),
        cwd=settings.BASE_DIR,
        check=True,
    )


class Stack:
    """Processes that belong together. Leaving the context ends them all, last first."""

    def __init__(self, processes: Sequence[Process], *, environment: Mapping[str, str]) -> None:
        self.processes = list(processes)
        self.environment = environment

    def __enter__(self) -> "Stack":
        try:
            for process in self.processes:
                process.start(self.environment)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def revive(self) -> list[Process]:
        """Start again whatever has ended by itself, and name it."""
        dead = [process for process in self.processes if not process.alive]
        for process in dead:
            process.start(self.environment)
        return dead

    def watch(self, *, say: Callable[[str], object]) -> None:
        """Keep everything alive until interrupted."""
        while True:
            time.sleep(1)
            for process in self.revive():
                say(f"The {process.name} ended by itself ({process.log}); started again.")
