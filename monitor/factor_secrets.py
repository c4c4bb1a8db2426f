"""The secrets of second factors, encrypted in the database: a copy of it opens nothing.

    factor_secrets.encrypt(secret)   under the first of MFA_KEYS
    factor_secrets.decrypt(stored)   by whichever of them it was encrypted under
    factor_secrets.renew(one)        a row that lies otherwise, under the first

What lies there from before is not encrypted and is read as it is. Fernet is AES-128 in CBC mode
with HMAC-SHA256 (https://github.com/fernet/spec).
"""

import base64
import logging
from collections import Counter
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

logger = logging.getLogger(__name__)

MARK = "fernet:"
# What of an authenticator's data is secret; a passkey's is the public half of a pair.
_SECRETS = ("secret", "seed", "migrated_codes")


class Lies(StrEnum):
    """How a factor lies in the database."""

    FIRST = "under the first key"
    OLDER = "under an older key"
    PLAIN = "not encrypted"
    UNREADABLE = "under a key that MFA_KEYS lacks"


def encrypt(text: str) -> str:
    """Under the first key; ImproperlyConfigured where there is none."""
    return MARK + MultiFernet(_keys()).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """The secret; InvalidToken, and a line in the log, when no key fits."""
    if not stored.startswith(MARK):
        return stored
    try:
        return MultiFernet(_keys()).decrypt(stored.removeprefix(MARK)).decode()
    except InvalidToken:
        logger.error("a second factor lies under a key that MFA_KEYS lacks")
        raise


def renew(one: Authenticator) -> bool:
    """Encrypt what a row holds under the first key, and say whether it lay otherwise.

    The row is locked and read anew: a recovery code may be used at the same moment.
    """
    if lies(one) in (Lies.FIRST, Lies.UNREADABLE):
        return False
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=one.pk).first()
        if row is None or lies(row) in (Lies.FIRST, Lies.UNREADABLE):
            return False
        for name in _SECRETS:
            if name in row.data:
                row.data[name] = _renewed(row.data[name])
        row.save(update_fields=["data"])
    return True


def lies(one: Authenticator) -> Lies:
    """How a factor lies in the database: by the worst of its secrets."""
    found = {_lies(stored) for stored in _stored(one)}
    worst = (Lies.UNREADABLE, Lies.PLAIN, Lies.OLDER)
    return next((kind for kind in worst if kind in found), Lies.FIRST)


def survey() -> Counter[Lies]:
    """How many factors lie how, the passkeys left out."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    return Counter(lies(one) for one in rows.iterator())


def trouble() -> str:
    """What is wrong with the keys, in words; "" when nothing is."""
    if not settings.MFA_KEYS and settings.HTTPS:
        return "MFA_KEYS is not set: the secrets of second factors can't be encrypted."
    try:
        _keys()
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _keys() -> list[Fernet]:
    """Those that are set; where the address is not https, one that follows from SECRET_KEY."""
    try:
        given = [Fernet(key) for key in settings.MFA_KEYS]
    except ValueError:
        # Which one, and what it holds, is not for a log.
        raise ImproperlyConfigured("One of MFA_KEYS is no key.") from None
    if not given and settings.HTTPS:
        raise ImproperlyConfigured("MFA_KEYS is not set.")
    # Also last behind those that are set: what a trial on plain http enrolled stays readable.
    return [*given, Fernet(_derived())]


def _derived() -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"spinewatch second factors")
    return base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode()))


def _stored(one: Authenticator) -> list[str]:
    found: list[str] = []
    for name in _SECRETS:
        kept = one.data.get(name, [])
        found += kept if isinstance(kept, list) else [kept]
    return found


def _lies(stored: str) -> Lies:
    if not stored.startswith(MARK):
        return Lies.PLAIN
    for place, key in enumerate(_keys()):
        try:
            key.decrypt(stored.removeprefix(MARK))
        except InvalidToken:
            continue
        return Lies.OLDER if place else Lies.FIRST
    return Lies.UNREADABLE


def _renewed(kept: Any) -> Any:
    if isinstance(kept, list):
        return [encrypt(decrypt(one)) for one in kept]
    return encrypt(decrypt(kept))
