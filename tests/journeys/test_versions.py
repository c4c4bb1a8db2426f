"""A new version lands, an old file is edited: a follow-up goes on as it began."""

from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command

from monitor import shadow, versions
from monitor.checks import follow_ups_keep_their_version
from monitor.episodes import protocol_of
from monitor.levels import Level
from monitor.models import Assessment, Episode, KeptProtocol
from monitor.protocol import load
from tests.journeys.conftest import Story
from tests.protocols import FLARE as RULE
from tests.protocols import NAME, NEXT, Shelf

SECOND = "+12015550177"
# A flare on the first day: 8 is 2 above the baseline of 6, but not "much worse" and no flag.
FLARE = {"pain_score": "7", "worse_pain": "2"}


def flare(story: Story, episode: Episode) -> Assessment:
    """Answer the first day's questions with a flare and nothing else; the last assessment."""
    number = episode.patient.phone
    for _question in range(30):
        episode.refresh_from_db()
        question = episode.conversation["open"]
        if question is None:
            break
        story.says(FLARE.get(question, "1"), number)
        story.ignore(number)
    return episode.assessments.latest("pk")


@pytest.fixture
def old(story: Story, shelf: Shelf) -> Episode:
    """A follow-up that began while there was only the first version."""
    return story.follow(baseline_pain=5)


def begin_anew(story: Story) -> Episode:
    """A second patient, registered after whatever has happened to the files."""
    return story.follow(given_name="Ana", phone="(201) 555-0177", baseline_pain=5)


def test_old_episode_scores_the_same_after_a_new_version_lands(
    story: Story, shelf: Shelf, old: Episode
) -> None:
    shelf.land_next()
    new = begin_anew(story)
    assert (old.protocol, new.protocol) == (NAME, NEXT)
    story.asks(old)
    story.ignore(SECOND)
    before, after = flare(story, old), flare(story, new)
    assert (before.level, after.level) == (Level.ROUTINE, Level.REVIEW)
    assert before.reasons[0]["rule"] == after.reasons[0]["rule"]
    assert (before.protocol, before.protocol_digest) == (NAME, load(NAME).digest)
    assert (after.protocol, after.protocol_digest) == (NEXT, load(NEXT).digest)
    assert not versions.drift()
    found = shadow.shadow(load(NEXT), story.world.clinic)
    assert (found.follow_ups, found.not_reproduced) == (2, [])


def test_edited_file_is_not_what_an_old_follow_up_is_scored_by(
    story: Story, shelf: Shelf, old: Episode
) -> None:
    began_with = protocol_of(old)
    shelf.edit("shared.v1.toml", RULE, RULE.replace("routine", "review"))
    assert load(NAME).digest != old.protocol_digest
    assert protocol_of(old) == began_with
    story.asks(old)
    stored = flare(story, old)
    assert (stored.level, stored.protocol_digest) == (Level.ROUTINE, old.protocol_digest)
    assert versions.drift().kept == {NAME: 1}
    (warning,) = follow_ups_keep_their_version(None, ["default"])
    assert warning.id == "monitor.W002"
    assert f"1 running follow-ups began with another {NAME}" in warning.msg
    assert "a change is a new version" in str(warning.hint)


def test_file_that_is_gone_leaves_the_follow_up_as_it_was(
    story: Story, shelf: Shelf, old: Episode
) -> None:
    shelf.land_next()
    (shelf.folder / f"{NAME}.toml").unlink()
    shelf.restart()
    story.asks(old)
    stored = flare(story, old)
    assert (stored.level, stored.protocol) == (Level.ROUTINE, NAME)
    assert versions.drift().kept == {NAME: 1}


def test_without_a_copy_it_is_still_scored_and_never_silently(
    story: Story, shelf: Shelf, old: Episode
) -> None:
    with pgtrigger.ignore("monitor.KeptProtocol:kept_protocols_are_final"):
        KeptProtocol.objects.all().delete()
    versions._kept.cache_clear()
    shelf.edit("shared.v1.toml", RULE, RULE.replace("routine", "review"))
    story.asks(old)
    stored = flare(story, old)
    assert stored.level == Level.REVIEW
    assert stored.protocol_digest == load(NAME).digest != old.protocol_digest
    assert [one.id for one in follow_ups_keep_their_version(None, ["default"])] == [
        "monitor.E004"
    ]


def test_check_names_it_on_the_command_line(story: Story, shelf: Shelf, old: Episode) -> None:
    shelf.edit("shared.v1.toml", RULE, RULE.replace("routine", "review"))
    said = StringIO()
    call_command("check", databases=["default"], stderr=said)
    assert "monitor.W002" in said.getvalue()
    # Without --database no database is asked: a process that only starts need not have one.
    assert follow_ups_keep_their_version(None) == []
    story.ignore()
