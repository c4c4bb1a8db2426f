"""One's own channels, who is ready, and the gate in the administration."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from notifications.models import (
    ContactCheck,
    ContactMethod,
    Layer,
    LayerMember,
    Message,
    Override,
    Responder,
    Rung,
)
from notifications.oncall import roll_call, verifying
from tests.monitor.dashboard.channel_scene import TOKEN, every_state, own_channel, wait_for
from tests.monitor.dashboard.scene import Scene
from tests.notifications.oncall.duty import line
from tests.notifications.oncall.ward import person
from tests.world import NOW, World, make_ready


@pytest.fixture
def novak(world: World, client: Client) -> Responder:
    """Signed in, with a phone call that is not verified."""
    who = person(world.team, "Novak")
    who.contacts.filter(channel="voice").update(verified_at=None)
    client.force_login(who.user)
    return who


def post(client: Client, name: str, *args: Any, **data: Any) -> str:
    text: str = client.post(reverse(name, args=args), data, follow=True).content.decode()
    return text


def test_a_channel_is_added_and_verified_with_its_code(
    client: Client, novak: Responder, world: World
) -> None:
    text = client.get("/channels").content.decode()
    assert "You are not ready to be on call." in text
    assert "Fewer than two verified channels" in text
    text = post(
        client, "add-channel", world.team.pk, channel="email", address="novak@harbor.example"
    )
    assert "A code is on its way" in text
    contact = novak.contacts.get(channel="email")
    code = Message.objects.get(contact=contact).body.split("code is ")[1][:6]
    wrong = "000000" if code != "000000" else "111111"
    assert "That is not the code." in post(client, "enter-code", contact.pk, code=wrong)
    text = post(client, "enter-code", contact.pk, code=f" {code[:3]} {code[3:]}")
    assert "Verified. Pages use this channel" in text
    assert "You are ready to be on call." in text
    assert "No code is waited for" in post(client, "enter-code", contact.pk, code=code)


@pytest.mark.parametrize(
    ("channel", "address", "refusal"),
    [
        ("sms", "212 555", "This is no phone number"),
        ("voice", "two one two", "This is no phone number"),
        ("email", "novak at harbor", "Enter a valid email address."),
        ("email", "", "This field is required."),
        # A webhook or a chat reaches any host: that is an administrator's to enter.
        ("apprise", "json://10.0.0.1/", "Select a valid choice."),
        ("webhook", "https://example.org", "Select a valid choice."),
    ],
)
def test_what_is_no_address_is_refused(
    client: Client, novak: Responder, world: World, channel: str, address: str, refusal: str
) -> None:
    text = post(client, "add-channel", world.team.pk, channel=channel, address=address)
    assert refusal in text
    assert novak.contacts.count() == 2 and not Message.objects.exists()


def test_a_number_is_written_as_people_write_it(
    client: Client, novak: Responder, world: World
) -> None:
    post(client, "add-channel", world.team.pk, channel="sms", address="(212) 555-0144")
    assert novak.contacts.filter(channel="sms", address="+12125550144").exists()


def test_a_code_cannot_be_sent_without_end(client: Client, novak: Responder) -> None:
    contact = novak.contacts.get(channel="voice")
    assert "A code is on its way" in post(client, "send-code", contact.pk)
    assert "Wait a minute" in post(client, "send-code", contact.pk)


def test_a_channel_is_used_no_more(client: Client, world: World) -> None:
    chen = person(world.team, "Chen")
    client.force_login(chen.user)
    text = post(client, "drop-channel", chen.contacts.get(channel="voice").pk)
    assert "not used any more" in text and "You are not ready to be on call now" in text
    assert not chen.contacts.get(channel="voice").verified


@pytest.mark.parametrize("from_before", [False, True])
def test_taken_up_again_it_is_verified_anew(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, *, from_before: bool
) -> None:
    chen = person(world.team, "Chen")
    client.force_login(chen.user)
    contact = chen.contacts.get(channel="voice")
    post(client, "drop-channel", contact.pk)
    if from_before:
        # Given up when that did not forget the verification yet.
        verified = {"verified_at": NOW, "verified_as": contact.written}
        chen.contacts.filter(pk=contact.pk).update(**verified)
    monkeypatch.setattr(verifying, "_code", lambda: "314159")
    added = post(client, "add-channel", world.team.pk, channel="voice", address=chen.phone)
    assert "A code is on its way" in added
    contact.refresh_from_db()
    assert contact.active and not contact.verified
    assert not roll_call.of(chen).ready
    assert "Verified." in post(client, "enter-code", contact.pk, code="314159")
    assert roll_call.of(chen).ready


def test_entered_twice_a_channel_in_use_stays_verified(client: Client, world: World) -> None:
    chen = person(world.team, "Chen")
    client.force_login(chen.user)
    post(client, "add-channel", world.team.pk, channel="voice", address=chen.phone)
    assert roll_call.of(chen).ready
    assert chen.contacts.count() == 2


def test_a_link_is_confirmed_by_a_tap_and_not_by_a_preview(
    client: Client, scene: Scene
) -> None:
    own_channel(scene)
    client.force_login(scene.responder.user)
    path = reverse("confirm-channel", args=[TOKEN])
    for _preview in range(2):
        assert "Did this link come to you" in client.get(path).content.decode()
    push = scene.responder.contacts.get(channel="apprise")
    assert not push.verified
    assert "this channel reaches you" in client.post(path, follow=True).content.decode()
    push.refresh_from_db()
    assert push.verified
    assert client.get(path).status_code == 404
    assert "This link is over" in client.post(path, follow=True).content.decode()


def test_nobody_confirms_for_somebody_else(client: Client, scene: Scene, world: World) -> None:
    own_channel(scene)
    client.force_login(person(world.team, "Novak").user)
    path = reverse("confirm-channel", args=[TOKEN])
    assert client.get(path).status_code == client.post(path).status_code == 404
    other = scene.responder.contacts.get(channel="sms")
    for name in ("send-code", "enter-code", "drop-channel"):
        assert client.post(reverse(name, args=[other.pk])).status_code == 404
    assert not scene.responder.contacts.get(channel="apprise").verified


def test_it_is_all_shown_and_no_secret_is(client: Client, world: World) -> None:
    chen = person(world.team, "Chen")
    every_state(chen)
    client.force_login(chen.user)
    text = client.get("/channels").content.decode()
    for words in ("Not verified", "it kept failing", "A link was sent", "not answered"):
        assert words in text, words
    assert "ntfy.example/secret" not in text and TOKEN not in text


def test_who_is_ready_is_read_by_all_and_no_address_is(client: Client, world: World) -> None:
    every_state(person(world.team, "Chen"))
    client.force_login(world.nurse)
    text = client.get("/responders").content.decode()
    assert "Dr. Chen" in text and "Not ready" in text and "on the rota" in text
    assert "+1212" not in text and "harbor.example" not in text and "Dr. Hughes" not in text
    rota = client.get("/rota").content.decode()
    assert "Dr. Chen is on the rota and not ready" in rota
    make_ready(person(world.team, "Chen"), now=datetime.now(UTC))
    rota = client.get("/rota").content.decode()
    assert "Everybody on the rota has two verified channels." in rota
    json = client.get("/rota/on-call.json").json()
    assert json["not_ready"] == []


def test_without_a_team(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    assert "You are on no on-call team." in client.get("/channels").content.decode()
    client.cookies["django_language"] = "es"
    assert "No está en ningún equipo de guardia." in client.get("/channels").content.decode()


@pytest.fixture
def boss(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


def refused(answer: Any) -> bool:
    return answer.status_code == 200 and "is not ready to be on call" in answer.content.decode()


def test_the_administration_puts_nobody_on_who_is_not_ready(boss: Client, world: World) -> None:
    novak = person(world.team, "Novak")
    novak.contacts.filter(channel="voice").update(verified_at=None)
    now = datetime.now(UTC)
    ends = now + timedelta(hours=8)
    override = {
        "layer": line(world.team).pk,
        "responder": novak.pk,
        "starts_at_0": f"{now:%Y-%m-%d}",
        "starts_at_1": f"{now:%H:%M}",
        "ends_at_0": f"{ends:%Y-%m-%d}",
        "ends_at_1": f"{ends:%H:%M}",
    }
    path = reverse("admin:notifications_override_add")
    assert refused(boss.post(path, override))
    make_ready(novak)
    assert boss.post(path, override).status_code == 302
    assert Override.objects.get().responder == novak


def layer_form(layer: Layer, members: list[tuple[int | str, int]]) -> dict[str, Any]:
    """The layer's form with these (row, responder) turns; a new row has "" for its key."""
    form: dict[str, Any] = {
        "team": layer.team_id,
        "name": layer.name,
        "position": 0,
        "kind": "days",
        "starts_on": "2026-01-05",
        "handover_at": "08:00",
        "days": 7,
        "hours": 12,
        "handover_days": "",
        "holidays": "as_ever",
    }
    for prefix, total in (("layermember_set", len(members)), ("layerhours_set", 0)):
        form |= {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}
    form |= {"calendarimport-TOTAL_FORMS": 0, "calendarimport-INITIAL_FORMS": 0}
    known = sum(1 for row, _who in members if row)
    form["layermember_set-INITIAL_FORMS"] = known
    for place, (row, who) in enumerate(members):
        name = f"layermember_set-{place}"
        form |= {f"{name}-id": row, f"{name}-layer": layer.pk}
        form |= {f"{name}-responder": who, f"{name}-position": place}
    return form


def test_a_layer_takes_nobody_new_and_keeps_whom_it_has(boss: Client, world: World) -> None:
    layer, okafor = line(world.team), person(world.team, "Okafor")
    ContactMethod.objects.filter(channel="voice").update(verified_at=None)
    rows = list(LayerMember.objects.filter(layer=layer).values_list("pk", "responder"))
    path = reverse("admin:notifications_layer_change", args=[layer.pk])
    # Those who were there are not ready either: the layer can be changed all the same.
    assert boss.post(path, layer_form(layer, rows)).status_code == 302
    assert refused(boss.post(path, layer_form(layer, [*rows, ("", okafor.pk)])))
    make_ready(okafor)
    assert boss.post(path, layer_form(layer, [*rows, ("", okafor.pk)])).status_code == 302
    assert LayerMember.objects.filter(layer=layer).count() == 3


def test_a_rung_takes_nobody_who_is_not_ready(boss: Client, world: World) -> None:
    novak, team = person(world.team, "Novak"), world.team
    novak.contacts.filter(channel="voice").update(verified_at=None)
    rows = list(Rung.objects.filter(team=team).order_by("position"))
    form: dict[str, Any] = {
        "name": team.name,
        "time_zone": team.time_zone,
        "sender": team.sender_id,
        "country": "US",
        "emergency_outcome_within": 900,
        "urgent_outcome_within": 1800,
        "drills": "monthly",
        "rung_set-TOTAL_FORMS": len(rows),
        "rung_set-INITIAL_FORMS": len(rows),
    }
    for place, rung in enumerate(rows):
        form |= {
            f"rung_set-{place}-id": rung.pk,
            f"rung_set-{place}-team": team.pk,
            f"rung_set-{place}-position": rung.position,
            f"rung_set-{place}-target": rung.target,
            f"rung_set-{place}-layer": rung.layer_id or "",
            f"rung_set-{place}-responder": rung.responder_id or "",
            f"rung_set-{place}-emergency_delay": 300,
            f"rung_set-{place}-urgent_delay": 900,
        }
    path = reverse("admin:notifications_team_change", args=[team.pk])
    assert boss.post(path, form).status_code == 302
    assert refused(boss.post(path, form | {"rung_set-1-responder": novak.pk}))
    assert refused(boss.post(path, form | {"rung_set-0-people": [novak.pk]}))
    make_ready(novak)
    assert boss.post(path, form | {"rung_set-0-people": [novak.pk]}).status_code == 302


def test_an_administrator_verifies_nothing_by_hand(boss: Client, world: World) -> None:
    contact = person(world.team, "Novak").contacts.get(channel="voice")
    path = reverse("admin:notifications_contactmethod_change", args=[contact.pk])
    fields = boss.get(path).context["adminform"].form.fields
    assert not {"verified_at", "verified_as", "lost_why"} & set(fields)
    wait_for(contact, "123456")
    check = ContactCheck.objects.get()
    path = reverse("admin:notifications_contactcheck_change", args=[check.pk])
    assert check.secret_hash not in boss.get(path).content.decode()
