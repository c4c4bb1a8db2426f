"""The catalogue of the staff pages is whole, and compiled: nobody needs gettext to run them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.db.models import Choices
from django.utils.translation import gettext as translate
from django.utils.translation import override
from django.utils.translation.template import templatize

from monitor import staffing
from monitor.dashboard import phrases
from monitor.levels import Level
from monitor.models import Access, Change, CheckIn, Episode, Note, WorkItem
from notifications.models import Message, Page, PageEvent, RotaAlarm, Swap
from notifications.oncall.reasons import Reason
from patients.models import Consent, Membership, Patient, Procedure

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "locale/es/LC_MESSAGES/django.po"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
IN_TEMPLATE = re.compile(r"""\b(?:_|n?gettext|n?pgettext)\(u?(['"])((?:\\.|(?!\1).)*)\1""")
REASONS = {"NotACalendar", "NotFetched", "NotPossible"}
SHOWN: tuple[type[Choices], ...] = (
    Access.What,
    Change.What,
    CheckIn.State,
    Consent.How,
    Episode.State,
    Membership.Role,
    Message.State,
    Note.Kind,
    Page.Outcome,
    PageEvent.Kind,
    Patient.Contraindication,
    Procedure.Kind,
    Procedure.Region,
    Procedure.Side,
    Swap.State,
    WorkItem.Kind,
    WorkItem.Outcome,
)


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def in_python() -> Iterator[str]:
    """The literals that our code marks for translation."""
    for package in ("monitor", "patients", "notifications"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                if node.func.id in CALLS and node.args:
                    if isinstance(node.args[0], ast.Constant):
                        yield str(node.args[0].value)


def in_templates() -> Iterator[str]:
    for path in (ROOT / "monitor").rglob("*.html"):
        for found in IN_TEMPLATE.finditer(templatize(path.read_text())):
            if "pgettext" not in found[0]:
                yield ast.literal_eval(f"{found[1]}{found[2]}{found[1]}")


def test_everything_that_is_marked_is_translated(catalogue: polib.POFile) -> None:
    known = {entry.msgid for entry in catalogue if entry.translated()}
    wanted = {*in_python(), *in_templates()}
    assert len(wanted) > 400
    assert sorted(wanted - known) == []
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []


def test_placeholders_are_the_same(catalogue: polib.POFile) -> None:
    places = re.compile(r"%\(\w+\)\d*[a-z]|%%")
    for entry in catalogue:
        for words in entry.msgstr_plural.values() or [entry.msgstr]:
            wanted = entry.msgid_plural or entry.msgid
            assert sorted(places.findall(words)) == sorted(places.findall(wanted)), entry.msgid


def test_what_is_compiled_is_what_is_written(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {
        (one.msgctxt, one.msgid, one.msgstr, str(one.msgstr_plural)) for one in compiled
    } == {(one.msgctxt, one.msgid, one.msgstr, str(one.msgstr_plural)) for one in catalogue}


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.__qualname__)
def test_every_label_that_is_shown_is_known(
    shown: type[Choices], catalogue: polib.POFile
) -> None:
    known = {entry.msgid for entry in catalogue}
    assert {str(label) for label in shown.labels} <= known


def test_levels_are_known() -> None:
    assert {level.code for level in Level} == set(phrases.LEVELS)


def reasons() -> Iterator[str]:
    """Why the rota refuses a change or a calendar."""
    for path in (ROOT / "notifications").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in REASONS:
                    assert isinstance(node.args[0], ast.Constant), ast.unparse(node)
                    yield str(node.args[0].value)


def test_what_the_rota_says_is_known() -> None:
    found = set(reasons())
    assert len(found) > 20
    assert found | set(staffing.WHY.values()) <= set(phrases.ROTA)


def test_what_was_put_into_a_stored_sentence_stays() -> None:
    stored = staffing.WHY[RotaAlarm.Kind.GAP] % {"line": "Nights", "since": "Wed 04 Mar, 20:00"}
    assert phrases.shown(stored) == stored
    with override("es"):
        assert phrases.shown(stored) == (
            "Nadie está de guardia en Nights desde Mié 04 Mar, 20:00: cubra el hueco."
        )
        assert phrases.shown("The host answers with status 404.") == (
            "El servidor contesta con el código 404."
        )
        assert phrases.said(Reason("This swap is over (%(state)s).", state="Declined")) == (
            "Este cambio ya terminó (Rechazado)."
        )
        assert phrases.shown("100 % of (nothing)") == "100 % of (nothing)"


def test_it_is_found_without_any_tool() -> None:
    with override("es"):
        assert translate("Worklist") == "Lista de trabajo"
