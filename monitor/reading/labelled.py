"""Texts with labels: what the models are taught with, and what the reader is measured on."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
# Chooses the thresholds; no model is taught with it.
VALIDATION = CORPUS / "validation"
# The rules were written with these in sight: how far they may be trusted, others must show.
TUNED = frozenset(
    (
        "replies_en.jsonl",
        "replies_en_2.jsonl",
        "replies_en_3.jsonl",
        "replies_es.jsonl",
        "replies_es_2.jsonl",
        "replies_other.jsonl",
    )
)

Row = Mapping[str, Any]


def load(files: Iterable[Path]) -> list[Row]:
    """The labelled texts of the given JSON-lines files, in order."""
    return [
        json.loads(line)
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def replies(folder: Path = CORPUS) -> list[Path]:
    """The files of replies in a folder, by name."""
    return sorted(folder.glob("replies_*.jsonl"))
