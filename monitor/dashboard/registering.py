"""The form by which staff register a patient and a procedure, between browser and the door."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from monitor.dashboard.forms import WallTimeField
from patients.models import Clinic, Consent, Patient, Procedure
from patients.phone import PhoneRefused, mobile
from patients.registration import Registration, find_patient

LANGUAGES = [("en", "English"), ("es", "Español")]
_CHOOSE = [("", "…")]


class RegistrationForm(forms.Form):
    """Reads what was entered. Nothing is required here: the door says what is missing."""

    given_name = forms.CharField(label=_("Given name"), max_length=80, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=80, required=False)
    born_on = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=LANGUAGES)
    record_number = forms.CharField(label=_("Record number"), max_length=40, required=False)
    anticoagulant = forms.BooleanField(label=_("Takes a blood thinner"), required=False)
    diabetes = forms.BooleanField(label=_("Has diabetes"), required=False)
    immune_problem = forms.BooleanField(label=_("Weak immune system"), required=False)
    contraindications = forms.MultipleChoiceField(
        label=_("Contraindications"),
        choices=Patient.Contraindication.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label=_("Procedure"), choices=[*_CHOOSE, *Procedure.Kind.choices], required=False
    )
    region = forms.ChoiceField(
        label=_("Region"), choices=[*_CHOOSE, *Procedure.Region.choices], required=False
    )
    side = forms.ChoiceField(
        label=_("Side"), choices=[*_CHOOSE, *Procedure.Side.choices], required=False
    )
    levels = forms.CharField(
        label=_("Levels"),
        max_length=80,
        required=False,
        help_text=_("As in L4/5, separated by commas."),
    )
    performed_at = WallTimeField(label=_("Performed"), required=False)
    clinician = forms.CharField(label=_("Performed by"), max_length=120, required=False)
    steroid = forms.BooleanField(label=_("With a steroid"), required=False)
    drugs = forms.CharField(label=_("Drugs and doses"), max_length=200, required=False)
    baseline_pain = forms.IntegerField(
        label=_("Pain before, 0 to 10"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": 10}),
    )
    consent_how = forms.ChoiceField(
        label=_("The patient agreed to be texted"),
        choices=[*_CHOOSE, *Consent.How.choices],
        required=False,
    )
    consent_given_at = WallTimeField(label=_("Agreed on"), required=False)
    accept_warnings = forms.BooleanField(label=_("Register all the same"), required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("performed_at", "consent_given_at"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]
        for one in self.fields.values():
            one.widget.attrs["class"] = _look(one.widget)

    def registration(self) -> Registration:
        """What was entered, as the door takes it; what could not be read counts as missing."""
        entered = self.cleaned_data.get
        return Registration(
            given_name=entered("given_name", ""),
            family_name=entered("family_name", ""),
            born_on=entered("born_on"),
            phone=entered("phone", ""),
            language=entered("language", ""),
            record_number=entered("record_number", ""),
            anticoagulant=bool(entered("anticoagulant")),
            diabetes=bool(entered("diabetes")),
            immune_problem=bool(entered("immune_problem")),
            contraindications=entered("contraindications", ()),
            kind=entered("kind", ""),
            region=entered("region", ""),
            side=entered("side", ""),
            levels=[part.strip() for part in entered("levels", "").split(",") if part.strip()],
            performed_at=entered("performed_at"),
            clinician=entered("clinician", ""),
            steroid=bool(entered("steroid")),
            drugs=entered("drugs", ""),
            baseline_pain=entered("baseline_pain"),
            consent_given_at=entered("consent_given_at"),
            consent_how=entered("consent_how", ""),
        )


def _look(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def first_values(*, now: datetime) -> dict[str, Any]:
    """What most registrations have: today's procedure, and a consent given just now."""
    return {"language": "en", "steroid": True, "consent_given_at": now}


def hints(form: Registration, *, clinic: Clinic) -> list[str]:
    """What is known already of this person or phone, for whoever is typing."""
    found = []
    same = find_patient(form, clinic=clinic)
    if same is not None:
        found.append(
            str(_("%(name)s is registered already: this will be a further procedure."))
            % {"name": same}
        )
    try:
        phone = mobile(form.phone, country=clinic.country)
    except PhoneRefused:
        return found
    others = Patient.objects.filter(clinic=clinic, phone=phone)
    count = others.exclude(pk=same.pk).count() if same else others.count()
    if count:
        found.append(
            ngettext(
                "%(count)d other patient has this phone: ask whose it is.",
                "%(count)d other patients have this phone: ask whose it is.",
                count,
            )
            % {"count": count}
        )
    return found
