"""How the system was when it was last looked at."""

from django.db import models


class Condition(models.Model):
    """One row: when the system was last judged, and what was not well then."""

    at = models.DateTimeField()
    # [{"template", "values"}]: as in vitals.Complaint.
    why = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{'not well' if self.why else 'well'} at {self.at:%H:%M:%S}"
