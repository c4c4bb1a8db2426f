"""E-mail, PagerDuty, webhooks and whatever apprise reaches, over real SMTP and HTTP."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
import time_machine
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from notifications.gateways.relays import sign
from notifications.models import ContactMethod, Page
from notifications.oncall import paging
from notifications.simulator import Kind
from tests.notifications.oncall.scenarios.conftest import (
    SECRET,
    Shift,
    fresh,
    holder,
    incidents,
    messages,
    story_of,
)
from tests.notifications.oncall.scenarios.receivers import (
    MailServer,
    PagerDutyService,
    Receiver,
    listening,
)

CHEN = "chen@harbor.example"


def acknowledged_there(
    shift: Shift, service: PagerDutyService, key: str, user: str, **changes: str
) -> int:
    """Somebody acknowledges at PagerDuty, which tells us."""
    body, signature = service.told(key, user, kind=changes.get("kind", "incident.acknowledged"))
    with time_machine.travel(shift.now, tick=False):
        status: int = shift.client.post(
            "/pagerduty/events",
            body,
            content_type="application/json",
            headers={"X-PagerDuty-Signature": changes.get("signature", signature)},
        ).status_code
    shift.work()
    return status


class TestEmail:
    def test_goes_out_by_a_persons_rules_and_is_taken_by_its_link(
        self, shift: Shift, mail: MailServer
    ) -> None:
        shift.chen.by(("email", 0), email=CHEN)
        page = shift.opens()
        [envelope] = mail.mails
        assert envelope.rcpt_tos == [CHEN]
        sent = message_from_bytes(envelope.original_content)
        assert sent["Subject"] == f"Spinewatch EMERGENCY ref {page.reference}"
        assert f"/p/{page.reference}" in sent.get_payload()
        assert "Reply" not in sent.get_payload()
        # Taken by a server is not heard by a person: the page climbs all the same.
        assert [row.state for row in messages(page, "email")] == ["relayed"]
        shift.after(minutes=5)
        shift.okafor.hears("call 2")

    def test_a_refused_address_tries_the_next_way_at_once(
        self, shift: Shift, mail: MailServer
    ) -> None:
        mail.refuse = "550 5.1.1 No such user"
        shift.chen.by(("email", 0), ("sms", 200), email=CHEN)
        shift.opens()
        shift.chen.hears("Reply")
        assert incidents() == ["Chen: email: invalid_address"]

    def test_a_server_that_is_down_tries_the_next_way_and_catches_up(
        self, shift: Shift, mail: MailServer, settings: Settings
    ) -> None:
        settings.EMAIL_PORT = 9
        shift.chen.by(("email", 0), ("sms", 200), email=CHEN)
        page = shift.opens()
        shift.chen.hears("Reply")
        assert incidents() == ["Chen: email: not sent at once"]
        settings.EMAIL_PORT = mail.port
        shift.after(seconds=5)
        assert len(mail.mails) == 1
        assert [row.state for row in messages(page, "email")] == ["relayed"]

    def test_a_full_server_is_asked_again(self, shift: Shift, mail: MailServer) -> None:
        mail.refuse = "452 4.2.2 Mailbox full"
        shift.chen.by(("email", 0), email=CHEN)
        shift.opens()
        assert not mail.mails
        mail.refuse = ""
        shift.after(seconds=10)
        assert len(mail.mails) == 1

    def test_one_that_breaks_off_may_send_twice_with_the_same_id(
        self, shift: Shift, mail: MailServer
    ) -> None:
        mail.drop_after_data = 1
        shift.chen.by(("email", 0), email=CHEN)
        page = shift.opens()
        shift.after(seconds=60)
        ids = {message_from_bytes(one.original_content)["Message-ID"] for one in mail.mails}
        assert len(mail.mails) == 2 and len(ids) == 1
        [row] = messages(page, "email")
        assert (row.state, row.possible_duplicate) == ("relayed", True)

    def test_without_a_server_the_next_way_goes_out(
        self, shift: Shift, settings: Settings
    ) -> None:
        settings.EMAIL_HOST = ""
        shift.chen.by(("email", 0), ("sms", 200), email=CHEN)
        shift.opens()
        shift.chen.hears("Reply")
        assert incidents() == ["Chen: email: configuration"]


class TestPagerDuty:
    def test_trigger_acknowledge_and_resolve(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        page = shift.opens()
        key = f"{page.reference}-0"
        shift.chen.hears("Reply")
        assert pagerduty.incidents == {key: "triggered"}
        shift.chen.says(str(page.code))
        shift.chen.hears("You have")
        assert pagerduty.incidents == {key: "acknowledged"}
        shift.chen.says("1")
        shift.chen.hears("closed with 1")
        assert pagerduty.incidents == {key: "resolved"}
        first = pagerduty.events()[0]
        assert first["payload"]["severity"] == "critical"
        assert first["links"][0]["href"].endswith(f"/p/{page.reference}")

    def test_an_acknowledgement_there_counts_here(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        page = shift.opens()
        shift.after(minutes=5)
        shift.chen.hears("Reply")
        shift.okafor.hears("call 2")
        key = f"{page.reference}-0"
        assert acknowledged_there(shift, pagerduty, key, "PCHEN11") == 204
        assert holder(page) == "Dr. Chen"
        assert fresh(page).due_at is not None
        shift.okafor.hears("Dr. Chen has")
        # What comes back of our own saying changes nothing, and neither does a repetition.
        assert pagerduty.incidents == {key: "acknowledged"}
        assert acknowledged_there(shift, pagerduty, key, "PCHEN11") == 204
        assert story_of(page).count("acknowledged Chen") == 1

    def test_by_somebody_unknown_here_it_is_an_incident_and_climbs_on(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        key = f"{page.reference}-0"
        assert acknowledged_there(shift, pagerduty, key, "PSTRANGE") == 204
        assert holder(page) == ""
        assert incidents() == ["at PagerDuty, by no responder of this team"]
        shift.after(minutes=5)
        shift.okafor.hears("call 2")

    def test_a_page_that_opens_again_is_a_new_incident_there(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        shift.chen.says("ok")
        shift.chen.hears("You have")
        shift.after(minutes=15)
        shift.chen.hears("no outcome yet")
        shift.okafor.hears("call 2")
        old, new = f"{page.reference}-0", f"{page.reference}-1"
        assert pagerduty.incidents == {old: "resolved", new: "triggered"}
        # A late webhook about the turn that is over does not take the page that is open.
        acknowledged_there(shift, pagerduty, old, "PCHEN11")
        assert holder(page) == ""
        acknowledged_there(shift, pagerduty, new, "PCHEN11")
        assert holder(page) == "Dr. Chen"
        shift.okafor.hears("Dr. Chen has")

    def test_resolved_there_is_not_closed_here(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        key = f"{page.reference}-0"
        acknowledged_there(shift, pagerduty, key, "PCHEN11", kind="incident.resolved")
        assert fresh(page).state == Page.State.OPEN

    def test_a_trigger_overtaken_by_an_acknowledgement_is_not_sent(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        pagerduty.status = 503
        page = shift.opens()
        shift.chen.hears("Reply")
        shift.chen.says("ok")
        shift.chen.hears("You have")
        pagerduty.status = 202
        shift.after(minutes=5)
        assert "triggered" not in pagerduty.incidents.values()
        actions = [event["event_action"] for event in pagerduty.events()]
        assert actions[-1] == "acknowledge" and fresh(page).state == "acknowledged"

    @pytest.mark.parametrize("answers", [[429], [500, 503], [408, 429, 500]])
    def test_is_told_again_until_it_has_heard(
        self, answers: list[int], shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        pagerduty.answers = answers
        page = shift.opens()
        shift.chen.hears("Reply")
        shift.after(seconds=60)
        assert pagerduty.incidents == {f"{page.reference}-0": "triggered"}
        assert not incidents()

    def test_a_wrong_key_is_an_incident(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        ContactMethod.objects.filter(channel="pagerduty").update(address="wrong")
        shift.opens()
        shift.chen.hears("Reply")
        [line] = incidents()
        assert line.endswith("rejected")

    @pytest.mark.parametrize("signature", ["", "v1=", "v1=" + "0" * 64, "v2=" + "0" * 64])
    def test_what_it_did_not_sign_is_refused(
        self, signature: str, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        status = acknowledged_there(
            shift, pagerduty, f"{page.reference}-0", "PCHEN11", signature=signature
        )
        assert (status, holder(page)) == (403, "")

    def test_another_teams_service_takes_no_page_of_this_one(
        self, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        ContactMethod.objects.filter(channel="pagerduty").update(
            team=shift.world.other_line.team
        )
        page = shift.opens()
        shift.chen.hears("Reply")
        assert acknowledged_there(shift, pagerduty, f"{page.reference}-0", "PCHEN11") == 204
        assert holder(page) == ""

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 1}', b'{"event": {}}'])
    def test_nonsense_is_told_so(
        self, body: bytes, shift: Shift, pagerduty: PagerDutyService
    ) -> None:
        digest = hmac.new(pagerduty.secret.encode(), body, hashlib.sha256).hexdigest()
        answer = shift.client.post(
            "/pagerduty/events",
            body,
            content_type="application/json",
            headers={"X-PagerDuty-Signature": f"v1={digest}"},
        )
        assert answer.status_code == 400


class TestWebhooks:
    def test_each_event_is_signed_and_has_an_id(self, shift: Shift, hook: Receiver) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        shift.chen.says("ok")
        shift.chen.hears("You have")
        shift.chen.says("2")
        shift.chen.hears("closed")
        assert [event["type"] for event in hook.events()] == [
            "page.opened",
            "page.acknowledged",
            "page.closed",
        ]
        assert hook.events()[0]["data"]["reference"] == page.reference
        ids = {request.headers["webhook-id"] for request in hook.requests}
        assert len(ids) == 3
        first = hook.requests[0]
        assert first.headers["webhook-timestamp"] == str(int(shift.now.timestamp()))

    def test_the_standards_own_library_accepts_them_and_no_changed_one(self) -> None:
        # It holds the time against its own clock.
        body, at = b'{"type": "page.opened"}', str(int(datetime.now(UTC).timestamp()))
        headers = {
            "webhook-id": "id-1",
            "webhook-timestamp": at,
            "webhook-signature": sign(SECRET, message_id="id-1", timestamp=at, body=body),
        }
        Webhook(SECRET).verify(body, headers)
        for changed in ({"webhook-id": "id-2"}, {"webhook-timestamp": str(int(at) - 1)}):
            with pytest.raises(WebhookVerificationError):
                Webhook(SECRET).verify(body, {**headers, **changed})
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body + b" ", headers)

    def test_is_tried_again_with_the_same_id_ever_later(
        self, shift: Shift, hook: Receiver
    ) -> None:
        hook.answers = [500, 503, 429, 500]
        shift.opens()
        shift.chen.hears("Reply")
        times = []
        for _ in range(60):
            shift.after(seconds=1)
            times.append(len(hook.requests))
        assert len(hook.requests) == 5
        assert len({request.headers["webhook-id"] for request in hook.requests}) == 1
        assert not incidents()

    @pytest.mark.parametrize("status", [301, 400, 410])
    def test_one_that_is_refused_for_good_is_an_incident(
        self, status: int, shift: Shift, hook: Receiver
    ) -> None:
        hook.status = status
        shift.opens()
        shift.chen.hears("Reply")
        shift.after(minutes=1)
        assert len(hook.requests) == 1
        [line] = incidents()
        assert line.endswith("rejected")

    def test_one_that_is_away_delays_no_text(self, shift: Shift, hook: Receiver) -> None:
        ContactMethod.objects.filter(channel="webhook").update(address="http://127.0.0.1:9/x")
        page = shift.opens()
        shift.chen.hears("Reply")
        shift.chen.says("ok")
        shift.chen.hears("You have")
        assert holder(page) == "Dr. Chen"


class TestApprise:
    def test_reaches_a_person_by_an_address_of_apprise(self, shift: Shift) -> None:
        with listening(Receiver(status=200)) as receiver:
            address = receiver.url.replace("http://", "json://") + "/notify"
            shift.chen.by(("apprise", 0), apprise=address)
            page = shift.opens()
        [event] = receiver.events()
        assert event["title"] == f"Spinewatch EMERGENCY ref {page.reference}"
        assert f"/p/{page.reference}" in event["message"]
        # The address may hold a token: no message does.
        assert [row.to for row in messages(page, "apprise")] != [address]

    def test_one_that_fails_tries_the_next_way_at_once(self, shift: Shift) -> None:
        with listening(Receiver(status=500)) as receiver:
            address = receiver.url.replace("http://", "json://")
            shift.chen.by(("apprise", 0), ("sms", 200), apprise=address)
            shift.opens()
        shift.chen.hears("Reply")
        assert incidents() == ["Chen: apprise: not sent at once"]

    def test_one_that_is_none_is_an_incident(self, shift: Shift) -> None:
        shift.chen.by(("apprise", 0), ("sms", 200), apprise="nonsense")
        shift.opens()
        shift.chen.hears("Reply")
        assert incidents() == ["Chen: apprise: configuration"]

    def test_a_teams_channel_hears_what_becomes_of_a_page(self, shift: Shift) -> None:
        with listening(Receiver(status=200)) as receiver:
            ContactMethod.objects.create(
                team=shift.team,
                channel="apprise",
                address=receiver.url.replace("http://", "json://"),
            )
            page = shift.opens()
            shift.chen.hears("Reply")
            paging.close(page, shift.chen.responder, outcome="advised", now=shift.now)
            shift.work()
        words = [event["message"] for event in receiver.events()]
        assert "Nobody has it yet." in words[0] and "It is closed." in words[-1]


def test_with_the_telephone_down_the_other_ways_go_out(
    shift: Shift, mail: MailServer, pagerduty: PagerDutyService
) -> None:
    shift.chen.by(("sms", 0), ("voice", 60), ("email", 120), email=CHEN)
    shift.fault(Kind.HTTP_503)
    page = shift.opens()
    assert len(mail.mails) == 1
    assert json.loads(pagerduty.requests[0].body)["event_action"] == "trigger"
    acknowledged_there(shift, pagerduty, f"{page.reference}-0", "PCHEN11")
    assert holder(page) == "Dr. Chen"
    shift.stand_in.faults.clear()
    shift.after(minutes=2)
    shift.chen.silence()
