"""make bench: time the hot paths, each in turn with a reference, and print the ratios.

A reference is the driver alone on the same data, without HTTP, checks, or history. A slow machine
slows both. A ratio above the bound means that the product became slower.
"""

import os
import re
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.data import fill
from benchmarks.reference import Reference
from local.cluster import throwaway_cluster
from open311.app import create_app

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(sys.executable).parent / "open311"
ROUNDS = 9
Step = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """A timed case: the product and its reference, and the upper bound of the ratio."""

    name: str
    ours: Step
    reference: Step
    bound: float


def main() -> None:
    """Fill a throwaway database, time all cases, and print a line for each."""
    with throwaway_cluster() as cluster:
        url = cluster.create_database("benchmarks")
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "OPEN311_RATE_LIMIT": "none",
            "OPEN311_SECRET_KEY": secrets.token_hex(),
        }
        for command in (["db", "upgrade"], ["seed", str(ROOT / "seed_data/lancaster")]):
            subprocess.run([str(PROGRAM), *command], env=environment, check=True, cwd=ROOT)
        created = subprocess.run(
            [str(PROGRAM), "keys", "create", "benchmarks"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        made = subprocess.run(
            [str(PROGRAM), "users", "create", "benchmarks", "--role", "dispatcher", "--generate"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        fill(url)
        client = create_app(environment).test_client()
        sign_in(client, made.stdout.split()[-1])
        with Reference(url) as reference:
            for case in cases(client, reference, created.stdout.split()[-1]):
                print(line(case), flush=True)


def sign_in(client: FlaskClient, password: str) -> None:
    [key] = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/staff/sign-in").text)[:1]
    form = {"csrf_token": key, "name": "benchmarks", "password": password}
    answer = client.post("/staff/sign-in", data=form)
    assert answer.status_code == 303, answer.text


def cases(client: FlaskClient, reference: Reference, key: str) -> list[Case]:

    def get(path: str) -> Step:
        return lambda: _checked(client, path)

    def post() -> object:
        number = time.perf_counter_ns()
        form = {"api_key": key, "service_code": "POTHOLE", "lat": "39.72", "long": "-82.6"}
        answer = client.post(f"{API}/requests.json", data={**form, "description": str(number)})
        assert answer.status_code == 200, answer.text
        return answer

    newest, thousand = f"{API}/requests.json?page_size=50", f"{API}/requests.json"
    return [
        Case("newest 50, JSON : select + orjson", get(newest), lambda: reference.newest(50), 40),
        Case("newest 1000, JSON : select + orjson", get(thousand), reference.newest, 4.5),
        Case("newest 1000, XML : JSON", get(f"{API}/requests.xml"), get(thousand), 2.5),
        Case("one by id : select", get(f"{API}/requests/20-0100000.json"), reference.one, 30),
        Case("OGC items, 50 in a box : select", get(f"{ITEMS}?{BOX}"), reference.in_box, 4),
        Case("OGC tile of a neighbourhood : ST_AsMVT", get(TILE), reference.tile, 5),
        Case("staff, 50 in a circle : select", get(f"{STAFF}?{CIRCLE}"), reference.in_box, 3),
        Case("staff, 50 along a line : select", get(f"{STAFF}?{ALONG}"), reference.in_box, 3),
        Case("POST with routing : route + insert", post, reference.post, 30),
    ]


ITEMS = "/ogc/collections/requests/items"
BOX = "limit=50&bbox=-82.61,39.70,-82.59,39.72"
TILE = "/ogc/collections/requests/tiles/WebMercatorQuad/15/12439/8865"
STAFF = "/staff/requests/list"
CIRCLE = "circle=39.71,-82.60,900"
ALONG = "along=39.70,-82.61;39.71,-82.60;39.72,-82.59&within=200&status=open"
API = "/open311/v2"


def _checked(client: FlaskClient, path: str) -> object:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer


def line(case: Case) -> str:
    """Time a case and its reference in turn; return the medians and the median ratio as text."""
    case.ours(), case.reference()
    pairs = [(_seconds(case.ours), _seconds(case.reference)) for _round in range(ROUNDS)]
    ours, reference = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    verdict = "" if ratio <= case.bound else "  too slow"
    return (
        f"{case.name:45} {ours:8.2f} ms :{reference:8.2f} ms = {ratio:5.2f}"
        f"  (bound {case.bound:g}){verdict}"
    )


def _seconds(step: Step) -> float:
    """Return the best of three runs, since other work shares this machine."""
    times = []
    for _try in range(3):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
