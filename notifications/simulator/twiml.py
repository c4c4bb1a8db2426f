"""Reads TwiML, the XML that an application answers Twilio with."""

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError, fromstring


class TwimlError(ValueError):
    """The document is not TwiML; Twilio's error 12100 or 12200."""


@dataclass(frozen=True)
class Reply:
    """A text in answer to one. `action` is its status callback, as written."""

    body: str
    to: str = ""
    from_number: str = ""
    action: str = ""
    media: tuple[str, ...] = ()


def verbs(document: str) -> list[Element]:
    """The children of <Response>."""
    try:
        # The document comes from the application under test, not from outside.
        root = fromstring(document)  # noqa: S314
    except ParseError as error:
        raise TwimlError(str(error)) from error
    if root.tag != "Response":
        raise TwimlError(f"<{root.tag}> instead of <Response>")
    return list(root)


def replies(document: str) -> list[Reply]:
    """The texts that an answer to an inbound text asks for; none when it is no TwiML."""
    if not document.strip():
        return []
    try:
        found = verbs(document)
    except TwimlError:
        return []
    return [_reply(verb) for verb in found if verb.tag == "Message"]


def _reply(verb: Element) -> Reply:
    bodies = [body.text or "" for body in verb.findall("Body")]
    return Reply(
        body="".join(bodies) if bodies else (verb.text or "").strip(),
        to=verb.get("to", ""),
        from_number=verb.get("from", ""),
        action=verb.get("action", ""),
        media=tuple(medium.text or "" for medium in verb.findall("Media")),
    )


def absolute(base: str, link: str) -> str:
    """`link` as seen from the document at `base`; empty stays empty."""
    return urljoin(base, link) if link else ""
