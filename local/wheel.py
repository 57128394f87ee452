"""Build back end: setuptools, with the files that a wheel needs and a checkout has elsewhere.

A wheel is the whole product: it also contains the example city, and the third-party files for
browsers, which `make install` fetches. It is built without Git and Node.
"""

import shutil
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.command.build_py import build_py

from local import assets

EXAMPLE_CITY = assets.ROOT / "seed_data/lancaster"

build_editable = build_meta.build_editable
build_sdist = build_meta.build_sdist
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
get_requires_for_build_wheel = build_meta.get_requires_for_build_wheel
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable
prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel


def build_wheel(*arguments: Any, **options: Any) -> str:
    """Build a wheel, and return its name; exits with a sentence if a file for browsers is missing.

    What an earlier build left would be part of it: modules that have been deleted since.
    """
    missing = [name for name in assets.FILES if not (assets.VENDOR / name).exists()]
    if missing:
        raise SystemExit(
            f"{assets.VENDOR.relative_to(assets.ROOT)}/{missing[0]} is missing. Run make install, "
            "which fetches the files that pages need, and build again."
        )
    shutil.rmtree(assets.ROOT / "build", ignore_errors=True)
    name: str = build_meta.build_wheel(*arguments, **options)
    return name


class BuildPy(build_py):  # type: ignore[misc]
    """Copy of the packages, with the example city as data of the package open311."""

    def run(self) -> None:
        """Copy everything; an editable installation finds the example city in the checkout."""
        super().run()
        if not self.editable_mode:
            folder = Path(self.build_lib) / "open311/example_city"
            shutil.copytree(EXAMPLE_CITY, folder, dirs_exist_ok=True)
