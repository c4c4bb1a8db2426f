from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from notifications.simulator.signature import sign

TOKEN = "a token"
# The library carries no types of its own.
Validator: Any = RequestValidator
URLS = st.sampled_from(
    (
        "https://clinic.example/sms",
        "https://clinic.example/sms?line=1&x=%20y",
        "http://127.0.0.1:8000/status?m=7",
    )
)
FORMS = st.dictionaries(st.text("ABCabc09", min_size=1, max_size=8), st.text(max_size=20))


@given(URLS, FORMS)
def test_twilios_own_validator_agrees(url: str, form: dict[str, str]) -> None:
    assert Validator(TOKEN).validate(url, form, sign(TOKEN, url, form))


@given(URLS, FORMS)
def test_a_changed_word_or_token_breaks_it(url: str, form: dict[str, str]) -> None:
    signature = sign(TOKEN, url, form)
    assert not Validator(TOKEN).validate(url, {**form, "Body": "x!"}, signature)
    assert not Validator("another").validate(url, form, signature)
    assert not Validator(TOKEN).validate(url + "/", form, signature)


def test_the_fragment_is_left_out() -> None:
    assert sign(TOKEN, "https://a.example/x#rc=5", {}) == sign(TOKEN, "https://a.example/x", {})
