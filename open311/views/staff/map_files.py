"""A file of boundaries that was sent: kept for as long as it is read, and told about in words."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from geo.boundaries import CleanBoundary, CleaningReport, Feature, clean_boundaries
from geo.boundary_files import read_features
from geo.errors import InvalidBoundaryFile
from geo.lint import lint_codes
from open311.bodies import SentFile
from open311.errors import InvalidParameters

MOST_TOLD = 6
"""Sentences of one kind that a page tells after a file was taken."""

LONGEST_TOLD = 400
"""Characters of them together: one feature may share its code with thousands."""

_READING = ("code_field", "name_field", "where", "crs", "file_layer")
_ODD_IN_A_NAME = re.compile(r"[^\w.\- ]")


def read_map(
    file: SentFile, asked: Mapping[str, Any], reach_metres: float | None
) -> tuple[list[CleanBoundary], list[str]]:
    """Read a file as its form says; give its boundaries, and what was done to get them.

    Raises InvalidParameters with what is in the way.
    """
    name = file_name(file)
    try:
        with TemporaryDirectory(prefix="open311-sent-") as folder:
            path = Path(folder) / name
            path.write_bytes(file.content)
            reading = {option: asked[option] for option in _READING}
            features = read_features(path, **reading, reach_metres=reach_metres)
    except InvalidBoundaryFile as error:
        raise InvalidParameters(_on_a_page(str(error))) from None
    boundaries, report = clean_boundaries(features)
    if report.refused and not asked["leave_out"]:
        raise InvalidParameters(
            *(f"{refused}." for refused in report.refused[:MOST_TOLD]),
            _("Fix the errors in the file, or choose to skip those features."),
        )
    if not boundaries:
        raise InvalidParameters(_("%(name)s has no boundaries to import.", name=name))
    return boundaries, list(_told(report, features))


def file_name(file: SentFile) -> str:
    """Give the name of a file without its folders, and without what file systems dislike."""
    plain = _ODD_IN_A_NAME.sub("_", PureWindowsPath(file.file_name).name)
    return plain[-100:].strip(". ") or "boundaries"


def _on_a_page(sentence: str) -> str:
    """Say a sentence that names options of a command with the fields of the form instead."""
    fields = {
        "--file-layer": _("“Layer of the file”"),
        "--crs EPSG:2249": _("EPSG:2249 in “Coordinate system”"),
    }
    for option, field in fields.items():
        sentence = sentence.replace(option, field)
    return sentence


def _told(report: CleaningReport, features: Sequence[Feature]) -> list[str]:
    """Say what was done to a file, each kind in one text."""
    missing = [f"{refused}" for refused in report.refused]
    doubtful = [str(one) for one in lint_codes(features) if one.kind == "duplicate"]
    return [
        shortened(f"{heading}: {_some(sentences)}")
        for heading, sentences in (
            (_("Repaired"), report.repaired),
            (_("Merged"), report.merged),
            (_("Warning"), doubtful),
            (_("Skipped"), missing),
        )
        if sentences
    ]


def shortened(text: str) -> str:
    """End a text where it becomes too long for the cookie that carries it to the next page."""
    return f"{text}." if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"


def _some(sentences: Sequence[str]) -> str:
    told = "; ".join(sentences[:MOST_TOLD])
    more = len(sentences) - MOST_TOLD
    if more <= 0:
        return told
    return f"{told}; {ngettext('and %(num)d more', 'and %(num)d more', more)}"
