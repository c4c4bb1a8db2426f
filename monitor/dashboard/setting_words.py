"""What each setting of a clinic is, in words: its name, its unit, and what a change does.

The bounds, the default and the source are the protocols' own (`monitor.protocol`).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.protocol.model import Setting

SWITCH = "switch"
PAIN = gettext_lazy("Pain")
NERVES = gettext_lazy("Weakness and numbness")
FEVER = gettext_lazy("Fever and unexplained answers")
SUGAR = gettext_lazy("Blood sugar")
BLOOD_THINNER = gettext_lazy("Blood thinner")
QUESTIONS = gettext_lazy("More questions")

UNITS: dict[str, str | Promise] = {
    "points of 10": gettext_lazy("points of 10"),
    "C": "°C",
    "hours": gettext_lazy("hours"),
    "minutes": gettext_lazy("minutes"),
    "mg/dL": "mg/dL",
    "mmol/L": "mmol/L",
}


@dataclass(frozen=True)
class Words:
    """A setting's group on the page, its name, and what it does and a change of it would."""

    group: str | Promise
    label: str | Promise
    does: str | Promise


WORDS = {
    "severe_pain_score": Words(
        PAIN,
        gettext_lazy("Severe pain: page from this score on"),
        gettext_lazy(
            "Pages the on-call team when the pain is also above the baseline by the rise "
            "below. Lower: more pages, and earlier. Higher: fewer, and later."
        ),
    ),
    "pain_rise_points": Words(
        PAIN,
        gettext_lazy("Rise of pain that counts"),
        gettext_lazy(
            "How far above the baseline, or above the last check-in, pain must be to count as "
            "worse. Lower: smaller changes are looked at. Higher: only larger ones are."
        ),
    ),
    "radicular_pain_score": Words(
        PAIN,
        gettext_lazy("High pain after two weeks: offer a specialist from this score on"),
        gettext_lazy(
            "Gives the desk work to look at it, and pages nobody. Lower: more patients are "
            "looked at. Higher: fewer."
        ),
    ),
    "assumed_baseline": Words(
        PAIN,
        gettext_lazy("Pain before the procedure, where none was recorded"),
        gettext_lazy(
            "What a rise is counted from when no baseline was written down. Lower: the same "
            "score counts as a larger rise, and alarms sooner. Higher: it alarms later."
        ),
    ),
    "fever_celsius": Words(
        FEVER,
        gettext_lazy("Fever: a measured temperature from here on"),
        gettext_lazy(
            "38.0 °C is 100.4 °F, 37.5 °C is 99.5 °F. Lower: milder temperatures count as "
            "fever."
        ),
    ),
    "branch_minutes": Words(
        FEVER,
        gettext_lazy("A problem that is not explained pages after"),
        gettext_lazy(
            "How long the questions about a reported problem may stay unanswered. Lower: "
            "the on-call team is paged sooner. Higher: patients have longer to answer."
        ),
    ),
    "fading_weakness_hours": Words(
        NERVES,
        gettext_lazy("Weakness that wears off is expected after a block for"),
        gettext_lazy(
            "Counted from the procedure; numbness in the patient's own words as well. Shorter: "
            "somebody looks at it sooner. Longer: more of it is taken as expected."
        ),
    ),
    "fading_weakness_page_hours": Words(
        NERVES,
        gettext_lazy("Weakness that still wears off pages from"),
        gettext_lazy(
            "Counted from the procedure. Between the hours above and these a human reads it. "
            "Lower: it pages earlier. Higher: it is read for longer before it pages."
        ),
    ),
    "spinal_wears_off_hours": Words(
        NERVES,
        gettext_lazy("A spinal anaesthetic has worn off after"),
        gettext_lazy(
            "Weakness or numbness after it is no longer expected, and pages. Lower: it pages "
            "earlier. Higher: it is taken as expected for longer."
        ),
    ),
    "sugar_urgent": Words(
        SUGAR,
        gettext_lazy("Blood sugar above this pages as urgent"),
        gettext_lazy(
            "300 mg/dL is 16.7 mmol/L. With thirst, vomiting or sleepiness it is an emergency. "
            "Lower: more pages. Higher: fewer."
        ),
    ),
    "sugar_late": Words(
        SUGAR,
        gettext_lazy("Blood sugar above this has not settled"),
        gettext_lazy(
            "250 mg/dL is 13.9 mmol/L. A week after the procedure and later it is work for the "
            "desk; with thirst, vomiting or sleepiness an emergency at any time. Lower: more "
            "patients. Higher: fewer."
        ),
    ),
    "sugar_advice": Words(
        SUGAR,
        gettext_lazy("Blood sugar from which the patient gets advice"),
        gettext_lazy(
            "180 mg/dL is 10.0 mmol/L. Sends a text with advice, and gives nobody work. "
            "Lower: more patients get it. Higher: fewer."
        ),
    ),
    "sugar_mmol_below": Words(
        SUGAR,
        gettext_lazy("Unit of a blood sugar: a number below this is taken as"),
        gettext_lazy(
            "Patients write a number without its unit. Lower: numbers from here on are taken "
            "as mg/dL."
        ),
    ),
    "restart_due_hours": Words(
        BLOOD_THINNER,
        gettext_lazy("The blood thinner should have been restarted after"),
        gettext_lazy(
            "Counted from the procedure. One that was not restarted by then is work for the "
            "desk. Shorter: somebody asks sooner. Longer: later."
        ),
    ),
    "ask_sexual_dysfunction": Words(
        QUESTIONS,
        gettext_lazy("Ask about sexual function"),
        gettext_lazy("One more question after one and two weeks; patients may skip it."),
    ),
    "ask_steroid_effects": Words(
        QUESTIONS,
        gettext_lazy("Ask about flushing, sleep, hiccups and mood"),
        gettext_lazy("One more question on the day after and after one and two weeks."),
    ),
    "ask_menstrual_change": Words(
        QUESTIONS,
        gettext_lazy("Ask about changed periods"),
        gettext_lazy("One more question after 30 and 90 days, where patients are asked then."),
    ),
    "long_follow_up": Words(
        QUESTIONS,
        gettext_lazy("Ask again after 30 and 90 days"),
        gettext_lazy(
            "Two more check-ins, where the protocol has none of its own then. Follow-ups last "
            "three months."
        ),
    ),
}
"""By the protocols' names; in the order of the page."""


def bounds(setting: Setting) -> str:
    """What may be entered, and what counts where nothing is."""
    if setting.unit == SWITCH:
        return _("Off unless you turn it on.") if not setting.default else _("On by default.")
    return _("From %(least)g to %(most)g %(unit)s; %(default)g counts if left empty.") % {
        "least": setting.least,
        "most": setting.most,
        "unit": UNITS[setting.unit],
        "default": setting.default,
    }


def refusal(setting: Setting) -> str:
    """What to do instead of what was entered."""
    return _(
        "Write a number from %(least)g to %(most)g (%(unit)s), or leave it empty: then "
        "%(default)g counts."
    ) % {
        "least": setting.least,
        "most": setting.most,
        "unit": UNITS.get(setting.unit, setting.unit),
        "default": setting.default,
    }
