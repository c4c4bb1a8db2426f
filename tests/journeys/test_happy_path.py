"""A patient to whom nothing happens is asked three times and troubles nobody."""

from monitor.levels import Level
from monitor.models import Assessment, CheckIn
from notifications.models import Page
from tests.journeys.conftest import Story


def test_nothing_happens(story: Story) -> None:
    episode = story.follow()
    for key in ("d1", "d7", "d14"):
        check_in = episode.check_ins.get(key=key)
        story.until(check_in.planned_for)
        assert "1 None 2 One or more" in story.hears("reply with a number")
        story.well(episode)
        check_in.refresh_from_db()
        assert check_in.state == CheckIn.State.ANSWERED
    story.after(days=30)
    assert story.work() == []
    assert not Page.objects.exists()
    assert max(Assessment.objects.values_list("level", flat=True)) == Level.ROUTINE
