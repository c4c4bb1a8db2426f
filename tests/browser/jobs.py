"""Which jobs a browser must be seen to do, by keyboard and by mouse, at both sizes.

A job is an address. The test that does it says so by the mark `does`, and fails when no page
led there; `test_jobs` fails for an address that no test does.
"""

from collections.abc import Mapping

from monitor.dashboard.roles import MAY
from tests.monitor.dashboard.test_doors import PLACES

EXCEPTED: Mapping[str, str] = {
    "system": "A poll asks for it; nobody does.",
    "on-call": "Other programs read it; no page leads there.",
    "take-draft": "A page asks for it as it opens; test_idle sees what it brings back.",
    "phones": "The demo's, for whoever tries Spinewatch; test_phones goes through it once.",
    "phone-send": "The demo's.",
    "phone-call": "The demo's.",
}
ACCOUNT = frozenset(
    {
        *("sign-in", "sign-out", "mfa_authenticate", "mfa_activate_totp", "mfa_add_webauthn"),
        *("mfa_login_webauthn", "account_reauthenticate", "set-language"),
    }
)
"""What everybody does with their own account, besides what roles allow."""

WANTED = (frozenset(MAY) | ACCOUNT) - frozenset(EXCEPTED)
BY_POST = frozenset(
    {
        *(name for name, place in PLACES.items() if place[1] == "post"),
        # Their page is to be had by GET; only the POST does what it is for.
        *("access-log", "changes", "confirm-channel", "account_reauthenticate", "sign-in"),
        *("mfa_authenticate", "mfa_activate_totp", "mfa_add_webauthn"),
    }
)
