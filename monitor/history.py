"""The course of a follow-up so far, as triage reads it: answers, words and levels."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.levels import Level
from monitor.models import Answer, Assessment, CheckIn, Episode, TextRead
from monitor.triage import Past


def history_of(episode: Episode, *, before: str | None) -> tuple[Past, ...]:
    """The earlier check-ins and what was said between them, oldest first.

    Of each check-in but `before` the last answer to each question, what was said in it, and
    its level.
    """
    performed_at = episode.procedure.performed_at
    answers = _answers(episode)
    levels, during = _assessed(episode)
    said, between = _said(episode, during, performed_at=performed_at)
    check_ins = [
        Past(
            check_in=check_in.key,
            hours_since=hours_between(performed_at, check_in.planned_for),
            answers=answers.get(check_in.pk, {}),
            level=Level(levels.get(check_in.pk, Level.ROUTINE)),
            said=said.get(check_in.pk, {}),
        )
        for check_in in CheckIn.objects.filter(episode=episode)
        if check_in.key != before and (check_in.pk in answers or check_in.pk in levels)
    ]
    return tuple(sorted([*check_ins, *between], key=lambda past: past.hours_since))


def answered(episodes: Iterable[Episode]) -> dict[Any, tuple[Past, ...]]:
    """The answers of many follow-ups by episode, oldest first, in one query."""
    found: dict[Any, dict[Any, Past]] = {}
    given = Answer.objects.filter(episode__in=episodes, check_in__isnull=False).order_by(
        "check_in__planned_for", "pk"
    )
    for episode, key, planned_for, performed_at, question, value in given.values_list(
        "episode_id",
        "check_in__key",
        "check_in__planned_for",
        "episode__procedure__performed_at",
        "question",
        "value",
    ):
        of_episode = found.setdefault(episode, {})
        past = of_episode.setdefault(
            key, Past(key or "", hours_between(performed_at, planned_for or performed_at), {})
        )
        of_episode[key] = replace(past, answers={**past.answers, question: value})
    return {episode: tuple(course.values()) for episode, course in found.items()}


def hours_between(since: datetime, until: datetime) -> float:
    """Real hours, whatever the clocks on the wall did."""
    return (until - since).total_seconds() / 3600


def _answers(episode: Episode) -> dict[Any, dict[str, float]]:
    answers: dict[Any, dict[str, float]] = {}
    given = Answer.objects.filter(episode=episode, check_in__isnull=False)
    for check_in, question, value in given.values_list("check_in_id", "question", "value"):
        answers.setdefault(check_in, {})[question] = value
    return answers


def _assessed(episode: Episode) -> tuple[dict[Any, int], dict[Any, Any]]:
    """The highest level of each check-in, and the check-in that each text came in."""
    levels: dict[Any, int] = {}
    during: dict[Any, Any] = {}
    assessed = Assessment.objects.filter(episode=episode, check_in__isnull=False)
    for check_in, inbound, level in assessed.values_list("check_in_id", "inbound_id", "level"):
        levels[check_in] = max(level, levels.get(check_in, Level.ROUTINE))
        during[inbound] = check_in
    return levels, during


def _said(
    episode: Episode, during: Mapping[Any, Any], *, performed_at: datetime
) -> tuple[dict[Any, dict[str, str]], list[Past]]:
    """Findings and their words, by check-in, and those of texts outside of any."""
    said: dict[Any, dict[str, str]] = {}
    between: list[Past] = []
    texts = TextRead.objects.filter(episode=episode).exclude(findings=[]).order_by("at")
    for inbound, at, findings, reasons in texts.values_list(
        "inbound_id", "at", "findings", "reasons"
    ):
        words = {one["code"]: one["words"] for one in reasons}
        found = {code: words.get(code, "") for code in findings}
        if inbound in during:
            said.setdefault(during[inbound], {}).update(found)
        else:
            between.append(Past("", hours_between(performed_at, at), {}, said=found))
    return said, between
