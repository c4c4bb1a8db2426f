"""What Twilio's error codes mean for us, and what staff should do.

Source: Twilio's error and warning dictionary, www.twilio.com/docs/api/errors.
"""

from typing import NamedTuple


class Meaning(NamedTuple):
    """`kind` as in base.Refused."""

    kind: str
    advice: str


_PHONE = "phone the patient instead"
OPTED_OUT = Meaning("opted_out", f"This number has opted out of texts: {_PHONE}.")
INVALID = Meaning("invalid_number", "The number can't be right: correct it in the record.")
LANDLINE = Meaning(
    "invalid_number", f"The number can't take texts, a landline perhaps: {_PHONE}."
)
UNREACHABLE = Meaning("unreachable", f"The phone can't be reached now: {_PHONE}.")
FILTERED = Meaning("filtered", f"The network held the text back as unwanted: {_PHONE}.")
CONFIGURATION = Meaning(
    "configuration",
    "The clinic's account at Twilio is not set up right: tell the administrator.",
)
REJECTED = Meaning("rejected", f"The text was refused: {_PHONE}.")

# A sender's queue is full: not taken on, and for now only.
QUEUE_FULL = 21611

MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys((21610, 30004), OPTED_OUT),
    **dict.fromkeys((21211, 21217, 21266, 21401, 21421, 30005), INVALID),
    **dict.fromkeys((21614, 21635, 30006), LANDLINE),
    **dict.fromkeys((30001, 30003, 30008, 30009, 30010, 30022), UNREACHABLE),
    **dict.fromkeys((30007, 30038), FILTERED),
    **dict.fromkeys(
        (
            20003,
            20008,
            20404,
            21212,
            21408,
            21602,
            21603,
            21606,
            21609,
            21612,
            21659,
            21701,
            21703,
            21704,
        ),
        CONFIGURATION,
    ),
    **dict.fromkeys((30002, 30034), CONFIGURATION),
}


def meaning(code: int | None) -> Meaning:
    """What an error code means; a code that is not known is a plain refusal."""
    return MEANINGS.get(code or 0, REJECTED)
