"""Who of a team is ready to be on call, read from its rows; and the gate before its rota.

Nothing that calls people asks here: see `readiness`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from notifications.models import (
    Channel,
    ContactMethod,
    LayerMember,
    NotificationRule,
    OptOut,
    Page,
    Responder,
    Rung,
    Team,
)
from notifications.oncall import readiness, rules
from notifications.oncall.readiness import Readiness, Way


def of_team(team: Team) -> dict[int, Readiness]:
    """How ready each active responder of a team is, by key; in a fixed number of queries."""
    return _of(Responder.objects.filter(team=team, active=True), sender=team.sender_id)


def of(responder: Responder) -> Readiness:
    """How ready one responder is."""
    people = Responder.objects.filter(pk=responder.pk)
    return _of(people, sender=responder.team.sender_id)[responder.pk]


def require(people: Iterable[Responder]) -> None:
    """NotPossible, with what to do, at the first who is not ready to be on call."""
    for person in people:
        readiness.refuse(person.name, of(person))


def on_rota(team: Team) -> set[int]:
    """The active responders whom the team's layers and rungs name, by key.

    Everybody who is only on the rung of everybody is not among them.
    """
    members = LayerMember.objects.filter(layer__team=team).values("responder")
    rungs = Rung.objects.filter(team=team)
    named = Responder.objects.filter(
        Q(pk__in=members)
        | Q(pk__in=rungs.filter(responder__isnull=False).values("responder"))
        | Q(pk__in=rungs.filter(people__isnull=False).values("people")),
        active=True,
    )
    return set(named.values_list("pk", flat=True))


def stopped_numbers(sender: int) -> set[str]:
    """The numbers that refuse texts from a sender."""
    return set(
        OptOut.objects.filter(sender=sender, ended_at__isnull=True).values_list(
            "address", flat=True
        )
    )


def way(contact: ContactMethod, stopped: Iterable[str]) -> Way:
    """A contact as the judgement wants it."""
    refuses = contact.channel == Channel.SMS and contact.address in stopped
    return Way(contact.pk, contact.channel, contact.verified, refuses)


def _of(found: QuerySet[Responder], *, sender: int) -> dict[int, Readiness]:
    people = list(found)
    contacts: dict[int, list[ContactMethod]] = defaultdict(list)
    for contact in ContactMethod.objects.filter(responder__in=people, active=True):
        contacts[contact.responder_id or 0].append(contact)
    written: dict[int, list[rules.Rule]] = defaultdict(list)
    rows = NotificationRule.objects.filter(
        contact__responder__in=people, contact__active=True
    ).select_related("contact")
    for rule in rows:
        one = rules.Rule(rule.contact_id, rule.delay, rule.level)
        written[rule.contact.responder_id or 0].append(one)
    stopped = stopped_numbers(sender)
    return {
        person.pk: readiness.judge(
            [way(contact, stopped) for contact in contacts[person.pk]],
            _used(person, contacts, written),
        )
        for person in people
    }


def _used(
    person: Responder,
    contacts: Mapping[int, list[ContactMethod]],
    written: Mapping[int, list[rules.Rule]],
) -> list[set[int]]:
    """The contacts that a page of each level uses; without rules, the phone in the record."""
    found = []
    phone = {
        one.pk
        for one in contacts[person.pk]
        if one.channel == Channel.SMS and one.address == person.phone
    }
    for level in Page.Level.values:
        turns = rules.turns(written[person.pk], level=level)
        found.append({turn.contact for turn in turns} or phone)
    return found
