"""The digests of all protocol versions, beside their files: a released version stays as it is.

`digests.toml` has two tables. [coming] holds the versions that are in no release yet: they may
change, and `manage.py seal` writes their digests anew. [released] holds the others: an edit of
one is refused, and what to do instead is said. `manage.py seal --release` moves them over.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.protocol.loader import FOLDER, load, names
from monitor.protocol.model import ProtocolError

FILE = "digests.toml"

_HEAD = """\
# Written by `python manage.py seal`. [coming]: in no release yet, may still change.
# [released]: never edited again; copy NAME.v1.toml to NAME.v2.toml instead.
"""


@dataclass(frozen=True)
class Digests:
    """The digest of each version by its name, released or still to come."""

    released: Mapping[str, str] = field(default_factory=dict)
    coming: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Broken:
    """What is wrong with one version: `kind` is edited, missing, unsealed or refused."""

    kind: str
    name: str
    problem: str
    remedy: str


def read(*, folder: Path = FOLDER) -> Digests:
    """Read the digests; none where there is no file. ProtocolError for a broken one."""
    try:
        content = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Digests()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{FILE}: {error}; take it from the last release") from None
    return Digests(content.get("released", {}), content.get("coming", {}))


def broken(*, folder: Path = FOLDER) -> Iterator[Broken]:
    """Every version that is not what its digest says, with what to do."""
    try:
        known, there = read(folder=folder), names(folder=folder)
    except ProtocolError as error:
        yield Broken("refused", FILE, str(error), "Correct what the message names.")
        return
    for name in there:
        try:
            digest = load(name, folder=folder).digest
        except ProtocolError as error:
            yield Broken("refused", name, str(error), "Correct what the message names.")
            continue
        if name in known.released and known.released[name] != digest:
            yield _edited(name)
        elif name not in known.released and known.coming.get(name) != digest:
            yield Broken(
                "unsealed",
                name,
                f"{name} is not what {FILE} says.",
                "It is in no release yet: run `python manage.py seal`.",
            )
    for name in sorted(known.released.keys() - set(there)):
        yield Broken(
            "missing",
            name,
            f"{name} was released, and its file is gone.",
            "Take it back from the release: follow-ups may still run under it.",
        )


def _edited(name: str) -> Broken:
    slug, _, version = name.rpartition(".v")
    following = f"{slug}.v{int(version) + 1}"
    return Broken(
        "edited",
        name,
        f"{name} was released and has been edited since; a released version never changes.",
        f"Take back the edit (its file, the files it includes, its texts), copy {name}.toml "
        f"to {following}.toml with `version = {int(version) + 1}`, copy each shared file that "
        "is to change, and edit the copies.",
    )


def seal(*, folder: Path = FOLDER, release: bool = False) -> Digests:
    """Write the digests of what is to come; with `release`, all of them as released.

    ProtocolError where a released version was edited or is gone.
    """
    for one in broken(folder=folder):
        if one.kind != "unsealed":
            raise ProtocolError(f"{one.problem} {one.remedy}")
    known = read(folder=folder)
    current = {name: load(name, folder=folder).digest for name in names(folder=folder)}
    coming = {name: own for name, own in current.items() if name not in known.released}
    if release:
        sealed = Digests(released={**known.released, **coming})
    else:
        sealed = Digests(known.released, coming)
    (folder / FILE).write_text(_written(sealed), encoding="utf-8")
    return sealed


def _written(digests: Digests) -> str:
    lines = [_HEAD]
    for title, table in (("released", digests.released), ("coming", digests.coming)):
        lines.append(f"[{title}]")
        lines += [f'"{name}" = "{table[name]}"' for name in sorted(table)]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"
