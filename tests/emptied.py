"""Empties the database after a test that has committed.

Django truncates every table instead, and writes content types and permissions anew. PostgreSQL
makes a file for each table and index that it truncates: that took ten times as long as this,
and longer than most of the tests.
"""

from collections.abc import Iterable
from functools import cache

import pgtrigger
from django.db import connection, transaction
from django.test import TransactionTestCase

# They are of the program, not of a test: `migrate` writes them, and nothing else.
KEPT = {"django_content_type", "auth_permission"}
# A trigger writes here what is deleted elsewhere.
LAST = "monitor_revision"


@cache
def tables() -> tuple[str, ...]:
    """What a test may have written to, in the order in which it can be emptied."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return (*sorted({*names} - KEPT - {LAST}), LAST)


def empty() -> None:
    """Delete all rows, also those that production never deletes.

    As with a truncation, whoever still writes is waited for, so that nothing comes after.
    """
    quoted = [connection.ops.quote_name(name) for name in tables()]
    deletes = "; ".join(f"DELETE FROM {name}" for name in quoted)
    # Foreign keys are checked at the end of the transaction, so they know no order.
    with pgtrigger.ignore(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(quoted)} IN ACCESS EXCLUSIVE MODE; {deletes}")


def rows(names: Iterable[str]) -> dict[str, int]:
    """How many rows the tables hold that hold any."""
    counts = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            counts[name] = cursor.fetchone()[0]
    return {name: count for name, count in counts.items() if count}


def teardown(_case: TransactionTestCase) -> None:
    """In place of TransactionTestCase._fixture_teardown."""
    empty()
