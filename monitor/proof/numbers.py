"""More pain or more sugar never takes a fact away, whatever the baseline and the settings."""

from collections.abc import Iterator

from monitor.proof.theorem import Refuted, Theorem, Walk
from monitor.proof.windows import vectors
from monitor.protocol.model import Answer, Protocol
from monitor.triage.facts import Context, Past, mg_dl, picture

HIGHEST_SUGAR = 700


def prove_numbers(protocol: Protocol) -> Theorem:
    """Walk all pain scores with all baselines and earlier scores, and all blood sugars."""
    walk = Walk("a higher number never takes a fact away")
    try:
        for settings in vectors(protocol):
            for context in _contexts(protocol, settings):
                _rising(walk, protocol, context, "pain_score", list(range(11)))
            context = Context(protocol.procedure, 0.0, settings=settings)
            limit = settings["sugar_mmol_below"]
            sugars = sorted(range(1, HIGHEST_SUGAR + 1), key=lambda value: mg_dl(value, limit))
            _rising(walk, protocol, context, "blood_sugar", [float(value) for value in sugars])
    except Refuted as error:
        return walk.refuted(error)
    return walk.proved()


def _contexts(protocol: Protocol, settings: dict[str, float]) -> Iterator[Context]:
    for baseline in (None, *range(11)):
        for before in (None, *range(11)):
            history = () if before is None else (Past("d1", 24.0, {"pain_score": before}),)
            yield Context(
                protocol.procedure,
                0.0,
                baseline_pain=baseline,
                history=history,
                settings=settings,
            )


def _rising(
    walk: Walk, protocol: Protocol, context: Context, code: str, values: list[Answer]
) -> None:
    known: frozenset[str] = frozenset()
    for value in values:
        seen = picture(protocol, answers={code: value}, readings=(), context=context)
        walk.check(
            known <= seen.facts,
            f"{code} {value} with baseline {context.baseline_pain} takes away",
            ", ".join(sorted(known - seen.facts)),
        )
        known = seen.facts
