"""From replies to the texts that are sent, joined where they fit into two segments."""

from collections.abc import Mapping, Sequence

from monitor.conversation.state import Reply
from monitor.protocol.model import Protocol
from monitor.protocol.segments import measure

SAFETY = frozenset({"emergency", "self_harm", "urgent", "urgent_nerve", "urgent_leg"})
MOST_SEGMENTS = 2


def messages(
    protocol: Protocol, replies: Sequence[Reply], *, lang: str, values: Mapping[str, str]
) -> tuple[str, ...]:
    """The texts to send, in order. `values` fills {clinic}, {phone} and {emergency}.

    A question follows the text before it in one message where both fit; a safety text always
    stands alone.
    """
    sent: list[str] = []
    joinable = False
    for reply in replies:
        text = _text(protocol, reply, lang).format_map(dict(values))
        joined = f"{sent[-1]}\n{text}" if sent else text
        if joinable and measure(joined).segments <= MOST_SEGMENTS:
            sent[-1] = joined
        else:
            sent.append(text)
        joinable = reply.kind == "text" and reply.key not in SAFETY
    return tuple(sent)


def _text(protocol: Protocol, reply: Reply, lang: str) -> str:
    if reply.kind == "question":
        return protocol.question_text(reply.key, lang)
    return protocol.text(reply.key, lang)
