"""How pytest-xdist shares the tests out, when it is asked to: `make test` does, `pytest` not.

A plugin rather than a conftest, because the workers are counted before conftests are read.
"""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Each worker is a Python of 700 MB, perhaps a browser, and up to ten connections of the 100.
MOST = 4
CRASHES = "tests/chaos"


class WholeFiles(LoadFileScheduling):
    """A file is one worker's, and so are all crash tests: one installation, one sum at the end.

    What waits most, for processes and for browsers, is begun first, so that at the end no
    worker stands idle until another one has waited.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return CRASHES if file.startswith(f"{CRASHES}/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles | None:
    if config.getvalue("dist") != "loadfile":
        return None
    # In the order of the collection, which is by waiting, not by the number of tests.
    config.option.loadscopereorder = False
    return WholeFiles(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return min(len(os.sched_getaffinity(0)), MOST)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=waiting)


def waiting(item: pytest.Item) -> int:
    """The smaller, the longer a file waits for others than itself."""
    ways = ("processes", "browser")
    return next((place for place, way in enumerate(ways) if item.get_closest_marker(way)), 9)
