"""Scripts of a simulation: a patient and the circumstances, as TOML or JSON."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor import protocol
from monitor.simulation.people import KEYS, Person, draw
from patients.models import Clinic

NUMBERS = {"US": "+12125550100", "GB": "+447400000100", "AU": "+61491570100"}
"""Of the countries that a made-up clinic may be in."""

_KNOWN = frozenset(
    "procedure zone country subdivision language risks region baseline_pain start seed random "
    "silent answers waits gives_up texts outages settings".split()
)


class ScriptError(ValueError):
    """The script can't be played; the message says which key, and what to do."""


@dataclass(frozen=True)
class Scene:
    """Who, where, and what fails. `outages` of the provider are in UTC."""

    clinic: Clinic
    person: Person
    outages: tuple[tuple[datetime, datetime], ...] = field(default=())


def read_script(path: Path) -> dict[str, Any]:
    """The script as data; ScriptError when it is not there or is neither TOML nor JSON."""
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}; name a TOML or JSON file") from None
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path}: {error}; correct the file") from None


def scene(script: Mapping[str, Any]) -> Scene:
    """Make sense of a script; ScriptError names the key that is wrong and what to do."""
    for key in sorted(script.keys() - _KNOWN):
        raise ScriptError(f"{key}: no such key; use one of {', '.join(sorted(_KNOWN))}")
    clinic = _clinic(script)
    kind = script.get("procedure", "epidural_steroid")
    try:
        protocol.latest(kind)
    except protocol.ProtocolError as error:
        raise ScriptError(f"procedure: {error}") from None
    performed_at = _moment(
        script, "start", script.get("start", "2026-03-03T11:00"), clinic.zone
    )
    seed = int(script.get("seed", 0))
    person = Person(kind, performed_at, seed)
    if script.get("random", False):
        person = draw(seed, performed_at=performed_at, kind=kind)
    return Scene(clinic, _own(person, script), _outages(script, clinic.zone))


def _clinic(script: Mapping[str, Any]) -> Clinic:
    country = script.get("country", "US")
    if country not in NUMBERS:
        raise ScriptError(f"country: {country!r}; use one of {', '.join(NUMBERS)}")
    clinic = Clinic(
        name="Simulated Spine Clinic",
        slug="simulated",
        time_zone=script.get("zone", "America/New_York"),
        phone=NUMBERS[country],
        country=country,
        subdivision=script.get("subdivision", ""),
        protocol_settings=script.get("settings", {}),
    )
    if problems := protocol.refusals(clinic.protocol_settings):
        raise ScriptError(f"settings: {problems[0]}")
    try:
        ZoneInfo(clinic.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ScriptError(
            f"zone: {clinic.time_zone!r} is unknown; write it like Europe/London"
        ) from None
    return clinic


def _own(person: Person, script: Mapping[str, Any]) -> Person:
    """The person, as far as the script says otherwise."""
    asked = protocol.latest(person.kind).questions
    for key, given in script.get("answers", {}).items():
        for question in given:
            if key not in KEYS or question not in asked:
                raise ScriptError(f"answers.{key}.{question}: no such check-in or question")
    for key in [
        *script.get("silent", []),
        *script.get("waits", {}),
        *script.get("gives_up", {}),
    ]:
        if key not in KEYS:
            raise ScriptError(f"{key!r} is no check-in; use one of {', '.join(KEYS)}")
    answers = {
        key: {**person.answers.get(key, {}), **_words(script.get("answers", {}).get(key, {}))}
        for key in KEYS
    }
    waits = {
        **person.waits,
        **{key: timedelta(minutes=value) for key, value in script.get("waits", {}).items()},
        **dict.fromkeys(script.get("silent", ())),
    }
    return replace(
        person,
        language=script.get("language", person.language),
        region=script.get("region", person.region),
        risks=frozenset(script.get("risks", person.risks)),
        baseline_pain=script.get("baseline_pain", person.baseline_pain),
        answers=answers,
        waits=waits,
        gives_up={**person.gives_up, **script.get("gives_up", {})},
        texts=tuple(
            sorted(
                (timedelta(hours=one["after_hours"]), one["words"]) for one in script["texts"]
            )
        )
        if "texts" in script
        else person.texts,
    )


def _words(given: Mapping[str, Any]) -> dict[str, str]:
    return {question: str(value) for question, value in given.items()}


def _outages(
    script: Mapping[str, Any], zone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    found = []
    for one in script.get("outages", ()):
        since, until = (_moment(one, key, one.get(key), zone) for key in ("since", "until"))
        if since >= until:
            raise ScriptError("outages: since must be before until")
        found.append((since, until))
    return tuple(found)


def _moment(script: Mapping[str, Any], key: str, value: object, zone: ZoneInfo) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ScriptError(f"{key}: {value!r}; write it like 2026-03-07T11:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)
