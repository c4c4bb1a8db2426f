"""The one door by which a patient gets in: forms, imports and the API all come through here."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from patients.models import Clinic, Consent, Patient, Procedure
from patients.phone import PhoneRefused, mobile
from patients.signals import consent_withdrawn, procedure_registered

# Past the last check-in of every patient there is nothing left to follow.
TOO_LATE = timedelta(days=14)
# A clock in the theatre may be a little ahead.
CLOCK_SKEW = timedelta(minutes=5)
STEROID_WINDOW = timedelta(days=365)

Entry = TypeVar("Entry", date, datetime)


class Refused(ValueError):
    """Nothing was saved. `errors` maps each field at fault to a plain sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in errors.items()))
        self.errors = dict(errors)


class Warned(ValueError):
    """Nothing was saved: somebody must read `warnings` and say that it is meant so."""

    def __init__(self, warnings: Sequence[str]) -> None:
        super().__init__("; ".join(warnings))
        self.warnings = list(warnings)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A patient, a procedure and a consent, as they were written down.

    `phone` as written; `performed_at` and `consent_given_at` aware; None where nothing
    was entered.
    """

    given_name: str
    family_name: str
    born_on: date | None
    phone: str
    language: str = "en"
    record_number: str = ""
    anticoagulant: bool = False
    diabetes: bool = False
    immune_problem: bool = False
    contraindications: Sequence[str] = ()
    kind: str
    region: str
    side: str
    levels: Sequence[str] = ()
    performed_at: datetime | None
    clinician: str
    steroid: bool = False
    drugs: str = ""
    baseline_pain: int | None = None
    consent_given_at: datetime | None
    consent_how: str


@dataclass(frozen=True)
class Earlier:
    """A procedure that the same person has had at this clinic."""

    kind: str
    region: str
    steroid: bool
    performed_at: datetime


@dataclass(frozen=True)
class Checked:
    """What is wrong with a registration, field by field, and what is worth a second look."""

    phone: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def check(
    form: Registration, *, clinic: Clinic, earlier: Sequence[Earlier], now: datetime
) -> Checked:
    """Judge a registration without saving anything."""
    errors = {
        **_person_errors(form, today=now.astimezone(clinic.zone).date()),
        **_procedure_errors(form, clinic=clinic, earlier=earlier, now=now),
        **_consent_errors(form.consent_given_at, form.consent_how, now=now),
    }
    phone = ""
    try:
        phone = mobile(form.phone, country=clinic.country)
    except PhoneRefused as refused:
        errors["phone"] = _(refused.template) % {
            name: _(value) for name, value in refused.values.items()
        }
    return Checked(phone, errors, _warnings(form, limit=clinic.steroid_limit, earlier=earlier))


def _person_errors(form: Registration, *, today: date) -> dict[str, str]:
    errors = {}
    if not form.given_name.strip():
        errors["given_name"] = _("Enter the given name.")
    if not form.family_name.strip():
        errors["family_name"] = _("Enter the family name.")
    if form.born_on is None:
        errors["born_on"] = _("Enter the date of birth.")
    elif form.born_on > today:
        errors["born_on"] = _("The date of birth is in the future.")
    elif today.year - form.born_on.year > 120:
        errors["born_on"] = _("The date of birth is more than 120 years ago.")
    if not re.fullmatch(r"[a-z]{2,3}", form.language):
        errors["language"] = _("Choose the language to write to the patient in.")
    unknown = set(form.contraindications) - set(Patient.Contraindication.values)
    if unknown:
        errors["contraindications"] = _("Not known: %(codes)s.") % {
            "codes": ", ".join(sorted(unknown))
        }
    return errors


def _procedure_errors(
    form: Registration, *, clinic: Clinic, earlier: Sequence[Earlier], now: datetime
) -> dict[str, str]:
    errors = {}
    for name, choices in (
        ("kind", Procedure.Kind),
        ("region", Procedure.Region),
        ("side", Procedure.Side),
    ):
        if getattr(form, name) not in choices.values:
            errors[name] = _("Choose one of: %(choices)s.") % {
                "choices": ", ".join(_(str(text)) for text in choices.labels)
            }
    if not form.clinician.strip():
        errors["clinician"] = _("Enter who performed the procedure.")
    if form.baseline_pain is not None and not 0 <= form.baseline_pain <= 10:
        errors["baseline_pain"] = _("Pain is a whole number from 0 to 10.")
    if form.performed_at is None:
        errors["performed_at"] = _("Enter the day and time of the procedure.")
    elif form.performed_at > now + CLOCK_SKEW:
        errors["performed_at"] = _(
            "The procedure is in the future: register it once it is done."
        )
    elif form.performed_at < now - TOO_LATE:
        errors["performed_at"] = _(
            "The procedure was more than %(days)d days ago: its check-ins are over."
        ) % {"days": TOO_LATE.days}
    elif _same_day(form, form.performed_at, zone=clinic.zone, earlier=earlier):
        errors["performed_at"] = _(
            "This patient is already registered with this procedure on this day."
        )
    return errors


def _same_day(
    form: Registration, performed_at: datetime, *, zone: ZoneInfo, earlier: Sequence[Earlier]
) -> bool:
    day = performed_at.astimezone(zone).date()
    return any(
        (past.kind, past.region) == (form.kind, form.region)
        and past.performed_at.astimezone(zone).date() == day
        for past in earlier
    )


def _consent_errors(given_at: datetime | None, how: str, *, now: datetime) -> dict[str, str]:
    errors = {}
    if given_at is None:
        errors["consent_given_at"] = _("Without the patient's consent no text may be sent.")
    elif given_at > now + CLOCK_SKEW:
        errors["consent_given_at"] = _("The consent is dated in the future.")
    if how not in Consent.How.values:
        errors["consent_how"] = _("Say how the consent was given.")
    return errors


def _warnings(form: Registration, *, limit: int, earlier: Sequence[Earlier]) -> list[str]:
    warnings = []
    if form.steroid and form.performed_at is not None:
        since = form.performed_at - STEROID_WINDOW
        count = 1 + sum(
            past.steroid and past.region == form.region and since < past.performed_at
            for past in earlier
        )
        if count > limit:
            warnings.append(
                _(
                    "This is steroid injection number %(count)d to this area in 12 months; "
                    "the clinic's limit is %(limit)d (S3)."
                )
                % {"count": count, "limit": limit}
            )
    labels = dict(Patient.Contraindication.choices)
    for code in form.contraindications:
        if code in labels:
            warnings.append(
                _("The patient has %(what)s, a contraindication (S3).")
                % {"what": _(labels[code])}
            )
    return warnings


@transaction.atomic
def register(
    form: Registration,
    *,
    clinic: Clinic,
    by: Any = None,
    now: datetime,
    accept_warnings: bool = False,
) -> Procedure:
    """Save a patient, the procedure and the consent, and let the follow-up begin.

    The same person (name and date of birth) is kept as one patient, with the newest phone
    and risk factors. `by` is the user who registers. Refused or Warned: nothing was saved.
    """
    # Two clerks with the same patient in hand take turns.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    patient = find_patient(form, clinic=clinic)
    checked = check(form, clinic=clinic, earlier=earlier_procedures(patient), now=now)
    if checked.errors:
        raise Refused(checked.errors)
    if checked.warnings and not accept_warnings:
        raise Warned(checked.warnings)
    patient = _save_patient(form, patient, phone=checked.phone, clinic=clinic, now=now)
    Consent.objects.create(
        patient=patient,
        given_at=_entered(form.consent_given_at),
        how=form.consent_how,
        recorded_by=by,
    )
    procedure = Procedure.objects.create(
        patient=patient,
        kind=form.kind,
        region=form.region,
        side=form.side,
        levels=list(form.levels),
        performed_at=_entered(form.performed_at),
        clinician=form.clinician.strip(),
        steroid=form.steroid,
        drugs=form.drugs.strip(),
        baseline_pain=form.baseline_pain,
        registered_by=by,
        registered_at=now,
    )
    procedure_registered.send(sender=Procedure, procedure=procedure, now=now)
    return procedure


def find_patient(form: Registration, *, clinic: Clinic) -> Patient | None:
    """The clinic's patient of this name and date of birth, if there is one."""
    if form.born_on is None:
        return None
    return Patient.objects.filter(
        clinic=clinic,
        family_name__iexact=form.family_name.strip(),
        given_name__iexact=form.given_name.strip(),
        born_on=form.born_on,
    ).first()


def earlier_procedures(patient: Patient | None) -> list[Earlier]:
    """What this patient has had done at the clinic."""
    if patient is None:
        return []
    return [
        Earlier(past.kind, past.region, past.steroid, past.performed_at)
        for past in Procedure.objects.filter(patient=patient)
    ]


def _entered(value: Entry | None) -> Entry:
    """A value that `check` has found to be there."""
    if value is None:
        raise Refused({"": "Something that is needed was not entered."})
    return value


def _save_patient(
    form: Registration, patient: Patient | None, *, phone: str, clinic: Clinic, now: datetime
) -> Patient:
    patient = patient or Patient(
        clinic=clinic,
        given_name=form.given_name.strip(),
        family_name=form.family_name.strip(),
        born_on=_entered(form.born_on),
        created_at=now,
    )
    patient.phone = phone
    patient.language = form.language
    patient.record_number = form.record_number.strip() or patient.record_number
    patient.anticoagulant = form.anticoagulant
    patient.diabetes = form.diabetes
    patient.immune_problem = form.immune_problem
    patient.contraindications = list(form.contraindications)
    patient.save()
    return patient


@transaction.atomic
def withdraw_consent(patient: Patient, *, how: str, now: datetime) -> None:
    """Record that the patient no longer wants texts; what is planned ends with it."""
    Consent.objects.filter(patient=patient, withdrawn_at__isnull=True).update(
        withdrawn_at=now, withdrawn_how=how
    )
    consent_withdrawn.send(sender=Patient, patient=patient, now=now)


@transaction.atomic
def give_consent(
    patient: Patient, *, how: str, given_at: datetime | None, by: Any, now: datetime
) -> None:
    """Record that the patient agrees to be texted again, after a withdrawal.

    The one that was withdrawn stays in the record. While one is in force nothing is added.
    Refused: nothing was saved.
    """
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if has_consent(patient):
        return
    errors = _consent_errors(given_at, how, now=now)
    last = Consent.objects.filter(patient=patient).aggregate(last=Max("withdrawn_at"))["last"]
    if given_at is not None and last is not None and given_at < last:
        errors["consent_given_at"] = _(
            "Consent was withdrawn after that: enter when it was given again."
        )
    if errors:
        raise Refused(errors)
    Consent.objects.create(
        patient=patient, given_at=_entered(given_at), how=how, recorded_by=by
    )


def has_consent(patient: Patient) -> bool:
    """Whether a consent of this patient is in force."""
    return Consent.objects.filter(patient=patient, withdrawn_at__isnull=True).exists()


def consenting(patients: Collection[Any]) -> set[Any]:
    """The keys of those of `patients`, by their keys, whose consent is in force; one query."""
    found = Consent.objects.filter(patient__in=patients, withdrawn_at__isnull=True)
    return set(found.values_list("patient", flat=True))
