"""Which tests there are, asked of pytest itself."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def collected(named: Iterable[str]) -> set[str]:
    """Every node id, file and test without its parameters, of the files that are named.

    AssertionError with pytest's own words where a file cannot be collected.
    """
    files = sorted({one.partition("::")[0] for one in named})
    gone = [file for file in files if not (ROOT / file).exists()]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not gone, f"no such files: {', '.join(gone)}"
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    nodes = {line for line in ran.stdout.splitlines() if "::" in line}
    return nodes | {one.partition("[")[0] for one in nodes} | set(files)
