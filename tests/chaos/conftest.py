"""Real processes, killed on purpose. `make chaos` runs the whole matrix, `make test` a part."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.chaos import case as cases
from tests.chaos import system as systems
from tests.chaos.case import Case, RedFlag
from tests.chaos.ledger import Ledger, Line
from tests.chaos.system import System, look

ledger_key = pytest.StashKey[Ledger]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here starts processes, and each may take minutes on a busy machine."""
    for item in items:
        if "chaos" in item.path.parts:
            item.add_marker(pytest.mark.processes)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a worker of pytest-xdist counted goes to the process that prints."""
    ledger = session.config.stash.get(ledger_key, None)
    if ledger is not None and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = asdict(ledger)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """All crash tests are one worker's: see tests/workers.py."""
    counted = getattr(node, "workeroutput", {}).get("ledger")
    if counted is not None:
        node.config.stash[ledger_key] = Ledger.of(counted)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    ledger = config.stash.get(ledger_key, None)
    if ledger is not None and ledger.lines:
        terminalreporter.section("what the mishaps did")
        for row in ledger.table():
            terminalreporter.line(row)


@pytest.fixture(scope="session")
def ledger(pytestconfig: pytest.Config) -> Ledger:
    return pytestconfig.stash.setdefault(ledger_key, Ledger())


@pytest.fixture(scope="package")
def system(django_db_blocker: DjangoDbBlocker) -> Iterator[System]:
    """Everything running, and one red flag played through it: it shows who is on call."""
    with django_db_blocker.unblock(), systems.running() as system:
        case = Case(system, Line(), system.patient())
        case.says()
        case.paged()
        page = look(case.page, "the page")
        system.on_call = system.arrived(page.reference)[0].to
        case.finish()
        yield system


@pytest.fixture
def red_flag(system: System, ledger: Ledger) -> RedFlag:
    """`with red_flag("beat killed") as case:`; see case.red_flag."""
    return lambda kind: cases.red_flag(system, ledger.line(kind))
