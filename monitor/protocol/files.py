"""Which file each part of a protocol came from, so that a refusal can name it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from monitor.protocol.model import ProtocolError


@dataclass(frozen=True)
class Files:
    """The protocol's own file, and the file of each top-level key."""

    own: str
    origin: Mapping[str, str]

    def refuse(self, place: str, problem: str) -> NoReturn:
        """Raise ProtocolError with the file, the place in it, and what to do."""
        top = place.partition("[")[0].partition(".")[0]
        raise ProtocolError(f"{self.origin.get(top, self.own)}: {place}: {problem}")
