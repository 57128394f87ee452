"""A thousand scripted reports, and a thousand of residents, as a server on the internet gets them.

With -s, tables of what was published, held, and refused are printed.
"""

import csv
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import spam
from servers import ROOT, running_server
from spam import ATTACKS, Sender, advertisement, harmless, report
from website_forms import opened, proof

from tests.residents.reported import SECRET

DATA = ROOT.parent / "shared/data"
TIMES = 125
"""Reports of each attack: a thousand in all."""

RESIDENTS = 1000

pytestmark = pytest.mark.long


@pytest.fixture
def site_database(renewed_database: Callable[[str], str], site_city: str) -> str:
    return renewed_database(site_city)


@pytest.fixture
def served(site_database: str, tmp_path: Path) -> Iterator[str]:
    """The website behind one proxy, which tells the addresses of senders."""
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_MEDIA_STORE": str(tmp_path / "media")}
    (tmp_path / "media").mkdir()
    log = tmp_path / "log"
    with running_server(site_database, log, {**settings, "OPEN311_PROXIES": "1"}) as address:
        yield address


class Since:
    """What happened to the reports that came since it was made."""

    def __init__(self, database: str) -> None:
        self._database = database.replace("+psycopg", "")
        [[self._last]] = self._ask("SELECT coalesce(max(pk), 0) FROM service_requests")

    @property
    def published(self) -> list[str]:
        query = "SELECT description FROM service_requests WHERE public AND pk > %s"
        return [text for (text,) in self._ask(query, self._last)]

    @property
    def held(self) -> dict[str, list[str]]:
        """Texts of the reports that are not public, with the rules."""
        query = (
            "SELECT pk || ' ' || description, array_agg(rule ORDER BY rule) FROM service_requests"
            " JOIN holds ON service_request_pk = pk WHERE NOT public AND pk > %s GROUP BY pk"
        )
        return dict(self._ask(query, self._last))

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._database) as connection:
            return connection.execute(query, values).fetchall()


def told(name: str, since: Since, statuses: Counter[int]) -> None:
    rules = Counter(rule for rules in since.held.values() for rule in rules)
    counts = ", ".join(f"{rule} {count}" for rule, count in rules.most_common())
    refused = statuses.total() - statuses[303]
    print(f"{name:28}{len(since.published):10}{len(since.held):6}{refused:8}  {counts}")


@pytest.mark.parametrize(("texts", "most"), [(advertisement, 0), (harmless, 2)])
def test_scripts_publish_next_to_nothing_and_neighbors_still_report(
    served: str, site_database: str, texts: Callable[[int], str], most: int
) -> None:
    """most is how much one attack publishes.

    Harmless texts from an address, a form, and a proof of work each are those of residents as far
    as a server can tell: that attack is left out.
    """
    picks, published = random.Random(311), {}
    print(f"\n{texts.__name__:28}{'published':>10}{'held':>6}{'refused':>8}  rules")
    for number, attack in enumerate(ATTACKS):
        since = Since(site_database)
        own = [texts(number * TIMES + one) for one in range(TIMES)]
        told(attack.__name__, since, Counter(attack(served, picks, own)))
        published[attack.__name__] = len(since.published)
        neighbor, since = Sender(served, f"10.99.0.{number + 1}"), Since(site_database)
        form = {**neighbor.form(), **report("A hole", picks), "opened": opened(SECRET)}
        assert neighbor.send({**form, "proof": proof(served)}) == 303
        assert since.published == ["A hole"]
    if texts is harmless:
        assert published.pop("with_proof") == TIMES
    assert {name: count for name, count in published.items() if count > most} == {}
    assert sum(published.values()) <= most * len(ATTACKS) / 2


def test_reports_of_residents_are_published(served: str, site_database: str) -> None:
    picks, since = random.Random(312), Since(site_database)
    statuses: Counter[int] = Counter()
    for text, address in zip(said(picks), spam.addresses(200), strict=False):
        one = Sender(served, address)
        opened_then = opened(SECRET, picks.uniform(4, 600))
        form = {**one.form(), **report(text, picks), "opened": opened_then}
        has_scripts = picks.random() < 0.97
        photo = spam.picture(picks) if has_scripts and picks.random() < 0.4 else b""
        proofs = {"proof": proof(served)} if has_scripts else {}
        statuses[one.send({**form, **proofs}, photo)] += 1
    print(f"\n{'':28}{'published':>10}{'held':>6}{'refused':>8}  rules")
    told("residents", since, statuses)
    print(*since.held.items(), sep="\n")
    assert statuses == {303: RESIDENTS}
    assert len(since.held) <= RESIDENTS * 0.02


def said(picks: random.Random) -> list[str]:
    """Return what residents wrote, each with a place of a city, as many people mention it.

    Few published requests have texts: those of Cologne, and of the example city.
    """
    if not DATA.is_dir():
        pytest.skip("the real cities' data (../shared/data) is not on this machine")
    cologne = json.loads((DATA / "open311/koeln_2016_requests.json").read_text("utf-8"))
    texts = [one.get("description") or "" for one in cologne]
    with (ROOT / "seed_data/lancaster/service_requests.csv").open(encoding="utf-8") as file:
        texts += [one["description"] for one in csv.DictReader(file)]
    with (DATA / "dc/dc_311_requests_2016_07_08.csv").open(encoding="utf-8") as file:
        places = [one["address"] for one in csv.DictReader(file) if one["address"]]
    return [f"{picks.choice(texts)} {picks.choice(places)}".strip() for _ in range(RESIDENTS)]
