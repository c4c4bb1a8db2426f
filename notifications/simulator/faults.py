"""What can be made to go wrong: for a number, for the next few, or now and then."""

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong, and where."""

    # A request to the API. `seconds` is how long the caller is left without an answer
    # before the connection is closed; 0 closes it at once.
    HTTP_429 = "http_429"
    HTTP_500 = "http_500"
    HTTP_503 = "http_503"
    HTTP_500_AFTER_ACCEPTING = "http_500_after_accepting"
    SILENT_AFTER_ACCEPTING = "silent_after_accepting"
    SILENT_BEFORE_ACCEPTING = "silent_before_accepting"
    # A text or a call refused with `code`, 21610 unless told otherwise.
    REFUSED = "refused"
    # The way to the telephone; `code` goes into the status callback.
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    STUCK = "stuck"
    # Webhooks; LATE_CALLBACKS come `seconds` later.
    DUPLICATE_CALLBACKS = "duplicate_callbacks"
    LATE_CALLBACKS = "late_callbacks"
    LOST_CALLBACKS = "lost_callbacks"
    OUT_OF_ORDER_CALLBACKS = "out_of_order_callbacks"
    DUPLICATE_INBOUND = "duplicate_inbound"
    # The called telephone.
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    CALL_FAILED = "call_failed"


@dataclass
class Fault:
    """`to` is the telephone concerned, empty for any; `times` None means until cleared."""

    kind: Kind
    to: str = ""
    times: int | None = None
    probability: float = 1.0
    code: int | None = None
    seconds: float = 30.0
    hits: int = field(default=0, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Fault":
        """ValueError or TypeError when it is none."""
        wanted = {name: value for name, value in data.items() if name != "hits"}
        fault = cls(**wanted)  # type: ignore[arg-type]
        fault.kind = Kind(fault.kind)
        return fault

    def to_json(self) -> dict[str, object]:
        return asdict(self)


class Faults:
    """The faults in force, in the order in which they were set."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311  nothing secret hangs on it

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def all(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def take(self, *kinds: Kind, to: str) -> Fault | None:
        """The first fault of these kinds that strikes this telephone now; it counts as used."""
        with self._lock:
            for fault in self._faults:
                if fault.kind in kinds and self._strikes(fault, to):
                    fault.hits += 1
                    return fault
            return None

    def _strikes(self, fault: Fault, to: str) -> bool:
        if fault.to not in ("", to):
            return False
        if fault.times is not None and fault.hits >= fault.times:
            return False
        return fault.probability >= 1.0 or self._dice.random() < fault.probability
