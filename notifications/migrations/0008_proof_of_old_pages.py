"""Pages that opened before there was a proof get one of what is known of them now."""

import hashlib
import json

import pgtrigger
from django.db import migrations

GENESIS = "0" * 64


def entry(event):
    facts = {
        "at": event.at.isoformat(timespec="microseconds"),
        "kind": event.kind,
        "who": f"responder:{event.responder_id}" if event.responder_id else "",
        "message": str(event.message_id) if event.message_id else "",
        "detail": event.detail,
        "kept": "before there was a proof",
    }
    facts = {key: value for key, value in facts.items() if value}
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(text):
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def link(apps, schema_editor):
    PageEvent = apps.get_model("notifications", "PageEvent")
    ProofLink = apps.get_model("notifications", "ProofLink")
    ProofHead = apps.get_model("notifications", "ProofHead")
    teams, pages = {}, {}
    events = PageEvent.objects.filter(link=None).select_related("page").order_by("pk")
    for event in events.iterator():
        team, page = event.page.team_id, event.page.reference
        text = entry(event)
        place, before = teams.get(team, (0, GENESIS))
        number, previous = pages.get(page, (0, GENESIS))
        place, number = place + 1, number + 1
        digest = sha256(
            f'{{"entry":{text},"number":{number},"page":"{page}","previous":"{previous}"}}'
        )
        anchor = sha256(
            f'{{"before":"{before}","digest":"{digest}","page":"{page}",'
            f'"place":{place},"team":{team}}}'
        )
        teams[team], pages[page] = (place, anchor), (number, digest)
        with pgtrigger.ignore("notifications.PageEvent:events_are_final"):
            PageEvent.objects.filter(pk=event.pk).update(entry=text)
        ProofLink.objects.create(
            event_id=event.pk,
            page_id=event.page_id,
            team_id=team,
            number=number,
            previous=previous,
            digest=digest,
            place=place,
            before=before,
            anchor=anchor,
        )
    for team, (place, anchor) in teams.items():
        ProofHead.objects.create(team_id=team, place=place, anchor=anchor)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0007_proof_of_page'),
    ]

    operations = [
        migrations.RunPython(link, migrations.RunPython.noop),
    ]
