"""Yes or no, in the words of people who rarely say either."""

from collections.abc import Iterable
from itertools import pairwise

from monitor.reading.lexicon import Span
from monitor.reading.scope import Scope

OWN = frozenset("me yo i im mine mi".split())
SIDES = frozenset("left right izquierda derecha izquierdo derecho".split())
NOW = frozenset("today now hoy ahora".split())
AFTER_NO = frozenset("but pero except just only well bueno though solo aunque tho".split())


def _bare(scope: Scope, name: str, without: Iterable[str]) -> list[Span]:
    """The concept's spans that lie in none of the other concepts' longer spans."""
    others = [o for other in without for o in scope.spans(other)]
    return [
        s
        for s in scope.spans(name)
        if not any(s.within(o) and s.end - s.start < o.end - o.start for o in others)
    ]


def _events(scope: Scope) -> list[tuple[Span, str]]:
    """What speaks for yes, for no or for neither, longest reading of each word first."""
    names = ("yn_unsure", "yn_gone", "yn_some", "yn_no", "yn_yes")
    events: list[tuple[Span, str]] = []
    for name in names:
        others = [other for other in names if other != name]
        events += [(span, name) for span in _bare(scope, name, others)]
    taken: list[tuple[Span, str]] = []
    for span, name in sorted(
        events, key=lambda e: (-(e[0].end - e[0].start), names.index(e[1]))
    ):
        if not any(span.overlaps(other) for other, _ in taken):
            taken.append((span, name))
    return sorted(taken)


def _last_after_correction(scope: Scope, events: list[tuple[Span, str]]) -> str | None:
    cues = [s for s in scope.spans("correction") if events and s.start > events[0][0].start]
    later = [name for span, name in events if cues and span.start >= cues[0].end]
    return later[-1] if later else None


def yes_no(scope: Scope) -> bool | None:
    """True for any degree of it now, False for none or gone, None where it is left open."""
    events = _without_already(scope, _events(scope))
    names = [name for _, name in events]
    if not names or (any(token.asks for token in scope.tokens) and "yn_some" not in names):
        if names in (["yn_yes"], ["yn_no"]) and len(scope.tokens) == 1:
            return names == ["yn_yes"]
        return None
    if (own := _own_part(scope)) is not None:
        return own
    corrected = _last_after_correction(scope, events)
    if corrected is not None:
        names = [corrected]
    if "yn_unsure" in names:
        return None
    if "yn_gone" in names:
        later = names[names.index("yn_gone") + 1 :]
        return bool({"yn_some"} & set(later))
    if "yn_some" in names:
        return True
    kinds = set(names)
    if kinds == {"yn_yes"}:
        return True
    if kinds == {"yn_no"}:
        return None if _something_after_but(scope, events) else False
    return _mixed(scope, events, names)


def _without_already(scope: Scope, events: list[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Without the Spanish "ya" (already) after a no: "no, y ya ando"."""
    denied = [span for span, name in events if name == "yn_no"]
    return [
        (span, name)
        for span, name in events
        if not (
            denied
            and span.start > denied[0].start
            and [t.text for t in scope.tokens[span.start : span.end]] == ["ya"]
        )
    ]


def _own_part(scope: Scope) -> bool | None:
    """ "me no, my sister yes": what the patient says of himself beside kin."""
    words = [token.text for token in scope.tokens]
    if not scope.spans("other_kin"):
        return None
    for one, other in pairwise(words):
        if one in ("yo", "me") and other in ("no", "si", "yes"):
            return other != "no"
    return None


def _something_after_but(scope: Scope, events: list[tuple[Span, str]]) -> bool:
    """ "no fever but chills": what is told after the turn may be what was asked about."""
    words = [token.text for token in scope.tokens]
    turns = [
        i for i, said in enumerate(words) if said in ("but", "pero") and i >= events[0][0].end
    ]
    if not turns:
        return False
    after = range(turns[0] + 1, len(words))
    told = any(span.start in after for span, _ in events) or any(
        span.start in after
        for name in ("ok_word", "thanks", "no_pain_word", "other_kin")
        for span in scope.spans(name)
    )
    return bool(after) and not told


def _mixed(scope: Scope, events: list[tuple[Span, str]], names: list[str]) -> bool | None:
    """Both said: a yes about today or after "but" counts, "yes and no" does not."""
    words = [token.text for token in scope.tokens]
    if names[0] == "yn_yes" and names[-1] == "yn_no" and AFTER_NO & set(words[1:3]):
        # "yes but not there", "yeah but I'd rather not say": no denial of it.
        return None
    if (
        scope.spans("other_kin")
        and not {"say", "says", "dice"} & set(words)
        and OWN & set(words[events[0][0].end :])
    ):
        # "my wife does, not me"
        return names[-1] == "yn_yes"
    if "now_cue" in scope.found or NOW & set(words) or AFTER_NO & set(words) or len(events) > 2:
        last_now = [
            name for span, name in events if NOW & set(words[span.start : span.end + 2])
        ]
        return (last_now[-1] if last_now else names[-1]) == "yn_yes"
    if len(SIDES & set(words)) > 1:
        # "no on the left, yes on the right": the worse of two places counts.
        return True
    return None
