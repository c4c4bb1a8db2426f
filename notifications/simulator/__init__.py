"""A stand-in for Twilio: its REST API, its webhooks and the telephones beyond it.

For the demo, the tests, rehearsals and benchmarks. It is our own code on the standard
library, knows neither Django nor the gateway, and production never imports it.
"""

from notifications.simulator.api import Simulator
from notifications.simulator.faults import Fault, Kind

__all__ = ["Fault", "Kind", "Simulator"]
