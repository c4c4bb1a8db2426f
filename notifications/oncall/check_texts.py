"""What verifications and weekly tests say: pure, and nothing that could pass for a page.

No text of these has the word "ref" or a number alone; a test's code begins with a letter.
"""


def verify_title() -> str:
    """What an e-mail with a code is headed with."""
    return "Spinewatch: verify this channel"


def verify(*, code: str) -> str:
    """A code by SMS or e-mail."""
    return (
        f"Spinewatch: your code is {code}. Enter it on your page My channels within 30 "
        "minutes. Nobody from the clinic ever asks you for it."
    )


def verify_spoken(*, code: str) -> str:
    """A code in a call, digit by digit, three times."""
    said = ", ".join(code)
    return (
        "This is Spinewatch. This is no page. Your code for this phone is "
        f"{said}. Again: {said}. Once more: {said}. Enter it on your page My channels. "
        "Goodbye."
    )


def verify_link(*, link: str) -> str:
    """A link, where a code could not be told from others' messages."""
    return f"Spinewatch: confirm within 30 minutes that this reaches you: {link}"


def test_title() -> str:
    """What a test by e-mail or push is headed with."""
    return "Spinewatch TEST, no patient"


def test(*, code: str) -> str:
    """A test by SMS."""
    return (
        f"Spinewatch weekly TEST. No patient, nothing to do but reply {code} to show that "
        "pages reach this phone."
    )


def test_link(*, link: str) -> str:
    """A test where no reply is read."""
    return f"Spinewatch weekly TEST. No patient, nothing to do but confirm: {link}"


def test_spoken() -> str:
    """A test by telephone."""
    return (
        "This is Spinewatch. This is the weekly test of your phone. There is no patient and "
        "no page. Press 4 to show that you hear this."
    )


def test_answered() -> str:
    """To whoever answers a test by text."""
    return "Spinewatch: TEST answered. Thank you."


def test_over() -> str:
    """To whoever answers a test that is over."""
    return "Spinewatch: that TEST is over. There is nothing to do."


TEST_HEARD = "Thank you. The test is done. Goodbye."
NO_KEY = "No key was pressed. You are called once more, later. Goodbye."
OVER = "This test is over. Goodbye."


def unready(*, name: str, why: str, base_url: str) -> str:
    """To a lead: somebody on the rota is not ready."""
    return (
        f"Spinewatch rota: {_short(name)} is on the rota and not ready ({why}). Still paged "
        f"on what is left. See {base_url}/responders"
    )


def stopped(*, name: str) -> str:
    """To a lead: a responder's phone refuses texts."""
    return (
        f"Spinewatch rota: the phone of {_short(name)} refuses texts (STOP). Pages use "
        "their other channels. A text START from that phone undoes it."
    )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}."
