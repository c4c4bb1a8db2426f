"""Sentences and labels that stand in rows or in plain Python, marked for translation.

The core writes them in English, and they are kept so; the filter `phrase` shows them in the
reader's language. A test compares this list with the labels that the models have, and with what
the rota says. A sentence with places is known again by the words around what was put in.
"""

import re
from collections.abc import Mapping

from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications.oncall.reasons import Reason

LEVELS = (_("routine"), _("review"), _("urgent"), _("emergency"))

LABELS = (
    # patients
    _("epidural steroid injection"),
    _("nerve root block"),
    _("facet joint injection"),
    _("lumbar puncture"),
    _("spinal anaesthesia"),
    _("epidural blood patch"),
    _("Cervical"),
    _("Thoracic"),
    _("Lumbar"),
    _("Sacral"),
    _("Left"),
    _("Right"),
    _("both sides"),
    _("Midline"),
    _("on paper"),
    _("by word of mouth"),
    _("in an online form"),
    _("an infection anywhere"),
    _("a tumour or cancer"),
    _("a bleeding disorder"),
    _("diabetes that is not under control"),
    _("heart failure"),
    _("pregnancy or breastfeeding"),
    _("Osteoporosis"),
    _("an allergy to steroid or anaesthetic"),
    _("unstable blood pressure"),
    # the follow-up
    _("Active"),
    _("Paused"),
    _("Ended"),
    _("Planned"),
    _("Sent"),
    _("Answered"),
    _("reached by phone"),
    _("Missed"),
    _("Cancelled"),
    _("a text to read"),
    _("a question to answer"),
    _("a call for help"),
    _("a patient to phone"),
    _("no reply to a check-in"),
    _("a check-in without contact"),
    _("an answer that was not understood"),
    _("a text that did not arrive"),
    _("an opt-out: phone instead"),
    _("a wrong number"),
    _("a text from an unknown number"),
    _("a text that could not be processed"),
    _("trouble with the rota"),
    _("Done"),
    _("not reached"),
    _("record corrected"),
    _("read: harmless"),
    _("read: the on-call team was paged"),
    # messages and pages
    _("Created"),
    _("Sending"),
    _("Accepted"),
    _("Delivered"),
    _("Undelivered"),
    _("Failed"),
    _("reached and advised"),
    _("to be seen by the clinic"),
    _("sent to emergency care"),
    _("sent for an MRI"),
    _("false alarm"),
    _("Opened"),
    _("raised again"),
    _("Paged"),
    _("nobody on this rung"),
    _("accepted by the network"),
    _("the network reports"),
    _("not sent at once, tried again"),
    _("found stuck, made due"),
    _("not delivered"),
    _("Climbed"),
    _("Acknowledged"),
    _("no outcome in time"),
    _("Closed"),
    # staff
    _("This user name is taken: choose another."),
    _("They belong to the clinic already."),
    _("The clinic needs an admin: make somebody else one first."),
    # roles
    _("Admin"),
    _("Nurse"),
    _("Clinician"),
    _("on call"),
    _("Auditor"),
    # the rota
    _("Asked"),
    _("Accepted"),
    _("Declined"),
    _("Withdrawn"),
    _("not answered in time"),
)

# Whose rows are kept before and after a change.
TABLES = {
    "patients_clinic": _("clinic"),
    "patients_membership": _("staff"),
    "patients_patient": _("patient"),
    "patients_procedure": _("procedure"),
    "patients_consent": _("consent"),
    "monitor_clinicline": _("line of the clinic"),
    "monitor_readytext": _("ready text"),
    "notifications_team": _("on-call team"),
    "notifications_responder": _("responder"),
    "notifications_rung": _("rung"),
    "notifications_contactmethod": _("way to reach somebody"),
    "notifications_layer": _("layer of the rota"),
    "notifications_layermember": _("member of a layer"),
    "notifications_layerhours": _("hours of a layer"),
    "notifications_override": _("override"),
    "notifications_swap": _("swap"),
    "notifications_timeoff": _("time off"),
    "notifications_calendarlink": _("calendar address"),
}

WHY = (
    _("No reply to the check-in and the reminder."),
    _("The patient does not want texts: phone instead."),
    _("The check-in could not be sent in time: phone instead."),
    _("The check-in was begun and not finished."),
    _("NOT CONTACTED THE DAY AFTER: a failure of the follow-up. Phone now."),
    _("The check-in ended without contact."),
    _("The patient has answered since."),
    _("The check-in was cancelled."),
    _("All that was to be asked is over."),
    _("The program failed on this text. Read it now."),
    _("The patient wants no more texts: phone at the next check-in."),
    _("Two patients share this phone: ask who wrote."),
    _("A picture or file came with this text."),
    _("The on-call team has spoken with the writer."),
    _("The on-call team has spoken with the patient."),
    _("The on-call team did not reach the patient: keep trying."),
    _(
        "The outcome of the page was corrected: nobody is known to have reached the patient. "
        "Phone."
    ),
    _("From a number that no patient has: find out who it is."),
    _("The patient reported a problem and did not finish the questions about it"),
    _("A check-in is due, but texts are opted out"),
    _("The patient asks something"),
    _("The patient asked for help"),
    _("Someone else seems to have this number"),
    _("A text must be read by a human"),
    _("A red flag from a patient who gets no texts"),
    _("The patient opted out, and reports a red flag"),
    _("The patient opted out during a check-in"),
    _("The open question was asked twice and not answered"),
    _("Reached by phone."),
    _("Reached."),
)

DELIVERY = (
    _("A text to the patient did not arrive: phone instead."),
    _("This number has opted out of texts: phone the patient instead."),
    _("The number can't be right: correct it in the record."),
    _("The number can't take texts, a landline perhaps: phone the patient instead."),
    _("The phone can't be reached now: phone the patient instead."),
    _("The network held the text back as unwanted: phone the patient instead."),
    _("The clinic's account at Twilio is not set up right: tell the administrator."),
    _("The text was refused: phone the patient instead."),
    _("The text could not be sent in time: phone instead."),
    _("The network never said whether the text arrived: phone instead."),
    _("It could not be found out whether the text was sent: phone instead."),
)

PAGING = (
    # what became of a page, and by which way
    _("Relayed"),
    _("to be paged next"),
    _("the next way at once"),
    _("passed on"),
    _("called in"),
    _("wrote a note"),
    _("calls the patient"),
    _("call to the patient"),
    _("outcome corrected"),
    _("SMS"),
    _("phone call"),
    _("e-mail"),
    _("push or chat"),
    _("PagerDuty"),
    _("webhook"),
    # what is wrong with the paging
    _("a way to a responder failed"),
    _("a responder's phone refuses texts"),
    _("nobody stands on a rung"),
    _("acknowledged elsewhere by somebody unknown here"),
    _("another system was not told"),
    _("opted out of texts"),
    _("somebody on the rota is not ready"),
    _("a weekly test was not answered"),
    _("nobody acknowledged a drill"),
    _("climbed to its last rung"),
    _("never by itself"),
    _("Weekly"),
    _("Monthly"),
    _("Quarterly"),
    # why somebody is not ready, and why a channel is verified no more
    _("fewer than two verified channels"),
    _("pages use no verified channel"),
    _("the phone refuses texts"),
    _("it kept failing"),
    _("its weekly tests were not answered"),
    _("at PagerDuty, by no responder of this team"),
)

REFUSED = (
    _("Say why it is to be read otherwise."),
    _("This text belongs to no check-in: it has no answers to correct."),
    _("Choose a time in the future."),
    _("The check-in was sent already."),
    # the outcome of a page
    _("Choose what came of it."),
    _("Say why the outcome is another one."),
    _("A drill has no outcome."),
    _("The page is not closed: say there what came of it."),
    _("Somebody has corrected it meanwhile: look at it again."),
    _("That is the outcome already: choose another one."),
)

PHONES = (
    _("This is not a phone number; write it with its area code."),
    _(
        "No phone in %(country)s has this number. Check the digits; a number of another "
        "country starts with + and the country's code."
    ),
    _("This is %(kind)s; texts go to mobile phones only."),
    _("a landline"),
    _("a toll-free number"),
    _("a premium-rate number"),
    _("a shared-cost number"),
    _("a pager"),
    _("a company's number"),
    _("a voicemail box"),
)

ROTA = (
    # work for the desk, and what it is closed with
    _("Nobody is on call for %(line)s from %(since)s: fill the gap."),
    _("The calendar of %(line)s cannot be read since %(since)s; its last good copy is in use."),
    _(
        "The calendar of %(line)s is out of date, of %(since)s: enter the shifts here if it "
        "stays so."
    ),
    _("The rota has been put right."),
    # why a change cannot be
    _("%(name)s has taken over a shift then: pass it on or remove it first."),
    _("%(name)s has time off then."),
    _("A shift that has begun can only be overridden."),
    _("Choose somebody else."),
    _("Choose somebody who is on the team."),
    _("It must end after it begins."),
    _("That is for somebody else to say."),
    _("That is longer than a year; change the rotation itself."),
    _("That time is over: nothing was changed."),
    _("There is no shift to pass on at that time."),
    _("This swap is over (%(state)s)."),
    _("Who would take the shift has time off then."),
    _("Who would take the shift is no longer on the team."),
    # the gate before the rota, and codes
    _(
        "%(name)s is not ready to be on call: verified channels of two kinds are needed, and "
        "there is %(n)s. They verify them on their page “My channels”."
    ),
    _(
        "%(name)s is not ready to be on call: their rules for pages use no verified channel. "
        "They verify it on their page “My channels”, or an administrator changes the rules."
    ),
    _("A code was sent this minute. Wait a minute, then ask for another."),
    _(
        "Too many codes were sent today. Try again tomorrow, or ask an administrator to check "
        "the addresses."
    ),
    _("There are too many channels: ask an administrator to remove some."),
    _("A page is not closed yet: a drill waits for it. Nothing was sent."),
    _("A drill is running already."),
    # why a calendar cannot be read
    _("It cannot be read (%(error)s)."),
    _("It holds more than %(n)s events."),
    _("It holds more than %(n)s rules."),
    _("It holds more than %(n)s shifts."),
    _("It holds no shift of anybody on the team."),
    _("It holds shifts that repeat every minute or second."),
    _("It is larger than %(size)s kB."),
    _("It is not an iCalendar."),
    _("It redirects too often."),
    _("The address cannot be read."),
    _("The address must begin with https://."),
    _("The address must not hold a user name or a password."),
    _("The host answers with status %(status)s."),
    _("The host cannot be reached (%(error)s)."),
    _("The host is not on the public Internet."),
    _("The host takes too long."),
    _("The host's name cannot be resolved."),
)

SYSTEM = (
    _("Nobody works on this: %(what)s. A process is missing."),
    _("Nobody has worked on this for %(minutes)s min: %(what)s. A process is down."),
    _("Overdue for %(minutes)s min: %(what)s."),
    _("A page (%(level)s) has been nobody's for %(minutes)s min."),
    _("The text provider has taken nothing for %(minutes)s min."),
    _("Stuck: %(what)s (%(count)s)."),
    _("The watchdog found something stuck %(minutes)s min ago."),
    _("Running follow-ups have lost their protocol (%(count)s)."),
    _("The broker can't be reached: everything works, and slower."),
    # What is put into them.
    _("pages that are to climb"),
    _("texts that are to be read"),
    _("calls that are to go out"),
    _("news for other systems"),
    _("texts to patients"),
    _("check-ins"),
    _("deadlines of the desk"),
    _("looks at the rota"),
    _("the pages"),
    _("the texts to patients"),
    _("the check-ins and deadlines"),
    _("the watchdog"),
    _("pages that should have climbed"),
    _("calls that should have gone out"),
    _("red flags that nobody was called for"),
    _("texts that were never read"),
    _("work past its deadline"),
    # What the watchdog tells staff, and what it writes.
    _("the watchdog found something stuck"),
    _("a page that should have climbed"),
    _("a red flag that nobody was called for"),
    _("a text that was never read"),
    _("a call that should have gone out"),
    _("A red flag was found and nobody was called for it. Phone now."),
)

_NAMES = {
    **dict(zip("Mon Tue Wed Thu Fri Sat Sun".split(), WEEKDAYS_ABBR.values(), strict=True)),
    **dict(
        zip(
            "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
            MONTHS_3.values(),
            strict=True,
        )
    ),
}


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", template)
    words = [
        f"(?P<{part}>.+)" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    ]
    return re.compile("".join(words), re.DOTALL)


_WITH_PLACES = [(one, _pattern(one)) for one in ROTA if "%(" in one]


def shown(stored: str) -> str:
    """A stored sentence in the reader's language where it is known; else as it is."""
    if not stored:
        return ""
    for template, pattern in _WITH_PLACES:
        if found := pattern.fullmatch(stored):
            return _filled(template, found.groupdict())
    return gettext(stored)


def said(why: Reason) -> str:
    """A refusal of the rota in the reader's language."""
    return _filled(why.template, why.values)


def judged(template: str, values: Mapping[str, object]) -> str:
    """What is not well with the system, in the reader's language."""
    words = {
        name: gettext(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return gettext(template) % words


def _filled(template: str, values: Mapping[str, object]) -> str:
    words = {name: _value(name, str(value)) for name, value in values.items()}
    return gettext(template) % words if words else gettext(template)


def _value(name: str, value: str) -> str:
    """What is put into a sentence: names as they are, labels and days in the language."""
    if name == "state":
        return gettext(value)
    if name == "since":
        return re.sub(
            r"[A-Z][a-z]{2}", lambda found: str(_NAMES.get(found[0], found[0])).title(), value
        )
    return value
