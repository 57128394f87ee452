"""A request number stays on one line in a heading, and breaks no other text of it."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[2] / "open311/templates"


@pytest.mark.parametrize(
    ("file", "macro", "style"),
    [("staff/fields.html", "unbroken", "whole"), ("residents/macros.html", "numbered", "number")],
)
@pytest.mark.parametrize(
    "text", ["Driver's <desk>, request 39", Markup("Driver&#39;s &lt;desk&gt;, request 39")]
)
def test_a_number_is_marked_but_not_in_an_escaped_character(
    file: str, macro: str, style: str, text: str
) -> None:
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    templates.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    marked = getattr(templates.get_template(file).module, macro)
    expected = f'Driver&#39;s &lt;desk&gt;, request <span class="{style}">39</span>'
    assert marked(text, "39").strip() == expected
    assert marked(text, None).strip() == "Driver&#39;s &lt;desk&gt;, request 39"
