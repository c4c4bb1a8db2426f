"""Ready texts that are suggested to a clinic which has none; each is its own once it is added.

Without letters that GSM-7 lacks, so that the Spanish ones take no more segments than need be.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Starter:
    """A suggestion: its name in English, marked for translation, and its words by language."""

    name: str
    words: Mapping[str, str]


STARTERS = (
    Starter(
        _("Please call us, not urgent"),
        {
            "en": "{clinic}: please call us at {phone} when you can. This is not urgent.",
            "es": "{clinic}: por favor llame al {phone} cuando pueda. No es urgente.",
        },
    ),
    Starter(
        _("We tried to phone you"),
        {
            "en": "{clinic}: we tried to phone you. Please call us back at {phone}, or write "
            "here when we can reach you.",
            "es": "{clinic}: le llamamos y no pudimos hablar con usted. Llame al {phone}, o "
            "escriba a qué hora le podemos llamar.",
        },
    ),
    Starter(
        _("Read, and we will phone today"),
        {
            "en": "{clinic}: we have read your text and will phone you today. If you feel "
            "worse before that, call {phone}.",
            "es": "{clinic}: recibimos su mensaje y hoy le llamaremos. Si se siente peor "
            "antes, llame al {phone}.",
        },
    ),
)
