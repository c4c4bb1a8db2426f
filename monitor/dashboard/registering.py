"""The form by which staff register a patient and a procedure, between browser and the door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from monitor.dashboard.forms import WallTimeField
from patients.models import Clinic, Consent, Patient, Procedure
from patients.phone import PhoneRefused, mobile
from patients.registration import Registration, find_patient

LANGUAGES = [("en", "English"), ("es", "Español")]
_CHOOSE = [("", "…")]


def _in_words(choices: Iterable[tuple[str, str]]) -> list[tuple[str, Any]]:
    """Choices in the reader's language, looked up when they are shown."""
    return [(value, _(label)) for value, label in choices]


# Letters of a family name before anybody is suggested, and how many are.
SHORTEST = 2
MOST_ALIKE = 5


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
        choices=_in_words(Patient.Contraindication.choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label=_("Procedure"),
        choices=[*_CHOOSE, *_in_words(Procedure.Kind.choices)],
        required=False,
    )
    region = forms.ChoiceField(
        label=_("Region"),
        choices=[*_CHOOSE, *_in_words(Procedure.Region.choices)],
        required=False,
    )
    side = forms.ChoiceField(
        label=_("Side"), choices=[*_CHOOSE, *_in_words(Procedure.Side.choices)], required=False
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
        choices=[*_CHOOSE, *_in_words(Consent.How.choices)],
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

    def focus(self, name: str) -> None:
        """Where typing begins."""
        if name in self.fields:
            self.fields[name].widget.attrs["autofocus"] = True

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


def first_values(*, now: datetime, zone: ZoneInfo, clinician: str = "") -> dict[str, Any]:
    """What most registrations have: a procedure of today, and a consent given just now.

    Not its time: the rules count hours from it, so somebody must have looked.
    """
    return {
        "language": "en",
        "steroid": True,
        "consent_given_at": now,
        "performed_at": [now.astimezone(zone).date(), None],
        "clinician": clinician,
    }


def last_clinician(user: Any, *, clinic: Clinic) -> str:
    """Who performed the last procedure that this user registered at the clinic."""
    mine = Procedure.objects.filter(registered_by=user, patient__clinic=clinic)
    return mine.order_by("-registered_at").values_list("clinician", flat=True).first() or ""


def draft(form: Registration, *, clinic: Clinic) -> Procedure | None:
    """The procedure as it would be, not saved; None while what decides the texts is missing."""
    known = form.kind in Procedure.Kind.values and form.region in Procedure.Region.values
    if not known or form.performed_at is None:
        return None
    try:
        phone = mobile(form.phone, country=clinic.country)
    except PhoneRefused:
        phone = ""
    patient = Patient(
        clinic=clinic,
        phone=phone,
        language=form.language,
        anticoagulant=form.anticoagulant,
        diabetes=form.diabetes,
        immune_problem=form.immune_problem,
    )
    return Procedure(
        patient=patient,
        kind=form.kind,
        region=form.region,
        performed_at=form.performed_at,
        baseline_pain=form.baseline_pain,
    )


@dataclass(frozen=True)
class Hint:
    """What is known already; `patient` is whose page says more."""

    words: str
    patient: Patient | None = None


def hints(form: Registration, *, clinic: Clinic) -> list[Hint]:
    """What is known already of this person or phone, for whoever is typing."""
    same = find_patient(form, clinic=clinic)
    found = []
    if same is not None:
        known = _("%(name)s is registered already: this will be a further procedure.")
        found.append(Hint(str(known) % {"name": same}, same))
    found += [
        Hint(
            str(_("%(name)s, born %(born)s, is registered: the same person?"))
            % {"name": one, "born": date_format(one.born_on, "j M Y")},
            one,
        )
        for one in _alike(form, clinic=clinic)
        if one != same
    ]
    try:
        phone = mobile(form.phone, country=clinic.country)
    except PhoneRefused:
        return found
    others = Patient.objects.filter(clinic=clinic, phone=phone)
    count = others.exclude(pk=same.pk).count() if same else others.count()
    if count:
        words = ngettext(
            "%(count)d other patient has this phone: ask whose it is.",
            "%(count)d other patients have this phone: ask whose it is.",
            count,
        )
        found.append(Hint(words % {"count": count}))
    return found


def _alike(form: Registration, *, clinic: Clinic) -> list[Patient]:
    """Who may be the same: the record number, or the family name with one thing more."""
    alike = Q()
    if form.record_number.strip():
        alike |= Q(record_number__iexact=form.record_number.strip())
    family, given = form.family_name.strip(), form.given_name.strip()
    if len(family) >= SHORTEST:
        more = Q(born_on=form.born_on) if form.born_on else Q()
        if given:
            more |= Q(given_name__istartswith=given)
        if more:
            alike |= Q(family_name__istartswith=family) & more
    if not alike:
        return []
    return list(Patient.objects.filter(alike, clinic=clinic).order_by("pk")[:MOST_ALIKE])
