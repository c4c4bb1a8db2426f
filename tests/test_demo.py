"""`make demo` as a newcomer runs it: everything comes up, one case is played, nothing stays."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

STEPS = 10
pytestmark = pytest.mark.processes


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo's case on engines and data of its own."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--once", "--port", "8765"],
        cwd=settings.BASE_DIR,
        env={**inherited, "STACK_FOLDER": str(folder)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def left_over(folder: Path) -> list[str]:
    """The command lines of processes that still work on the folder."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in line:
            lines.append(line)
    return lines


def test_the_demo_plays_its_case_and_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    # PostgreSQL's own user must reach the data when this runs as root. A worker of
    # pytest-xdist has one folder more.
    for path in (tmp_path, *tmp_path.parents):
        if path == Path(tempfile.gettempdir()):
            break
        path.chmod(0o755)
    first = demo(folder)
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"All {STEPS} steps happened." in first.stdout
    assert len(re.findall(r"^ .*\+\d+\.\d s ", first.stdout, re.MULTILINE)) == STEPS - 2
    assert left_over(folder) == []
    again = demo(folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "is there already" in again.stdout
