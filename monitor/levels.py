"""The four levels of alarm, ordered: the highest wins."""

from enum import IntEnum


class Level(IntEnum):
    """How soon a human must act. `Level.parse("urgent") is Level.URGENT`."""

    ROUTINE = 0
    REVIEW = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def code(self) -> str:
        """The level's name in data, texts and the API."""
        return self.name.lower()

    @property
    def pages(self) -> bool:
        """Whether the level calls the on-call team."""
        return self >= Level.URGENT

    @classmethod
    def parse(cls, code: str) -> "Level":
        """Turn a code into a level; ValueError names the codes that there are."""
        try:
            return cls[code.upper()]
        except KeyError:
            known = ", ".join(level.code for level in cls)
            raise ValueError(f"unknown level {code!r}; the levels are {known}") from None
