"""The signature that Twilio puts on its webhooks.

Source: www.twilio.com/docs/usage/security, "Validating requests": HMAC-SHA1 with the auth
token over the address followed by each name and value in the order of names, in base 64.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def sign(auth_token: str, url: str, params: Mapping[str, str]) -> str:
    """The header's value for a form posted to `url`, query included, fragment left off."""
    text = url.partition("#")[0] + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
