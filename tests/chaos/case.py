"""One red flag under a mishap, from the patient's text to the page's end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.models import Alert
from notifications.models import Inbound, Message, Page
from tests.chaos.ledger import Line
from tests.chaos.system import System, look

WORDS = "pain is ok but i cant feel it when i wipe and my left leg keeps giving way"
# What the issue allows from the patient's text to a page on a clinician's phone.
PAGED_WITHIN = 60.0


@dataclass
class Case:
    """A patient who says something alarming, and whoever is to hear of it."""

    system: System
    line: Line
    patient: str
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def says(self, words: str = WORDS) -> None:
        """The patient texts; from here on the time counts."""
        self.began = datetime.now(UTC)
        self.system.stand_in.phone(self.patient).send(words, to=self.system.world.clinic.phone)

    def kill(self, name: str) -> None:
        self.system.kill(name)
        self.line.kills += 1

    def inbound(self) -> Inbound | None:
        """The alarming text, once it is stored."""
        return Inbound.objects.filter(from_number=self.patient).order_by("-received_at").first()

    def page(self) -> Page | None:
        alert = Alert.objects.filter(episode__patient__phone=self.patient).first()
        return alert.page if alert else None

    def call(self) -> Message | None:
        """The first text of the page."""
        page = self.page()
        if page is None:
            return None
        return Message.objects.filter(ref=f"page:{page.pk}").order_by("created_at").first()

    def paged(self) -> float:
        """Seconds from the patient's text to the page on a phone, once it is there."""
        page = look(self.page, "a page in the database")
        texts = look(lambda: self.system.arrived(page.reference), "the page on a phone")
        return (texts[0].date_updated - self.began).total_seconds()

    def finish(self) -> None:
        """Assert that one page reached a human in time, and end it as that human would."""
        seconds = self.paged()
        self.line.cases += 1
        self.line.seconds.append(seconds)
        assert seconds < PAGED_WITHIN, f"paged after {seconds:.1f} s"
        pages = Page.objects.filter(alert__episode__patient__phone=self.patient)
        page = look(pages.get, "the one page")
        self.line.pages += 1
        # The same rung's same call twice on one phone is a page that doubled.
        bodies = [(text.to, text.body) for text in self.system.arrived(page.reference)]
        self.line.doubled_pages += len(set(bodies)) < len(bodies)
        self.close(page)

    def close(self, page: Page) -> None:
        """Whoever was paged last answers by SMS."""
        self.close_as(page, self.system.arrived(page.reference)[-1].to)

    def close_as(self, page: Page, phone: str) -> None:
        """Somebody answers by SMS that it was a false alarm."""
        self.system.stand_in.phone(phone).send(
            f"{page.code} 6, made up", to=self.system.world.clinic.phone
        )
        closed = Page.objects.filter(pk=page.pk, state=Page.State.CLOSED)
        look(closed.exists, "the page closed by the reply")
        # Whatever the next case prepares for this phone must not strike a text of this one.
        look(
            lambda: any(
                "is closed" in text.body for text in self.system.arrived(page.reference)
            ),
            "thanks for closing the page",
        )


RedFlag = Callable[[str], AbstractContextManager[Case]]


@contextmanager
def red_flag(system: System, line: Line) -> Iterator[Case]:
    """A case on a fresh patient, and after it another one without any mishap."""
    case = Case(system, line, system.patient())
    try:
        yield case
        case.finish()
    finally:
        system.restore()
    after = Case(system, Line(), system.patient())
    after.says()
    after.finish()


def undone() -> list[str]:
    """What is stuck: unhandled texts, and texts that are due or past their lease."""
    now = datetime.now(UTC)
    inbound = Inbound.objects.filter(handled_at__isnull=True)
    waiting = Message.objects.filter(state=Message.State.CREATED, due_at__lte=now)
    sending = Message.objects.filter(state=Message.State.SENDING)
    return [
        *(f"unhandled since {text.received_at:%H:%M:%S}" for text in inbound),
        *(f"due since {text.due_at:%H:%M:%S}: {text.key}" for text in waiting),
        *(f"sending, leased until {text.lease_until:%H:%M:%S}: {text.key}" for text in sending),
    ]


def doubled(system: System, patient: str) -> list[str]:
    """The keys of the patient's texts that are not on the phone once each."""
    on_phone = system.stand_in.phone(patient).texts()
    wanted = Message.objects.filter(to=patient).exclude(
        state__in=(*Message.LOST, Message.State.CANCELLED, Message.State.CREATED)
    )
    bodies = [text.body for text in wanted]
    return [text.key for text in wanted if on_phone.count(text.body) != bodies.count(text.body)]
