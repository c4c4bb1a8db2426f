"""The chains, without rows: whatever is changed in an export is found."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.oncall import chain
from notifications.oncall.chain import GENESIS, Link, canonical, check_file

TEAM = 7


def build(pages: Sequence[str], *, team: int = TEAM) -> list[Link]:
    """A team's chain with an entry of each page named, in this order."""
    links: list[Link] = []
    heads: dict[str, tuple[int, str]] = {}
    before = GENESIS
    for place, page in enumerate(pages, start=1):
        number, previous = heads.get(page, (0, GENESIS))
        entry = canonical({"kind": "paged", "at": f"2026-03-03T20:00:{place:02d}"})
        digest = chain.digest_of(entry, page=page, number=number + 1, previous=previous)
        anchor = chain.anchor_of(digest, page=page, team=team, place=place, before=before)
        links.append(
            Link(entry, page, number + 1, previous, digest, team, place, before, anchor)
        )
        heads[page], before = (number + 1, digest), anchor
    return links


def exported(links: Sequence[Link], *, whole: bool = True) -> str:
    return "".join(f"{line}\n" for line in chain.export(links, whole=whole))


PAGES = st.lists(st.sampled_from(["K7QDM", "XJ4X9", "DHQTR"]), min_size=1, max_size=8)


@given(PAGES)
def test_what_was_exported_is_intact(pages: list[str]) -> None:
    report = check_file(exported(build(pages)))
    assert (report.faults, report.entries, report.pages) == ([], len(pages), set(pages))
    one = [link for link in build(pages) if link.page == pages[0]]
    assert check_file(exported(one, whole=False)).intact


def test_hashes_are_those_of_canonical_json() -> None:
    [link] = build(["K7QDM"])
    covered = {
        "entry": json.loads(link.entry),
        "number": 1,
        "page": "K7QDM",
        "previous": GENESIS,
    }
    assert link.digest == chain._sha256(canonical(covered))
    covered = {
        "before": GENESIS,
        "digest": link.digest,
        "page": "K7QDM",
        "place": 1,
        "team": TEAM,
    }
    assert link.anchor == chain._sha256(canonical(covered))


@settings(max_examples=300)
@given(PAGES, st.booleans(), st.data())
def test_any_single_change_of_an_export_is_found(
    pages: list[str],
    whole: bool,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    links = build(pages)
    text = exported(
        links if whole else [one for one in links if one.page == pages[0]], whole=whole
    )
    lines = text.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    what = data.draw(
        st.sampled_from(["sign", "cut", "delete", "insert", "double", "swap", "end", "last"])
    )
    if what == "sign":
        place = data.draw(st.integers(0, len(text) - 1))
        changed = text[:place] + data.draw(st.characters(max_codepoint=126)) + text[place + 1 :]
    elif what == "cut":
        changed = text[: data.draw(st.integers(0, len(text) - 1))]
    elif what == "delete":
        changed = "".join(lines[:at] + lines[at + 1 :])
    elif what == "insert":
        changed = "".join(
            [*lines[:at], data.draw(st.sampled_from(["\n", "{}\n"])), *lines[at:]]
        )
    elif what == "double":
        changed = "".join([*lines[:at], lines[at], *lines[at:]])
    elif what == "swap":
        other = data.draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
        changed = "".join(lines)
    elif what == "end":
        changed = text + data.draw(st.sampled_from(["\n", lines[-1], "x"]))
    else:
        changed = "".join([*lines[:-2], lines[-1]])
    if changed != text:
        assert not check_file(changed).intact, what


@given(PAGES, st.data())
def test_a_forged_entry_with_its_own_hash_breaks_the_next(
    pages: list[str], data: st.DataObject
) -> None:
    links = build(pages)
    at = data.draw(st.integers(0, len(links) - 1))
    old = links[at]
    entry = canonical({"kind": "acknowledged", "who": "responder:1"})
    digest = chain.digest_of(entry, page=old.page, number=old.number, previous=old.previous)
    anchor = chain.anchor_of(
        digest, page=old.page, team=old.team, place=old.place, before=old.before
    )
    forged = Link(
        entry,
        old.page,
        old.number,
        old.previous,
        digest,
        old.team,
        old.place,
        old.before,
        anchor,
    )
    walk = chain.Walk(whole=True)
    for link in [*links[:at], forged, *links[at + 1 :]]:
        walk.take(link)
    if at + 1 < len(links):
        assert walk.report.faults[0].place == at + 2
    # The last one of all is told by the team's head alone.
    assert walk.anchor != links[-1].anchor or at + 1 < len(links)


@given(PAGES, st.data())
def test_a_page_that_is_taken_out_whole_leaves_a_gap(
    pages: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(pages))
    kept = [link for link in build([*pages, "ZZZZZ"]) if link.page != gone]
    walk = chain.Walk(whole=True)
    for link in kept:
        walk.take(link)
    assert any("is missed" in one.what or "missing" in one.what for one in walk.report.faults)


def test_a_break_says_where() -> None:
    links = build(["K7QDM", "XJ4X9", "K7QDM"])
    lines = exported(links).splitlines(keepends=True)
    text = "".join([lines[0], lines[1].replace("20:00", "21:00"), *lines[2:]])
    assert [str(fault) for fault in check_file(text).faults] == [
        "page XJ4X9, entry 1 (place 2): its hash is not that of what it says"
    ]
    text = "".join([lines[1], *lines[2:]])
    assert str(check_file(text).faults[0]) == (
        "page XJ4X9, entry 1 (place 2): place 1 of the team's chain is missing"
    )


@pytest.mark.parametrize("text", ["", "\n", "[]\n", "null\n", "[" * 100_000, '{"end":1}\n'])
def test_what_is_no_export_is_said_to_be_none(text: str) -> None:
    assert not check_file(text).intact


def test_nothing_at_all_can_be_exported() -> None:
    assert check_file(exported([])).intact
    assert check_file(exported([], whole=False)).intact
