"""`python -m tests.assurance`: write the pages of docs/ that are made from data."""

from tests.assurance import facts, hazards, roles

if __name__ == "__main__":
    for part in (facts, hazards, roles):
        part.PAGE.write_text(part.page(), encoding="utf-8")
        print(f"written: {part.PAGE.name}")
