"""The protocols' pages: all that a clinician must read before signing, and the signing."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from monitor import oversight, signoffs
from monitor.models import ProtocolChoice, SignOff
from monitor.protocol import load, names
from monitor.protocol.segments import measure
from patients.models import Membership
from tests.monitor.dashboard.scene import Scene
from tests.protocols import NAME, NEXT, Shelf
from tests.world import World

NOT_SIGNED = "protocols in use at Harbor Spine Clinic are not signed off"


@pytest.fixture
def clinician(world: World) -> Any:
    role = Membership.Role.CLINICIAN
    return Membership.objects.get(clinic=world.clinic, role=role).user


@pytest.fixture
def signing(client: Client, clinician: Any) -> Client:
    client.force_login(clinician)
    return client


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def sign(client: Client, world: World, name: str = NAME, **changes: str) -> Any:
    values = {"clinician": "Dr. Mary Okafor", "digest": load(name).digest, **changes}
    path = f"/clinics/{world.clinic.slug}/protocols/{name}/sign"
    return client.post(path, values, follow=True)


@pytest.mark.parametrize("name", names())
def test_page_holds_all_that_the_files_say(signing: Client, world: World, name: str) -> None:
    protocol, page = load(name), read(signing, f"/protocols/{name}")
    page = page.replace("&#x27;", "'").replace("&amp;", "&").replace("<br>", "\n")
    for rule in protocol.rules:
        assert f'<span class="ref quiet">{rule.id}</span>' in page
        assert f"{rule.why}." in page
        assert f"Source: {rule.source}" in page
    for plan in protocol.check_ins:
        assert f'id="contact-{plan.key}"' in page
        for code in plan.questions:
            for lang in protocol.languages:
                assert protocol.question_text(code, lang).replace('"', "&quot;") in page
    for code, setting in protocol.settings.items():
        assert code.replace("_", " ") in page
        assert f"may be {setting.least:g} to {setting.most:g}" in page
    for source in protocol.sources.values():
        assert source.replace('"', "&quot;") in page
    assert protocol.digest in page


def test_texts_are_measured_with_the_clinic_s_own_name(signing: Client, world: World) -> None:
    page = read(signing, f"/protocols/{NAME}")
    welcome = load(NAME).text("welcome", "en")
    values = {"clinic": "Harbor Spine Clinic", "phone": "+1 212-555-0100", "emergency": "911"}
    length = measure(welcome.format_map(values))
    assert f"2 segments, {length.units} units of GSM-7" in page
    world.clinic.name = "Harbor Spine, Joint, Headache and General Pain Clinic of the West Side"
    world.clinic.save()
    assert "3 segments" in read(signing, f"/protocols/{NAME}")


def test_settings_show_whose_value_counts(
    signing: Client, world: World, clinician: Any
) -> None:
    page = read(signing, f"/protocols/{NAME}")
    assert "Who set the clinic's own values is not on record" in page.replace("&#x27;", "'")
    world.clinic.protocol_settings = {"severe_pain_score": 7, "sugar_urgent": 900}
    oversight.changing(clinician)
    world.clinic.save()
    oversight.changing(None)
    page = read(signing, f"/protocols/{NAME}").replace("&#x27;", "'")
    assert "<strong>7 points of 10</strong>" in page
    assert "the clinic's own; default 8" in page
    assert "at least 7 points of 10 (setting severe_pain_score)" in page
    assert "The clinic entered 900, which is outside" in page
    assert f"were last set by {clinician}" in page


def test_signed_withdrawn_and_all_of_it_on_record(
    signing: Client, world: World, clinician: Any, scene: Scene
) -> None:
    patient = f"/patients/{scene.flagged.patient_id}"
    assert f"6 {NOT_SIGNED}" in read(signing, "/")
    assert "Protocol not signed off" in read(signing, patient)
    page = sign(signing, world).content.decode()
    assert "Signed off by Dr. Mary Okafor" in page
    assert f"recorded by {clinician}" in page
    assert f"5 {NOT_SIGNED}" in page
    assert "Signed off by Dr. Mary Okafor" in read(signing, patient)
    assert "signed off by Dr. Mary Okafor" in read(signing, "/protocols")
    path = f"/clinics/{world.clinic.slug}/protocols/{NAME}/withdraw"
    page = signing.post(path, {"note": "New guideline"}, follow=True).content.decode()
    assert "withdrawn, Dr. Mary Okafor" in page
    assert "New guideline" in page
    assert "Not signed off at Harbor Spine Clinic" in page
    assert "Protocol not signed off" in read(signing, patient)


def test_no_banner_once_all_is_signed(signing: Client, world: World) -> None:
    for name in names():
        sign(signing, world, name)
    assert "not signed off" not in read(signing, "/")
    client = Client()
    client.force_login(world.other_nurse)
    assert "6 protocols in use at Fenwick Pain Centre are not signed off" in read(client, "/")


def test_one_line_for_all_clinics_and_each_of_them_by_name(
    signing: Client, world: World, clinician: Any
) -> None:
    Membership.objects.create(
        user=clinician, clinic=world.other, role=Membership.Role.CLINICIAN
    )
    assert "12 protocols in use at 2 clinics are not signed off." in read(signing, "/")
    sign(signing, world)
    for path in ("/", "/today", f"/protocols/{NAME}", "/channels"):
        assert "11 protocols in use at 2 clinics are not signed off." in read(signing, path)
    page = read(signing, "/protocols")
    for clinic, missing in ((world.clinic, 5), (world.other, 6)):
        assert f'<a href="/protocols?clinic={clinic.slug}">{clinic}: {missing}</a>' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"clinician": " "}, "Enter the name of the clinician"),
        ({"digest": "0" * 64}, "read it again"),
        ({"digest": ""}, "read it again"),
    ],
)
def test_what_is_not_signed_says_why(
    signing: Client, world: World, changes: dict[str, str], said: str
) -> None:
    assert said in sign(signing, world, **changes).content.decode()
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("role", ["nurse", "on_call", "auditor"])
def test_only_clinicians_and_administrators_sign_and_choose(
    client: Client, world: World, role: str
) -> None:
    Membership.objects.filter(user=world.nurse).update(role=role)
    client.force_login(world.nurse)
    assert sign(client, world).status_code == 403
    path = f"/clinics/{world.clinic.slug}/procedures/epidural_steroid/choose"
    assert client.post(path, {"protocol": NAME}).status_code == 403
    page = read(client, f"/protocols/{NAME}")
    assert "Clinicians and administrators of the clinic can sign." in page
    assert "Sign off this version" not in page
    assert not SignOff.objects.exists()
    assert not ProtocolChoice.objects.exists()


def test_an_administrator_signs_for_a_named_clinician(client: Client, world: World) -> None:
    Membership.objects.filter(user=world.nurse).update(role="admin")
    client.force_login(world.nurse)
    sign(client, world)
    row = SignOff.objects.get()
    assert (row.clinic, row.clinician, row.by) == (world.clinic, "Dr. Mary Okafor", world.nurse)


def test_another_clinic_can_neither_sign_here_nor_see_who_did(
    signing: Client, world: World
) -> None:
    sign(signing, world)
    version = load("facet_joint.v1")
    signoffs.sign(
        world.other,
        version,
        digest=version.digest,
        clinician="Dr. Hughes",
        by=world.other_nurse,
        now=datetime.now(UTC),
    )
    other = Client()
    Membership.objects.filter(user=world.other_nurse).update(role="clinician")
    other.force_login(world.other_nurse)
    assert sign(other, world, "blood_patch.v1").status_code == 404
    for path in ("/protocols", f"/protocols/{NAME}", f"/protocols?clinic={world.clinic.slug}"):
        page = read(other, path)
        assert "Okafor" not in page
        assert "Harbor" not in page
    assert "Hughes" in read(other, "/protocols")
    assert "Hughes" not in read(signing, "/protocols")


def test_clinic_of_several_is_chosen(signing: Client, world: World, clinician: Any) -> None:
    Membership.objects.create(user=clinician, clinic=world.other, role="nurse")
    page = read(signing, f"/protocols/{NAME}?clinic={world.other.slug}")
    assert "Not signed off at Fenwick Pain Centre" in page
    assert "Sign off this version" not in page
    assert "Not signed off at Harbor Spine Clinic" in read(signing, f"/protocols/{NAME}")


def test_version_of_new_follow_ups_is_chosen(
    signing: Client, world: World, shelf: Shelf
) -> None:
    shelf.land_next()
    path = f"/clinics/{world.clinic.slug}/procedures/epidural_steroid/choose"
    page = signing.post(path, {"protocol": NAME}, follow=True).content.decode()
    assert "Those that have begun keep theirs" in page
    assert f'<option value="{NAME}" selected>' in page
    assert ProtocolChoice.objects.get().protocol == NAME
    page = signing.post(path, {"protocol": "facet_joint.v1"}, follow=True).content.decode()
    assert "is for another procedure" in page
    assert signing.post(path.replace("epidural_steroid", "knee")).status_code == 404


def test_differences_rule_by_rule_and_text_by_text(signing: Client, shelf: Shelf) -> None:
    shelf.land_next()
    page = read(signing, f"/protocols/{NEXT}/since/{NAME}")
    assert 'pain_score.risen.flare <span class="quiet">level</span>' in page
    assert "<del>routine</del>" in page
    assert "<ins>review</ins>" in page
    assert "<ins>Thank you. A few more short questions.</ins>" in page
    assert f"manage.py shadow --protocol {NEXT}" in page
    assert "Nothing differs." in read(signing, f"/protocols/{NAME}/since/{NAME}")
    assert signing.get(f"/protocols/{NAME}/since/facet_joint.v1").status_code == 404
    assert f"what changed since {NAME}" in read(signing, "/protocols")


@pytest.mark.parametrize("name", ["epidural_steroid.v9", "shared.v1", "x", "..%2Fv1"])
def test_unknown_versions_are_not_found(signing: Client, name: str) -> None:
    assert signing.get(f"/protocols/{name}").status_code == 404


def test_a_broken_file_takes_neither_pages_nor_other_procedures_with_it(
    signing: Client, world: World, shelf: Shelf
) -> None:
    shelf.edit("facet_joint.v1.toml", "emergency_within = 11", "emergency_within = 0")
    assert "There is no protocol for this procedure" in read(signing, "/protocols")
    assert f"5 {NOT_SIGNED}" in read(signing, "/")
    world.register()


def test_changed_file_under_running_follow_ups_is_said(
    signing: Client, world: World, shelf: Shelf, scene: Scene
) -> None:
    shelf.edit("shared.v1.toml", "least = 7", "least = 6")
    assert "has changed since 4 running follow-ups began" in read(signing, "/")
    other = Client()
    other.force_login(world.other_nurse)
    assert "has changed since" not in read(other, "/")
