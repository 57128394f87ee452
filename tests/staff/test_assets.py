"""What staff pages load: how much script, and in all styles, colors and sizes by their names."""

import os
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "open311/static"
TEMPLATES = Path(__file__).parents[2] / "open311/templates/staff"
MOST_BYTES = 200_000
"""Of all scripts of a page, neither compressed nor minified, besides the map library (issue 17)."""

MAP_LIBRARY = {STATIC / "vendor/maplibre-gl.mjs", STATIC / "vendor/maplibre-gl-worker.mjs"}

IMPORTED = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']+)["']""")
LOADED = re.compile(r"""filename=['"]([^'"]+\.m?js)['"]""")
MAP_SCRIPT = re.compile(r"""map_head\(["']([^"']+)["']""")
PARENT = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
LITERAL = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|light-dark)a?\(", re.IGNORECASE)
SIZE = re.compile(r"font-size:\s*(?!var\()[^;}]*\d(?:rem|px|em)\b")
SPACE = re.compile(r"(?:\b(?:margin|padding|gap)[a-z-]*|border-radius):[^;}]*\d(?:rem|px)\b")
"""Distances and radii. Those in em, within a line of text, follow the size of the text."""

STYLES = sorted([*STATIC.glob("staff/*.css"), *STATIC.glob("residents/*.css")])
NAMED_IN = ("staff.css", "site.css")


def scripts_of(template: Path) -> set[Path]:
    """List the scripts that a template names, with all that these and its parents load."""
    text = template.read_text(encoding="utf-8")
    found = {STATIC / name for name in LOADED.findall(text)}
    found |= {STATIC / "staff" / name for name in MAP_SCRIPT.findall(text)}
    for name in PARENT.findall(text):
        found |= scripts_of(TEMPLATES.parent / name)
    return with_imports(found)


def with_imports(scripts: set[Path]) -> set[Path]:
    """Add what scripts import, also when a tool is first used."""
    waiting, known = list(scripts), set(scripts)
    while waiting:
        script = waiting.pop()
        if script in MAP_LIBRARY or script.parent.name == "vendor":
            continue
        for name in IMPORTED.findall(script.read_text(encoding="utf-8")):
            other = Path(os.path.normpath(script.parent / name))  # vendor may be a link
            if other not in known:
                known.add(other)
                waiting.append(other)
    return known


def test_no_page_loads_more_script_than_the_bound() -> None:
    pages = sorted(TEMPLATES.glob("*.html"))
    loaded = {page.name: scripts_of(page) - MAP_LIBRARY for page in pages}
    assert STATIC / "staff/drawing.mjs" in loaded["find.html"]
    assert STATIC / "vendor/pmtiles.js" in loaded["find.html"]
    sizes = {
        name: sum(script.stat().st_size for script in scripts) for name, scripts in loaded.items()
    }
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


@pytest.mark.parametrize("file", STYLES, ids=lambda one: one.name)
def test_colors_sizes_of_text_and_distances_have_names(file: Path) -> None:
    """Their names are the lines of staff.css and site.css that begin with two dashes."""
    lines = file.read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if not (file.name in NAMED_IN and re.match(r" +--", line))]
    literal = (LITERAL, SIZE, SPACE)
    assert [line for line in rules if any(one.search(line) for one in literal)] == []


@pytest.mark.parametrize(
    "rule", ["padding: 0 0.5rem", "row-gap: 3px", "border-radius: 6px", "margin-inline: calc(1rem)"]
)
def test_a_distance_without_a_name_is_found(rule: str) -> None:
    assert SPACE.search(f".a {{ {rule}; }}")
    assert not SPACE.search(".a { padding: 0 var(--space-s); width: 3rem; border: 1px solid; }")


def test_maps_have_the_colors_of_the_pages() -> None:
    style = (STATIC / "staff/map_style.mjs").read_text(encoding="utf-8")
    pairs = re.findall(r'export const ([A-Z]+) = dark \? "(#\w+)" : "(#\w+)"', style)
    colors = {name: f"light-dark({light}, {dark})" for name, dark, light in pairs}
    names = {"LATE": "late", "OPEN": "open", "CLOSED": "closed", "YOUNG": "young", "MONTH": "month"}
    staff = (STATIC / "staff/staff.css").read_text(encoding="utf-8")
    site = (STATIC / "residents/site.css").read_text(encoding="utf-8")
    for name, token in names.items():
        assert f"--{token}: {colors[name]};" in staff
    for token in ("late", "open", "closed"):
        assert f"--{token}-mark: {colors[token.upper()]};" in site
