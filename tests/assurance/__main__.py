"""`python -m tests.assurance`: write the pages of docs/ that are made from data."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitor.settings")
    django.setup()
    # The roles' labels are the models', which are there only now.
    from tests.assurance import facts, hazards, roles

    for part in (facts, hazards, roles):
        part.PAGE.write_text(part.page(), encoding="utf-8")
        print(f"written: {part.PAGE.name}")
