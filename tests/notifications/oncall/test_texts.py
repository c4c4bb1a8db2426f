"""Texts of pages fit one segment and say nothing of a patient."""

from datetime import timedelta

import pytest

from notifications.oncall import codes, texts

BASE = "https://" + "s" * 52
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
LONG = "Dr. Maximiliana Featherstonehaugh-Wolverhampton"
ALL = {
    "page": texts.page(
        level="emergency", reference="K7QDM", code=127, climb=32_767, base_url=BASE
    ),
    "overdue": texts.overdue(
        level="emergency", reference="K7QDM", code=127, climb=99, base_url=BASE
    ),
    "taken": texts.taken(
        level="emergency", reference="K7QDM", code=127, within=timedelta(minutes=30)
    ),
    "taken_by": texts.taken_by(reference="K7QDM", name=LONG),
    "closed": texts.closed(reference="K7QDM", outcome="emergency_care"),
    "closed_by": texts.closed_by(reference="K7QDM", name=LONG),
    "not_understood": texts.not_understood(free=[("K7QDM", 27), ("GX4RT", 28)]),
    "many": texts.not_understood(free=[("DRILL K7QDM", 127)] * 9),
    "mine": texts.not_understood(free=[], mine=[("K7QDM", 127)], wrong=999),
    "many mine": texts.not_understood(free=[], mine=[("K7QDM", 127)] * 9, wrong=999),
    "both": texts.not_understood(free=[("K7QDM", 127)], mine=[("GX4RT", 128)], wrong=999),
    "many of both": texts.not_understood(
        free=[("DRILL K7QDM", 127)] * 9, mine=[("GX4RT", 128)] * 9, wrong=999
    ),
}


@pytest.mark.parametrize("name", ALL)
def test_a_text_is_one_segment(name: str) -> None:
    assert set(ALL[name]) <= GSM_7
    assert len(ALL[name]) <= 160, len(ALL[name])


def test_a_page_names_level_reference_code_and_where_to_look() -> None:
    said = texts.page(
        level="emergency", reference="K7QDM", code=27, climb=0, base_url="https://x.org"
    )
    assert said == (
        "Spinewatch EMERGENCY ref K7QDM. Reply 27 to take it. https://x.org/p/K7QDM"
    )
    repeated = texts.page(
        level="urgent", reference="K7QDM", code=27, climb=2, base_url="https://x.org"
    )
    assert repeated.startswith("Spinewatch URGENT ref K7QDM (call 3).")


def test_who_takes_a_page_reads_the_menu_that_replies_are_read_by() -> None:
    said = texts.taken(level="urgent", reference="K7QDM", code=27, within=timedelta(minutes=30))
    assert said.startswith("You have URGENT K7QDM. Within 30 min reply 27 then 1 advised")
    for number, word in ((1, "advised"), (3, "ER"), (4, "MRI"), (5, "not reached")):
        assert f"{number} {word}" in said
        read = codes.parse(f"27 {word}")
        assert read == codes.Outcome(27, codes.OUTCOMES[number - 1])


def test_help_offers_what_is_free_and_says_what_is_the_readers_own() -> None:
    menu = "then 1 advised 2 seen 3 ER 4 MRI 5 not reached 6 false alarm"
    free, mine = [("K7QDM", 27), ("GX4RT", 28)], [("RM3DC", 11)]
    assert texts.not_understood(free=[], mine=mine, wrong=9) == (
        f"9 is no outcome: 1 to 6. You have RM3DC: reply 11 {menu}"
    )
    assert texts.not_understood(free=free[:1], mine=mine) == (
        "Not understood. You have RM3DC (11). Reply 27 for K7QDM to take it, or the code "
        f"{menu}"
    )
    assert texts.not_understood(free=[], mine=free) == (
        f"Not understood. You have K7QDM (27), GX4RT (28). Reply the code {menu}"
    )


@pytest.mark.parametrize("outcome", codes.OUTCOMES)
def test_a_closed_page_says_no_outcome_in_words(outcome: str) -> None:
    said = texts.closed(reference="K7QDM", outcome=outcome)
    assert codes.parse(f"27 {said.split('with ')[1][0]}") == codes.Outcome(27, outcome)
    assert "ER" not in said and "MRI" not in said and "advised" not in said
