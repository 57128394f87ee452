"""The definitions of figures in the language of the page."""

from dataclasses import fields
from typing import Any

from open311.figures.measures import FEWEST, MEASURES, VERSION, Measure
from open311.figures.methods import METHODS
from open311.web.languages import say


def how_values() -> dict[str, Any]:
    """Return what templates/insights/definitions.html shows: all definitions, translated."""
    return {
        "definitions": [_translated(one) for one in (*MEASURES, *METHODS)],
        "version": VERSION,
        "fewest": FEWEST,
    }


def _translated(one: Measure) -> Measure:
    texts = {field.name: getattr(one, field.name) for field in fields(one)}
    return Measure(**{name: _said(name, text) for name, text in texts.items()})


def _said(name: str, text: str) -> str:
    return say(text) if text and name != "key" else text
