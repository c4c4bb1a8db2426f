"""The tables that a follow-up fills, in the order in which they may be written."""

from monitor.crowd.tables import Table
from monitor.models import (
    Alert,
    Answer,
    Assessment,
    Change,
    CheckIn,
    Episode,
    TextRead,
    WorkItem,
)
from notifications.models import Inbound, Message, OptOut, Page, PageEvent
from patients.models import Consent, Patient, Procedure

# What each row gives, in order.
PATIENTS = (
    "id clinic_id given_name family_name born_on phone language record_number "
    "anticoagulant diabetes immune_problem created_at"
)
PROCEDURES = (
    "id patient_id kind region side levels performed_at clinician steroid drugs "
    "baseline_pain registered_by_id registered_at"
)
CONSENTS = "patient_id given_at how recorded_by_id"
EPISODES = (
    "id clinic_id patient_id procedure_id reference protocol protocol_digest conversation "
    "conversed_at began_at state completes_at ended_at ended_why"
)
CHECK_INS = (
    "id episode_id key planned_for expires_at state step due_at sent_at first_reply_at ended_at"
)
INBOUND = (
    "id sender_id to_number provider_sid from_number body keyword received_at handled_at due_at"
)
READS = "inbound_id clinic_id episode_id at level score intent language understood"
ANSWERS = "episode_id check_in_id inbound_id question value words at"
ASSESSMENTS = (
    "id episode_id check_in_id inbound_id at protocol protocol_digest level score reasons "
    "told shown given"
)
PAGES = (
    "id team_id reference code level state policy opened_at due_at acknowledged_by_id "
    "acknowledged_at outcome closed_by_id closed_at"
)
MESSAGES = (
    "id sender_id stream to body key ref state due_at expires_at attempts_made "
    "provider_sid provider_status error_code problem segments created_at accepted_at "
    "settled_at"
)
EVENTS = "page_id at kind responder_id message_id detail entry"
ALERTS = "episode_id page_id assessment_id codes opened_at"
WORK = (
    "id clinic_id episode_id check_in_id inbound_id message_id kind why level score "
    "opened_at deadline due_at owner_id outcome note closed_by_id closed_at"
)
CHANGES = "episode_id what before after at"
OPT_OUTS = "sender_id address since source"


class Ledger:
    """Rows that wait to be written, by table."""

    def __init__(self) -> None:
        self.patients = Table(Patient, PATIENTS)
        self.procedures = Table(Procedure, PROCEDURES)
        self.consents = Table(Consent, CONSENTS)
        self.episodes = Table(Episode, EPISODES)
        self.check_ins = Table(CheckIn, CHECK_INS)
        self.inbound = Table(Inbound, INBOUND)
        self.reads = Table(TextRead, READS)
        self.answers = Table(Answer, ANSWERS)
        self.assessments = Table(Assessment, ASSESSMENTS)
        self.pages = Table(Page, PAGES)
        self.messages = Table(Message, MESSAGES)
        self.events = Table(PageEvent, EVENTS)
        self.alerts = Table(Alert, ALERTS)
        self.work = Table(WorkItem, WORK)
        self.changes = Table(Change, CHANGES)
        self.opt_outs = Table(OptOut, OPT_OUTS)
        self.tables = [one for one in vars(self).values() if isinstance(one, Table)]

    def next(self, table: Table) -> int:
        """The number of the table's next row."""
        return table.written + len(table.rows) + 1

    def flush(self) -> None:
        """Write all that waits. Inside a transaction."""
        for table in self.tables:
            table.flush()

    def restart(self) -> None:
        """Let the numbers that the database gives go on after those written."""
        for table in self.tables:
            table.restart()
