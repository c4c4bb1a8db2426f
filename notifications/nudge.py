"""Wake a worker for a row just written. Only for speed: the sweep finds the row anyway."""

import logging
import time
from typing import Any

from celery import current_app
from kombu.pools import producers

logger = logging.getLogger(__name__)

# Somebody waits for the web page, or for the answer to a text: a broker that hangs may cost
# that much, and is then left alone for a while, not asked by every text of a flood.
BROKER_SECONDS = 1.0
QUIET_SECONDS = 5.0
_quiet_until = 0.0


def nudge(task: str, *arguments: Any) -> None:
    """Publish a task by name; a broker that can't be reached is no error."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    connection = current_app.connection_for_write(
        transport_options={
            "socket_connect_timeout": BROKER_SECONDS,
            "socket_timeout": BROKER_SECONDS,
        }
    )
    try:
        with producers[connection].acquire(block=True, timeout=BROKER_SECONDS) as producer:
            current_app.send_task(
                task, args=arguments, producer=producer, retry=False, expires=60
            )
    # Whatever the broker's client raises, the row is committed and the sweep will find it.
    except Exception as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("the broker can't be reached (%s)", type(error).__name__)
