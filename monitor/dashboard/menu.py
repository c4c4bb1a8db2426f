"""Where somebody can go: one table, read by the header, by its menu and by the palette."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEMO = frozenset({"phones"})


@dataclass(frozen=True)
class Place:
    """A page that people go to: the name of its address, and its label.

    `inside` names the addresses that belong to it, and `key` goes there after g. `bar` is the
    width of Bootstrap's ("md", "lg", "xl") from which it stands in the header too; "" for none.
    """

    name: str
    label: str | Promise
    bar: str = ""
    key: str = ""
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A place as somebody sees it; `current` is for aria-current: "page", "true" or ""."""

    place: Place
    current: str


@dataclass(frozen=True)
class Menu:
    """The groups of links, each with its title; and the place where one is, if it is one."""

    groups: tuple[tuple[str | Promise, tuple[Link, ...]], ...]
    here: Place | None

    @property
    def links(self) -> Iterator[Link]:
        """All of them, in order."""
        return (link for _title, links in self.groups for link in links)


GROUPS: tuple[tuple[str | Promise, tuple[Place, ...]], ...] = (
    (
        _("Patients and work"),
        (
            Place("worklist", _("Worklist"), bar="md", key="w", inside=("item",)),
            Place("today", _("Today"), bar="md", key="t"),
            Place(
                "patients",
                _("Patients"),
                bar="md",
                key="p",
                inside=("patient", "letter", "letter-pdf", "correct"),
            ),
            Place("register", _("Register"), bar="lg", key="r"),
            Place("no-relief", _("No relief")),
            Place("phones", _("Phones"), bar="lg"),
        ),
    ),
    (
        _("On call"),
        (
            Place("rota", _("Rota"), bar="xl", key="o"),
            Place("responders", _("Who is ready")),
            Place("channels", _("My channels"), inside=("confirm-channel",)),
            Place("drills", _("Drills"), inside=("drill",)),
            Place("figures-on-call", _("On-call figures")),
        ),
    ),
    (
        _("The clinic"),
        (
            Place("figures", _("Figures"), bar="lg", key="f", inside=("figures-on-call",)),
            Place("protocols", _("Protocols"), inside=("protocol", "compared")),
            Place(
                "message-texts",
                _("Message texts"),
                inside=("add-message-text", "edit-message-text"),
            ),
            Place("staff", _("Staff")),
            Place("settings", _("Settings"), inside=("save-settings",)),
            Place("access-log", _("Access log")),
            Place("changes", _("Changes")),
        ),
    ),
)


def menu(may: frozenset[str], *, at: str, demo: bool) -> Menu:
    """What somebody may go to, who may use these addresses and is at one of that name.

    `demo` adds the places that only a demonstration has.
    """

    def links(places: tuple[Place, ...]) -> tuple[Link, ...]:
        there = (one for one in places if one.name in may and (demo or one.name not in DEMO))
        return tuple(Link(one, _current(one, at)) for one in there)

    found = ((title, links(places)) for title, places in GROUPS)
    groups = tuple((title, shown) for title, shown in found if shown)
    near = [link for _title, shown in groups for link in shown if link.current]
    near.sort(key=lambda link: link.current != "page")
    return Menu(groups, near[0].place if near else None)


def _current(place: Place, at: str) -> str:
    return "page" if place.name == at else "true" if at in place.inside else ""
