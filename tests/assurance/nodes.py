"""Which of the named tests there are not, asked of pytest itself."""

import subprocess
import sys
from collections.abc import Iterable, Set
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def missing(named: Set[str], session: pytest.Session) -> set[str]:
    """The files and tests (with parameters or without) that pytest does not collect.

    What this run has collected already is not asked for again.
    """
    unknown = named - _with_their_files(item.nodeid for item in session.items)
    files = sorted({one.partition("::")[0] for one in unknown})
    there = [file for file in files if (ROOT / file).exists()]
    return unknown - _with_their_files(_collect(there)) if there else set(unknown)


def _with_their_files(nodes: Iterable[str]) -> set[str]:
    """Node ids, the same without parameters, and the files that hold them."""
    found = set(nodes)
    bare = {one.partition("[")[0] for one in found}
    return found | bare | {one.partition("::")[0] for one in found}


def _collect(files: list[str]) -> list[str]:
    """AssertionError with pytest's own words where a file cannot be collected."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    # 5: a file without any test.
    assert ran.returncode in (0, 5), ran.stdout[-2000:] + ran.stderr[-2000:]
    return [line for line in ran.stdout.splitlines() if "::" in line]
