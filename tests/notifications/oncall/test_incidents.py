"""What is wrong with the paging is there until it is over, or somebody has seen to it."""

import pytest

from notifications.models import Incident
from notifications.oncall import incidents, paging
from tests.notifications.oncall.ward import after, open_page, person
from tests.world import World


@pytest.mark.parametrize("closes", ["acknowledge", "close"])
@pytest.mark.parametrize(
    ("detail", "over"),
    [
        ("voice: unanswered", True),
        ("voice: busy", True),
        ("voice: no key pressed", True),
        ("sms: not sent at once", True),
        ("sms: invalid_address", False),
        ("voice: call failed", False),
        ("sms: opted_out", False),
        ("email: configuration", False),
    ],
)
def test_what_nobody_has_to_mend_is_over_with_the_page(
    world: World, detail: str, *, over: bool, closes: str
) -> None:
    chen = person(world.team, "Chen")
    pages = [open_page(world.team), open_page(world.team)]
    for page, responder in zip(pages, (chen, person(world.team, "Novak")), strict=True):
        incidents.note(
            Incident.Kind.CHANNEL,
            team=world.team,
            responder=responder,
            page=page,
            detail=detail,
            now=after(1),
        )
    if closes == "close":
        paging.close(pages[0], chen, outcome="advised", now=after(2))
    else:
        paging.acknowledge(pages[0], chen, via="web", now=after(2))
    mine, other = Incident.objects.order_by("pk")
    assert (mine.closed_at is not None, mine.closed_by) == (over, "page taken" if over else "")
    # The other page is nobody's still.
    assert other.closed_at is None


def test_other_faults_stay(world: World) -> None:
    page = open_page(world.team)
    for kind in (Incident.Kind.EMPTY_RUNG, Incident.Kind.STUCK, Incident.Kind.RELAY):
        incidents.note(kind, team=world.team, page=page, detail="voice: busy", now=after(1))
    paging.acknowledge(page, person(world.team, "Chen"), via="web", now=after(2))
    assert not Incident.objects.filter(closed_at__isnull=False).exists()
