"""What others may want to know of a page.

Sent inside the transaction that changes the page, with its row locked: an error in a
receiver undoes the change, and a receiver must not take a lock that is held elsewhere
while a page is raised.

page_acknowledged: page=Page, responder=Responder, now=datetime.
page_closed: page=Page, now=datetime; `page.closed_by` and `page.outcome` say the rest.
"""

from django.dispatch import Signal

page_acknowledged = Signal()
page_closed = Signal()
