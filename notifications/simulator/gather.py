"""A call that waits for keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element


@dataclass
class Gather:
    """A wait for keys, and the verbs that follow when none is pressed."""

    action: str
    num_digits: int
    finish_key: str
    timeout: float
    on_silence: bool
    rest: Sequence[Element]
    base: str
    digits: str = ""

    def takes(self, digits: str) -> bool:
        """Add keys; whether that is all of them. Without a count, one entry is all."""
        entry, finish, _ = digits.partition(self.finish_key or "\0")
        self.digits += entry
        if self.num_digits:
            self.digits = self.digits[: self.num_digits]
            return bool(finish) or len(self.digits) >= self.num_digits
        return True
