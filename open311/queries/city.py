"""Snapshots of all cities: catalog, keys, rules, and maps, read once for many answers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, select

from geo.routing.map_sets import DatedMaps, MapBoundary, prepare_for_threads, sets_on
from geo.routing.outlines import Outlines
from open311.database import db, end_reads
from open311.models import CityVersion, Jurisdiction
from open311.queries.catalog.departments import (
    list_department_names,
    list_departments,
    list_notified_at_once,
)
from open311.queries.catalog.services import (
    ServiceInfo,
    ServiceName,
    list_active_services,
    list_service_names,
    list_services,
)
from open311.queries.forwarding.targets import Targets, read_targets
from open311.queries.jurisdictions import Scope, list_jurisdictions
from open311.queries.maps.base_map import SERVERS, BaseMapInfo, find_base_map
from open311.queries.maps.layers import Corners, LayerChoices, LayerInfo, list_layers
from open311.queries.maps.sets import find_last_end, list_map_sets
from open311.queries.people.api_keys import KeyInfo, list_keys_in_use
from open311.queries.residents.site import (
    CatalogTexts,
    SiteInfo,
    find_site,
    list_hosts,
    read_catalog_texts,
)
from open311.queries.routing.decide import Guide, read_guide
from open311.replica import on_primary
from open311.statements import Statement


@dataclass(frozen=True, kw_only=True)
class City:
    """What answers of a city need again and again, as of one version. Nothing in it changes.

    services are the active ones, by code; listed_services the same in the order of lists.
    service_names are those of all services, inactive ones included. department_names are by id, and
    departments are (code, name) in the
    city's order. notified_at_once are the ids of those whose mailbox gets
    an email about each new request. maps are the published boundary sets that are current or will
    be, or were since an earlier day; the day tells which of them count. service_area is in degrees
    on WGS 84. site is the website for residents, if the city has one. targets are the departments
    that forward to other servers. base_map is what the city set for its maps.
    feed_epoch is what positions in lists of changes have to be of.
    """

    scope: Scope
    version: UUID
    services: Mapping[str, ServiceInfo]
    listed_services: Sequence[dict[str, Any]]
    service_names: Sequence[ServiceName]
    department_names: Mapping[int, str]
    departments: Sequence[tuple[str, str]]
    guide: Guide
    service_area: BaseGeometry | None
    layers: Sequence[LayerInfo]
    maps: DatedMaps
    site: SiteInfo | None = None
    notified_at_once: Collection[int] = frozenset()
    catalog_texts: CatalogTexts = field(default_factory=lambda: CatalogTexts({}))
    targets: Targets = field(default_factory=Targets)
    base_map: BaseMapInfo = SERVERS
    feed_epoch: str = ""

    @cached_property
    def service_codes(self) -> Mapping[int, str]:
        """The codes of all services by id, inactive ones included."""
        return {one.id: one.service_code for one in self.service_names}

    @cached_property
    def outline(self) -> Outlines | None:
        """The outline of the service area, made when it is first asked for."""
        return None if self.service_area is None else Outlines.of([self.service_area], [0])

    @cached_property
    def seen(self) -> Callable[[bool, str], Scope]:
        """Return the jurisdiction for sandbox or not and a public_url, which are a few pairs."""
        return lru_cache(maxsize=16)(
            lambda sandbox, public_url: replace(self.scope, sandbox=sandbox, public_url=public_url)
        )

    def day_key(self, now: datetime) -> tuple[UUID, str, bool, date]:
        """Return what a result of this snapshot is kept by that is read once a day."""
        day = now.astimezone(self.scope.zone).date()
        return self.version, self.scope.jurisdiction_id, self.scope.sandbox, day

    def choices(self, day: date) -> list[LayerChoices]:
        """List the current boundaries of a day, by layer and code."""
        names = {one.code: one.name for one in self.layers}
        return [
            LayerChoices(one.layer, names.get(one.layer, one.layer), _names(one.boundaries))
            for one in sets_on(self.maps.sets, day)
            if one.boundaries
        ]

    def find_box(self, layer: str, code: str, day: date) -> Corners | None:
        """Return the box of a boundary on a day: minlong, minlat, maxlong, maxlat in degrees."""
        boundaries = (
            boundary
            for one in sets_on(self.maps.sets, day)
            if one.layer == layer
            for boundary in one.boundaries
        )
        return next((one.geometry.bounds for one in boundaries if one.code == code), None)


def _names(boundaries: Sequence[MapBoundary]) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in boundaries]


class Cities(Mapping[str, City]):
    """Cities by jurisdiction_id, as of one version; some are read when they are asked for.

    With strict, a city that has a newer version by then raises Stale. Without, the newer one is
    returned, for views and jobs that cannot begin again.
    """

    def __init__(
        self, scopes: Mapping[str, Scope], version: UUID, known: dict[str, City], *, strict: bool
    ) -> None:
        self._scopes, self._version, self._known, self._strict = scopes, version, known, strict

    def __getitem__(self, jurisdiction_id: str) -> City:
        city = self._known.get(jurisdiction_id)
        return self._read(self._scopes[jurisdiction_id]) if city is None else city

    def __iter__(self) -> Iterator[str]:
        return iter(self._scopes)

    def __len__(self) -> int:
        return len(self._scopes)

    def is_known(self, jurisdiction_id: str) -> bool:
        """Return whether a city can be had without the database."""
        return jurisdiction_id in self._known

    def or_newer(self) -> "Cities":
        """Return the same cities, without strict."""
        return Cities(self._scopes, self._version, self._known, strict=False)

    def _read(self, scope: Scope) -> City:
        """Read a city, and keep it if it is of the version. Two threads may both read it."""
        city = _read_alone(scope)
        if city.version == self._version:
            self._known[scope.jurisdiction_id] = city
        elif self._strict:
            raise Stale
        return city


def _read_alone(scope: Scope) -> City:
    """Read a city, all of one version, in the transaction of the session if there is one.

    A second connection could be one that no thread gives back before it has got another.
    """
    had_transaction = db.session.registry.has() and db.session().in_transaction()
    with on_primary():
        city = read_city(scope, scope.today())
        while not is_current(city):
            city = read_city(scope, scope.today())
    if not had_transaction:
        end_reads()
    city.maps.on(scope.today())
    return city


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All cities by jurisdiction_id, and all keys in use by their hash, as of one version.

    hosts are those with a website, by host name; the name is None where a city has set none.
    """

    version: UUID
    cities: Cities
    keys: Mapping[bytes, KeyInfo]
    hosts: Sequence[tuple[str | None, str]]

    @cached_property
    def or_newer(self) -> "Snapshot":
        """The same for views and jobs that cannot begin again."""
        return replace(self, cities=self.cities.or_newer())


class Stale(Exception):
    """An answer was made from a snapshot that is no longer current; nothing was stored."""


AT_ONCE = 10
"""So many cities are read with their snapshot. Of more, each is read when it is asked for: one of
hundreds changes every few minutes, and then each worker needs a new snapshot.
"""


def load_snapshot() -> Snapshot:
    """Read the snapshot, all of one version: in a transaction that must not have begun before."""
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    seen = db.session.execute(_VERSIONS).one()
    scopes = {scope.jurisdiction_id: scope for scope in list_jurisdictions()}
    few = scopes if len(scopes) <= AT_ONCE else {}
    known = {id_: read_city(scope, scope.today(), seen) for id_, scope in few.items()}
    for city in known.values():
        city.maps.on(city.scope.today())  # prepared now, so that no answer waits for it
    return Snapshot(
        version=seen.version,
        cities=Cities(scopes, seen.version, known, strict=True),
        keys=list_keys_in_use(),
        hosts=list_hosts(),
    )


_VERSION = select(CityVersion.version)
_VERSIONS = _VERSION.add_columns(CityVersion.feed_epoch)
_READ_VERSION = Statement(_VERSION, prepared=True)


def read_version() -> UUID:
    """Return the version of the last change that was committed."""
    with on_primary():
        [[version]] = _READ_VERSION.read({})
    found: UUID = version
    return found


def is_current(city: City) -> bool:
    """Return whether a city is that of the last change that this transaction sees."""
    return db.session.scalars(_VERSION).one() == city.version


def load_city(scope: Scope, since: date) -> City:
    """Read one city, all of one version, with the boundary sets of each day since a day.

    It ends the transaction before it, and its own.
    """
    end_reads()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    city = read_city(scope, since)
    end_reads()
    return city


def read_city(scope: Scope, since: date, seen: Row[UUID, str] | None = None) -> City:
    """Read one city as this transaction sees it, which may have changed it."""
    id_ = scope.jurisdiction_id
    version, feed_epoch = seen or db.session.execute(_VERSIONS).one()
    return City(
        scope=scope,
        version=version,
        feed_epoch=feed_epoch,
        services={one.service_code: one for one in list_active_services(id_)},
        listed_services=list_services(id_),
        service_names=list_service_names(id_),
        department_names=list_department_names(id_),
        departments=list_departments(id_),
        notified_at_once=list_notified_at_once(id_),
        guide=read_guide(scope),
        service_area=_read_service_area(id_),
        layers=list_layers(id_),
        maps=DatedMaps(tuple(list_map_sets(id_, since)), find_last_end(id_, since)),
        site=find_site(id_),
        catalog_texts=read_catalog_texts(id_),
        targets=read_targets(id_),
        base_map=find_base_map(id_),
    )


def _read_service_area(jurisdiction_id: str) -> BaseGeometry | None:
    column = Jurisdiction.service_area
    found = db.session.scalar(select(column).where(Jurisdiction.id == jurisdiction_id))
    if found is None:
        return None
    area = to_shape(found)
    prepare_for_threads(area)
    return area
