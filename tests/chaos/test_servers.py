"""The servers go away, stand still and come back; processes are all gone, or are doubled."""

import os
import signal
import time

import redis

from monitor import processes
from notifications.simulator import Fault, Kind
from tests.chaos.case import RedFlag
from tests.chaos.points import SILENCE, stored
from tests.chaos.system import QUEUES, System, look, only_full

# Longer than it takes the sweeps to notice, shorter than what a page may take.
A_WHILE = 8.0


def flush(system: System) -> None:
    with redis.Redis.from_url(system.valkey.url) as client:
        client.flushall()


def test_the_broker_is_flushed_with_the_nudges_in_it(system: System, red_flag: RedFlag) -> None:
    with red_flag("broker flushed") as case:
        for queue in QUEUES:
            system.freeze(queue)
        case.says()
        look(case.page, "a page in the database")
        flush(system)
        for queue in QUEUES:
            system.thaw(queue)


def test_the_broker_is_killed_and_stays_away(system: System, red_flag: RedFlag) -> None:
    with red_flag("broker killed") as case:
        system.valkey.stop(with_signal=signal.SIGKILL)
        case.line.kills += 1
        case.says()
        case.paged()
        system.valkey.start()


@only_full
def test_the_broker_is_killed_once_the_text_is_stored(
    system: System, red_flag: RedFlag
) -> None:
    with red_flag("broker killed") as case:
        with stored(case):
            system.valkey.stop(with_signal=signal.SIGKILL)
            case.line.kills += 1
        case.paged()
        system.valkey.start()


@only_full
def test_the_broker_is_restarted(system: System, red_flag: RedFlag) -> None:
    with red_flag("broker restarted") as case:
        with stored(case):
            system.valkey.stop()
        system.valkey.start()


@only_full
def test_the_broker_stands_still(system: System, red_flag: RedFlag) -> None:
    with red_flag("broker frozen") as case, system.broker_frozen():
        case.says()
        case.paged()


@only_full
def test_postgres_is_restarted_before_the_text(system: System, red_flag: RedFlag) -> None:
    with red_flag("PostgreSQL restarted") as case:
        system.postgres.stop()
        case.says()
        time.sleep(A_WHILE)
        system.postgres.start()


@only_full
def test_postgres_is_restarted_once_the_text_is_stored(
    system: System, red_flag: RedFlag
) -> None:
    with red_flag("PostgreSQL restarted") as case:
        with stored(case):
            case.system.freeze("web")
        system.postgres.stop()
        system.thaw("web")
        system.postgres.start()


def test_postgres_is_restarted_once_the_page_is_stored(
    system: System, red_flag: RedFlag
) -> None:
    with red_flag("PostgreSQL restarted") as case:
        case.says()
        look(case.page, "a page in the database")
        system.postgres.stop()
        system.postgres.start()


def kill_postgres(system: System) -> None:
    """The server's first process dies; the others notice and go."""
    os.kill(system.postgres.pid, signal.SIGKILL)


@only_full
def test_postgres_is_killed_before_the_text(system: System, red_flag: RedFlag) -> None:
    with red_flag("PostgreSQL killed") as case:
        kill_postgres(system)
        case.line.kills += 1
        case.says()
        time.sleep(A_WHILE)
        system.postgres.start()


@only_full
def test_postgres_is_killed_with_a_text_at_the_provider(
    system: System, red_flag: RedFlag
) -> None:
    with red_flag("PostgreSQL killed") as case:
        fault = Fault(Kind.SILENT_AFTER_ACCEPTING, to=case.patient, times=1, seconds=SILENCE)
        system.stand_in.add_fault(fault)
        case.says()
        look(lambda: fault.hits, "the patient's text at the provider")
        kill_postgres(system)
        case.line.kills += 1
        time.sleep(1)
        system.postgres.start()


@only_full
def test_all_workers_are_dead_for_a_while(system: System, red_flag: RedFlag) -> None:
    with red_flag("all workers dead") as case:
        with system.kept_dead(*QUEUES):
            for queue in QUEUES:
                case.kill(queue)
            case.says()
            time.sleep(A_WHILE)


@only_full
def test_everything_dies_at_once(system: System, red_flag: RedFlag) -> None:
    with red_flag("everything killed") as case:
        with stored(case):
            for name in system.processes:
                case.kill(name)
            system.valkey.stop(with_signal=signal.SIGKILL)
            kill_postgres(system)
            case.line.kills += 2
        system.postgres.start()
        system.valkey.start()


@only_full
def test_a_web_server_stands_still_inside_a_transaction(
    system: System, red_flag: RedFlag
) -> None:
    with red_flag("web frozen in a transaction") as case:
        with stored(case):
            system.freeze("web")
        case.paged()
        case.kill("web")


@only_full
def test_two_of_each_do_everything_once(system: System, red_flag: RedFlag) -> None:
    seconds = {
        "beat-2": processes.beat(log=system.folder / "log-2"),
        **{
            f"{queue}-2": processes.worker(queue, log=system.folder / "log-2")
            for queue in QUEUES
        },
    }
    for process in seconds.values():
        process.start(system.environment)
    system.processes.update(seconds)
    try:
        phones = system.register(8)
        look(lambda: all(system.asked(phone) for phone in phones), "the check-ins")
        for _ in range(3):
            with red_flag("two of each") as case:
                case.says()
        with red_flag("two of each, one frozen") as case:
            for name in ("beat", *QUEUES):
                system.freeze(name)
            case.says()
            case.paged()
            for name in ("beat", *QUEUES):
                case.kill(name)
    finally:
        for name, process in seconds.items():
            del system.processes[name]
            process.stop()
