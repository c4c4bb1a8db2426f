"""`manage.py proof`: what is intact, what is broken and where, with and without a database."""

import io
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from notifications.models import PageEvent, ProofHead
from tests.notifications.oncall.ward import open_page
from tests.world import World


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("proof", *words, stdout=out, stderr=out)
    return out.getvalue()


def broken(*words: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("proof", *words, stdout=out, stderr=out)
    assert error.value.returncode == 1
    return f"{out.getvalue()}{error.value}"


@pytest.fixture
def page(world: World) -> Any:
    page = open_page(world.team)
    open_page(world.other_line.team)
    connection.check_constraints()
    return page


def test_verify(page: Any, world: World) -> None:
    assert run("verify") == "4 entries of 2 pages: intact\n"
    assert run("verify", "--clinic", world.clinic.slug) == "2 entries of 1 pages: intact\n"
    assert run("verify", "--page", page.reference) == "2 entries of 1 pages: intact\n"
    assert "Known: " in broken("verify", "--clinic", "nowhere")
    assert "no page" in broken("verify", "--page", "XXXXX")


def test_where_it_breaks(page: Any, world: World) -> None:
    with pgtrigger.ignore():
        PageEvent.objects.filter(page=page, kind="paged").update(entry="{}")
    for words in (("verify",), ("verify", "--page", page.reference)):
        said = broken(*words)
        assert f"BROKEN page {page.reference}, entry 2 (place 2): its hash" in said
    assert run("verify", "--clinic", world.other.slug).endswith("intact\n")


def test_an_export_is_checked_offline(page: Any, world: World, tmp_path: Path) -> None:
    file = tmp_path / "proof.jsonl"
    run("export", "--clinic", world.clinic.slug, "--to", str(file))
    assert run("verify", "--file", str(file)) == "2 entries of 1 pages: intact\n"
    text = file.read_text()
    file.write_text(text.replace("paged", "lost"))
    assert "entry 2 (place 2): its hash" in broken("verify", "--file", str(file))
    file.write_text(text.replace("paged", "pagéd"))
    assert "more than ASCII" in broken("verify", "--file", str(file))
    file.write_bytes(text.replace("\n", "\r\n").encode())
    assert "BROKEN" in broken("verify", "--file", str(file))
    assert "can't be read" in broken("verify", "--file", str(tmp_path / "none"))


def test_export_of_one_page_to_the_output(page: Any) -> None:
    lines = run("export", "--page", page.reference).splitlines()
    assert len(lines) == 3
    assert "can't be written" in broken("export", "--page", page.reference, "--to", "/")
    assert "Say what to export" in broken("export")


def test_heads_that_are_kept_elsewhere(page: Any, world: World) -> None:
    heads = run("heads").splitlines()
    assert len(heads) == ProofHead.objects.count() == 2
    open_page(world.team)
    connection.check_constraints()
    assert "passes through" in run("verify", "--head", heads[0])
    changed = heads[0][:-1] + ("0" if heads[0][-1] != "0" else "1")
    assert "does not pass through" in broken("verify", "--head", changed)
    assert "no head" in broken("verify", "--head", "nonsense")
