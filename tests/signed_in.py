"""Sessions for tests, without a password's slow hash: one helper for every kind."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client

_USER_KEY = f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"
force_login: Callable[..., None] = Client.force_login


def by_password(client: Client, user: Any, *, ago: float = 0) -> None:
    """Signed in with the password alone, `ago` seconds before now."""
    force_login(client, user, backend="django.contrib.auth.backends.ModelBackend")
    _note(client, user, {"method": "password", "at": time.time() - ago})


def verified(client: Client, user: Any, backend: Any = None, *, ago: float = 0) -> None:
    """Signed in with a second factor too, which the user then has: what pages ask for."""
    factor, _made = Authenticator.objects.get_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": "JBSWY3DPEHPK3PXP"}},
    )
    by_password(client, user, ago=ago)
    _note(
        client,
        user,
        {"method": "mfa", "at": time.time() - ago, "id": factor.pk, "type": factor.type},
    )


def _note(client: Client, user: Any, record: dict[str, Any]) -> None:
    session = client.session
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records, record]
    session[_USER_KEY] = str(user.pk)
    session.save()
