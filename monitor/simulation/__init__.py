"""The production code on a virtual clock: for journeys, for the demo's past, for what-ifs.

Nothing here decides anything: it calls the same verbs that the tasks call, at the moments
at which something is due, and carries the texts to a stand-in and back.
"""

from monitor.simulation.clockwork import Clockwork

__all__ = ["Clockwork"]
