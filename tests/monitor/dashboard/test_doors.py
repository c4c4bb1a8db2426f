"""Every address of the project, enumerated: a new one without an entry here fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from monitor.models import CheckIn, SavedView
from tests.monitor.dashboard.rota_scene import plan_changes
from tests.monitor.dashboard.scene import Scene
from tests.world import World

# What each address takes, its method, and what the clinic's auditor hears.
PLACES: dict[str, tuple[str, str, int]] = {
    "worklist": ("/", "get", 200),
    "save-view": ("/views", "post", 302),
    "drop-view": ("/views/{view}/drop", "post", 404),
    "item": ("/work/{item}", "get", 200),
    "assign": ("/work/{item}/assign", "post", 403),
    "work-note": ("/work/{item}/note", "post", 403),
    "work-phone": ("/work/{item}/phone", "post", 403),
    "work-text": ("/work/{item}/text", "post", 403),
    "claim": ("/work/{item}/claim", "post", 403),
    "close": ("/work/{item}/close", "post", 403),
    "patients": ("/patients", "post", 200),
    "patient": ("/patients/{patient}", "get", 200),
    "withdraw-consent": ("/patients/{patient}/withdraw-consent", "post", 403),
    "give-consent": ("/patients/{patient}/give-consent", "post", 403),
    "text": ("/episodes/{episode}/text", "post", 403),
    "note": ("/episodes/{episode}/note", "post", 403),
    "phone": ("/episodes/{episode}/phone", "post", 403),
    "correct": ("/texts/{text}/correct", "post", 403),
    "pause": ("/episodes/{episode}/pause", "post", 403),
    "resume": ("/episodes/{episode}/resume", "post", 403),
    "end": ("/episodes/{episode}/end", "post", 403),
    "reached": ("/check-ins/{check_in}/reached", "post", 403),
    "cancel": ("/check-ins/{check_in}/cancel", "post", 403),
    "reschedule": ("/check-ins/{check_in}/reschedule", "post", 403),
    "no-relief": ("/no-relief", "get", 200),
    "register": ("/register", "post", 403),
    "duplicates": ("/register/duplicates", "post", 403),
    "preview": ("/register/preview", "post", 403),
    "palette": ("/palette", "post", 200),
    "today": ("/today", "get", 200),
    "page": ("/p/{page}", "get", 200),
    "acknowledge": ("/p/{page}/acknowledge", "post", 403),
    "close-page": ("/p/{page}/close", "post", 403),
    "protocols": ("/protocols", "get", 200),
    "protocol": ("/protocols/{protocol}", "get", 200),
    "compared": ("/protocols/{protocol}/since/{protocol}", "get", 200),
    "sign-protocol": ("/clinics/{clinic}/protocols/{protocol}/sign", "post", 403),
    "withdraw-sign-off": ("/clinics/{clinic}/protocols/{protocol}/withdraw", "post", 403),
    "choose-protocol": ("/clinics/{clinic}/procedures/epidural_steroid/choose", "post", 403),
    "pass-on": ("/p/{page}/pass-on", "post", 403),
    "call-in": ("/p/{page}/call-in", "post", 403),
    "page-note": ("/p/{page}/note", "post", 403),
    "call-patient": ("/p/{page}/call-patient", "post", 403),
    "close-incident": ("/incidents/{incident}/close", "post", 403),
    "rota": ("/rota", "get", 200),
    "on-call": ("/rota/on-call.json", "get", 200),
    "override": ("/rota/{team}/override", "post", 403),
    "time-off": ("/rota/{team}/time-off", "post", 403),
    "swap": ("/rota/{team}/swap", "post", 403),
    "make-link": ("/rota/{team}/links", "post", 403),
    "end-override": ("/rota/overrides/{override}/end", "post", 403),
    "end-time-off": ("/rota/time-off/{time_off}/end", "post", 403),
    "answer-swap": ("/rota/swaps/{swap}/answer", "post", 403),
    "revoke-link": ("/rota/links/{link}/revoke", "post", 403),
    # Without settings.DEMO there are no telephones.
    "phones": ("/phones", "get", 404),
    "phone-send": ("/phones/send", "post", 404),
    "phone-call": ("/phones/call", "post", 404),
}
# They show nothing of anybody, or ask for another proof than a sign-in; see their own tests.
OPEN = {
    *("sign-in", "sign-out", "set-language", "health", "twilio-text", "twilio-status"),
    *("call", "call-key", "call-status", "bridge", "bridge-key", "bridge-done"),
    *("pagerduty-events", "rota-calendar"),
}
# One's own board, list or form: somebody of another clinic sees theirs.
OWN = {
    "worklist",
    "patients",
    "no-relief",
    "register",
    "duplicates",
    "preview",
    "palette",
    "today",
    "save-view",
    "protocols",
    "protocol",
    "compared",
    "rota",
    "on-call",
}


def names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name


Visit = Callable[[Client, str], Any]


@pytest.fixture
def visit(scene: Scene, world: World) -> Visit:
    check_in = scene.flagged.check_ins.filter(state=CheckIn.State.PLANNED).first()
    assert check_in is not None
    keys = {
        **plan_changes(world),
        "item": scene.item.pk,
        "patient": scene.flagged.patient_id,
        "episode": scene.flagged.pk,
        "check_in": check_in.pk,
        "page": scene.page.reference,
        "clinic": scene.flagged.clinic.slug,
        "protocol": scene.flagged.protocol,
        "incident": scene.incident.pk,
        "text": scene.flagged.texts.all()[0].pk,
        "view": SavedView.objects.create(user=world.nurse, name="Mine", query="who=mine").pk,
    }

    def go(client: Client, name: str) -> Any:
        path, method, _auditor = PLACES[name]
        return getattr(client, method)(path.format(**keys))

    return go


def test_every_address_has_an_entry() -> None:
    assert set(names(get_resolver().url_patterns)) == set(PLACES) | OPEN


@pytest.mark.parametrize("name", PLACES)
def test_signed_out_goes_to_the_sign_in(name: str, visit: Visit, client: Client) -> None:
    answer = visit(client, name)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in?next=/")


@pytest.mark.parametrize("name", PLACES)
def test_the_outsider_is_refused(
    name: str, visit: Visit, client: Client, world: World, scene: Scene
) -> None:
    client.force_login(world.outsider)
    answer = visit(client, name)
    assert answer.status_code == 403
    assert_shows_nothing(answer, scene)


@pytest.mark.parametrize("name", PLACES)
def test_another_clinic_is_shown_nothing(
    name: str, visit: Visit, client: Client, world: World, scene: Scene
) -> None:
    client.force_login(world.other_nurse)
    answer = visit(client, name)
    assert answer.status_code in ((200, 302) if name in OWN else (404,))
    assert_shows_nothing(answer, scene)


@pytest.mark.parametrize("name", PLACES)
def test_the_auditor_reads_and_changes_nothing(
    name: str, visit: Visit, client: Client, world: World
) -> None:
    client.force_login(world.auditor)
    assert visit(client, name).status_code == PLACES[name][2]


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place[1] == "post"])
def test_posts_need_the_token_and_the_method(name: str, visit: Visit, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.nurse)
    assert visit(client, name).status_code == 403
    path = PLACES[name][0]
    if name not in OWN:
        # The form itself is to be had by GET, for a text that there is.
        made_up = "11111111-1111-4111-8111-111111111111"
        keys = dict.fromkeys(("item", "patient", "episode", "link"), made_up)
        numbers = dict.fromkeys(
            ("check_in", "text", "view", "team", "override", "time_off", "swap", "incident"), 1
        )
        named = {"page": "X", "clinic": "none", "protocol": "x.v1"}
        answer = client.get(path.format(**keys, **numbers, **named))
        assert answer.status_code == (404 if name == "correct" else 405)


def test_a_poll_of_the_signed_out_is_told_so(client: Client) -> None:
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_admin_is_for_its_staff(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    assert client.get("/admin/").status_code == 302


def assert_shows_nothing(answer: Any, scene: Scene) -> None:
    text = answer.content.decode()
    for secret in (
        "Adler",
        "Haddad",
        "Becker",
        "Dr. Chen",
        "Dr. Novak",
        scene.page.reference,
        str(scene.item.pk),
    ):
        assert secret not in text
