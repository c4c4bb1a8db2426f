"""What others may hang on to. Sent inside the transaction; a receiver's error undoes it.

text_received: inbound=Inbound, now=datetime. A text that is no responder's reply.
text_set_aside: inbound=Inbound, now=datetime. Handling failed again and again.
message_settled: message=Message, now=datetime. A message's state has moved on.
message_reported: message=Message, said=str, now=datetime. The network said something that moved
nothing on; `said` is its own word.
message_delayed: message=Message, now=datetime. It could not be sent, and is tried again.
"""

from django.dispatch import Signal

text_received = Signal()
text_set_aside = Signal()
message_settled = Signal()
message_reported = Signal()
message_delayed = Signal()
