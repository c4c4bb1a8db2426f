"""The staff pages with 2,000 and with 200,000 patients: the ratio of their median times.

python -m tests.benchmarks.board [--patients 200000] [--small 2000] [--rounds 25] [--folder F]

Both crowds (`manage.py load`) lie on one PostgreSQL of this run's own, and the pages are asked
for in turn, so that whatever slows the machine slows both. The crowds have the same number of
procedures a day: the large one is years of the same clinics, and its staff have as much to do.
With `--folder` the data stays there, and the next run measures without loading.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import django

from monitor import engines

SIZES = ("small", "large")
SAMPLES = 12
# Whatever the clock of a shared machine does to one of them.
WARM_UP = 3


@dataclass(frozen=True)
class Asked:
    """A page of the benchmark. `limit` is the largest ratio, None where none was promised.

    `ask` gets a signed-in client and one of the sampled patients.
    """

    name: str
    ask: Callable[[Any, Any], Any]
    limit: float | None = 1.5


def _search(words: Callable[[Any], str]) -> Callable[[Any, Any], Any]:
    return lambda client, patient: client.post("/patients", {"q": words(patient)})


PAGES: Sequence[Asked] = (
    Asked("worklist", lambda client, _: client.get("/")),
    Asked(
        "worklist, polled", lambda client, _: client.get("/", headers={"HX-Request": "true"})
    ),
    Asked("search, name", _search(lambda one: f"{one.given_name} {one.family_name}")),
    Asked("search, family name", _search(lambda one: one.family_name)),
    Asked("search, phone", _search(lambda one: one.phone[-7:])),
    Asked("search, record number", _search(lambda one: one.record_number)),
    Asked("search, nothing", _search(lambda one: "")),
    Asked("palette, two letters", lambda client, one: _palette(client, one.family_name[:2])),
    Asked("palette, name", lambda client, one: _palette(client, one.family_name[:5])),
    Asked("patient", lambda client, one: client.get(f"/patients/{one.pk}")),
    Asked("duplicates", lambda client, one: _duplicates(client, one)),
    Asked("today", lambda client, _: client.get("/today"), None),
    Asked("no relief", lambda client, _: client.get("/no-relief"), None),
    # The same two weeks of both; of 90 days the large crowd has five times as much to count.
    Asked("figures, two weeks", lambda client, _: client.get(_figures("/figures"))),
    Asked("on-call figures", lambda client, _: client.get(_figures("/figures/on-call"))),
    Asked("figures, 90 days", lambda client, _: client.get("/figures"), None),
)


def _figures(page: str) -> str:
    return f"{page}?since={datetime.now(UTC).date() - timedelta(days=13)}"


def _palette(client: Any, words: str) -> Any:
    return client.post("/palette", {"q": words}, headers={"HX-Request": "true"})


def _duplicates(client: Any, patient: Any) -> Any:
    typed = {
        "clinic": patient.clinic.slug,
        "given_name": patient.given_name,
        "family_name": patient.family_name[:4],
        "phone": patient.phone,
    }
    return client.post("/register/duplicates", typed, headers={"HX-Request": "true"})


@dataclass
class Side:
    """One database: its connection, a client signed in to it, and the sampled patients."""

    wrapper: Any
    client: Any = None
    patients: list[Any] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, set[int]] = field(default_factory=dict)


@contextmanager
def server(folder: Path | None) -> Iterator[engines.Postgres]:
    """A PostgreSQL with both databases; its data goes with it, or stays in `folder`."""
    kept = folder or Path(tempfile.mkdtemp(prefix="spinewatch-board-"))
    kept.mkdir(parents=True, exist_ok=True)
    kept.chmod(0o755)
    postgres = engines.Postgres(kept / "postgres", port=engines.free_port(), throwaway=True)
    try:
        postgres.start()
        for size in SIZES:
            postgres.create(size)
        yield postgres
    finally:
        postgres.stop()
        if folder is None:
            shutil.rmtree(kept, ignore_errors=True)


def set_up(postgres: engines.Postgres) -> dict[str, Side]:
    """Django on this server, with a connection of its own for each size."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "monitor.settings",
        "DATABASE_URL": postgres.url(SIZES[0]),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": "for a benchmark only, where nothing is secret",
        "PUBLIC_BASE_URL": "http://testserver",
    }
    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    sides = {}
    for size in SIZES:
        wrapper = connections.create_connection("default")
        wrapper.settings_dict = {**wrapper.settings_dict, "NAME": size}
        sides[size] = Side(wrapper)
    return sides


def turn_to(side: Side) -> None:
    """What Django asks from now on, it asks this database."""
    from django.db import connections

    connections["default"] = side.wrapper


def prepare(side: Side, patients: int) -> None:
    """Load the crowd unless it is there, sign in, and choose patients of the last months."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    from monitor.crowd.clinics import EVERYWHERE
    from monitor.crowd.filling import Crowd, fill
    from patients.models import Patient
    from tests.signed_in import verified

    turn_to(side)
    call_command("migrate", verbosity=0)
    if not Patient.objects.exists():
        started = perf_counter()
        rows = fill(Crowd(patients), now=datetime.now(UTC))
        took = perf_counter() - started
        print(
            f"{patients:,} patients, {rows['check ins']:,} check-ins, {rows['messages']:,} "
            f"messages ... loaded in {took:.0f} s",
            flush=True,
        )
    side.client = Client()
    verified(side.client, get_user_model().objects.get(username=EVERYWHERE))
    newest = Patient.objects.select_related("clinic").order_by("-created_at")
    # Their first check-ins are over, in both crowds.
    side.patients = list(newest[1000 : 1000 + SAMPLES])


def measure(sides: dict[str, Side], asked: Asked, number: int) -> bool:
    """Ask both sides once, in an order that changes; False where there is no such page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    order = SIZES if number % 2 else SIZES[::-1]
    for size in order:
        side = sides[size]
        turn_to(side)
        patient = side.patients[number % len(side.patients)]
        if number < WARM_UP:
            with CaptureQueriesContext(connection) as queries:
                answer = asked.ask(side.client, patient)
            side.queries.setdefault(asked.name, set()).add(len(queries))
            if answer.status_code == 404:
                return False
            assert answer.status_code == 200, (asked.name, answer.status_code)
            continue
        started = perf_counter()
        asked.ask(side.client, patient)
        side.seconds.setdefault(asked.name, []).append(perf_counter() - started)
    return True


def report(sides: dict[str, Side], asked: Sequence[Asked]) -> bool:
    """Print a line for each page; whether every promise was kept."""
    kept = True
    print(f"\n{'page':24}{'small':>10}{'large':>10}{'ratio':>8}{'limit':>7}   queries")
    for page in asked:
        small, large = (1000 * median(sides[size].seconds[page.name]) for size in SIZES)
        counts = [sorted(sides[size].queries[page.name]) for size in SIZES]
        over = page.limit is not None and large / small > page.limit
        kept = kept and not over
        print(
            f"{page.name:24}{small:8.1f}ms{large:8.1f}ms{large / small:8.2f}"
            f"{page.limit or '':>7}   {counts[0]} {counts[1]}{'   TOO SLOW' if over else ''}"
        )
    return kept


def main() -> None:
    """Load, measure, print; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=200_000)
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--folder", type=Path, help="Keep the data here.")
    options = parser.parse_args()
    with server(options.folder) as postgres:
        sides = set_up(postgres)
        for size, patients in zip(SIZES, (options.small, options.patients), strict=True):
            prepare(sides[size], patients)
        there = [page for page in PAGES if measure(sides, page, 0)]
        for number in range(1, options.rounds + WARM_UP):
            for page in there:
                measure(sides, page, number)
        kept = report(sides, there)
        for side in sides.values():
            side.wrapper.close()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
