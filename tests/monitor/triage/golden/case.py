"""A golden assessment: what was answered when, and what must follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.levels import Level
from monitor.triage import Past

ESI, NRB, FJI = "epidural_steroid", "nerve_root_block", "facet_joint"
LP, SPA, EBP = "lumbar_puncture", "spinal_anaesthesia", "blood_patch"
STEROID = (ESI, NRB, FJI)
ALL = (ESI, NRB, FJI, LP, SPA, EBP)

D1, D3, D4, D7, D8, D14, D21, D30, D90 = 24, 60, 96, 168, 193, 336, 504, 720, 2160

ROUTINE, REVIEW, URGENT, EMERGENCY = Level


@dataclass(frozen=True)
class Case:
    """Answers at an hour, and what must follow: level, first text, disposition shown."""

    rule: str
    level: Level
    tell: str | None
    show: str
    hours: float
    answers: Mapping[str, int | float] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    risks: frozenset[str] = frozenset()
    before: Mapping[str, int | float] | None = None
    baseline: int | None = 5
    procedures: tuple[str, ...] = ALL
    settings: Mapping[str, float] = field(default_factory=dict)

    @property
    def history(self) -> tuple[Past, ...]:
        """The earlier check-in, where the case has one."""
        return () if self.before is None else (Past("d1", 24.0, self.before),)

    def __str__(self) -> str:
        given = {**self.answers, **dict.fromkeys(self.said, "said")}
        return f"{self.rule} {given} at {self.hours:g} h {' '.join(sorted(self.risks))}"


def case(
    rule: str,
    level: Level,
    tell: str | None,
    show: str,
    hours: float,
    *,
    said: str | tuple[str, ...] = (),
    risks: str | tuple[str, ...] = (),
    before: Mapping[str, int | float] | None = None,
    baseline: int | None = 5,
    only: tuple[str, ...] = ALL,
    settings: Mapping[str, float] | None = None,
    answers: Mapping[str, int | float] | None = None,
    **more: int | float,
) -> Case:
    """A case in one line; answers are keywords, or a mapping where they vary."""
    return Case(
        rule=rule,
        level=level,
        tell=tell,
        show=show,
        hours=hours,
        answers={**(answers or {}), **more},
        said=(said,) if isinstance(said, str) else said,
        risks=frozenset((risks,) if isinstance(risks, str) else risks),
        before=before,
        baseline=baseline,
        procedures=only,
        settings=settings or {},
    )


BLOCKS = (ESI, NRB, FJI)
PUNCTURES = (LP, EBP)
NOT_EBP = (ESI, NRB, FJI, LP, SPA)
NOT_FJI = (ESI, NRB, LP, SPA, EBP)
