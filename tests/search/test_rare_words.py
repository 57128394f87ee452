"""A search by words finds the same, however PostgreSQL is asked for it."""

import pytest
from flask import Flask

from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted, list_features
from open311.queries.ogc.sources import get_source
from open311.queries.search import kept
from open311.queries.search.criteria import ALWAYS, Criteria
from open311.queries.search.terms import terms
from tests.search.conftest import City
from tests.search.meaning import holds

EVERY = 10**6


@pytest.mark.parametrize(
    ("common", "few"),
    [(0, 0), (EVERY, EVERY), (EVERY, 0)],
    ids=["in order", "by key", "in order after all"],
)
def test_words_are_looked_for_in_order_or_by_key(
    reading_app: Flask, city: City, monkeypatch: pytest.MonkeyPatch, common: int, few: int
) -> None:
    monkeypatch.setattr(kept, "COMMON", common)
    monkeypatch.setattr(kept, "FEW_BY_WORDS", few)
    jurisdiction = get_jurisdiction("gridtown.example")
    for words in ("hole", "-hole", "lamp 12", "unheard"):
        criteria = Criteria(text=words)
        source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True)
        found = list_features(source, Wanted(criteria=criteria, limit=500, names=["status"]))
        rows = [one for one in city.rows if not one.withdrawn and not one.sandbox]
        meant = [one.id or one.token for one in rows if holds(one, criteria)]
        assert [one["id"] for one in found.features] == meant
        assert bool(meant) is (words != "unheard")


def test_words_and_times_are_known_to_be_such(reading_app: Flask) -> None:
    """What the clock changes is counted anew each time, and only words are looked for by key."""
    jurisdiction = get_jurisdiction("gridtown.example")
    criteria = Criteria(text="hole", overdue=True, work=True, promises=("overdue",), on_hold=False)
    found = {one.name: one for one in terms(jurisdiction, criteria)}
    assert [name for name, one in found.items() if one.by_words] == [""]
    by_clock = {name for name, one in found.items() if one.by_clock}
    assert by_clock == {"is_overdue=True", "promises=['overdue']"}
