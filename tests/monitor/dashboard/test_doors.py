"""Every address of the project, enumerated: a new one without an entry here fails."""

import io
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from monitor import ready_texts
from monitor.dashboard.roles import MAY
from monitor.models import CheckIn, ReadyText, SavedView
from patients.access import Role
from patients.models import Membership
from tests.monitor.dashboard.channel_scene import own_channel, past_drill
from tests.monitor.dashboard.rota_scene import plan_changes
from tests.monitor.dashboard.scene import Scene, make_scene
from tests.standing import shared
from tests.world import World, make_world

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
    "letter": ("/episodes/{episode}/letter", "get", 200),
    "letter-pdf": ("/episodes/{episode}/letter.pdf", "post", 403),
    "correct": ("/texts/{text}/correct", "post", 403),
    "pause": ("/episodes/{episode}/pause", "post", 403),
    "resume": ("/episodes/{episode}/resume", "post", 403),
    "end": ("/episodes/{episode}/end", "post", 403),
    "reached": ("/check-ins/{check_in}/reached", "post", 403),
    "cancel": ("/check-ins/{check_in}/cancel", "post", 403),
    "reschedule": ("/check-ins/{check_in}/reschedule", "post", 403),
    "figures": ("/figures", "get", 200),
    "figures-on-call": ("/figures/on-call", "get", 200),
    "figures-pdf": ("/figures/on-call.pdf", "get", 200),
    "monthly-report": ("/figures/report.pdf", "get", 200),
    "figures-csv": ("/figures/on-call/on-call-person.csv", "get", 200),
    "no-relief": ("/no-relief", "get", 200),
    "register": ("/register", "post", 403),
    "duplicates": ("/register/duplicates", "post", 403),
    "preview": ("/register/preview", "post", 403),
    "palette": ("/palette", "post", 200),
    "today": ("/today", "get", 200),
    "page": ("/p/{page}", "get", 200),
    "acknowledge": ("/p/{page}/acknowledge", "post", 403),
    "close-page": ("/p/{page}/close", "post", 403),
    "correct-outcome": ("/p/{page}/correct", "post", 403),
    "system": ("/system", "get", 200),
    "proof": ("/p/{page}/proof", "get", 200),
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
    "settings": ("/settings", "get", 200),
    "save-settings": ("/settings/save", "post", 403),
    "message-texts": ("/message-texts", "get", 200),
    "add-message-text": ("/message-texts/add", "get", 403),
    "preview-message-text": ("/message-texts/preview", "post", 403),
    "edit-message-text": ("/message-texts/{ready}", "get", 403),
    "move-message-text": ("/message-texts/{ready}/move", "post", 403),
    "retire-message-text": ("/message-texts/{ready}/retire", "post", 403),
    "bring-back-message-text": ("/message-texts/{ready}/bring-back", "post", 403),
    "remove-message-text": ("/message-texts/{ready}/remove", "post", 403),
    "access-log": ("/access-log", "get", 200),
    "changes": ("/changes", "get", 200),
    "stay": ("/session/stay", "post", 204),
    "take-draft": ("/session/draft/take", "post", 200),
    "staff": ("/staff", "get", 200),
    "invite": ("/staff/invite", "post", 403),
    "invite-again": ("/staff/{member}/invite-again", "post", 403),
    "set-role": ("/staff/{member}/role", "post", 403),
    "remove-member": ("/staff/{member}/remove", "post", 403),
    "unlock": ("/staff/{member}/unlock", "post", 403),
    "reset-factor": ("/staff/{member}/reset-factor", "post", 403),
    "channels": ("/channels", "get", 403),
    "add-channel": ("/channels/{team}/add", "post", 403),
    "send-code": ("/channels/{contact}/send", "post", 403),
    "enter-code": ("/channels/{contact}/enter", "post", 403),
    "drop-channel": ("/channels/{contact}/drop", "post", 403),
    "confirm-channel": ("/channels/confirm/{token}", "get", 403),
    "responders": ("/responders", "get", 200),
    "drills": ("/drills", "get", 200),
    "start-drill": ("/drills/{team}/start", "post", 403),
    "drill": ("/drills/{drill}", "get", 200),
    "acknowledge-drill": ("/drills/{drill}/acknowledge", "post", 403),
    # Without settings.DEMO there are no telephones.
    "phones": ("/phones", "get", 403),
    "phone-send": ("/phones/send", "post", 403),
    "phone-call": ("/phones/call", "post", 403),
}
# They show nothing of anybody, or ask for another proof than a sign-in; see their own tests.
OPEN = {
    # One's own account, and the way in.
    *("sign-in", "demo-sign-in", "sign-out", "account_login", "account_logout"),
    *("account_inactive", "account_reauthenticate", "account_change_password"),
    "account_set_password",
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    *("mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_trust"),
    *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
    *("mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn"),
    *("mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn"),
    *("mfa_edit_webauthn", "mfa_login_webauthn"),
    *("keep-draft", "set-language", "health", "twilio-text", "twilio-status"),
    *("call", "call-key", "call-status", "bridge", "bridge-key", "bridge-done"),
    *("pagerduty-events", "rota-calendar"),
}
# One's own board, list or form: somebody of another clinic sees theirs.
OWN = {
    "stay",
    "take-draft",
    "system",
    "worklist",
    "patients",
    "no-relief",
    "figures",
    "figures-on-call",
    "figures-csv",
    "figures-pdf",
    "monthly-report",
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
    "channels",
    "responders",
    "drills",
    "message-texts",
}


OWN_WORDS = "Words of this clinic alone"


def own_words(world: World) -> ReadyText:
    return ready_texts.save(world.clinic, name=OWN_WORDS, words={"en": OWN_WORDS})


def names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name


Visit = Callable[[Client, str], Any]


@dataclass(frozen=True)
class Standing:
    """What the tests go to see; `places` has the path of each address."""

    world: World
    scene: Scene
    places: dict[str, str]


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Standing]:
    """Built once, because it takes five times as long as a visit; see standing.shared."""
    with django_db_blocker.unblock(), shared():
        world = make_world()
        scene = make_scene(world, now=datetime.now(UTC))
        yield Standing(world, scene, paths(scene, world))


@pytest.fixture
def world(standing: Standing, db: None) -> World:
    return deepcopy(standing.world)


@pytest.fixture
def scene(standing: Standing, db: None) -> Scene:
    return deepcopy(standing.scene)


def paths(scene: Scene, world: World) -> dict[str, str]:
    """The path of each address, for what is of the first clinic."""
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
        "member": Membership.objects.get(user=world.nurse).pk,
        "protocol": scene.flagged.protocol,
        "incident": scene.incident.pk,
        **own_channel(scene),
        "drill": past_drill(world.team).reference,
        "text": scene.flagged.texts.all()[0].pk,
        "ready": own_words(world).pk,
        "view": SavedView.objects.create(user=world.nurse, name="Mine", query="who=mine").pk,
    }
    return {name: place[0].format(**keys) for name, place in PLACES.items()}


@pytest.fixture
def places(standing: Standing, db: None) -> dict[str, str]:
    return standing.places


@pytest.fixture
def visit(places: dict[str, str]) -> Visit:
    def go(client: Client, name: str) -> Any:
        return getattr(client, PLACES[name][1])(places[name])

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
    # What a nurse may do nowhere is refused before anything is looked for.
    nothing = 404 if Role.NURSE in MAY[name] else 403
    assert answer.status_code in ((200, 204, 302) if name in OWN else (nothing,))
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
        # The form itself is to be had by GET, for a text or a page that there is.
        made_up = "11111111-1111-4111-8111-111111111111"
        keys = dict.fromkeys(("item", "patient", "episode", "link"), made_up)
        numbers = dict.fromkeys(
            (
                "check_in",
                "text",
                "view",
                "team",
                "override",
                "time_off",
                "swap",
                "incident",
                "member",
                "contact",
                "ready",
            ),
            2_000_000_000,
        )
        named = {"page": "X", "drill": "X", "clinic": "none", "protocol": "x.v1"}
        answer = client.get(path.format(**keys, **numbers, **named))
        forms = ("correct", "correct-outcome")
        assert answer.status_code == (404 if name in forms else 405)


def test_a_poll_of_the_signed_out_is_told_so(client: Client) -> None:
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_admin_is_for_its_staff(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    assert client.get("/admin/").status_code == 302


def assert_shows_nothing(answer: Any, scene: Scene) -> None:
    if answer.headers["Content-Type"] == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.content)).pages
        text = " ".join(page.extract_text() for page in pages)
    else:
        text = answer.content.decode()
    for secret in (
        "Adler",
        "Haddad",
        "Becker",
        "Dr. Chen",
        "Dr. Novak",
        scene.page.reference,
        str(scene.item.pk),
        OWN_WORDS,
    ):
        assert secret not in text
