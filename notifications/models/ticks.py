"""When each kind of work was last begun, so that its standing still can be seen."""

from django.db import models


class Tick(models.Model):
    """The last time of something that must happen again and again."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
