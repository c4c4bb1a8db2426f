"""`python -m tests.assurance`: write the pages of docs/ that are made from data."""

from tests.assurance import facts

if __name__ == "__main__":
    facts.PAGE.write_text(facts.page(), encoding="utf-8")
    print(f"written: {facts.PAGE.name}")
