"""What a responder fills in about a channel of their own."""

from typing import Any

import phonenumbers
from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from notifications.models import Channel, Team

# What push and chat take holds tokens and reaches any host: an administrator enters it.
_OFFERED = [
    (Channel.SMS.value, _("Text (SMS)")),
    (Channel.VOICE.value, _("Phone call")),
    (Channel.EMAIL.value, _("E-mail")),
]


class ChannelForm(forms.Form):
    """A kind of channel and its address; a number comes out in E.164."""

    channel = forms.ChoiceField(
        choices=_OFFERED,
        label=_("Kind"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    address = forms.CharField(
        max_length=254,
        label=_("Number or address"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"channel{team.pk}_%s"
        super().__init__(*args, **kwargs)
        self.team = team

    def clean(self) -> dict[str, Any]:
        super().clean()
        address, channel = self.cleaned_data.get("address"), self.cleaned_data.get("channel")
        if not address or not channel:
            return self.cleaned_data
        if channel == Channel.EMAIL:
            try:
                validate_email(address)
            except forms.ValidationError as wrong:
                self.add_error("address", wrong)
        elif number := self._number(address):
            self.cleaned_data["address"] = number
        return self.cleaned_data

    def _number(self, written: str) -> str:
        try:
            number = phonenumbers.parse(written, self.team.country or None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self.add_error(
                "address",
                _(
                    "This is no phone number; write it with its area code, or with + and the "
                    "country's code."
                ),
            )
            return ""
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
