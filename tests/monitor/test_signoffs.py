"""A clinic's clinician answers for a version by name; rows stay; choices are for the new."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from monitor import signoffs, versions
from monitor.models import Episode, ProtocolChoice, SignOff
from monitor.protocol import ProtocolError, load, names
from patients.models import Clinic
from tests.protocols import FLARE, NAME, NEXT, Shelf
from tests.world import NOW, World

ALL = Clinic.objects


def sign(
    world: World, clinic: Clinic | None = None, name: str = NAME, **changes: Any
) -> SignOff:
    version = load(name)
    values = {"digest": version.digest, "clinician": "Dr. Mary Okafor", "by": world.nurse}
    return signoffs.sign(clinic or world.clinic, version, now=NOW, **{**values, **changes})


def unsigned(world: World, clinic: Clinic) -> tuple[str, ...]:
    found = signoffs.unsigned(ALL.filter(pk=clinic.pk))
    return found[0].names if found else ()


def test_ships_as_not_signed_off_and_is_signed_by_name(world: World) -> None:
    assert unsigned(world, world.clinic) == names()
    row = sign(world, clinician="  Dr. Mary   Okafor ")
    assert (row.clinician, row.by, row.at) == ("Dr. Mary Okafor", world.nurse, NOW)
    assert (row.protocol, row.digest) == (NAME, load(NAME).digest)
    assert set(unsigned(world, world.clinic)) == set(names()) - {NAME}


def test_a_sign_off_is_one_clinic_s_own(world: World) -> None:
    sign(world)
    assert unsigned(world, world.other) == names()
    assert list(signoffs.history(world.other, load(NAME))) == []


def test_withdrawn_by_a_further_row_and_signed_again(world: World) -> None:
    first = sign(world)
    later = NOW + timedelta(days=3)
    version = load(NAME)
    row = signoffs.withdraw(
        world.clinic, version, note="New guideline", by=world.auditor, now=later
    )
    assert (row.act, row.clinician, row.note) == (
        "withdrawn",
        "Dr. Mary Okafor",
        "New guideline",
    )
    assert NAME in unsigned(world, world.clinic)
    sign(world, clinician="Dr. Chen")
    assert NAME not in unsigned(world, world.clinic)
    assert [one.act for one in signoffs.history(world.clinic, version)] == [
        "signed",
        "withdrawn",
        "signed",
    ]
    first.refresh_from_db()
    assert first.act == "signed"


@pytest.mark.parametrize("model", [SignOff, ProtocolChoice])
def test_rows_are_never_changed_or_deleted(model: Any, world: World) -> None:
    sign(world)
    signoffs.choose(world.clinic, "epidural_steroid", NAME, by=world.nurse, now=NOW)
    for change in (
        lambda: model.objects.update(at=NOW + timedelta(days=1)),
        lambda: model.objects.all().delete(),
    ):
        with (
            pytest.raises(ProgrammingError, match="Cannot update or delete"),
            transaction.atomic(),
        ):
            change()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"clinician": "  "}, "Enter the name"),
        ({"digest": "0" * 64}, "has changed since this page was opened"),
    ],
)
def test_what_is_not_signed(world: World, changes: dict[str, str], why: str) -> None:
    with pytest.raises(signoffs.NotSigned, match=why):
        sign(world, **changes)
    assert not SignOff.objects.exists()


def test_twice_signed_and_withdrawn_without_cause(world: World) -> None:
    version = load(NAME)
    with pytest.raises(signoffs.NotSigned, match="is not signed off"):
        signoffs.withdraw(world.clinic, version, note="x", by=world.nurse, now=NOW)
    sign(world)
    with pytest.raises(signoffs.NotSigned, match="signed off already"):
        sign(world)
    with pytest.raises(signoffs.NotSigned, match="Say why"):
        signoffs.withdraw(world.clinic, version, note=" ", by=world.nurse, now=NOW)
    assert SignOff.objects.count() == 1


def test_a_sign_off_does_not_stand_for_changed_content(world: World, shelf: Shelf) -> None:
    sign(world)
    shelf.edit("shared.v1.toml", FLARE, FLARE.replace("routine", "review"))
    assert NAME in unsigned(world, world.clinic)


def test_running_follow_up_of_an_unsigned_version_is_named_beside_what_is_taken(
    world: World, shelf: Shelf
) -> None:
    world.register()
    shelf.land_next()
    for name in (NEXT, *(one for one in names() if one not in (NAME, NEXT))):
        sign(world, name=name)
    assert unsigned(world, world.clinic) == (NAME,)
    Episode.objects.update(state=Episode.State.ENDED, ended_at=NOW)
    assert unsigned(world, world.clinic) == ()


def test_a_clinic_chooses_for_new_follow_ups_only(world: World, shelf: Shelf) -> None:
    old = world.register()
    shelf.land_next()
    signoffs.choose(world.clinic, "epidural_steroid", NAME, by=world.nurse, now=NOW)
    kept = world.register(given_name="Ana", phone="(201) 555-0177")
    elsewhere = world.register_elsewhere()
    signoffs.choose(world.clinic, "epidural_steroid", "", by=world.nurse, now=NOW)
    latest = world.register(given_name="Eva", phone="(201) 555-0178")
    signoffs.choose(world.clinic, "epidural_steroid", NAME, by=world.nurse, now=NOW)
    taken = {one: Episode.objects.get(procedure=one).protocol for one in (old, kept, latest)}
    assert taken == {old: NAME, kept: NAME, latest: NEXT}
    assert Episode.objects.get(procedure=elsewhere).protocol == NEXT


@pytest.mark.parametrize("name", ["lumbar_puncture.v1", "epidural_steroid.v9", "../v1"])
def test_version_that_cannot_be_chosen(world: World, name: str) -> None:
    with pytest.raises(ProtocolError):
        signoffs.choose(world.clinic, "epidural_steroid", name, by=world.nurse, now=NOW)
    assert not ProtocolChoice.objects.exists()


def test_chosen_version_whose_file_is_gone_gives_way_to_the_latest(
    world: World, shelf: Shelf
) -> None:
    shelf.land_next()
    signoffs.choose(world.clinic, "epidural_steroid", NEXT, by=world.nurse, now=NOW)
    (shelf.folder / f"{NEXT}.toml").unlink()
    shelf.restart()
    assert versions.chosen(world.clinic, "epidural_steroid").name == NAME
    assert Episode.objects.get(procedure=world.register()).protocol == NAME
