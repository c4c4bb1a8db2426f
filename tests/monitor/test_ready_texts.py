"""A clinic's ready texts: what may be kept, in which order, and what becomes of them."""

import uuid
from datetime import timedelta

import pytest
from django.db import Error, transaction
from hypothesis import given
from hypothesis import strategies as st

from monitor import ready_texts, staff_texts
from monitor.episodes import values_of
from monitor.models import Episode, ReadyText, Revision
from monitor.protocol.segments import measure
from monitor.ready_texts import Refused
from monitor.staff_words import LONGEST, filled, refusal
from monitor.starters import STARTERS
from notifications.models import Message
from patients.models import Clinic
from tests.monitor.protocol.plain import fernandez_huerta, flesch_kincaid, inflesz
from tests.world import NOW, World

VALUES = {"clinic": "Harbor Spine Clinic", "phone": "+1 212-555-0100", "emergency": "911"}
CALL = {"en": "{clinic}: call {phone}.", "es": "{clinic}: llame al {phone}."}


def keep(clinic: Clinic, *names: str) -> list[ReadyText]:
    return [ready_texts.save(clinic, name=name, words=CALL) for name in names]


def in_order(clinic: Clinic) -> list[str]:
    rows = ReadyText.objects.filter(clinic=clinic, retired_at=None)
    return [one.name for one in rows.order_by("position", "pk")]


@pytest.mark.parametrize(
    ("words", "why", "found"),
    [
        ("Call {phone", "brace", ""),
        ("Call phone}", "brace", ""),
        ("Call {{phone}}", "brace", ""),
        ("Call {emergency}", "placeholder", "{emergency}"),
        ("Dear {name}", "placeholder", "{name}"),
        ("Dear {}", "placeholder", "{}"),
        ("{clinic!r}", "placeholder", "{clinic!r}"),
        ("{phone:>99}", "placeholder", "{phone:>99}"),
        ("{clinic.pk}", "placeholder", "{clinic.pk}"),
        ("x" * 481, "long", "481"),
        ("{clinic}" + "x" * 470, "long", "489"),
        ("Reply YES if we may call.", "keyword", "Reply YES"),
        ("Conteste con sí.", "keyword", "Conteste con sí"),
        ("How is it after your injection?", "procedure", "inject"),
        ("¿Cómo va su espalda?", "procedure", "espalda"),
    ],
)
def test_what_may_not_be_kept(words: str, why: str, found: str) -> None:
    refused = refusal(words, values=VALUES)
    assert refused is not None
    assert (refused.why, refused.found) == (why, found)


@pytest.mark.parametrize("words", ["Please call.", "{clinic}: {phone}", "x" * LONGEST, "€ ^ ~"])
def test_what_may_be_kept(words: str) -> None:
    assert refusal(words, values=VALUES) is None


@given(st.text("ab{}:!.[]clinicphone ", max_size=40))
def test_what_is_kept_is_filled_whole(words: str) -> None:
    """No brace ever reaches a patient, and what would is refused."""
    if refusal(words, values=VALUES) is None:
        sent = filled(words, VALUES)
        assert not set("{}") & set(sent)
        assert len(sent) <= LONGEST


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.name)
def test_suggestions_are_plain_short_and_in_every_language(starter: object) -> None:
    assert starter in STARTERS
    words = next(one.words for one in STARTERS if one is starter)
    assert set(words) == set(ready_texts.languages())
    for text in words.values():
        assert refusal(text, values=VALUES) is None
        length = measure(filled(text, VALUES))
        assert (length.encoding, length.segments) == ("GSM-7", 1)
    spoken = {lang: text.removeprefix("{clinic}: ") for lang, text in words.items()}
    spoken = {lang: text.replace("{phone}", "") for lang, text in spoken.items()}
    assert flesch_kincaid(spoken["en"]) <= 6
    assert fernandez_huerta(spoken["es"]) >= 70
    assert inflesz(spoken["es"]) >= 65


def test_the_languages_are_the_protocols() -> None:
    assert ready_texts.languages() == ("en", "es")


def test_it_is_kept_trimmed_and_at_the_end(world: World) -> None:
    keep(world.clinic, "First")
    given_words = {"en": "  Call us.\r\nAny time. ", "es": "   "}
    one = ready_texts.save(world.clinic, name=" Second ", words=given_words)
    one.refresh_from_db()
    assert (one.name, one.words) == ("Second", {"en": "Call us.\nAny time."})
    assert in_order(world.clinic) == ["First", "Second"]
    keep(world.other, "First")
    assert in_order(world.other) == ["First"]


def test_every_fault_is_named_at_once(world: World) -> None:
    words = {"en": "Dear {name}", "es": "Llame."}
    with pytest.raises(Refused) as refused:
        ready_texts.save(world.clinic, name=" ", words=words)
    assert {field: one.why for field, one in refused.value.errors.items()} == {
        "name": "empty",
        "en": "placeholder",
    }
    with pytest.raises(Refused) as refused:
        ready_texts.save(world.clinic, name="x", words={"en": " ", "es": ""})
    assert refused.value.errors["words"].why == "empty"
    assert not ReadyText.objects.exists()


def test_a_name_is_taken_whatever_its_case_until_it_is_retired(world: World) -> None:
    (one,) = keep(world.clinic, "Call us")
    with pytest.raises(Refused) as refused:
        keep(world.clinic, "CALL US")
    assert refused.value.errors["name"].why == "taken"
    ready_texts.retire(one, now=NOW)
    keep(world.clinic, "call us")
    with pytest.raises(Refused) as refused:
        ready_texts.bring_back(one)
    assert refused.value.errors["name"].why == "taken"
    assert in_order(world.clinic) == ["call us"]


def test_there_are_no_more_than_a_list_holds(world: World) -> None:
    rows = keep(world.clinic, *map(str, range(ready_texts.MOST)))
    with pytest.raises(Refused) as refused:
        keep(world.clinic, "one more")
    assert refused.value.errors["name"].why == "many"
    ready_texts.retire(rows[0], now=NOW)
    keep(world.clinic, "one more")
    with pytest.raises(Refused):
        ready_texts.bring_back(rows[0])


def test_a_change_leaves_words_of_a_language_that_is_gone(world: World) -> None:
    (one,) = keep(world.clinic, "Call us")
    ReadyText.objects.update(words={**CALL, "fr": "Appelez."})
    one.refresh_from_db()
    ready_texts.save(world.clinic, name="Call", words={"en": "Call.", "es": ""}, text=one)
    one.refresh_from_db()
    assert (one.name, one.words) == ("Call", {"en": "Call.", "fr": "Appelez."})


def test_up_and_down_as_far_as_it_goes(world: World) -> None:
    first, second, third = keep(world.clinic, "a", "b", "c")
    assert ready_texts.move(third, by=-1)
    assert in_order(world.clinic) == ["a", "c", "b"]
    assert not ready_texts.move(first, by=-1)
    assert not ready_texts.move(second, by=1)
    ready_texts.retire(third, now=NOW)
    assert ready_texts.move(second, by=-1)
    assert in_order(world.clinic) == ["b", "a"]
    assert not ready_texts.move(third, by=-1)
    ready_texts.bring_back(third)
    assert sorted(in_order(world.clinic)) == ["a", "b", "c"]
    # As after two that were added in the same moment.
    ReadyText.objects.update(position=4)
    assert ready_texts.move(third, by=-1)
    assert in_order(world.clinic) == ["a", "c", "b"]


def follow(world: World, **changes: str) -> Episode:
    procedure = world.register(**changes)
    return Episode.objects.select_related("clinic", "patient").get(procedure=procedure)


def test_offered_in_the_patients_language(world: World) -> None:
    keep(world.clinic, "Both")
    ready_texts.save(world.clinic, name="English", words={"en": "Call us."})
    texts = ReadyText.objects.order_by("position")
    spanish = ready_texts.offers(texts, clinic=world.clinic, lang="es")
    phone = values_of(world.clinic)["phone"]
    assert [one.words for one in spanish] == [f"Harbor Spine Clinic: llame al {phone}.", ""]


def test_what_was_sent_once_is_never_deleted(world: World) -> None:
    episode = follow(world)
    sent, elsewhere, never = (
        ready_texts.save(world.clinic, name="sent", words={"en": "Call\r\n{phone}."}),
        keep(world.other, "elsewhere")[0],
        ready_texts.save(world.clinic, name="never", words={"en": "We tried to phone you."}),
    )
    body = f"Hello. Call\r\n{values_of(world.clinic)['phone']}. Thank you."
    for later in (0, 1):
        now = NOW + timedelta(hours=later)
        staff_texts.send(episode, body, token=uuid.uuid4(), by=world.nurse, now=now)
    for one in (sent, elsewhere, never):
        one.refresh_from_db()
    assert (sent.first_used_at, elsewhere.first_used_at, never.first_used_at) == (
        NOW,
        None,
        None,
    )
    assert Message.objects.filter(body=body).count() == 2
    # In use, it is not removed either.
    assert not ready_texts.remove(never)
    for one in (sent, never):
        ready_texts.retire(one, now=NOW)
    assert (ready_texts.remove(sent), ready_texts.remove(never)) == (False, True)
    with pytest.raises(Error, match="Cannot delete rows"), transaction.atomic():
        sent.delete()


def test_words_that_somebody_broke_in_the_database_stop_no_text(world: World) -> None:
    (one,) = keep(world.clinic, "Broken")
    ReadyText.objects.update(words={"en": "Call {phone and {nobody}"})
    episode = follow(world)
    staff_texts.send(episode, "Call us.", token=uuid.uuid4(), by=world.nurse, now=NOW)
    assert Message.objects.filter(body="Call us.").exists()
    one.refresh_from_db()
    assert one.first_used_at is None


def test_changes_are_kept_before_and_after_and_a_use_is_none(world: World) -> None:
    (one,) = keep(world.clinic, "Call us")
    ready_texts.save(world.clinic, name="Call", words={"en": "Call.", "es": "Llame."}, text=one)
    ready_texts.retire(one, now=NOW)
    ReadyText.objects.update(first_used_at=NOW)
    made, changed, retired = Revision.objects.filter(table="monitor_readytext").order_by("pk")
    assert (made.before, made.clinic) == (None, world.clinic)
    assert changed.before == {"name": "Call us", "words": CALL}
    assert changed.after == {"name": "Call", "words": {"en": "Call.", "es": "Llame."}}
    assert set(retired.after) == {"retired_at"}
