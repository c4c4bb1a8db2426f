"""The provider fails in each way it can, while a red flag comes in."""

import time
from dataclasses import dataclass

import pytest

from notifications.simulator import Fault, Kind
from tests.chaos.case import RedFlag, undone
from tests.chaos.points import SILENCE, next_rung
from tests.chaos.system import FULL, System, look

# So long the provider answers nobody, and the page is still in time.
OUTAGE = 20.0
A_FEW_SECONDS = 3.0


@dataclass(frozen=True)
class Trouble:
    """`whom`: the phones that are struck. `climbs`: the first on call can't be reached."""

    kinds: tuple[Kind, ...]
    times: int = 1
    whom: tuple[str, ...] = ("on call", "patient")
    seconds: float = SILENCE
    code: int | None = None
    climbs: bool = False


TROUBLES = {
    "429": Trouble((Kind.HTTP_429,), times=2),
    "500": Trouble((Kind.HTTP_500,)),
    "503": Trouble((Kind.HTTP_503,), times=2),
    "500 after accepting": Trouble((Kind.HTTP_500_AFTER_ACCEPTING,)),
    "silent after accepting": Trouble((Kind.SILENT_AFTER_ACCEPTING,)),
    "silent before accepting": Trouble((Kind.SILENT_BEFORE_ACCEPTING,)),
    "hangs up after accepting": Trouble((Kind.SILENT_AFTER_ACCEPTING,), seconds=0),
    "undelivered": Trouble((Kind.UNDELIVERED,), whom=("on call",), climbs=True),
    "undelivered, callbacks lost": Trouble(
        (Kind.UNDELIVERED, Kind.LOST_CALLBACKS), whom=("on call",), climbs=True
    ),
    "failed": Trouble((Kind.FAILED,), whom=("on call",), climbs=True),
    "21610": Trouble((Kind.REFUSED,), whom=("on call",), code=21610, climbs=True),
    "21614": Trouble((Kind.REFUSED,), whom=("on call",), code=21614, climbs=True),
    "callbacks lost": Trouble((Kind.LOST_CALLBACKS,)),
    "callbacks twice": Trouble((Kind.DUPLICATE_CALLBACKS,)),
    "callbacks late": Trouble((Kind.LATE_CALLBACKS,), seconds=A_FEW_SECONDS),
    "callbacks out of order": Trouble((Kind.OUT_OF_ORDER_CALLBACKS,)),
    "inbound twice": Trouble((Kind.DUPLICATE_INBOUND,), whom=("patient",)),
}
SHORT = {"500 after accepting", "undelivered", "inbound twice"}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble(name: str, system: System, red_flag: RedFlag) -> None:
    if not FULL and name not in SHORT:
        pytest.skip("in `make chaos`")
    trouble = TROUBLES[name]
    with red_flag(f"provider: {name}") as case:
        phones = {"on call": system.on_call, "patient": case.patient}
        faults = [
            system.stand_in.add_fault(
                Fault(
                    kind,
                    to=phones[who],
                    times=trouble.times,
                    seconds=trouble.seconds,
                    code=trouble.code,
                )
            )
            for kind in trouble.kinds
            for who in trouble.whom
        ]
        case.says()
        case.paged()
        look(lambda: all(fault.hits for fault in faults), "each fault striking")
        if trouble.climbs:
            next_rung(case)
    if trouble.code == 21610:
        # Whoever opted out by mistake takes it back, as the record of it demands.
        system.stand_in.phone(system.on_call).send("START", to=system.world.clinic.phone)
        look(system.nobody_has_opted_out, "the opt-out undone")
        look(lambda: not undone(), "the answer to that sent")


@pytest.mark.parametrize("kind", [Kind.HTTP_429, Kind.HTTP_503, Kind.SILENT_BEFORE_ACCEPTING])
def test_outage(kind: Kind, system: System, red_flag: RedFlag) -> None:
    if not FULL:
        pytest.skip("in `make chaos`")
    with red_flag(f"provider out for {OUTAGE:.0f} s: {kind}") as case:
        system.stand_in.add_fault(Fault(kind, seconds=A_FEW_SECONDS))
        case.says()
        look(case.page, "a page in the database")
        time.sleep(OUTAGE)
        system.stand_in.faults.clear()
