"""The administration's forms by which somebody comes to be on a rota: only who is ready.

What is saved as it was is not asked again: somebody who is not ready any more must not keep
others from being put in order.
"""

from typing import Any

from django import forms

from notifications.models import LayerMember, Override, Responder, Rung
from notifications.oncall import roll_call
from notifications.oncall.swapping import NotPossible


def _gated(form: forms.ModelForm, name: str) -> Any:  # type: ignore[type-arg]
    """A field's people, after the gate where they are new."""
    value = form.cleaned_data[name]
    chosen = [value] if isinstance(value, Responder) else list(value or ())
    before = form.initial.get(name) or ()
    known = {getattr(one, "pk", one) for one in (before if _many(before) else [before])}
    try:
        roll_call.require(person for person in chosen if person.pk not in known)
    except NotPossible as why:
        raise forms.ValidationError(str(why)) from None
    return value


def _many(value: Any) -> bool:
    return hasattr(value, "__iter__")


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A turn in a layer's rotation."""

    class Meta:
        model = LayerMember
        fields = ("responder", "position")

    def clean_responder(self) -> Any:
        return _gated(self, "responder")


class OverrideForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody in a layer's place."""

    class Meta:
        model = Override
        fields = ("layer", "responder", "starts_at", "ends_at")

    def clean_responder(self) -> Any:
        return _gated(self, "responder")


class RungForm(forms.ModelForm):  # type: ignore[type-arg]
    """A step of the escalation policy. The rung of everybody asks nothing of anybody."""

    class Meta:
        model = Rung
        fields = (
            *("position", "target", "layer", "responder", "people"),
            *("emergency_delay", "urgent_delay"),
        )

    def clean_responder(self) -> Any:
        return _gated(self, "responder")

    def clean_people(self) -> Any:
        return _gated(self, "people")
