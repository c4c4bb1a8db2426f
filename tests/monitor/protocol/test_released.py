"""A released version stays as it is; one that is still to come has a fresh digest."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monitor.checks import protocols_are_as_released
from monitor.protocol import ProtocolError, load, names, restore
from monitor.protocol.released import broken, read, seal
from tests.protocols import NAME, NEXT, Shelf

HOW = "Run `python manage.py seal`, which writes the digests of what is in no release yet."


def test_every_version_is_what_its_digest_says() -> None:
    assert [f"{one.problem} {one.remedy}" for one in broken()] == [], HOW
    digests = read()
    assert {**digests.released, **digests.coming} == {n: load(n).digest for n in names()}, HOW


def test_what_is_to_come_may_change_and_is_sealed_anew(shelf: Shelf) -> None:
    seal()
    shelf.edit("shared.v1.toml", "least = 7", "least = 6")
    assert {one.kind for one in broken()} == {"unsealed"}
    assert len(list(broken())) == len(names())
    assert "python manage.py seal" in next(broken()).remedy
    warnings = protocols_are_as_released(None)
    assert {one.id for one in warnings} == {"monitor.W001"}
    call_command("seal", stdout=StringIO())
    assert list(broken()) == []
    assert read().coming[NAME] == load(NAME).digest
    assert read().released == {}


@pytest.mark.parametrize(
    ("file", "good", "bad"),
    [
        ("shared.v1.toml", "least = 7", "least = 6"),
        ("texts/es.toml", "Gracias. Unas", "Gracias. Otras"),
        ("dispositions.v1.toml", "CBC, CRP, ESR", "CBC and CRP"),
        (f"{NAME}.toml", "emergency_within = 11", "emergency_within = 12"),
    ],
)
def test_edit_of_a_released_version_is_refused_with_what_to_do(
    shelf: Shelf, file: str, good: str, bad: str
) -> None:
    out = StringIO()
    call_command("seal", release=True, stdout=out)
    assert "released  epidural_steroid.v1" in out.getvalue()
    assert list(broken()) == []
    shelf.edit(file, good, bad)
    found = {one.name: one for one in broken()}
    assert found[NAME].kind == "edited"
    assert "copy epidural_steroid.v1.toml to epidural_steroid.v2.toml" in found[NAME].remedy
    errors = [one for one in protocols_are_as_released(None) if NAME in one.msg]
    assert [one.id for one in errors] == ["monitor.E001"]
    before = (shelf.folder / "digests.toml").read_text(encoding="utf-8")
    for release in (False, True):
        with pytest.raises(CommandError, match="a released version never changes"):
            call_command("seal", release=release, stdout=StringIO())
    assert (shelf.folder / "digests.toml").read_text(encoding="utf-8") == before


def test_new_version_beside_a_released_one_is_sealed_and_may_change(shelf: Shelf) -> None:
    seal(release=True)
    shelf.land_next()
    assert [(one.kind, one.name) for one in broken()] == [("unsealed", NEXT)]
    seal()
    assert set(read().coming) == {NEXT}
    shelf.edit("shared.v2.toml", "least = 7", "least = 6")
    assert [one.name for one in broken()] == [NEXT]
    seal(release=True)
    assert read().coming == {}


def test_released_version_that_is_gone_is_seen(shelf: Shelf) -> None:
    seal(release=True)
    (shelf.folder / f"{NAME}.toml").unlink()
    shelf.restart()
    assert [(one.kind, one.name) for one in broken()] == [("missing", NAME)]
    assert [one.id for one in protocols_are_as_released(None)] == ["monitor.E002"]


def test_broken_files_are_seen_and_not_raised(shelf: Shelf) -> None:
    shelf.edit(f"{NAME}.toml", "emergency_within = 11", "emergency_within = 0")
    assert [(one.kind, one.name) for one in broken()] == [("refused", NAME)]
    (shelf.folder / "digests.toml").write_text("[released", encoding="utf-8")
    assert [one.id for one in protocols_are_as_released(None)] == ["monitor.E003"]
    with pytest.raises(CommandError, match="take it from the last release"):
        call_command("seal", stdout=StringIO())


@pytest.mark.parametrize("name", names())
def test_version_is_restored_from_its_content(name: str) -> None:
    whole = load(name)
    assert restore(whole.content, digest=whole.digest) == whole


def test_content_of_another_digest_is_refused() -> None:
    with pytest.raises(ProtocolError, match="does not match its digest"):
        restore(load(NAME).content, digest="0" * 64)
