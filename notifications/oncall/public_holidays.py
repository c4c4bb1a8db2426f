"""The public holidays of a country, by the library that keeps them."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays


def days(country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
    """The holidays of some years; none without a country that the library knows."""
    return frozenset().union(*(_of_a_year(country, subdivision, year) for year in years))


def is_known(country: str, subdivision: str) -> bool:
    """Whether the library keeps a calendar of that place."""
    known = holidays.list_supported_countries(include_aliases=True)
    return country in known and (not subdivision or subdivision in known[country])


@lru_cache(maxsize=256)
def _of_a_year(country: str, subdivision: str, year: int) -> frozenset[date]:
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    # So the library says that it has no calendar of the place.
    except NotImplementedError:
        return frozenset()
    return frozenset(found)
