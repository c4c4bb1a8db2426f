"""What a call says, and what its keys mean: pure, and without a word about health.

Nothing that is spoken concerns a patient, so that no PIN has to keep it: whoever picks up
hears who calls and how urgent it is. Everything else needs a sign-in.
"""

from enum import StrEnum


class Key(StrEnum):
    """What a key press means."""

    TAKE = "take"
    PASS_ON = "pass_on"  # noqa: S105  a key of a telephone
    REPEAT = "repeat"


_KEYS = {"4": Key.TAKE, "6": Key.PASS_ON}
NO_KEY = "No key was pressed. The next way is tried. Goodbye."
CALL_OVER = "This call is about nothing that is still open. Goodbye."
CONNECT_KEY = "1"


def meaning(digits: str) -> Key:
    """The meaning of what was pressed; whatever is neither key says it again."""
    return _KEYS.get(digits, Key.REPEAT)


def page(*, level: str, reference: str, team: str, climb: int) -> str:
    """Who calls, how urgent it is, which page, and what the keys do."""
    nth = f" This is call {climb + 1}." if climb else ""
    what = "This is a drill. There is no patient. Drill" if level == "drill" else _page(level)
    return (
        f"This is Spinewatch, calling {team}."
        f" {what}, reference {spelled(reference)}.{nth}"
        " To take it, press 4. To pass it on, press 6. To hear this again, press star."
    )


def _page(level: str) -> str:
    return f"{level.capitalize()} page"


def taken(*, reference: str, minutes: int) -> str:
    """To the one who takes a page."""
    return (
        f"You have {spelled(reference)}. Say on its page, or by text, what came of it"
        f" within {minutes} minutes. Goodbye."
    )


def taken_by(*, reference: str, name: str) -> str:
    """To whoever comes second."""
    return f"{name} has {spelled(reference)}. Goodbye."


def closed_by(*, reference: str, name: str) -> str:
    """To whoever comes too late."""
    return f"{spelled(reference)} is closed by {name}. Goodbye."


def passed_on(*, reference: str) -> str:
    """To the one who passes a page on."""
    return f"{spelled(reference)} is passed on. Goodbye."


DRILL_TAKEN = "Drill acknowledged. It is over. There is no patient. Goodbye."
DRILL_OVER = "This drill is over. There is no patient. Goodbye."


def bridge(*, reference: str) -> str:
    """To a clinician who asked to be connected: a voice box must not be."""
    return f"Spinewatch, page {spelled(reference)}. To be connected, press {CONNECT_KEY}."


CONNECTING = "Connecting."
NOT_CONNECTED = "Nobody answered. Goodbye."


def spelled(reference: str) -> str:
    """Sign by sign, so that it is heard as it is written."""
    return ", ".join(reference)
