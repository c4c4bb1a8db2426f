import pytest

from patients.phone import PhoneRefused, mobile, spoken


@pytest.mark.parametrize(
    ("written", "country", "e164"),
    [
        ("(201) 555-0123", "US", "+12015550123"),
        ("201.555.0123", "US", "+12015550123"),
        ("1 201 555 0123", "US", "+12015550123"),
        ("+44 7400 123456", "US", "+447400123456"),
        ("07400 123456", "GB", "+447400123456"),
        ("612 34 56 78", "ES", "+34612345678"),
    ],
)
def test_a_mobile_as_people_write_it(written: str, country: str, e164: str) -> None:
    assert mobile(written, country=country) == e164


@pytest.mark.parametrize(
    ("written", "country", "why"),
    [
        ("", "US", "not a phone number"),
        ("call my wife", "US", "not a phone number"),
        ("555-0123", "US", "No phone in US"),
        ("201 555 01234", "US", "No phone in US"),
        ("07400 123456", "US", "starts with +"),
        ("020 7946 0018", "GB", "landline"),
        ("800 234 5678", "US", "toll-free"),
        ("+1 201", "US", "No phone"),
    ],
)
def test_what_can_not_be_texted_is_refused_in_plain_words(
    written: str, country: str, why: str
) -> None:
    with pytest.raises(PhoneRefused, match=why.replace("+", r"\+")):
        mobile(written, country=country)


def test_a_stored_number_is_shown_with_its_spacing() -> None:
    assert spoken("+12015550123") == "+1 201-555-0123"
