"""E-mail by Django's own SMTP, with every failure told apart."""

import smtplib
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from notifications.gateways.base import (
    Accepted,
    Ambiguous,
    NotSent,
    OutgoingText,
    Refused,
    Throttled,
)
from notifications.gateways.errors import CONFIGURATION
from notifications.gateways.relays import RELAYED, Unasked

NOT_REACHED = "The mail server can't be reached; sending goes on by itself once it can."
UNCLEAR = "The mail server broke off: the e-mail may come twice."
BUSY = "The mail server asks to wait; sending goes on by itself."
RETRY_AFTER_SECONDS = 5.0


@dataclass(frozen=True)
class Server:
    """Where e-mail is handed over, and from whom it is."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool
    timeout_seconds: float
    from_address: str


class Smtp(Unasked):
    """A mail server. The same Message-ID in each attempt lets readers see that two are one."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def send(self, text: OutgoingText) -> Accepted:
        server = self._server
        if not server.host:
            raise Refused(None, CONFIGURATION.kind, "No mail server is set: see EMAIL_URL.")
        connection = EmailBackend(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.use_tls,
            use_ssl=server.use_ssl,
            timeout=server.timeout_seconds,
        )
        self._open(connection)
        domain = server.from_address.rpartition("@")[2] or "localhost"
        mail = EmailMessage(
            subject=text.title,
            body=text.body,
            from_email=server.from_address,
            to=[text.to],
            headers={"Message-ID": f"<{text.id}@{domain}>", "Auto-Submitted": "auto-generated"},
            connection=connection,
        )
        try:
            mail.send()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _from_sending(error) from None
        finally:
            connection.close()
        return Accepted(text.id, RELAYED, None)

    def _open(self, connection: EmailBackend) -> None:
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError as error:
            raise Refused(error.smtp_code, CONFIGURATION.kind, "Check EMAIL_URL.") from None
        except (smtplib.SMTPException, OSError):
            raise NotSent(None, NOT_REACHED) from None


def _from_sending(error: Exception) -> Exception:
    """`from None` above, because what the library raises quotes addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        return _from_code(codes[0] if codes else 550, "invalid_address")
    if isinstance(error, smtplib.SMTPResponseException):
        return _from_code(error.smtp_code, "rejected")
    if isinstance(error, ValueError):
        return Refused(None, "invalid_address", "This is no e-mail address.")
    return Ambiguous(None, UNCLEAR)


def _from_code(code: int, kind: str) -> Exception:
    if 400 <= code < 500:
        return Throttled(code, BUSY, retry_after=RETRY_AFTER_SECONDS)
    return Refused(code, kind, "The mail server refused it: check the address.")
