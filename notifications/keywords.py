"""The words that carriers act on when they stand alone. Pure.

Sources: Twilio, "Advanced Opt-Out"; FCC 47 CFR 64.1200(a)(10); AWS keyword list. YES is not
among them: the network takes it for an opt-in only from a number that has opted out, and
patients answer with it.
"""

import re
import unicodedata

_STOP = (
    "stop stopall unsubscribe cancel end quit revoke optout opt-out arret remove "
    "alto parar cancelar"
)
_START = "start unstop"
_HELP = "help info ayuda"

# What Twilio itself acts on and confirms, and only exactly so.
_NETWORKS_OWN = frozenset(
    "stop stopall unsubscribe cancel end quit revoke optout start unstop help info".split()
)

_KEYWORDS = {
    re.sub(r"\W", "", word): keyword
    for keyword, words in (("stop", _STOP), ("start", _START), ("help", _HELP))
    for word in words.split()
}


def keyword(text: str) -> str:
    """ "stop", "start" or "help" when that is all the text says, else "".

    Case, accents, spaces and punctuation do not count: " Stop. " is one, "the pain won't
    stop" is none.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(
        r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign))
    )
    if len(words) == 1 or words == ["opt", "out"]:
        return _KEYWORDS.get("".join(words), "")
    return ""


def network_confirms(text: str) -> bool:
    """Whether the network answers this text itself; "Stop." with its full stop it does not."""
    return text.strip().casefold() in _NETWORKS_OWN
