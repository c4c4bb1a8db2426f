"""Rows that several tests stand on, none of which sees what another one did to them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def shared() -> Iterator[None]:
    """What is written at its beginning stands for every test until its end.

    Each test's own transaction becomes a savepoint inside of this one, and is rolled back to.
    A test that commits (`transactional_db`) has no place in here. Objects that are handed to
    a test are copied for it, as it may change them.
    """
    outer = transaction.atomic()
    # As of a TestCase: what wants to be the outermost transaction is still let through.
    outer._from_testcase = True
    with outer:
        yield
        transaction.set_rollback(True)
