"""Every text of every protocol: encoding, units, segments, and how plain it is.

python -m tests.benchmarks.texts
"""

from monitor.protocol import load, names
from monitor.protocol.segments import measure
from monitor.protocol.texts import SAMPLE
from tests.monitor.protocol.plain import fernandez_huerta, flesch_kincaid, inflesz


def plainness(lang: str, text: str) -> str:
    """The measures that there are for a language; none for others than these two."""
    if lang == "en":
        return f"grade {flesch_kincaid(text):.1f}"
    if lang == "es":
        return f"INFLESZ {inflesz(text):.0f}  Huerta {fernandez_huerta(text):.0f}"
    return ""


def main() -> None:
    """Print each different text once, with the longest values that it must fit with."""
    seen: set[tuple[str, str, str]] = set()
    for protocol in map(load, names()):
        for lang in protocol.languages:
            for key, raw in protocol.texts[lang].items():
                text = raw.format_map(SAMPLE)
                if (lang, key, text) in seen:
                    continue
                seen.add((lang, key, text))
                length = measure(text)
                print(
                    f"{lang}  {key:30} {length.encoding:6} {length.units:4} units  "
                    f"{length.segments} segments  {plainness(lang, text)}"
                )


if __name__ == "__main__":
    main()
