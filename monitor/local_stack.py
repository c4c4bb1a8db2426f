"""Everything on this machine: engines from wheels, and every process of ours.

With DATABASE_URL and REDIS_URL set, those servers are used instead of the engines.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from monitor import engines, processes, rehearsal
from monitor.demo import clinic

READY_SECONDS = 60.0
SWEEP_SECONDS = 2

Say = Callable[[str], None]


class NotReady(RuntimeError):
    """The stack did not come up; the message says what to look at."""


@dataclass(frozen=True)
class LocalStack:
    """A stack that runs. `environment` is what a command needs to work on it."""

    base_url: str
    environment: dict[str, str]
    processes: processes.Stack


@contextmanager
def local_stack(
    folder: Path, *, say: Say, port: int = 8000, prepare: Callable[[dict[str, str]], None]
) -> Iterator[LocalStack]:
    """Bring everything up, keep it while the context lasts, and end all of it.

    Data and logs lie under `folder`. `prepare` is called with the environment once the
    database is migrated and before anything works on it.
    """
    with ExitStack() as cleanup:
        environment = {**os.environ, **_engines(folder, say=say, cleanup=cleanup)}
        environment.update(_addresses(folder, port=port, say=say))
        _remember(environment, folder)
        cleanup.callback((folder / "stack.env").unlink, missing_ok=True)
        say("Preparing the database ...")
        processes.run("migrate", "--verbosity", "0", environment=environment)
        processes.run("collectstatic", "--noinput", "--verbosity", "0", environment=environment)
        prepare(environment)
        say("Starting the stand-in for Twilio, the web server, three workers and beat ...")
        stack = cleanup.enter_context(_processes(folder, environment))
        _wait(environment["PUBLIC_BASE_URL"], stack, log=folder / "log")
        yield LocalStack(environment["PUBLIC_BASE_URL"], environment, stack)


def _engines(folder: Path, *, say: Say, cleanup: ExitStack) -> dict[str, str]:
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        say("Using the servers that DATABASE_URL and REDIS_URL name.")
        return {}
    say("Starting PostgreSQL and Valkey ...")
    postgres, valkey = cleanup.enter_context(engines.running(folder))
    return {"DATABASE_URL": postgres.url("spinewatch"), "REDIS_URL": valkey.url}


def _addresses(folder: Path, *, port: int, say: Say) -> dict[str, str]:
    secret = folder / "secret"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48))
        secret.chmod(0o600)
    web = engines.free_port(port, say=say)
    return {
        "SECRET_KEY": secret.read_text(),
        "DEMO": "true",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "STACK_FOLDER": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "SWEEP_SECONDS": str(SWEEP_SECONDS),
        "TWILIO_ACCOUNT_SID": "AC" + "d" * 32,
        "TWILIO_AUTH_TOKEN": "made-up-token-of-the-demo",
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{engines.free_port()}",
        "PYTHONUNBUFFERED": "1",
    }


def _remember(environment: dict[str, str], folder: Path) -> None:
    """Leave the addresses for other commands to find; see settings."""
    names = (
        "DATABASE_URL REDIS_URL SECRET_KEY DEMO PUBLIC_BASE_URL ALLOWED_HOSTS STATIC_ROOT "
        "SWEEP_SECONDS TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_API_BASE_URL"
    ).split()
    path = folder / "stack.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={environment[name]}\n" for name in names))


def _processes(folder: Path, environment: dict[str, str]) -> processes.Stack:
    log = folder / "log"
    port = int(environment["PUBLIC_BASE_URL"].rpartition(":")[2])
    stand_in = int(environment["TWILIO_API_BASE_URL"].rpartition(":")[2])
    return processes.Stack(
        [
            processes.stand_in(
                stand_in,
                numbers=(clinic.NUMBER, rehearsal.NUMBER),
                state=folder / "phones.json",
                environment=environment,
                log=log,
            ),
            processes.web(port, log=log),
            *(processes.worker(queue, log=log) for queue in ("pages", "messages", "chores")),
            processes.beat(log=log),
        ],
        environment=environment,
    )


def _wait(base_url: str, stack: processes.Stack, *, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        dead = [process.name for process in stack.processes if not process.alive]
        if dead:
            raise NotReady(f"The {dead[0]} did not start; its log is in {log}.")
        try:
            # Unwell is all right here: what came due while nothing ran is being caught up.
            requests.get(f"{base_url}/health", timeout=2)
            return
        except requests.RequestException:
            time.sleep(0.2)
    raise NotReady(f"The web server does not answer after {READY_SECONDS:.0f} s; see {log}.")
