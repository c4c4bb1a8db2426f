"""What a text is for: an answer, a symptom, a question, stopping, starting, help, thanks."""

from collections.abc import Collection

from monitor.reading.grading import RED_FLAGS
from monitor.reading.scope import Scope

SHORT = 4
SYMPTOMS = RED_FLAGS | frozenset(
    """worse_pain pain_flare mild_headache high_blood_sugar site_soreness bruising flushing
    poor_sleep hiccups""".split()
)
NOT_ABOUT_TEXTS = frozenset("pain dolor shaking crying bleeding it shivering hurting".split())


def _covers_all(scope: Scope, *names: str) -> bool:
    """Whether the concepts' words make up the whole text, but for greetings and fillers."""
    fillers = ("greeting", "thanks", "ok_word")
    return all(
        any(scope.covers(name, i) for name in (*names, *fillers))
        for i in range(len(scope.tokens))
    )


def wants_out(scope: Scope) -> bool:
    """Whether the sender asks for no more texts; "pain wont STOP" does not."""
    if scope.spans("opt_out"):
        return True
    first = scope.spans("opt_out_only")
    if not first:
        return False
    if _covers_all(scope, "opt_out_only") and any(
        not scope.covers("thanks", i) for i in range(len(scope.tokens))
    ):
        return True
    head = first[0]
    return (
        head.start == 0
        and head.end < len(scope.tokens)
        and scope.tokens[head.end].after_break
        and scope.tokens[head.end].text not in NOT_ABOUT_TEXTS
    )


def wants_in(scope: Scope) -> bool:
    """Whether the sender asks for the texts again."""
    spans = scope.spans("opt_in")
    if not spans:
        return False
    bare = len(scope.tokens) <= SHORT and spans[0].start == 0
    return _covers_all(scope, "opt_in") or bare or any(s.end - s.start >= 2 for s in spans)


def asks(scope: Scope) -> bool:
    """Whether it asks something, with a question mark or without."""
    if any(token.asks for token in scope.tokens):
        return not all(
            token.asks is False or _answered(scope, index)
            for index, token in enumerate(scope.tokens)
        )
    if scope.spans("question_any"):
        return True
    starts = [
        index
        for index, token in enumerate(scope.tokens)
        if index == 0 or (token.after_break and index < len(scope.tokens) - 2)
    ]
    return any(
        span.start in starts and _is_question_word(scope, span.start)
        for span in scope.spans("question_start")
    )


def _is_question_word(scope: Scope, index: int) -> bool:
    """English auxiliaries begin a question only before a subject: "has", but not "has been"."""
    word = scope.tokens[index].text
    following = scope.tokens[index + 1].text if index + 1 < len(scope.tokens) else ""
    if word in (
        "what",
        "when",
        "where",
        "who",
        "why",
        "how",
        "which",
        "hows",
        "whats",
        "whens",
        "wheres",
    ):
        return following not in ("a", "an")
    subjects = {"i", "it", "the", "this", "that", "my", "we", "you", "there", "u", "he", "she"}
    if word in ("que", "cuando", "como", "donde", "porque", "puedo", "quien"):
        return word not in ("que", "como", "porque", "cuando") or len(scope.tokens) <= 8
    return following in subjects and word not in ("was", "had", "did", "have")


def _answered(scope: Scope, index: int) -> bool:
    """ "fever? no": a question that the sender answers."""
    return index + 1 < len(scope.tokens) and scope.covers("no_word", index + 1)


def wants_help(scope: Scope) -> bool:
    """A bare keyword, or a request to be called."""
    return bool(scope.spans("help_word")) or (
        bool(scope.spans("help_only")) and _covers_all(scope, "help_only")
    )


def only_thanks(scope: Scope) -> bool:
    """Thanks and nothing else that needs an answer."""
    return bool(scope.spans("thanks"))


def is_wrong_person(scope: Scope) -> bool:
    """Whether the sender says that the record is not theirs."""
    return bool(scope.spans("wrong_person"))


def intent(scope: Scope, findings: Collection[str], *, harmless: bool) -> str:
    """The one intent of a text, the one that decides what happens with it first."""
    flagged = bool(RED_FLAGS.intersection(findings))
    if wants_out(scope):
        return "opt_out"
    if flagged:
        return "symptom"
    if is_wrong_person(scope):
        return "wrong_person"
    if wants_in(scope):
        return "opt_in"
    if asks(scope):
        return "question"
    if wants_help(scope):
        return "help"
    if SYMPTOMS.intersection(findings):
        return "symptom"
    if only_thanks(scope) and not findings and len(scope.tokens) <= 2 * SHORT:
        return "thanks"
    if harmless or findings:
        return "answer"
    return "symptom" if scope.spans("pain") else "other"
