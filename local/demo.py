"""What make run and make demo-dc serve: a city, and the ways into it that are printed."""

import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Demo:
    """A city as a seed folder, in a database of its own; lat and long are a place in it."""

    database: str
    folder: Path
    service_code: str
    lat: str
    long: str


LANCASTER = Demo("open311", ROOT / "seed_data/lancaster", "POTHOLE", "39.7201", "-82.6003")

USER = "demo"


def kept_secret(file: Path, octets: int) -> str:
    """Give a secret of so many random octets, made once and kept in a file for its owner alone."""
    file.touch(mode=0o600)
    secret = file.read_text(encoding="ascii").strip()
    if not secret:
        secret = secrets.token_urlsafe(octets)
        file.write_text(secret, encoding="ascii")
    return secret


def welcome(demo: Demo, address: str, demo_key: str, staff_key: str, password: str) -> list[str]:
    """Give the lines that tell a newcomer how to begin."""
    api, staff = f"{address}/open311/v2", staff_key.partition(": ")[2]
    place = f"lat={demo.lat}&long={demo.long}"
    return [
        f"Open311: {api}",
        demo_key,
        staff_key,
        f"Staff: {USER} {password}",
        f"Workspace: {address}/staff",
        f"Try it: {api.removesuffix('/v2')}/docs",
        f"Services: curl {api}/services.json",
        f"Report: curl {api}/requests.json -d lat={demo.lat} -d long={demo.long} \\",
        f"  -d service_code={demo.service_code} -d api_key={demo_key.partition(': ')[2]}",
        f"Explain: curl '{address}/routing/explain?{place}' -G \\",
        f"  -d service_code={demo.service_code} -H 'Authorization: Bearer {staff}'",
        f"In QGIS (OGC API Features, with the name and password of staff): {address}/ogc",
    ]
