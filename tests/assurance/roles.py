"""The page of docs/ that says who may do what, from the doors' own table."""

from monitor.dashboard import roles
from tests.assurance.nodes import ROOT

PAGE = ROOT / "docs/roles.md"
MARK = "<!-- `python -m tests.assurance` writes the table. -->\n"


def page() -> str:
    """The page with its table, at the end, as the code has it; the words before it stay."""
    before, _mark, _table = PAGE.read_text(encoding="utf-8").partition(MARK)
    return f"{before}{MARK}\n{roles.table()}\n"
