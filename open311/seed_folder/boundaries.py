"""The boundary files of a seed folder."""

from pathlib import Path
from typing import Any

from geo.errors import InvalidBoundaryFile
from geo.maps.boundaries import CleanBoundary, clean_boundaries, merge_all
from geo.maps.files import read_features
from open311.messages.problem import Problem
from open311.messages.seeds import SEED_NO_BOUNDARIES
from open311.seed_folder.tables import Problems
from open311.steps.values.imports import SeedBoundaries


def read_layers(
    folder: Path, layers: dict[str, dict[str, Any]], problems: Problems
) -> dict[str, SeedBoundaries]:
    """Return the boundaries of each layer that names a file."""
    read = {
        layer: _read(
            folder,
            row["file"],
            problems,
            code_field=row["code_field"],
            name_field=row["name_field"],
            reach_meters=row["reach_meters"],
        )
        for layer, row in layers.items()
        if row["file"]
    }
    return {layer: seeded for layer, seeded in read.items() if seeded is not None}


def read_service_area(folder: Path, file: str | None, problems: Problems) -> SeedBoundaries | None:
    """Return the service area as one boundary; None if the folder names no file."""
    seeded = _read(folder, file, problems, code_field=None) if file else None
    if seeded is None:
        return None
    area = CleanBoundary("service_area", "", merge_all(seeded.boundaries))
    return SeedBoundaries(seeded.source, [area])


def _read(folder: Path, file: str, problems: Problems, **reading: Any) -> SeedBoundaries | None:
    try:
        features = read_features(folder / file, **reading)
    except InvalidBoundaryFile as error:
        problems.take(file, Problem.of(error))
        return None
    boundaries, report = clean_boundaries(features)
    for refused in report.refused:
        problems.take(file, Problem.of(refused))
    if not boundaries and not report.refused:
        problems.add(file, SEED_NO_BOUNDARIES)
    return SeedBoundaries(f"{file} of the seed folder", boundaries) if boundaries else None
