"""Phone numbers as people write them, into E.164. Pure."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

# What can't be texted, and how to say it.
_CANNOT_BE_TEXTED = {
    PhoneNumberType.FIXED_LINE: "a landline",
    PhoneNumberType.TOLL_FREE: "a toll-free number",
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
    PhoneNumberType.PAGER: "a pager",
    PhoneNumberType.UAN: "a company's number",
    PhoneNumberType.VOICEMAIL: "a voicemail box",
}


class PhoneRefused(ValueError):
    """The number can't be used; the message says why and what to write instead.

    `template` with `values` is the message, for whoever shows it in another language.
    """

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template % values)
        self.template = template
        self.values = values


def mobile(written: str, *, country: str) -> str:
    """The E.164 form of a number that texts can reach.

    `country` (ISO 3166, two letters) is that of numbers written without a leading +.
    PhoneRefused when the number is impossible, written as in another country, or known to
    be one that texts don't reach. Where mobiles and landlines share numbers, as in the
    United States, a landline can't be told and passes.
    """
    try:
        number = phonenumbers.parse(written, country)
    except NumberParseException:
        raise PhoneRefused("This is not a phone number; write it with its area code.") from None
    if not phonenumbers.is_valid_number(number):
        raise PhoneRefused(
            "No phone in %(country)s has this number. Check the digits; a number of another "
            "country starts with + and the country's code.",
            country=country,
        )
    kind = _CANNOT_BE_TEXTED.get(phonenumbers.number_type(number))
    if kind:
        raise PhoneRefused("This is %(kind)s; texts go to mobile phones only.", kind=kind)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def line(written: str, *, country: str) -> str:
    """The E.164 form of a number that can be called, a landline too.

    `country` as for `mobile`. PhoneRefused when it is no number.
    """
    try:
        number = phonenumbers.parse(written, country)
    except NumberParseException:
        raise PhoneRefused("This is not a phone number; write it with its area code.") from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneRefused("This is not a phone number; write it with its area code.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken(e164: str) -> str:
    """An E.164 number as people read it, with its country's spacing."""
    return phonenumbers.format_number(
        phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
