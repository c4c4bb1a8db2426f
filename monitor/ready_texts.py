"""A clinic's ready texts: kept, put in order, retired, and offered to who texts a patient."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from monitor import versions
from monitor.episodes import values_of
from monitor.models import Episode, ReadyText
from monitor.protocol import names
from monitor.staff_words import Refusal, filled, refusal
from patients.models import Clinic

MOST = 30
"""Ready texts that a clinic may have in use: more are not found in a list."""


class Refused(ValueError):
    """Nothing was saved: `errors` says why, by "name", "words" (of none) or a language."""

    def __init__(self, errors: Mapping[str, Refusal]) -> None:
        super().__init__(", ".join(f"{field}: {one.why}" for field, one in errors.items()))
        self.errors = errors


def languages() -> tuple[str, ...]:
    """The languages that patients may be texted in: those of the protocols, English first."""
    versions_there = (versions.current(name) for name in names())
    found = {lang for one in versions_there if one is not None for lang in one.languages}
    return ("en", *sorted(found - {"en"}))


def save(
    clinic: Clinic, *, name: str, words: Mapping[str, str], text: ReadyText | None = None
) -> ReadyText:
    """Keep a new ready text at the end, or `text` as it is to be from now on.

    `words` are by language; empty ones are left out, and at least one must say something.
    """
    said = {lang: _one_line_ends(given) for lang, given in words.items() if given.strip()}
    errors = _errors(clinic, name.strip(), said)
    if text is None and _in_use(clinic).count() >= MOST:
        errors["name"] = Refusal("many", str(MOST))
    if errors:
        raise Refused(errors)
    made = text is None
    if text is None:
        last = ReadyText.objects.filter(clinic=clinic).aggregate(last=Max("position"))["last"]
        text = ReadyText(clinic=clinic, position=0 if last is None else last + 1)
    # What is in a language that no protocol has any more is not on the form.
    lost = {lang: kept for lang, kept in (text.words or {}).items() if lang not in words}
    text.name, text.words = name.strip(), {**lost, **said}
    _write(text, *(() if made else ("name", "words")))
    return text


def _errors(clinic: Clinic, name: str, said: Mapping[str, str]) -> dict[str, Refusal]:
    values = values_of(clinic)
    found = {lang: refusal(given, values=values) for lang, given in said.items()}
    errors = {lang: one for lang, one in found.items() if one is not None}
    if not name:
        errors["name"] = Refusal("empty")
    if not said:
        errors["words"] = Refusal("empty")
    return errors


def _one_line_ends(given: str) -> str:
    """As it is counted and compared: forms send two signs for each new line."""
    return given.strip().replace("\r\n", "\n")


def _write(text: ReadyText, *columns: str) -> None:
    try:
        with transaction.atomic():
            text.save(update_fields=columns or None)
    except IntegrityError as problem:
        if "one_ready_text_a_name" not in str(problem):
            raise
        raise Refused({"name": Refusal("taken")}) from None


def _in_use(clinic: Clinic) -> QuerySet[ReadyText]:
    return ReadyText.objects.filter(clinic=clinic, retired_at__isnull=True)


@transaction.atomic
def move(text: ReadyText, *, by: int) -> bool:
    """Put it so many places further down (up where negative); False where there is none."""
    rows = list(_in_use(text.clinic).select_for_update().order_by("position", "pk"))
    here = next((place for place, row in enumerate(rows) if row.pk == text.pk), None)
    if here is None or not 0 <= here + by < len(rows):
        return False
    places = sorted({row.position for row in rows})
    if len(places) < len(rows):
        # Two were added in the same moment.
        places = list(range(len(rows)))
    rows.insert(here + by, rows.pop(here))
    for place, row in zip(places, rows, strict=True):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])
    return True


def retire(text: ReadyText, *, now: datetime) -> None:
    """Offer it no more; what was sent with it stays as it is."""
    if text.retired_at is None:
        text.retired_at = now
        text.save(update_fields=["retired_at"])


def bring_back(text: ReadyText) -> None:
    """Offer it again. Refused where its name has been taken, or there are too many."""
    if text.retired_at is None:
        return
    if _in_use(text.clinic).count() >= MOST:
        raise Refused({"name": Refusal("many", str(MOST))})
    text.retired_at = None
    _write(text, "retired_at")


def remove(text: ReadyText) -> bool:
    """Delete what is retired and was in no text that went out; False for any other."""
    gone, _by_kind = ReadyText.objects.filter(
        pk=text.pk, retired_at__isnull=False, first_used_at__isnull=True
    ).delete()
    return bool(gone)


@dataclass(frozen=True)
class Offer:
    """A ready text as it would be sent; `words` is "" where it has none in the language."""

    text: ReadyText
    words: str


def offers(texts: Iterable[ReadyText], *, clinic: Clinic, lang: str) -> list[Offer]:
    """The clinic's texts in a patient's language, with the clinic's name and phone in them."""
    values = values_of(clinic)
    return [Offer(one, filled(one.words.get(lang, ""), values)) for one in texts]


def used(episode: Episode, body: str, *, now: datetime) -> None:
    """Note which ready texts stand in a text that goes out, for the first time."""
    unused = ReadyText.objects.filter(clinic=episode.clinic_id, first_used_at__isnull=True)
    lang, sent = episode.patient.language, _one_line_ends(body)
    found = [
        one.text.pk
        for one in offers(unused, clinic=episode.clinic, lang=lang)
        if one.words and one.words in sent
    ]
    if found:
        ReadyText.objects.filter(pk__in=found).update(first_used_at=now)
