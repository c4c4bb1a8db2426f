"""What others may want to know of a page, and of a rota.

Sent inside the transaction that changes the page, with its row locked: an error in a
receiver undoes the change, and a receiver must not take a lock that is held elsewhere
while a page is raised.

page_acknowledged: page=Page, responder=Responder, now=datetime.
page_closed: page=Page, now=datetime; `page.closed_by` and `page.outcome` say the rest.
rota_alarmed: alarm=RotaAlarm, now=datetime. Something is wrong with the rota; sent again for a
gap that comes nearer.
rota_righted: alarm=RotaAlarm, now=datetime. It is right again, after an alarm was given.
"""

from django.dispatch import Signal

page_acknowledged = Signal()
page_closed = Signal()
rota_alarmed = Signal()
rota_righted = Signal()
