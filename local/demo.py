"""Demonstration cities of make run and make demo-dc, and the logins that they print."""

import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Demo:
    """A city as a seed folder, with a separate database; lat and long are a point in it."""

    database: str
    folder: Path
    service_code: str
    lat: str
    long: str

    @property
    def jurisdiction_id(self) -> str:
        text = (self.folder / "jurisdiction.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["jurisdiction_id"])

    @property
    def addresses(self) -> Path | None:
        """The address points file of the city, if any."""
        file = self.folder / "addresses.csv"
        return file if file.exists() else None


@dataclass(frozen=True)
class Logins:
    """The logins of the demonstration, generated for it and stored nowhere else."""

    api_key: str
    staff_key: str
    password: str


LANCASTER = Demo("open311", ROOT / "seed_data/lancaster", "POTHOLE", "39.7201", "-82.6003")

USER = "demo"


def kept_secret(file: Path, octets: int) -> str:
    """Return a secret of random octets, generated once and kept in a file for its owner only."""
    file.touch(mode=0o600)
    secret = file.read_text(encoding="ascii").strip()
    if not secret:
        secret = secrets.token_urlsafe(octets)
        file.write_text(secret, encoding="ascii")
    return secret


def addresses_of(address: str) -> list[str]:
    """Return the lines that list the URLs of the server."""
    return [
        f"Open311: {address}/open311/v2",
        f"Workspace: {address}/staff",
        f"API documentation: {address}/open311/docs",
        f"QGIS (OGC API - Features, with a staff login): {address}/ogc",
    ]


def welcome(demo: Demo, address: str, logins: Logins) -> list[str]:
    """Return the lines that introduce the demonstration to a new user."""
    api = f"{address}/open311/v2"
    place = f"lat={demo.lat}&long={demo.long}"
    return [
        f"API key: {logins.api_key}",
        f"Staff key: {logins.staff_key}",
        f"Staff: {USER} {logins.password}",
        f"Services: curl {api}/services.json",
        f"Submit a request: curl {api}/requests.json -d lat={demo.lat} -d long={demo.long} \\",
        f"  -d service_code={demo.service_code} -d api_key={logins.api_key}",
        f"Explain the department: curl '{address}/routing/explain?{place}' -G \\",
        f"  -d service_code={demo.service_code} -H 'Authorization: Bearer {logins.staff_key}'",
    ]
