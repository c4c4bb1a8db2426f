"""Reads a protocol's files into a `Protocol`, or refuses them: file, key, and what to do.

The digest covers the protocol file, every file that it includes and all its languages, in a
canonical form, so that a comment may change and a rule may not. `restore` builds a protocol
from the content that its digest covers, wherever the files have gone.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.protocol.build import build
from monitor.protocol.checks import check
from monitor.protocol.files import Files
from monitor.protocol.model import Protocol, ProtocolError

FOLDER = Path(__file__).resolve().parent.parent / "protocols"

_NAME = re.compile(r"(?P<slug>[a-z_]+)\.v(?P<version>[1-9][0-9]*)")


@lru_cache(maxsize=64)
def load(name: str, *, folder: Path = FOLDER) -> Protocol:
    """Load a protocol by name, such as "epidural_steroid.v1"; ProtocolError when refused.

    A version never changes, so it is read once in a process.
    """
    if _NAME.fullmatch(name) is None:
        raise ProtocolError(
            f"{name!r} is no protocol name: write it like 'epidural_steroid.v1'"
        )
    path = folder / f"{name}.toml"
    content = _read(path)
    if f"{content.get('slug')}.v{content.get('version')}" != name:
        raise ProtocolError(
            f"{path.name}: slug and version must give the file's name; fix either"
        )
    merged, files = _merge(path, content)
    whole = {"content": merged, "texts": _texts(path, content)}
    protocol = _build(files, whole)
    check(files, protocol)
    return protocol


def restore(content: str, *, digest: str) -> Protocol:
    """Build a protocol from its own `content`, as it was kept when a follow-up began with it.

    It was checked when it was loaded. ProtocolError where the content is not the digest's.
    """
    protocol = _build(Files("kept content", {}), json.loads(content))
    if protocol.digest != digest:
        raise ProtocolError(
            f"{protocol.name}: the kept content does not match its digest; restore the "
            "database from a backup"
        )
    return protocol


def _build(files: Files, whole: Mapping[str, Any]) -> Protocol:
    digest = hashlib.sha256(_canonical(whole)).hexdigest()
    content = json.dumps(whole, ensure_ascii=False)
    return build(files, whole["content"], whole["texts"], digest=digest, content=content)


@lru_cache(maxsize=8)
def names(*, folder: Path = FOLDER) -> tuple[str, ...]:
    """The names of all protocols there are, by slug, oldest version first."""
    found = (_NAME.fullmatch(path.stem) for path in folder.glob("*.toml"))
    keys = ((m["slug"], int(m["version"])) for m in found if m and _is_protocol(folder, m[0]))
    return tuple(f"{slug}.v{version}" for slug, version in sorted(keys))


@lru_cache(maxsize=64)
def latest(procedure: str, *, folder: Path = FOLDER) -> Protocol:
    """The newest version for a procedure; ProtocolError when there is none."""
    # The versions of other procedures are not loaded: one that is broken stops nobody else.
    found = [
        load(name, folder=folder)
        for name in names(folder=folder)
        if _read(folder / f"{name}.toml")["procedure"] == procedure
    ]
    if not found:
        raise ProtocolError(f"no protocol for procedure {procedure!r} in {folder.name}/")
    return max(found, key=lambda protocol: protocol.version)


def _is_protocol(folder: Path, name: str) -> bool:
    return "procedure" in _read(folder / f"{name}.toml")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProtocolError(
            f"{path.name}: there is no such file beside the protocols"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{path.name}: {error}; correct the file's syntax") from None


def _merge(path: Path, content: Mapping[str, Any]) -> tuple[dict[str, Any], Files]:
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    parts: Iterable[tuple[str, Mapping[str, Any]]] = [
        *((name, _read(path.parent / name)) for name in content.get("includes", [])),
        (path.name, content),
    ]
    for file, part in parts:
        for key, value in part.items():
            if key in merged:
                raise ProtocolError(
                    f"{file}: {key!r} is also in {origin[key]}; keep one of them"
                )
            merged[key], origin[key] = value, file
    return merged, Files(path.name, origin)


def _texts(path: Path, content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    folder = path.parent / str(content.get("texts", "texts"))
    files = sorted(folder.glob("*.toml"))
    if not any(file.stem == "en" for file in files):
        raise ProtocolError(f"{path.name}: texts: {folder.name}/en.toml is missing; add it")
    return {file.stem: _read(file) for file in files}


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()
