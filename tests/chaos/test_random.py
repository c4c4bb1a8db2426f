"""Kills at random moments while check-ins go out and red flags come in."""

import random
import time
from collections.abc import Callable
from functools import partial

from monitor.models import Alert
from tests.chaos.case import Case
from tests.chaos.ledger import Ledger
from tests.chaos.system import FULL, PROCESSES, System, look

FLAGS, FLOOD, KILLS = (25, 60, 40) if FULL else (4, 6, 5)
# The first answer to the check-in, and there is nothing to report.
HARMLESS = "1"
# Seconds between two mishaps, on average; the stack needs about five to stand up again.
PAUSE = 1.0


def test_killed_at_random_in_a_flood(system: System, ledger: Ledger) -> None:
    dice = random.Random(20261121)
    line = ledger.line("killed at random in a flood")
    cases = [Case(system, line, system.patient()) for _ in range(FLAGS)]
    calm = [system.patient() for _ in range(FLAGS)]
    flood = system.register(FLOOD)
    events: list[Callable[[], object]] = [case.says for case in cases]
    events += [partial(cases[0].kill, dice.choice(PROCESSES)) for _ in range(KILLS)]
    for phone in calm:
        says = system.stand_in.phone(phone).send
        events.append(partial(says, HARMLESS, to=system.world.clinic.phone))
    dice.shuffle(events)
    for event in events:
        event()
        time.sleep(dice.uniform(0, 2 * PAUSE))
    for case in cases:
        case.finish()
    look(lambda: all(system.asked(phone) for phone in flood), "every check-in", within=120)
    assert not Alert.objects.filter(episode__patient__phone__in=calm).exists()
