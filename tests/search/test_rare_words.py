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


@pytest.mark.parametrize(
    ("criteria", "by_words", "by_clock"),
    [
        (Criteria(text="hole"), True, False),
        (Criteria(overdue=True), False, True),
        (Criteria(overdue=False), False, True),
        (Criteria(promises=("overdue",)), False, True),
        (Criteria(promises=("kept",)), False, False),
        (Criteria(work=True), False, False),
    ],
)
def test_only_words_are_looked_for_by_key_and_only_what_is_overdue_changes_by_time(
    reading_app: Flask, criteria: Criteria, by_words: bool, by_clock: bool
) -> None:
    [term] = terms(get_jurisdiction("gridtown.example"), criteria)
    assert (term.by_words, term.by_clock) == (by_words, by_clock)
