"""A whole installation for one run: engines, every process, and the stand-in for Twilio.

The engines are durable ones of its own, because they are killed. The stand-in lives in the
test's process, so that a test may make it fail at an exact moment.
"""

import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import dj_database_url
import pytest
from django.db import Error, connection

from monitor import engines, processes
from notifications.models import OptOut
from notifications.simulator import Simulator
from notifications.simulator.records import Message as OnPhone
from patients.models import Clinic
from tests.listener import Listener
from tests.world import make_world

FULL = os.environ.get("CHAOS") == "full"
only_full = pytest.mark.skipif(not FULL, reason="in `make chaos`")
QUEUES = ("pages", "messages", "chores")
PROCESSES = ("web", *QUEUES, "beat")
# As a supervisor waits before it starts again what has died.
RESTART_AFTER = 1.0
# Seconds: how often the heartbeat goes out, and how long a process may be silent.
HEARTBEAT = 1.0
TICK = 8.0
# The machine may be busy with other things: how long a step of the test itself may take.
PATIENCE = 60.0
FIRST_PATIENT = 12015550200
# The clinic of tests/world.py: two who take turns, and the lead.
CLINICIANS = ("+12125550111", "+12125550112", "+12125550113")
LEAD = CLINICIANS[2]

Found = TypeVar("Found")


def look(find: Callable[[], Found | None], what: str, *, within: float = PATIENCE) -> Found:
    """What `find` finds as soon as that is true; the database may be away meanwhile."""
    end = time.monotonic() + within
    while True:
        try:
            found = find()
        except Error:
            # Inside a transaction there is nothing to look with any more.
            if connection.in_atomic_block:
                raise
            connection.close()
            found = None
        if found:
            return found
        if time.monotonic() >= end:
            raise AssertionError(f"Not within {within:.0f} s: {what}.")
        time.sleep(0.02)


class System:
    """`processes` by name: web, pages, messages, chores, beat, and further ones."""

    def __init__(self, folder: Path, postgres: engines.Postgres, valkey: engines.Valkey):
        self.folder = folder
        self.postgres = postgres
        self.valkey = valkey
        self.port = engines.free_port()
        self.stand_in = Simulator(
            account_sid="AC" + "c" * 32, auth_token="made-up-token-of-crash-tests", pace=0.15
        )
        self.processes = {
            "web": processes.web(self.port, log=folder / "log"),
            **{queue: processes.worker(queue, log=folder / "log") for queue in QUEUES},
            "beat": processes.beat(log=folder / "log"),
        }
        self.listener = Listener()
        self.on_call = ""
        self.held: set[str] = set()
        self.restarts = 0
        self._stopping = threading.Event()
        self._supervisor = threading.Thread(target=self.supervise, name="supervisor")
        self.patients: list[str] = []
        self._waiting: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        account = self.stand_in.account
        inherited = {
            name: value for name, value in os.environ.items() if name != "SWEEP_SECONDS"
        }
        return {
            **inherited,
            "DATABASE_URL": self.postgres.url("spinewatch"),
            "REDIS_URL": self.valkey.url,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            "TWILIO_ACCOUNT_SID": account.sid,
            "TWILIO_AUTH_TOKEN": account.auth_token,
            "TWILIO_API_BASE_URL": self.stand_in.base_url,
            "PYTHONUNBUFFERED": "1",
            "HEARTBEAT_URL": self.listener.url,
            "HEARTBEAT_SECONDS": str(HEARTBEAT),
            "HEALTH_TICK_SECONDS": str(TICK),
            "WATCH_SECONDS": "2",
            # The whole matrix runs with the settings of production.
            **({} if FULL else {"SWEEP_SECONDS": "2"}),
        }

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Django's connection of this process leads to this system's database meanwhile."""
        before = dict(connection.settings_dict)
        ours = dj_database_url.parse(self.postgres.url("spinewatch"))
        connection.close()
        for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
            connection.settings_dict[name] = ours[name]
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)

    def prepare(self) -> None:
        """Tables, and a clinic that is open at any hour; then start everything."""
        processes.run("migrate", "--verbosity", "0", environment=self.environment)
        self.world = make_world()
        for line in (self.world.line, self.world.other_line):
            # Twilio tries again when our server fails, if its address says so: docs/deploy.md.
            url = f"http://127.0.0.1:{self.port}/twilio/text#rc=5&rp=all"
            self.stand_in.add_number(line.sender.number, sms_url=url)
        for process in self.processes.values():
            process.start(self.environment)
        self._supervisor.start()
        look(self._answers, "the web server's port")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self._stopping.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for process in self.processes.values():
            if process.alive:
                self.signal(process, signal.SIGCONT)
            process.stop()

    # What happens to processes.

    def kill(self, name: str) -> None:
        self.processes[name].kill()

    def freeze(self, name: str) -> None:
        """The process and its children stand still, with all that they hold."""
        self.signal(self.processes[name], signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self.signal(self.processes[name], signal.SIGCONT)

    @staticmethod
    def signal(process: processes.Process, which: signal.Signals) -> None:
        if process.running is not None:
            # It may have been killed a moment ago, and not started again yet.
            with suppress(ProcessLookupError):
                os.killpg(process.running.pid, which)

    def supervise(self) -> None:
        """Start again whatever has been dead for a moment, until `stop`; runs in a thread."""
        dead_since: dict[str, float] = {}
        environment = self.environment
        while not self._stopping.wait(0.1):
            for name, process in list(self.processes.items()):
                if process.alive or name in self.held:
                    dead_since.pop(name, None)
                    continue
                since = dead_since.setdefault(name, time.monotonic())
                if time.monotonic() - since >= RESTART_AFTER:
                    process.start(environment)
                    self.restarts += 1

    @contextmanager
    def kept_dead(self, *names: str) -> Iterator[None]:
        """Nobody starts these again for now."""
        self.held.update(names)
        try:
            yield
        finally:
            self.held.difference_update(names)

    def restore(self) -> None:
        """Whatever a test has done or left undone, the next one finds everything running."""
        self.stand_in.faults.clear()
        if self.valkey.process is None:
            self.valkey.start()
        # Of a server that runs already, the start fails; waiting for that would take long.
        if connection.connection is None or not connection.is_usable():
            connection.close()
            self.postgres.start()
        self.held.clear()
        for name in self.processes:
            self.thaw(name)

    @contextmanager
    def broker_frozen(self) -> Iterator[None]:
        broker = self.valkey.process
        assert broker is not None
        broker.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            broker.send_signal(signal.SIGCONT)

    # The people.

    def register(self, count: int) -> list[str]:
        """New patients whose next-day check-in is due now; returns their phones."""
        now = datetime.now(UTC)
        self._open_round_the_clock(now)
        phones = [f"+{FIRST_PATIENT + len(self.patients) + place}" for place in range(count)]
        for phone in phones:
            self.world.register(
                now=now,
                given_name=f"Patient {phone[-4:]}",
                phone=phone,
                performed_at=now - timedelta(hours=24),
            )
        self.patients += phones
        return phones

    def _open_round_the_clock(self, now: datetime) -> None:
        """The clinic lies where it is noon, so that no test depends on the hour."""
        ahead = 12 - now.hour
        zone = ZoneInfo(f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT")
        minute = now.astimezone(zone).time().replace(second=0, microsecond=0)
        Clinic.objects.filter(pk=self.world.clinic.pk).update(
            time_zone=zone.key,
            opens="00:00",
            closes="23:59",
            open_weekdays=list(range(7)),
            check_in_at=minute,
            quiet_from="23:59:59",
            quiet_until="00:00",
        )
        self.world.clinic.refresh_from_db()

    def patient(self) -> str:
        """The phone of a patient whose check-in is open and who has not answered yet."""
        if not self._waiting:
            self._waiting = self.register(12)
            look(
                lambda: all(self.asked(phone) for phone in self._waiting),
                "the check-ins on the patients' phones",
            )
        return self._waiting.pop(0)

    def asked(self, phone: str) -> bool:
        return any("reply with" in text.lower() for text in self.stand_in.phone(phone).texts())

    def nobody_has_opted_out(self) -> bool:
        return not OptOut.objects.filter(ended_at__isnull=True).exists()

    def arrived(self, containing: str) -> list[OnPhone]:
        """The texts with these words that are on clinicians' phones, in order of arrival."""
        account = self.stand_in.account
        with account.changed:
            texts = [
                text
                for phone in CLINICIANS
                for text in account.threads.get(phone, ())
                if text.arrived and text.direction != "inbound" and containing in text.body
            ]
        return sorted(texts, key=lambda text: text.arrived)


@contextmanager
def running() -> Iterator[System]:
    """A system with all its processes, ended at the end."""
    folder = Path(tempfile.mkdtemp(prefix="spinewatch-chaos-"))
    # PostgreSQL runs as another user where the tests run as root.
    folder.chmod(0o755)
    with ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres, valkey = cleanup.enter_context(engines.running(folder))
        system = System(folder, postgres, valkey)
        cleanup.enter_context(system.stand_in)
        cleanup.enter_context(system.listener)
        cleanup.callback(system.stop)
        with system.connected():
            system.prepare()
            yield system
