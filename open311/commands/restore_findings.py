"""What open311 restore check looks at; each function yields what it finds."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from PIL import Image

from geo.coordinates import Point
from open311.commands.backups import fingerprint
from open311.commands.doctor import OK, PROBLEM, WARNING, Finding
from open311.database import db, end_reads
from open311.errors import Open311Error
from open311.media.store import files_of
from open311.queries.backups import (
    count_photos,
    count_requests,
    inactive_guards,
    newest_request,
    sequences_behind,
    some_photos,
    some_points,
    some_requests,
)
from open311.queries.catalog.services import list_active_services
from open311.queries.jurisdictions import Scope, list_jurisdictions
from open311.queries.maps.sets import Maps
from open311.queries.routing.canaries import check_canaries
from open311.queries.routing.decide import RoutingCase, route
from open311.queries.routing.explain import look_back
from open311.queries.routing.stored import get_routed
from open311.queries.routing.stored_places import list_stored_places
from open311.web.erasure_log import list_missing
from open311.web.sent_media import media_store

_POINTS = 20
"""Points of each layer that are routed."""


_ADDRESS = ("host", "port", "user", "password")


def of_pages() -> list[Finding]:
    """Let PostgreSQL's own program read all pages; it needs a connection of its own."""
    program = shutil.which("pg_amcheck")
    if program is None:
        return [Finding(PROBLEM, "pg_amcheck is not in the PATH: install postgresql's package.")]
    _none, known = db.engine.dialect.create_connect_args(db.engine.url)
    address = {f"PG{name.upper()}": str(known[name]) for name in _ADDRESS if known.get(name)}
    done = subprocess.run(  # noqa: S603 -- no shell, and the operator's own settings
        [program, "--install-missing", str(known["dbname"])],
        env={**os.environ, **address},  # a password must not be in the list of processes
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return [Finding(OK, "pg_amcheck found no damaged pages.")]
    lines = (done.stderr or done.stdout).strip().splitlines()
    return [Finding(PROBLEM, f"pg_amcheck: {' '.join(lines[:3])[:300]}")]


def of_rows(before: Mapping[str, Any], max_age: int | None) -> Iterator[Finding]:
    now = count_requests()
    for name, number in before.get("requests", {}).items():
        if now.get(name, 0) < number:
            text = f"{name} has {now.get(name, 0):,} requests, and had {number:,} at the backup."
            yield Finding(PROBLEM, text)
    photos = count_photos()
    if photos < before.get("photos", 0):  # some may have been removed after the manifest
        text = f"There are {photos:,} photos, and there were {before['photos']:,} at the manifest."
        yield Finding(WARNING, text)
    if before.get("secret_key", "") != "" and before["secret_key"] != fingerprint():
        text = "OPEN311_SECRET_KEY is another one: secret links of residents no longer work."
        yield Finding(PROBLEM, text)
    newest = newest_request()
    if max_age is not None:
        limit = datetime.now(UTC) - timedelta(hours=max_age)
        if newest is None or newest < limit:
            yield Finding(PROBLEM, f"The newest request is of {newest or 'no time'}: too old.")
    requests = f"Requests: {sum(now.values()):,}, the newest of {newest}"
    yield Finding(OK, f"{requests}. Photos: {photos:,}.")


def of_guards() -> Iterator[Finding]:
    behind = list(sequences_behind())
    for sequence, column in behind:
        yield Finding(PROBLEM, f"The sequence {sequence} would repeat numbers of {column}.")
    if not behind:
        yield Finding(OK, "All sequences are ahead of their columns.")
    inactive = inactive_guards()
    for name in inactive:
        yield Finding(PROBLEM, f"{name} is not active: the restore did not end well.")
    if not inactive:
        yield Finding(OK, "All constraints, triggers, and indexes are active.")


def of_erasures() -> Iterator[Finding]:
    try:
        missing = len(list_missing())
    except (ValueError, OSError) as error:
        yield Finding(PROBLEM, f"The log of erasures cannot be read: {error}.")
        return
    if missing:
        text = "Erasures since this backup, which open311 restore adopt repeats"
        yield Finding(WARNING, f"{text}: {missing:,}.")
    else:
        yield Finding(OK, "All erasures of their log are in this database.")


def of_photos(number: int) -> Iterator[Finding]:
    names = files_of(some_photos(number))
    bad = [name for name in names if not _can_be_seen(name)]
    for name in bad:
        yield Finding(PROBLEM, f"The file {name} is missing from the photo storage, or broken.")
    if not bad:
        yield Finding(OK, f"Files of photos looked at: {len(names)}.")


def _can_be_seen(name: str) -> bool:
    try:
        with media_store().open(name) as file, Image.open(file) as image:
            image.load()
    except Exception:  # stores raise errors of their own libraries
        return False
    return True


def of_routing() -> Iterator[Finding]:
    for jurisdiction in list_jurisdictions():
        results = check_canaries(jurisdiction, Maps(jurisdiction.today()))
        failing = [result for result in results if result.fails]
        for result in failing:
            yield Finding(PROBLEM, f"In {jurisdiction.jurisdiction_id}, {result}.")
        if not results:
            text = f"{jurisdiction.jurisdiction_id} has no routing tests: its maps prove nothing."
            yield Finding(WARNING, text)
        elif not failing:
            name = jurisdiction.jurisdiction_id
            yield Finding(OK, f"Routing tests of {name} that agree: {len(results)}.")


def of_requests(number: int) -> Iterator[Finding]:
    """Let the server answer with requests chosen by chance, and explain their routing again."""
    chosen = some_requests(number)
    end_reads()
    cities = {one.jurisdiction_id: one for one in list_jurisdictions()}
    different = []
    for jurisdiction_id, id_ in chosen:
        if not _is_shown(jurisdiction_id, id_):
            yield Finding(PROBLEM, f"{id_} of {jurisdiction_id} cannot be shown.")
        elif not _is_routed_alike(cities[jurisdiction_id], id_):
            different.append(id_)
    if different:
        text = f"{', '.join(different[:5])} would go elsewhere by the maps of their days"
        yield Finding(WARNING, f"{text}: rules have changed since, or maps are missing.")
    yield Finding(OK, f"Requests looked at: {len(chosen)}.")


def _is_shown(jurisdiction_id: str, id_: str) -> bool:
    path = f"/open311/v2/requests/{id_}.json"
    with _without_others():
        client = current_app.test_client()
        answer = client.get(path, query_string={"jurisdiction_id": jurisdiction_id})
    return answer.status_code == 200 and bool(answer.get_json(silent=True))


@contextmanager
def _without_others() -> Iterator[None]:
    """Let the restored copy answer, and any number of times.

    The settings of the server may name a standby that was not restored.
    """
    replica = current_app.extensions.pop("replica", None)
    limiters = [one for one in current_app.extensions.get("limiter", ()) if one.enabled]
    try:
        for limiter in limiters:
            limiter.enabled = False
        yield
    finally:
        for limiter in limiters:
            limiter.enabled = True
        if replica is not None:
            current_app.extensions["replica"] = replica


def _is_routed_alike(jurisdiction: Scope, id_: str) -> bool:
    routed = get_routed(jurisdiction, id_)
    places = list_stored_places(routed.pk)
    then, _today = look_back(jurisdiction, routed, places, None, datetime.now(UTC))
    return not then.differences


def of_points() -> Iterator[Finding]:
    """Route points inside boundaries of each layer, chosen by chance."""
    for jurisdiction in list_jurisdictions():
        today = jurisdiction.today()
        services = list_active_services(jurisdiction.jurisdiction_id)
        points = some_points(jurisdiction.jurisdiction_id, today, _POINTS)
        lost = [
            f"{point.lat:.5f} {point.long:.5f} in {layer}"
            for layer, point in points
            if services and not _goes_somewhere(jurisdiction, services[0], point)
        ]
        name = jurisdiction.jurisdiction_id
        if lost:
            yield Finding(PROBLEM, f"In {name}, points go nowhere: {'; '.join(lost[:3])}.")
        else:
            yield Finding(OK, f"Points of layers of {name} that were routed: {len(points)}.")


def _goes_somewhere(jurisdiction: Scope, service: Any, point: Point) -> bool:
    case = RoutingCase(
        service_code=service.service_code, group=service.group, point=point, at=datetime.now(UTC)
    )
    try:
        return route(jurisdiction, case).department_id is not None
    except Open311Error:
        return False
