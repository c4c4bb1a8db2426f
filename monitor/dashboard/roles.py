"""Who may do what: one table, read by the doors, by the templates and by docs/roles.md.

Every address of the staff pages stands here once, by its name. What is not here is shut.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.signoffs import SIGNATORIES
from patients.access import REGISTRARS, STAFF, Role

ALL = frozenset(Role)
OVERSEERS = frozenset({Role.ADMIN, Role.AUDITOR})


@dataclass(frozen=True)
class Act:
    """Something that people do, the roles that may, and the addresses that do it.

    `besides` is what the role alone does not give, in the words of docs/roles.md.
    """

    what: str
    who: frozenset[Role]
    names: tuple[str, ...]
    besides: str = ""


ACTS = (
    Act(
        "Read everything of the clinic",
        ALL,
        (
            *("worklist", "item", "palette", "today", "patients", "patient", "no-relief"),
            *("page", "proof", "protocols", "protocol", "compared", "rota", "on-call"),
            *("system", "responders", "drills", "drill", "letter", "message-texts"),
            *("figures", "figures-on-call", "figures-csv", "figures-pdf", "monthly-report"),
        ),
    ),
    Act(
        "Keep one's own views of the worklist, and what one was writing",
        ALL,
        ("save-view", "drop-view", "stay", "take-draft"),
    ),
    Act(
        "Claim, assign, note, phone, text and close work; see to incidents",
        STAFF,
        (
            *("claim", "assign", "work-note", "work-phone", "work-text", "close"),
            "close-incident",
        ),
    ),
    Act(
        "Note, phone and text from a patient's page; say that somebody was reached",
        STAFF,
        ("note", "phone", "text", "reached"),
    ),
    Act(
        "Withdraw a consent, and give it again; pause and resume a follow-up",
        STAFF,
        ("withdraw-consent", "give-consent", "pause", "resume"),
    ),
    Act("Make a follow-up letter", STAFF, ("letter-pdf",)),
    Act("Correct how a text was read", STAFF, ("correct",)),
    Act(
        "Move and cancel check-ins; end a follow-up",
        REGISTRARS,
        ("reschedule", "cancel", "end"),
    ),
    Act("Register patients", REGISTRARS, ("register", "duplicates", "preview")),
    Act(
        "Take, pass on, note and close pages, and correct what came of them; phone through the "
        "clinic's number",
        STAFF,
        (
            *("acknowledge", "close-page", "pass-on", "call-in", "page-note", "call-patient"),
            "correct-outcome",
        ),
        besides="who stands on the page's team",
    ),
    Act(
        "Swap shifts, take time off, make and revoke calendar addresses",
        STAFF,
        ("time-off", "end-time-off", "swap", "answer-swap", "make-link", "revoke-link"),
        besides="one's own, who stands on the team; anybody's, who leads it, or the admin",
    ),
    Act(
        "Verify the ways to oneself; acknowledge a drill",
        STAFF,
        (
            *("channels", "add-channel", "send-code", "enter-code", "drop-channel"),
            *("confirm-channel", "acknowledge-drill"),
        ),
        besides="one's own, who stands on the team",
    ),
    Act("Start a drill", STAFF, ("start-drill",), besides="who leads the team, or the admin"),
    Act(
        "Override the rota",
        STAFF,
        ("override", "end-override"),
        besides="who leads the team, or the admin",
    ),
    Act(
        "Sign protocols off, and choose their versions",
        SIGNATORIES,
        ("sign-protocol", "withdraw-sign-off", "choose-protocol"),
    ),
    Act(
        "See the settings, who works at the clinic, who looked at whom, and what was changed",
        OVERSEERS,
        ("settings", "staff", "access-log", "changes"),
    ),
    Act("Change the clinic's settings", frozenset({Role.ADMIN}), ("save-settings",)),
    Act(
        "Write the clinic's ready texts, put them in order, retire them",
        frozenset({Role.ADMIN}),
        (
            *("add-message-text", "edit-message-text", "preview-message-text"),
            *("move-message-text", "retire-message-text", "bring-back-message-text"),
            "remove-message-text",
        ),
    ),
    Act(
        "Invite staff, give roles, unlock, forget a lost second factor, remove",
        frozenset({Role.ADMIN}),
        ("invite", "invite-again", "set-role", "remove-member", "unlock", "reset-factor"),
    ),
    Act("Hold the demo's telephones", STAFF, ("phones", "phone-send", "phone-call")),
)
MAY: Mapping[str, frozenset[Role]] = {name: act.who for act in ACTS for name in act.names}


def permitted(role: str) -> frozenset[str]:
    """The names of the addresses that a role may use."""
    return frozenset(name for name, who in MAY.items() if role in who)


def table() -> str:
    """The table of docs/roles.md, in Markdown."""
    rows = [
        f"| {act.what}{f' ({act.besides})' if act.besides else ''} | "
        + " | ".join("yes" if role in act.who else "" for role in Role)
        + " |"
        for act in ACTS
    ]
    head = "| | " + " | ".join(str(role.label).lower() for role in Role) + " |"
    return "\n".join([head, "| --- |" + " :-: |" * len(Role), *rows])
