"""The ready texts beside the box of a form by which staff text a patient."""

from typing import Any

from django.http import HttpRequest

from monitor import access, ready_texts
from patients.models import Clinic, Patient


def offered(request: HttpRequest, patient: Patient, *, clinic: Clinic) -> dict[str, Any]:
    """What _ready.html and the box need; one query.

    `ready_words` are in the box from the start: a browser without scripts asks the page for
    them by the text's key, and not by its words.
    """
    texts = access.ready_texts(request.user).filter(clinic=clinic, retired_at__isnull=True)
    found = ready_texts.offers(texts, clinic=clinic, lang=patient.language)
    wanted = request.GET.get("ready", "")
    words = next((one.words for one in found if str(one.text.pk) == wanted), "")
    return {"ready": found, "ready_words": words, "ready_lang": patient.language}
