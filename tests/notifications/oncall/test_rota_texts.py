"""Texts of the rota fit one segment, however long the names are."""

from zoneinfo import ZoneInfo

from notifications.oncall import rota_texts
from tests.world import NOW

ZONE = ZoneInfo("America/New_York")
LONG = "Dr. " + "Wolfeschlegelsteinhausenbergerdorff"
BASE_URL = "https://" + "a" * 32


def test_each_fits_one_segment_and_names_the_wall_time() -> None:
    place = {"line": LONG, "base_url": BASE_URL}
    texts = [
        rota_texts.gap(starts_at=NOW, zone=ZONE, **place),
        rota_texts.import_fails(**place),
        rota_texts.import_stale(since=NOW, zone=ZONE, **place),
        rota_texts.swap_asked(name=LONG, starts_at=NOW, zone=ZONE, base_url=BASE_URL),
        *(
            rota_texts.swap_ended(name=LONG, state=state, starts_at=NOW, zone=ZONE)
            for state in ("accepted", "declined", "withdrawn", "lapsed")
        ),
    ]
    for text in texts:
        assert len(text) <= 160, text
        assert text.isascii()
        assert text.startswith("Spinewatch rota: ")
        assert "Tue 03 Mar 15:00" in text or "cannot be read" in text
