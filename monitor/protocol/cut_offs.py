"""A clinic's own cut-offs, checked when they are entered."""

from collections.abc import Mapping
from typing import Any

from monitor.protocol.loader import load, names
from monitor.protocol.model import ProtocolError


def refusals(overrides: Any) -> list[str]:
    """What is wrong with a clinic's settings, a sentence each; empty where nothing is.

    Every protocol that knows a setting must allow its value.
    """
    if not isinstance(overrides, Mapping):
        return ['Write it like {"severe_pain_score": 8}']
    protocols = [load(name) for name in names()]
    known = {code for protocol in protocols for code in protocol.settings}
    found = [
        f"{code} is no setting; use one of {', '.join(sorted(known))}"
        for code in sorted(overrides.keys() - known)
    ]
    for code in sorted(overrides.keys() & known):
        value = overrides[code]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            found.append(f"{code} = {value!r} is not a number")
            continue
        for protocol in protocols:
            try:
                if code in protocol.settings:
                    protocol.settings[code].check(value)
            except ProtocolError as error:
                found.append(str(error))
    return list(dict.fromkeys(found))
