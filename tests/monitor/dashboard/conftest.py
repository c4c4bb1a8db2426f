from datetime import UTC, datetime

import pytest

from tests.monitor.dashboard.scene import Scene, make_scene
from tests.world import World


@pytest.fixture
def scene(world: World) -> Scene:
    """The pages read the clock themselves: the scene is of this moment."""
    return make_scene(world, now=datetime.now(UTC))
