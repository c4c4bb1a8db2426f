"""What the tests of the rota do with a team: find its layer, say who has it, and when."""

from datetime import datetime, timedelta

from notifications.models import Layer, Message, Responder, Team
from notifications.oncall import directory
from notifications.oncall.swapping import Span
from tests.world import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def line(team: Team) -> Layer:
    return Layer.objects.get(team=team, over=None)


def on_call(team: Team, at: datetime) -> str | None:
    """Who has the team's one line at an instant, by name."""
    [(_layer, who)] = directory.who_is_on_call(team, at=at)
    return who.name if who else None


def span(days: float, hours: float) -> Span:
    """So many hours, from so many days after NOW on."""
    start = NOW + timedelta(days=days)
    return Span(start, start + timedelta(hours=hours))


def texts(responder: Responder) -> list[str]:
    found = Message.objects.filter(to=responder.phone, stream=Message.Stream.TEXT)
    waiting = found.exclude(state=Message.State.CANCELLED)
    return list(waiting.order_by("created_at", "pk").values_list("body", flat=True))
