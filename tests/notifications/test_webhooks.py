"""The two addresses that Twilio calls: signed or refused, stored before answered."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django.fixtures import Settings
from twilio.request_validator import RequestValidator

from notifications import inbox, outbox, signals
from notifications.models import DeliveryReport, Inbound, Message
from notifications.optouts import opted_out
from notifications.senders import rehearsal_credentials
from notifications.simulator import Kind
from tests.notifications.conftest import NUMBER, PHONE, Post, fresh

TEXT, STATUS = "/twilio/text", "/twilio/status"
WORDS = "I can't feel my legs"


def form(**changes: str) -> dict[str, str]:
    return {
        "AccountSid": live.TWILIO_ACCOUNT_SID,
        "MessageSid": "SM1",
        "From": PHONE,
        "To": NUMBER,
        "Body": WORDS,
        "NumMedia": "0",
        **changes,
    }


def sign(url: str, params: dict[str, str], *, token: str) -> str:
    validator: Any = RequestValidator
    return str(validator(token).compute_signature(url, params))


def call(
    path: str,
    params: dict[str, str],
    *,
    token: str = "",
    signature: str | None = None,
    base: str = "http://testserver",
    **extra: Any,
) -> tuple[int, str]:
    """Post as Twilio does, signed by its own library; the status and the answer."""
    if signature is None:
        signature = sign(base + path, params, token=token or live.TWILIO_AUTH_TOKEN)
    answer = Client(enforce_csrf_checks=True).post(
        path,
        urlencode(params),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
        **extra,
    )
    return answer.status_code, answer.content.decode()


def test_a_signed_text_is_stored_handled_and_answered_with_nothing_to_say(post: Post) -> None:
    heard: list[str] = []

    def read(sender: Any, *, inbound: Inbound, **_: Any) -> None:
        heard.append(inbound.body)

    signals.text_received.connect(read)
    status, body = call(TEXT, form())
    assert (status, body) == (200, '<?xml version="1.0" encoding="UTF-8"?><Response/>')
    assert call(TEXT, form())[0] == 200
    assert heard == [WORDS]
    inbound = Inbound.objects.get()
    assert (inbound.sender, inbound.from_number) == (post.sender, PHONE)
    assert inbound.handled_at is not None


@pytest.mark.parametrize("path", [TEXT, STATUS])
@pytest.mark.parametrize(
    "forged",
    [
        {"signature": ""},
        {"signature": "bm90IGEgc2lnbmF0dXJl"},
        {"token": "1" * 32},
        {"base": "https://evil.example"},
    ],
)
def test_what_is_not_signed_by_the_account_is_refused(
    db: None, path: str, forged: dict[str, str]
) -> None:
    assert call(path, form(MessageStatus="delivered"), **forged)[0] == 403
    assert not Inbound.objects.exists()
    assert not DeliveryReport.objects.exists()


def test_a_changed_form_or_query_is_refused(db: None) -> None:
    signature = sign(f"http://testserver{TEXT}", form(), token=live.TWILIO_AUTH_TOKEN)
    assert call(TEXT, form(Body="fine"), signature=signature)[0] == 403
    assert call(f"{TEXT}?a=1", form(), signature=signature)[0] == 403
    assert call(TEXT, form(), signature=signature)[0] == 200


@pytest.mark.parametrize("account", ["", "AC" + "9" * 32])
def test_a_strangers_account_is_refused_even_signed_with_nothing(
    db: None, account: str, settings: Settings
) -> None:
    assert call(TEXT, form(AccountSid=account))[0] == 403
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "", ""
    assert call(TEXT, form(AccountSid=account), token="0")[0] == 403


def test_a_rehearsals_account_has_a_token_of_its_own(post: Post) -> None:
    account, token = rehearsal_credentials()
    assert call(TEXT, form(AccountSid=account), token=token)[0] == 200
    assert call(TEXT, form(AccountSid=account, MessageSid="SM2"))[0] == 403


def test_behind_a_proxy_the_public_address_counts(db: None, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://spine.example"
    settings.ALLOWED_HOSTS = ["10.0.0.7"]
    params = form()
    assert call(TEXT, params, base="https://spine.example", HTTP_HOST="10.0.0.7")[0] == 200
    assert call(TEXT, params, base="http://10.0.0.7", HTTP_HOST="10.0.0.7")[0] == 403


@pytest.mark.parametrize("path", [TEXT, STATUS])
def test_only_posts_are_taken(db: None, path: str) -> None:
    assert Client().get(path).status_code == 405


@pytest.mark.parametrize(
    ("path", "changes", "complaint"),
    [
        (TEXT, {"MessageSid": ""}, "MessageSid"),
        (TEXT, {"MessageSid": "S" * 41}, "MessageSid"),
        (TEXT, {"From": " "}, "From"),
        (TEXT, {"To": ""}, "To"),
        (TEXT, {"NumMedia": "many"}, "NumMedia"),
        (STATUS, {"MessageSid": ""}, "MessageSid"),
        (STATUS, {"MessageStatus": ""}, "MessageStatus"),
        (STATUS, {"MessageStatus": "sent", "ErrorCode": "x"}, "ErrorCode"),
    ],
)
def test_a_malformed_form_is_named(
    db: None, path: str, changes: dict[str, str], complaint: str
) -> None:
    status, body = call(path, form(**changes))
    assert status == 400
    assert complaint in body
    assert not Inbound.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "x" * 1600,
        "🙏" * 1600,
        "عندي ألم شديد",
        "a\u202eb\u0301c",
        "\ud7ff\ue000\U0010ffff",
    ],
)
def test_any_text_is_kept_as_it_is(db: None, body: str) -> None:
    assert call(TEXT, form(Body=body))[0] == 200
    assert Inbound.objects.get().body == body


def test_nuls_are_dropped(db: None) -> None:
    assert call(TEXT, form(Body="a\x00b", From=f"{PHONE}\x00"))[0] == 200
    inbound = Inbound.objects.get()
    assert (inbound.body, inbound.from_number) == ("ab", PHONE)


def test_pictures_are_kept(db: None) -> None:
    changes = {
        "NumMedia": "2",
        "MediaUrl0": "https://api.example/1",
        "MediaContentType0": "image/jpeg",
        "MediaUrl1": "https://api.example/2",
        "MediaContentType1": "text/vcard",
    }
    assert call(TEXT, form(Body="", **changes))[0] == 200
    assert Inbound.objects.get().media == [
        ["https://api.example/1", "image/jpeg"],
        ["https://api.example/2", "text/vcard"],
    ]


def test_a_text_that_can_not_be_handled_is_stored_and_said_to_be_unavailable(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(sender: Any, *, inbound: Inbound, **_: Any) -> None:
        raise RuntimeError(inbound.body)

    signals.text_received.connect(fail)
    assert call(TEXT, form())[0] == 503
    assert call(TEXT, form())[0] == 503
    signals.text_received.disconnect(fail)
    inbound = Inbound.objects.get()
    assert inbound.handled_at is None
    assert inbox.sweep(now=inbound.due_at + timedelta(seconds=1))["handled"] == 1
    assert call(TEXT, form())[0] == 200
    assert WORDS not in caplog.text
    assert PHONE not in caplog.text


def test_a_report_moves_its_text(post: Post) -> None:
    message = post.put()
    outbox.deliver(message.pk, now=post.now)
    sid = fresh(message).provider_sid or ""
    params = form(MessageSid=sid, MessageStatus="undelivered", ErrorCode="30005")
    assert call(f"{STATUS}?m={message.pk}", params) == (204, "")
    assert call(f"{STATUS}?m={message.pk}", params) == (204, "")
    assert call(f"{STATUS}?m={message.pk}", {**params, "MessageStatus": "sent"})[0] == 204
    message = fresh(message)
    assert (message.state, message.error_code) == (Message.State.UNDELIVERED, 30005)
    assert message.problem == "invalid_number"
    assert DeliveryReport.objects.filter(message=message).count() == 2


@pytest.mark.parametrize(
    "query", ["", "?m=", "?m=x", "?m=00000000-0000-0000-0000-000000000000"]
)
def test_a_report_on_no_text_of_ours_is_kept(db: None, query: str) -> None:
    assert call(f"{STATUS}{query}", form(MessageStatus="delivered"))[0] == 204
    assert DeliveryReport.objects.get().message is None


def test_the_stand_ins_phones_and_reports_go_the_whole_way(post: Post) -> None:
    message = post.put()
    post.fault(Kind.DUPLICATE_CALLBACKS)
    post.fault(Kind.OUT_OF_ORDER_CALLBACKS)
    post.fault(Kind.DUPLICATE_INBOUND)
    post.sweep()
    assert post.arrived() == ["How is the pain?"]
    assert fresh(message).state == Message.State.DELIVERED
    phone = post.stand_in.phone(PHONE)
    phone.send("7 🙂", to=NUMBER)
    phone.send("STOP", to=NUMBER)
    post.stand_in.settle()
    texts = Inbound.objects.order_by("received_at", "body")
    assert [text.body for text in texts] == ["7 🙂", "STOP"]
    assert opted_out(post.sender, PHONE)
    assert not opted_out(post.other, PHONE)
    assert {text.to_number for text in texts} == {NUMBER}
