"""Pages and work of one follow-up in memory; see monitor.simulation.memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor import conversation
from monitor.levels import Level
from monitor.simulation.play import Called, Task
from monitor.triage import Assessment
from monitor.worklist import AFTER_THE_ALERT, deadline_of
from notifications.models import Rung, Team
from notifications.oncall import escalation

if TYPE_CHECKING:
    from monitor.simulation.memory import Memory


def policy() -> escalation.Policy:
    """The policy of a team that changed nothing: a layer, one person, everyone."""

    def usual(model: Any, field_name: str) -> int:
        default: int = model._meta.get_field(field_name).default
        return default

    delays = usual(Rung, "emergency_delay"), usual(Rung, "urgent_delay")
    targets = (escalation.Target.LAYER, 1), (escalation.Target.RESPONDER, 1)
    rungs = [escalation.Rung(target, of, *delays) for target, of in targets]
    return escalation.Policy(
        (*rungs, escalation.Rung(escalation.Target.EVERYONE, None, *delays)),
        usual(Team, "emergency_outcome_within"),
        usual(Team, "urgent_outcome_within"),
    )


def _somebody(_rung: escalation.Rung) -> set[int]:
    return {1}


@dataclass(eq=False)
class Page:
    """As notifications.models.Page; `flagged_at` is when the patient's text came."""

    level: Level
    opened_at: datetime
    rung: int
    due_at: datetime
    flag: bool
    codes: set[str] = field(default_factory=set)
    calls: int = 1
    called_at: datetime | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    reached: bool = False


@dataclass(eq=False)
class Item:
    """As monitor.models.WorkItem."""

    kind: str
    why: str
    level: Level
    opened_at: datetime
    due_at: datetime | None
    about: str | None = None
    text: int | None = None
    page: Page | None = None
    closed_at: datetime | None = None


class Desk:
    """What humans are to do about one patient."""

    def __init__(self, story: "Memory") -> None:
        self.story = story
        self.policy = policy()
        self.items: list[Item] = []
        self.all_pages: list[Page] = []

    def moments(self) -> Iterator[datetime | None]:
        """When something of it is due next."""
        yield from (item.due_at for item in self.items)
        yield from (page.due_at for page in self.all_pages if page.closed_at is None)

    # --- Work ---

    def hand_over(self, step: conversation.Step, work: Sequence[tuple[str, str]]) -> None:
        """Write the work that a text makes."""
        level = min(step.assessment.level, Level.REVIEW) if step.assessment else Level.REVIEW
        for kind, why in work:
            self.add(kind, why, text=self.story.heard, level=level)

    def add(
        self,
        kind: str,
        why: str,
        *,
        about: str | None = None,
        text: int | None = None,
        level: Level = Level.REVIEW,
        same_day: bool = False,
        score: int = 0,
    ) -> None:
        """Open an item, unless it is there already."""
        if self._known(kind, about=about, text=text):
            return
        now = self.story.now
        due_at = deadline_of(
            kind, hours=self.story.hours(), level=level, same_day=same_day, now=now
        )
        self.items.append(Item(kind, why, level, now, due_at, about, text))
        self.story.tell("work", f"{kind}: {why}")

    def _known(self, kind: str, *, about: str | None, text: int | None) -> bool:
        of_kind = [item for item in self.items if item.kind == kind]
        if text is not None:
            return any(item.text == text for item in of_kind)
        still = [item for item in of_kind if item.closed_at is None]
        if about is not None:
            return any(item.about == about for item in still)
        return any(
            item.about is None and item.text is None and item.page is None for item in still
        )

    def overdue(self) -> None:
        """Page for what nobody did, or wait while somebody is called anyway."""
        now = self.story.now
        for item in sorted(self.items, key=lambda one: one.due_at or now):
            if item.due_at is None or item.due_at > now:
                continue
            if self._alert() is not None:
                item.due_at = now + AFTER_THE_ALERT
                continue
            item.page, item.due_at = self._page(Level.URGENT, flag=False), None

    def settle(self, kinds: tuple[str, ...], *, about: str | None = None) -> None:
        """Close what has become needless."""
        for item in self.items:
            if item.kind in kinds and item.closed_at is None:
                if about is None or item.about == about:
                    item.closed_at, item.due_at = self.story.now, None

    def tasks(self) -> list[Task]:
        return [
            Task(item, item.kind, item.opened_at)
            for item in self.items
            if item.closed_at is None and item.page is None
        ]

    def finish(self, task: Any, *, reached: bool | None) -> None:
        """The desk has done it."""
        task.closed_at, task.due_at = self.story.now, None
        outcome = {True: "reached", False: "not_reached", None: "done"}[reached]
        self.story.tell("done", f"{task.kind}: {outcome}")
        if reached:
            self.story.contacted(task.about)

    # --- Pages ---

    def _alert(self) -> Page | None:
        return next((one for one in self.all_pages if one.flag and one.closed_at is None), None)

    def _page(self, level: Level, *, flag: bool) -> Page:
        now = self.story.now
        step = escalation.first(self.policy, level.code, _somebody, now=now)
        page = Page(level, now, step.rung, step.due_at, flag, called_at=now)
        self.all_pages.append(page)
        self.story.tell("page", f"{level.code} {'flag' if flag else 'work'}")
        return page

    def raise_alert(self, assessed: Assessment) -> None:
        """Page for a red flag, again for one of another kind or a higher level."""
        codes = {reason.code for reason in assessed.reasons if reason.level.pages}
        page = self._alert()
        if page is None:
            self._page(assessed.level, flag=True).codes = codes
            return
        if codes <= page.codes and assessed.level <= page.level:
            return
        page.level = max(page.level, assessed.level)
        page.codes |= codes
        step = escalation.again(
            self._standing(page), self.policy, _somebody, now=self.story.now
        )
        self._step(page, step)

    def climb(self) -> None:
        """The next rung of every page that is due."""
        for page in self.all_pages:
            if page.closed_at is None and page.due_at <= self.story.now:
                standing = self._standing(page)
                now = self.story.now
                self._step(page, escalation.climb(standing, self.policy, _somebody, now=now))

    def _standing(self, page: Page) -> escalation.Standing:
        due_at = page.due_at if page.taken_at is None else None
        return escalation.Standing(page.level.code, page.rung, due_at)

    def _step(self, page: Page, step: escalation.Step) -> None:
        page.rung, page.due_at, page.taken_at = step.rung, step.due_at, None
        page.calls += 1
        page.called_at = self.story.now
        self.story.tell("page", f"{page.level.code} call {page.calls}")

    def called(self) -> list[Called]:
        return [
            Called(
                page,
                page.opened_at,
                page.calls,
                page.called_at or page.opened_at,
                page.taken_at,
            )
            for page in self.all_pages
            if page.closed_at is None
        ]

    def take(self, page: Any) -> None:
        """Somebody acknowledges."""
        page.taken_at = self.story.now
        page.due_at = self.story.now + self.policy.outcome_within(page.level.code)
        self.story.tell("taken", page.level.code)

    def close(self, page: Any, *, reached: bool) -> None:
        """Whoever took it says what came of it."""
        page.closed_at, page.reached = self.story.now, reached
        self.story.tell("closed", "advised" if reached else "not_reached")
        item = next((one for one in self.items if one.page is page), None)
        if page.flag and not reached:
            self.add("call", PHONE_ON, level=Level.URGENT)
        elif page.flag:
            self.story.contacted(None)
            self.settle(("call", "read"))
        elif item is not None and item.closed_at is None:
            item.closed_at = self.story.now
            if reached:
                self.story.contacted(item.about)
            else:
                self.add("call", PHONE_ON, level=item.level)


PHONE_ON = "The on-call team did not reach the patient: keep trying."
