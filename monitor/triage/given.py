"""What an assessment was made of, as plain data: kept with it, so that it can be made again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from monitor.levels import Level
from monitor.protocol.model import Answer
from monitor.triage.facts import Context, Past, ReadingLike

VERSION = 1


@dataclass(frozen=True)
class KeptReason:
    """A finding and the words that it was read from."""

    code: str
    words: str


@dataclass(frozen=True)
class KeptReading:
    """As much of a reading as triage asks for: a ReadingLike."""

    level: Level
    score: int
    findings: tuple[str, ...]
    reasons: tuple[KeptReason, ...]
    pain_score: int | None
    temperature_c: float | None
    glucose_mg_dl: float | None
    understood: bool

    @classmethod
    def of(cls, reading: ReadingLike) -> "KeptReading":
        """The parts of any reading that triage asks for."""
        return cls(
            level=reading.level,
            score=reading.score,
            findings=tuple(reading.findings),
            reasons=tuple(KeptReason(one.code, one.words) for one in reading.reasons),
            pain_score=reading.pain_score,
            temperature_c=reading.temperature_c,
            glucose_mg_dl=reading.glucose_mg_dl,
            understood=reading.understood,
        )


@dataclass(frozen=True)
class Given:
    """The arguments of one assessment: answers, readings, context, and a lapsed branch."""

    answers: Mapping[str, Answer]
    readings: Sequence[ReadingLike]
    context: Context
    lapsed: bool = False

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON data, with the version of its shape."""
        context = asdict(self.context)
        context["risks"] = sorted(self.context.risks)
        context["settings"] = _pairs(self.context.settings)
        context["history"] = [
            {**{key: _pairs(value) for key, value in past.items()}, "level": past["level"].code}
            for past in context["history"]
        ]
        readings = [asdict(KeptReading.of(reading)) for reading in self.readings]
        return {
            "version": VERSION,
            "answers": _pairs(self.answers),
            "readings": [{**one, "level": Level(one["level"]).code} for one in readings],
            "context": context,
            "lapsed": self.lapsed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Given":
        """Read what `to_json` wrote; ValueError for another version, or for nothing kept."""
        if data.get("version") != VERSION:
            raise ValueError(f"what was given is of version {data.get('version')!r}")
        known = {one.name for one in fields(Context)}
        context = {key: value for key, value in data["context"].items() if key in known}
        context["risks"] = frozenset(context["risks"])
        context["settings"] = dict(context["settings"])
        context["history"] = tuple(_past(one) for one in context["history"])
        return cls(
            answers=dict(data["answers"]),
            readings=tuple(_reading(one) for one in data["readings"]),
            context=Context(**context),
            lapsed=data["lapsed"],
        )


def _pairs(value: Any) -> Any:
    """A mapping as a list of pairs: jsonb would not keep its order, which chooses words."""
    return [list(pair) for pair in value.items()] if isinstance(value, Mapping) else value


def _past(data: Mapping[str, Any]) -> Past:
    values: dict[str, Any] = {
        key: dict(value) if isinstance(value, list) else value for key, value in data.items()
    }
    return Past(**{**values, "level": Level.parse(data["level"])})


def _reading(data: Mapping[str, Any]) -> KeptReading:
    return KeptReading(
        **{
            **data,
            "level": Level.parse(data["level"]),
            "findings": tuple(data["findings"]),
            "reasons": tuple(KeptReason(**reason) for reason in data["reasons"]),
        }
    )
