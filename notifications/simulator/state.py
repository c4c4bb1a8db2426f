"""Keeps an account in a file, so that a demo that is started again goes on where it was."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from notifications.simulator.records import (
    FINAL_CALL,
    FINAL_TEXT,
    Account,
    Call,
    Message,
    Number,
    Service,
)

_DATES = ("date_created", "date_updated", "date_sent", "start_time", "end_time")


def save(account: Account, path: Path) -> None:
    """Write the whole account; the file is replaced at once or not at all."""
    with account.changed:
        data = {
            "seq": account.seq,
            "numbers": [asdict(one) for one in account.numbers.values()],
            "services": [asdict(one) for one in account.services.values()],
            "messages": [asdict(one) for one in account.messages.values()],
            "calls": [asdict(one) for one in account.calls.values()],
            "blocked": sorted(account.blocked),
        }
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(data, default=datetime.isoformat))
    beside.replace(path)


def load(account: Account, path: Path) -> None:
    """Fill an empty account. What was under way when it was saved has come to nothing."""
    data = json.loads(path.read_text())
    with account.changed:
        account.numbers = {one["number"]: Number(**one) for one in data["numbers"]}
        account.services = {one["sid"]: Service(**one) for one in data["services"]}
        account.blocked = {(sender, phone) for sender, phone in data["blocked"]}
        for one in data["messages"]:
            account.add(_message(one))
        for one in data["calls"]:
            account.add(_call(one))
        account.seq = max(account.seq, data["seq"])


def _message(data: Mapping[str, Any]) -> Message:
    message = Message(**_with_dates(data))
    message.media = [(url, kind) for url, kind in message.media]
    if message.status not in FINAL_TEXT:
        message.status, message.error_code = "failed", 30008
    return message


def _call(data: Mapping[str, Any]) -> Call:
    call = Call(**_with_dates(data))
    call.events = tuple(call.events)
    call.gathering = False
    if call.status not in FINAL_CALL:
        call.status = "failed"
    return call


def _with_dates(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _DATES and value else value
        for name, value in data.items()
    }
