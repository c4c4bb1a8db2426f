"""A folder of protocols that a test may write to, which the whole program then reads."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.protocol import latest, load, names, released
from monitor.protocol.loader import FOLDER

NAME = "epidural_steroid.v1"
NEXT = "epidural_steroid.v2"
FLARE = '''id = "pain_score.risen.flare"
row = "pain_score"
symptom = "pain"
when = "pain_risen"
until = "after_d3"
raised_by = "pain"
level = "routine"'''


class Shelf:
    """The protocols' folder; after a change the program reads it as after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def edit(self, file: str, good: str, bad: str) -> None:
        """Replace words of a file, which must be there."""
        path = self.folder / file
        content = path.read_text(encoding="utf-8")
        assert good in content
        path.write_text(content.replace(good, bad, 1), encoding="utf-8")
        self.restart()

    def copy(self, file: str, to: str) -> None:
        """Copy a file of the folder."""
        shutil.copy(self.folder / file, self.folder / to)
        self.restart()

    def land_next(self) -> None:
        """Let epidural_steroid.v2 land: a flare is read by a human, and one text differs."""
        self.copy("shared.v1.toml", "shared.v2.toml")
        self.edit("shared.v2.toml", FLARE, FLARE.replace("routine", "review"))
        shutil.copytree(self.folder / "texts", self.folder / "texts.v2")
        self.edit("texts.v2/en.toml", 'more = "Thanks. A few', 'more = "Thank you. A few')
        self.copy(f"{NAME}.toml", f"{NEXT}.toml")
        self.edit(f"{NEXT}.toml", "version = 1", "version = 2")
        self.edit(f"{NEXT}.toml", '"shared.v1.toml"', '"shared.v2.toml"')
        self.edit(f"{NEXT}.toml", 'texts = "texts"', 'texts = "texts.v2"')

    @staticmethod
    def restart() -> None:
        """Forget what was read, as a new process has."""
        for cached in (load, latest, names):
            cached.cache_clear()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A copy of all protocols in place of their folder, for everything that reads them."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "protocols"))
    for reader in (load.__wrapped__, latest.__wrapped__, names.__wrapped__):
        monkeypatch.setitem(reader.__kwdefaults__, "folder", folder)
    for reader in (released.read, released.broken, released.seal):
        monkeypatch.setitem(reader.__kwdefaults__, "folder", folder)
    one = Shelf(folder)
    one.restart()
    yield one
    one.restart()
