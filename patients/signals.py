"""What others may hang on to. Receivers run inside the registration's transaction."""

from django.dispatch import Signal

# procedure=Procedure, now=datetime. A receiver may raise registration.Refused.
procedure_registered = Signal()
# patient=Patient, now=datetime.
consent_withdrawn = Signal()
