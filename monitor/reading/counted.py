"""Numbers in an answer that are not the answer: hours, tablets, days, ages."""

from monitor.reading.answer_scope import CONCLUDING, SAYING, led_by, spans_of, word
from monitor.reading.lexicon import Span
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope

NAMED = frozenset(
    """day week dia semana question number pregunta room floor bed ward suite apt apartment exit
    route page ext sala habitacion cama piso consultorio bay gate unit""".split()
)
# What takes place at an hour: "my appt is at 10".
APPOINTED = frozenset(
    """appt appointment appointments apt meeting visit ride bus shift alarm flight checkup
    followup pusieron inyectaron hicieron operaron cita citas turno consulta dose""".split()
)
WOKEN = frozenset(
    """woke wake waking awake woken slept asleep bed desperte levante despertar dormi acoste
    desperto despierto""".split()
)
# Numbers beside these are readings of something else than pain or relief.
MEASURED = frozenset(
    """temp temperature temperatura fever fiebre bp pressure presion sugar glucose glucosa
    azucar pulse pulso sats oxygen oxigeno weight peso""".split()
)
KINDS_OF_DAY = frozenset(
    "good bad best worst better rough last this past next buen mal peor buena mala".split()
)
LEADING = frozenset(
    ("took", "taken", "take", "tome", "tomo", "tomado", "at", "las", "age", "bp", "after")
)
# "I'd put it at 7", "holding at 4": a level, and no time.
AT_LEVEL = frozenset(
    """it its im still sitting hovering down stuck now around steady is pain holding about
    was staying settled running stays sits hovers me that say be""".split()
)
PERCENTS = frozenset("percent pct % por porciento x porcentaje per".split())
VAGUE_BEFORE = (["llega", "a"], ["short", "of"])
VAGUE_AFTER = (["something"], ["y", "algo"], ["y", "pico"], ["and", "something"], ["odd"])
FILLING = frozenset("a an un una el la the of".split())
ABOVE = (
    "over", "above", "beyond", "more than", "worse than", "higher than", "bigger than",
    "greater than", "north of", "at least", "no less than", "not less than", "mas de",
    "mas que", "mas alto que", "peor que", "por encima de", "encima de", "encima del",
    "arriba de", "arriba del", "al menos", "por lo menos", "como minimo", "minimo",
    "drops below", "goes below", "baja de", "baja del", "starts at", "from at least",
)  # fmt: skip
BELOW = (
    "under", "below", "beneath", "less than", "fewer than", "lower than", "better than",
    "smaller than", "south of", "menos de", "menos que", "mejor que", "por debajo de",
    "debajo de", "debajo del", "abajo de", "abajo del", "mejor que el", "ni", "not even",
    "ni siquiera", "no llega a", "short of", "shy of",
)  # fmt: skip
CEILING = (
    "at most", "at the most", "no more than", "not more than", "never more than", "as much as",
    "up to", "hasta", "maximo", "como mucho", "a lo mucho", "a lo mas", "max", "maximum",
    "not over", "as high as", "at best", "peaked at", "topped out at",
)  # fmt: skip
OR_MORE = (
    "+", "plus", "and then some", "or more", "or higher", "or worse", "or above", "or over",
    "and up", "and change", "and counting", "and rising", "o mas", "o peor", "y tantos",
    "y mas", "at least", "minimum", "por lo menos", "al menos", "como minimo", "minimo",
    "para arriba", "pa arriba",
)  # fmt: skip
AT_MOST = (
    "tops", "max", "maximum", "at most", "at the most", "at best", "maximo", "como mucho",
    "a lo mucho", "a lo mas", "or less", "or under", "or below", "or lower", "o menos",
)  # fmt: skip
# What was wished, promised or set as a limit was not felt.
UNFELT = frozenset(
    """wish wished wishing hope hoping hoped ojala promised promise prometio prometieron promete
    expected expecting expect supposed goal target aim aiming meta objetivo predicted guaranteed
    esperaba espero esperando quisiera gustaria deberia debia threshold limit limite wanted
    wanting until unless gustaria dreaming praying""".split()
)
CALLING = frozenset("call ring phone text llame llamar llamara avise avisar worry".split())
# "call it 5" calls nobody.
NAMED_SO = frozenset(("it", "that", "this"))
IF = frozenset("if when over above si cuando".split())
STAFF = frozenset(
    """doc doctor doctors dr nurse nurses surgeon you they pt therapist leaflet paper website
    google doctora medico medica enfermera enfermero ustedes usted physio pamphlet sheet
    he she friend friends neighbor neighbour amiga amigo""".split()
)
TELLING = SAYING | frozenset(
    "told promised wrote put reckoned thought thinks asked dijo dijeron puso cree".split()
)
SELF = frozenset("i ive id im yo mine mio".split())
NO_PLURAL = frozenset("below people men women children grandchildren feet take gente".split())
TURNS = frozenset("and but y pero".split())


def below_zero(text: str, scope: Scope) -> bool:
    """ "-2", "minus 10"."""
    first = scope.tokens[0] if scope.tokens else None
    if first is None:
        return False
    signed = first.is_number and text[: first.start].rstrip(" ").endswith(("-", "\u2212"))
    return signed or first.text in ("minus", "menos", "negative")


def vague(scope: Scope, number: Number) -> bool:
    """ "97 something", "no llega a 3": a number that is only near."""
    before = [t.text for t in scope.tokens[max(0, number.start - 2) : number.start]]
    following = [t.text for t in scope.tokens[number.end : number.end + 2]]
    if following == ["something", "like"]:
        return False
    return before in VAGUE_BEFORE or following[:1] in VAGUE_AFTER or following in VAGUE_AFTER


def has_unit(scope: Scope, number: Number) -> bool:
    """Whether a unit follows: "2 pills", "3 hrs"; not the "yo" of "un 2 yo creo"."""
    following = word(scope, number.end)
    unit = any(s.start == number.end for s in scope.spans("unit_word"))
    mine = following == "yo" and number.end + 1 < len(scope.tokens)
    place = following == "x" and word(scope, number.end + 1) in ("el", "la")
    return unit and not mine and not place


def counts_something(scope: Scope, number: Number, *, percent: bool = False) -> bool:
    """Whether the number counts something or tells a time."""
    before, earlier = word(scope, number.start - 1), word(scope, number.start - 2)
    following = word(scope, number.end)
    if percent and following in PERCENTS:
        return False
    out_of = following in ("/", "out") and word(scope, number.end + 1) in ("10", "of")
    timed = before in LEADING or (earlier in LEADING and before in ("about", "like", "las"))
    if before == "after" and "before" in {t.text for t in scope.tokens[: number.start]}:
        # "Before the shot 8. After 3."
        timed = False
    if earlier == "at" and word(scope, number.start - 3) in AT_LEVEL:
        timed = False
    told = following in ("this", "am", "pm", "oclock", "tonight", "today", "yesterday")
    if before == "at" and not told and (earlier in AT_LEVEL or out_of or percent):
        timed = False
    if (
        before in ("at", "las", "el", "la", "on", "the", "is", "es")
        and {t.text for t in scope.tokens[: number.start]} & APPOINTED
    ):
        timed = True
    counted_day = before in NAMED and not scope.tokens[number.start].after_break
    named = counted_day and earlier not in KINDS_OF_DAY
    if earlier in WOKEN or WOKEN & set(led_by(scope, number, LED)):
        timed = timed or before in ("at", "about", "around", "las", "since")
    measured = not MEASURED.isdisjoint(led_by(scope, number, 3))
    aside = has_unit(scope, number) or of_a_thing(scope, number) or measured
    return aside or named or (timed and len(scope.tokens) > 2)


def of_a_thing(scope: Scope, number: Number) -> bool:
    """ "8 lengths", "9 below zero": a word follows that does not stand beside a score."""
    following = scope.tokens[number.end : number.end + 1]
    if not following or following[0].after_break:
        return False
    plural = following[0].text.endswith("s") or following[0].text in NO_PLURAL
    if not plural:
        return False
    if any(s.start == number.end for s in scope.spans("beside_score")):
        return False
    return not any(n.start == number.end for n in numbers(scope.tokens))


def _led_by(scope: Scope, number: Number, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands right before, articles aside."""
    if scope.tokens[number.start].after_break:
        return False
    index = number.start - 1
    spoken: list[str] = []
    while index >= 0 and len(spoken) <= LED:
        spoken.insert(0, word(scope, index))
        if scope.tokens[index].after_break:
            break
        index -= 1
    whole = f" {' '.join(spoken)}"
    bare = list(spoken)
    while bare and bare[-1] in FILLING:
        bare.pop()
    short = f" {' '.join(bare)}"
    return any(whole.endswith(f" {p}") or short.endswith(f" {p}") for p in phrases)


def _followed_by(scope: Scope, number: Number, phrases: tuple[str, ...]) -> bool:
    end = number.end + 1 if word(scope, number.end) in PERCENTS else number.end
    following = " ".join(word(scope, end + i) for i in range(3)) + " "
    return any(following.startswith(f"{p} ") for p in phrases)


def floor(scope: Scope, number: Number) -> bool:
    """ "over 6", "at least 6", "6 and then some": it may be more."""
    if _led_by(scope, number, CEILING):
        return False
    return _led_by(scope, number, ABOVE) or _followed_by(scope, number, OR_MORE)


def ceiling(scope: Scope, number: Number) -> bool:
    """ "at most 4", "4 tops": the highest that it comes to."""
    went = {word(scope, number.start - back) for back in (2, 3, 4)} & ROSE
    led = _led_by(scope, number, CEILING) and not went
    return led or _followed_by(scope, number, AT_MOST)


def under(scope: Scope, number: Number) -> bool:
    """ "under 5", "better than a 7", "ni un 4": it is less, nobody knows how much."""
    return _led_by(scope, number, BELOW) and not ceiling(scope, number)


def _clause(scope: Scope, number: Number) -> list[int]:
    """The places of the words before the number in its clause."""
    index = number.start
    places: list[int] = []
    while index > 0 and not scope.tokens[index].after_break:
        index -= 1
        if word(scope, index) in TURNS:
            break
        places.insert(0, index)
    return places


def _addressed(scope: Scope, kin: Span) -> bool:
    """ "ay hija, pues 5": who is spoken to, and not of."""
    return word(scope, kin.start) in ("hija", "hijo") and (
        word(scope, kin.start - 1) not in ("mi", "la", "el", "su", "tu")
    )


def not_felt(scope: Scope, number: Number) -> bool:
    """ "hoping for 90", "doc promised 80", "call if its 8", "my mom had a 9"."""
    places = _clause(scope, number)
    words = [word(scope, i) for i in places]
    if words[-1:] and words[-1] in CONCLUDING:
        return False
    if UNFELT & set(words):
        return True
    calling = any(
        w in CALLING and word(scope, place + 1) not in NAMED_SO
        for place, w in zip(places, words, strict=True)
    )
    if calling and IF & set(words):
        return True
    kin = [s for s in spans_of(scope, ("other_kin", "other_strong")) if s.start in places]
    kin = [s for s in kin if word(scope, s.start) != "son" and not _addressed(scope, s)]
    own = max((i for i in places if word(scope, i) in SELF), default=-1)
    if kin and kin[-1].start > own:
        return True
    said = [i for i in places if word(scope, i) in TELLING]
    return any(
        word(scope, i - 1) not in SELF
        and bool(STAFF & {word(scope, j) for j in places if i - LED <= j < i})
        for i in said
        if not any(i < j for j in places if word(scope, j) in SELF)
    )


ROSE = frozenset("went gone goes subio subido sube climbed rose".split())
LED = 4
