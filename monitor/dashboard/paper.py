"""Paper to write on: the PDF's libraries are loaded with the first sheet, not before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.dashboard.sheets import Paper


@contextmanager
def paper(
    title: str, *, foot: str, lang: str, now: datetime, wide: bool = False
) -> Iterator["Paper"]:
    """A document to write on; its bytes are to be taken before the end of the block."""
    # They take a second of the processor, which no first visit of a page should wait for.
    from monitor.dashboard.sheets import Paper

    with TemporaryDirectory(prefix="spinewatch-") as folder:
        yield Paper(Path(folder), title=title, foot=foot, lang=lang, now=now, wide=wide)
