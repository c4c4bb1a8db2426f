"""What whoever is called about an unknown number is shown: the number, and what was written."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from monitor import strangers
from monitor.models import WorkItem
from notifications.models import Inbound, Page, Responder
from tests.world import NOW, World

NUMBER, SPOKEN = "+12015550188", "+1 201-555-0188"
FIRST = "I cannot feel my legs"
SECOND = "and I cannot pee <b>since noon</b>"


def hear(world: World, words: str, *, now: datetime) -> Inbound:
    inbound = Inbound.objects.create(
        sender=world.line.sender,
        provider_sid=f"SM{Inbound.objects.count():032d}",
        from_number=NUMBER,
        body=words,
        received_at=now,
        due_at=now,
    )
    strangers.hear(world.line, inbound, now=now)
    return inbound


@pytest.fixture
def page(world: World) -> Page:
    hear(world, FIRST, now=NOW)
    return Page.objects.get()


def test_the_page_has_the_number_and_every_text_of_it(
    client: Client, world: World, page: Page
) -> None:
    hear(world, SECOND, now=NOW + timedelta(minutes=1))
    assert Page.objects.get() == page
    client.force_login(Responder.objects.get(team=world.team, name="Dr. Chen").user)
    shown = client.get(f"/p/{page.reference}").content.decode()
    assert SPOKEN in shown and f'href="tel:{NUMBER}"' in shown
    plain = shown.replace("<mark>", "").replace("</mark>", "")
    assert plain.index(FIRST) < plain.index("and I cannot pee &lt;b&gt;since noon")
    assert plain.count(FIRST) == 1


def test_the_worklists_row_has_both(client: Client, world: World, page: Page) -> None:
    client.force_login(world.nurse)
    shown = client.get("/").content.decode().replace("<mark>", "").replace("</mark>", "")
    assert f'id="page-{page.reference}"' in shown
    assert SPOKEN in shown and FIRST in shown
    assert WorkItem.objects.get().page == page


def test_the_other_clinic_is_shown_neither(client: Client, world: World, page: Page) -> None:
    client.force_login(world.other_nurse)
    assert client.get(f"/p/{page.reference}").status_code == 404
    shown = client.get("/").content.decode()
    assert SPOKEN not in shown and FIRST not in shown
