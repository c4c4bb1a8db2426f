"""Runs the stand-in by itself, for the demo: python -m notifications.simulator --help."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from notifications.simulator import state
from notifications.simulator.api import Simulator

SAVE_SECONDS = 1.0


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m notifications.simulator",
        description="A stand-in for Twilio: its API, its webhooks and the telephones beyond.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account-sid", required=True)
    parser.add_argument("--auth-token", required=True)
    parser.add_argument(
        "--webhook", default="", help="where inbound texts go unless a number says otherwise"
    )
    parser.add_argument("--number", action="append", default=[], help="a number, in E.164")
    parser.add_argument("--pace", type=float, default=0.3, help="seconds between two statuses")
    parser.add_argument("--state", type=Path, help="a file that keeps what happened")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; 1 when the port is taken."""
    wanted = _arguments(words)
    simulator = Simulator(
        wanted.host,
        wanted.port,
        account_sid=wanted.account_sid,
        auth_token=wanted.auth_token,
        pace=wanted.pace,
        default_sms_url=wanted.webhook,
    )
    if wanted.state is not None and wanted.state.exists():
        state.load(simulator.account, wanted.state)
    for number in wanted.number:
        simulator.add_number(number)
    ended = threading.Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda _number, _frame: ended.set())
    try:
        simulator.start()
    except OSError as error:
        sys.stderr.write(f"The stand-in can't listen on port {wanted.port}: {error}\n")
        return 1
    sys.stdout.write(f"The stand-in for Twilio listens on {simulator.base_url}\n")
    sys.stdout.flush()
    _serve(simulator, ended, wanted.state)
    return 0


def _serve(simulator: Simulator, ended: threading.Event, path: Path | None) -> None:
    saved = -1
    while not ended.wait(SAVE_SECONDS):
        if path is not None and saved != simulator.account.seq:
            saved = simulator.account.seq
            state.save(simulator.account, path)
    simulator.stop()
    if path is not None:
        state.save(simulator.account, path)


if __name__ == "__main__":
    sys.exit(main())
