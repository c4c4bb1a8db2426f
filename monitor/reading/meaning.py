"""What a text and an option mean: the concepts in their words, and how near others lie."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from monitor.reading.embedding import embed
from monitor.reading.lexicon import FOLDER, Lexicon, Span, entries
from monitor.reading.normalise import Token, tokenise
from monitor.reading.phrases import vectors

NEGATIONS = frozenset(
    "not no isnt arent sin without never ni wasnt cant dont cannot couldnt didnt".split()
)
# No option is told from another by these alone.
NOT_RULED_OUT = frozenset(("no", "unsure", "yes", "fine", "same"))
# A degree or relation that the option has and the text lacks weighs this much.
MISSING = 0.35
STRANGE = 0.05
CLEAR = 0.2
# Nearest by embedding: at least so near, and so much nearer than the next option.
SUFFIX = re.compile(r"(\w{3,}?)(?:c?it|c?ill|isim)([oa]s?)")
NEAR = 0.46
NEAR_WITHOUT_STATES = 0.65
NEARER = 0.1
LONGEST = 160
# Of an option's phrases, those of so few letters tell nothing apart.
SHORTEST = 3
TRIVIAL = frozenset("no yes fine much bit very some".split())
NOTHING = frozenset("no nope nah none nothing nada nunca never ninguno ninguna not".split())
UNABLE = frozenset("no not cannot cant unable hardly without nothing nada".split())
# After "no" these say that something fails: "No puedo orinar", "No feeling".
INABILITY = frozenset(
    """puedo siento orino las los la lo me se camino sale dormi hace feeling sensation movement
    trabajo como estoy he tomo call aguanto hago voy power control""".split()
)
AMOUNTS = frozenset(
    ("amount_none", "amount_little", "amount_fair", "amount_lot", "amount_extreme")
)
ARTICLES = frozenset("the a an la el un una so very as that any really tan muy los las".split())
DENYING = frozenset("no sin ningun ninguna".split())
SMALL = frozenset("the and for los las una uno del con por que como its".split())
NEARABLE = frozenset("fine sore hot leak lying constant worst fading new".split())
CONTRARY = (
    ("better", "worse"),
    ("mild", "worst"),
    ("lying", "constant"),
    ("fine", "leak"),
    ("fine", "hot"),
)


@dataclass(frozen=True, slots=True)
class Meanings:
    """Every concept with its phrases; `topics` names the topic of each state.

    The concepts without a topic are degrees and relations, which hold in any question.
    """

    lexicon: Lexicon
    phrases: dict[str, tuple[str, ...]]
    topics: dict[str, str]


@cache
def meanings() -> Meanings:
    """The concepts of short answers and of options."""
    lexicon = Lexicon()
    phrases: dict[str, tuple[str, ...]] = {}
    topics: dict[str, str] = {}
    relations = tomllib.loads((FOLDER / "answers.toml").read_text(encoding="utf-8"))
    states = tomllib.loads((FOLDER / "options.toml").read_text(encoding="utf-8"))
    for topic, raw in (("", relations), *states.items()):
        for concept in raw:
            phrases[concept] = tuple(entries(raw, concept))
            for entry in phrases[concept]:
                lexicon.add(concept, entry)
            if topic:
                topics[concept] = topic
    for concept in phrases:
        lexicon.forgive(concept)
    return Meanings(lexicon, phrases, topics)


def _ruled_out(words: Sequence[str], tokens: Sequence[Token], span: Span) -> bool:
    """ "not red", "no tan rojo": a denial right before."""
    index = span.start
    while index > 0 and not tokens[index].after_break:
        index -= 1
        if words[index] in NEGATIONS:
            return True
        if words[index] not in ARTICLES:
            return False
    return False


def _without_suffix(lexicon: Lexicon, said: str) -> str:
    """A Spanish diminutive or superlative as its plain word: "coloradito", "fuertísimo"."""
    match = SUFFIX.fullmatch(said)
    if match is None or lexicon.knows(said):
        return said
    stem, ending = match[1], match[2]
    for base in (f"{stem}{ending}", f"{stem}e", f"{stem}o", f"{stem}a", stem, f"{stem}es"):
        if lexicon.knows(base):
            return base
    return said


def _apart(topic: str | None, other: str | None) -> bool:
    """Whether two concepts are of different topics, and so do not hide one another."""
    if topic is None and other == "amount":
        return True
    return topic is not None and other is not None and topic != other


def _spans(tokens: Sequence[Token]) -> list[tuple[Span, str]]:
    """The concepts of the words; a longer phrase hides the shorter ones inside it."""
    lexicon = meanings().lexicon
    plain = [lexicon.correct(token.text) for token in tokens]
    words = [_without_suffix(lexicon, said) for said in plain]
    found = [(span, name) for name, spans in lexicon.find(words).items() for span in spans]
    for index, said in enumerate(plain):
        small = SUFFIX.fullmatch(said) and said not in lexicon.vocabulary
        if small and lexicon.knows(words[index]):
            degree = "very" if "isim" in said else "bit"
            found.append((Span(index, index + 1), degree))
    topics = meanings().topics
    kept: list[tuple[Span, str]] = []
    for span, name in found:
        hidden = any(
            span.within(o) and span != o and not _apart(topics.get(name), topics.get(other))
            for o, other in found
        )
        out = name not in NOT_RULED_OUT and _ruled_out(words, tokens, span)
        if not hidden and not out:
            kept.append((span, name))
    return kept


def meaning(tokens: Sequence[Token]) -> frozenset[str]:
    """The concepts of the words."""
    return frozenset(name for _, name in _spans(tokens))


@lru_cache(maxsize=1024)
def _option_meaning(option: str) -> frozenset[str]:
    """The concepts of an option; one that denies a thing is also the one where all is fine."""
    tokens = tokenise(option)
    spans = _spans(tokens)
    said = frozenset(name for _, name in spans)
    if said & {"better", "worse"}:
        # There "much" and "a bit" are degrees of the change.
        said -= AMOUNTS
    denying = len(tokens) > 1 and tokens[0].text in DENYING and not tokens[1].after_break
    if denying and "unsure" not in said and tokens[1].text not in INABILITY:
        # What it denies is not what it says: "No headache" speaks of no head.
        whole = {name for span, name in spans if span.start == 0}
        return frozenset(("no", "fine")) | (whole & ({"same"} | set(meanings().topics)))
    return said


@lru_cache(maxsize=512)
def offered_meanings(options: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The concepts of each option, without states of topics that one option alone touches."""
    topics = meanings().topics
    means = [_option_meaning(option) for option in options]
    touched = Counter(
        topic for said in means for topic in {topics[c] for c in said & set(topics)}
    )
    kept: list[frozenset[str]] = []
    for said in means:
        relations = said - set(topics)
        own = frozenset(c for c in said & set(topics) if touched[topics[c]] > 1)
        others = frozenset().union(*(other for other in means if other is not said))
        told_apart = bool((own | (relations - TRIVIAL)) - others)
        kept.append(relations | (own if told_apart else said))
    worse = [place for place, said in enumerate(kept) if "worse" in said]
    if len(worse) == len(kept) - 1 > 0 and kept[0] == {"no"}:
        # "Is it worse?": whoever says "the same" or "better" says no.
        kept[0] = kept[0] | {"same", "better", "fine"}
    return tuple(kept)


def _score(said: frozenset[str], option: frozenset[str], offered: frozenset[str]) -> float:
    if not said & option:
        return -1.0
    missing = bool((option - said) - set(meanings().topics) | (option - said) & AMOUNTS)
    strange = (said & offered) - option
    return len(said & option) - MISSING * missing - STRANGE * len(strange)


def by_concepts(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """The option whose concepts the text names; 0 where it names none, None for several."""
    said = meaning(tokens)
    means = offered_meanings(tuple(options))
    if "unsure" in said:
        if not any("unsure" in option for option in means):
            return None
        said = frozenset(("unsure",))
    offered = frozenset().union(*means)
    if any(one in said & offered and other in said & offered for one, other in CONTRARY):
        return None
    if said == {"yes"} and sum("yes" in option for option in means) != 1:
        return None
    if said & offered <= {"no", "fine"} and _denial_is_open(tokens, options, means):
        return 0 if len(tokens) > 2 else None
    scores = [_score(said, option, offered) for option in means]
    best = max(scores, default=-1.0)
    if best <= -1.0:
        return None if _not_offered(tokens, said, means) else 0
    if sum(score > best - CLEAR for score in scores) != 1:
        return None
    return scores.index(best) + 1


def _not_offered(
    tokens: Sequence[Token], said: frozenset[str], means: Sequence[frozenset[str]]
) -> bool:
    """Whether the text names another state of the same topic, or rules an option out."""
    topics = meanings().topics
    offered = frozenset().union(*means)
    active = Counter(topics[c] for mean in means for c in mean & set(topics))
    beside = any(c in topics and active[topics[c]] > 1 for c in said)
    return beside or bool(_denied(tokens) & offered)


def _denied(tokens: Sequence[Token]) -> frozenset[str]:
    """The concepts that a denial right before rules out."""
    lexicon = meanings().lexicon
    words = [lexicon.correct(token.text) for token in tokens]
    return frozenset(
        name
        for name, spans in lexicon.find(words).items()
        for span in spans
        if name not in NOT_RULED_OUT and _ruled_out(words, tokens, span)
    )


def _denial_is_open(
    tokens: Sequence[Token], options: Sequence[str], means: Sequence[frozenset[str]]
) -> bool:
    """Whether "nothing" may mean the healthy option or the one that can do nothing.

    "Nada" to "I pass urine normally ... I cannot pass any" is both.
    """
    if not NOTHING & {token.text for token in tokens}:
        return False
    healthy = [o for o, mean in zip(options, means, strict=True) if mean & {"no", "fine"}]
    first = [tokenise(option)[0].text for option in healthy if tokenise(option)]
    denying = any(said in DENYING | {"none", "ninguno", "nothing"} for said in first)
    unable = any(UNABLE & {t.text for t in tokenise(option)} for option in options)
    return unable and not denying


def shared_words(tokens: Sequence[Token], options: Sequence[str]) -> bool:
    """Whether the text is nothing but words that several of the options have."""
    said = {t.text for t in tokens if len(t.text) > 2} - SMALL
    having = [option for option in options if said <= {t.text for t in tokenise(option)}]
    return bool(said) and len(having) > 1


@lru_cache(maxsize=1024)
def _references(option: str, states: frozenset[str]) -> tuple[str, ...]:
    """The option's own words and the phrases of the states that it names."""
    known = meanings().phrases
    phrases = (p for state in sorted(states) for p in known[state] if "*" not in p)
    return (_folded(option), *(_folded(p) for p in phrases if len(p) > SHORTEST))


def comparable() -> list[str]:
    """Every phrase that an unknown wording may be compared with."""
    return [
        _folded(phrase)
        for phrases in meanings().phrases.values()
        for phrase in phrases
        if "*" not in phrase and len(phrase) > SHORTEST
    ]


def _folded(text: str) -> str:
    """The text as its tokens: case, accents and punctuation make no difference."""
    return " ".join(token.text for token in tokenise(text))


def nearness(text: str, options: Sequence[str]) -> list[float]:
    """For each option how near the text lies to its meaning, -1 to 1."""
    said = embed([_folded(text[:LONGEST])])[0]
    means = offered_meanings(tuple(options))
    states = set(meanings().topics) | NEARABLE
    return [
        float(np.max(vectors(_references(option, mean & states)) @ said))
        for option, mean in zip(options, means, strict=True)
    ]


def by_nearness(text: str, options: Sequence[str]) -> int | None:
    """The option that the text lies nearest to, None where it is not clear."""
    topics = set(meanings().topics)
    means = offered_meanings(tuple(options))
    if all(mean and not mean & topics for mean in means) and "yes" in frozenset().union(*means):
        # "Yes, new", "Yes, as before": a symptom alone is near to each of them.
        return None
    near = nearness(text, options)
    order = sorted(range(len(near)), key=lambda i: (-near[i], i))
    stated = any(mean & topics for mean in means)
    if near[order[0]] < (NEAR if stated else NEAR_WITHOUT_STATES):
        return None
    if len(order) > 1 and near[order[0]] - near[order[1]] < NEARER:
        return None
    return order[0] + 1
