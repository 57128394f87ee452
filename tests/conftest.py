"""A temporary PostGIS, databases cloned from prepared ones, and gunicorn serving them."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from applications import at_hand, close_all, in_context
from browsing import CHROMIUM, DRAWS_WITHOUT_A_SCREEN, patient
from click.testing import CliRunner
from compiled_statements import keep_compiled_statements
from compiled_urls import keep_compiled_urls
from database_rows import close_connections
from databases import Databases
from flask import Flask
from flask.cli import ScriptInfo
from georeport_client import KEYS, Api
from hypothesis import HealthCheck, settings
from light_work import ask_directly, hash_lightly, keep_compiled_templates
from playwright.sync_api import Browser, sync_playwright
from servers import CITIES, running_server
from warmed import WHERE

from local.cluster import Cluster, throwaway_cluster
from open311.cli import main
from open311.operations.imports.seed import load_seed_data
from open311.operations.people.api_keys import create_api_key
from open311.seed_folder.read import read_seed_folder

LONGEST = (
    *("city/test_washington.py", "residents/test_look.py", "local/test_run.py"),
    *("clients/test_schemathesis.py", "ogc/test_schemathesis.py", "staff/test_browser.py"),
    *("residents/test_report_script.py", "residents/test_drafts.py", "residents/test_lists.py"),
    *("residents/test_reporting_browser.py", "residents/test_list_map.py"),
    "staff/test_field_browser.py",
    *("edge/test_slow_clients.py", "residents/test_one_intake.py", "residents/test_screening.py"),
    *("staff/test_base_map.py", "staff/test_maps_browser.py", "staff/test_city_browser.py"),
    *("residents/test_journey.py", "telling/test_letters.py", "staff/test_flow_browser.py"),
    *("staff/test_calls_browser.py", "telling/test_text_pages.py", "operations/test_pairs.py"),
    *("search/test_one_search.py", "residents/test_private_data.py", "jobs/test_inside.py"),
    *("test_documented_requests.py", "city/test_maps_of_the_day.py"),
    *("staff/test_maps.py", "staff/test_erasure.py", "ogc/test_grid.py", "webhooks/test_edges.py"),
    "staff/test_bulk_changes.py",
)
"""Slow files: they start first, so that no worker runs one alone at the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    what = "post all service requests of a real city instead of a sample"
    parser.addoption("--whole-city", action="store_true", help=what)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slowest files first."""
    tests = Path(__file__).parent
    places = {tests / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


FEW_EXAMPLES = 25
"""Of a property in make test, where each run chooses others; make test-city tries 100 of each."""


def pytest_configure(config: pytest.Config) -> None:
    """Let nothing depend on the speed of the machine, or on the shell that starts the tests."""
    ask_directly()
    hash_lightly()
    keep_compiled_templates()
    keep_compiled_urls()
    keep_compiled_statements()
    settings.register_profile(
        "any machine",
        max_examples=100 if config.getoption("--whole-city") else FEW_EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("any machine")
    # A shell makes a background job ignore Ctrl-C, which tests send.
    signal.signal(signal.SIGINT, signal.default_int_handler)


WITHOUT_VACUUM = ("autovacuum_naptime=10min",)
"""With hundreds of databases, a process would look every moment at one that is hardly used."""

CLUSTER = pytest.StashKey[contextlib.ExitStack]()
SOCKETS = pytest.StashKey[Path]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers, which ends with the process that starts them."""
    stack = config.stash.setdefault(CLUSTER, contextlib.ExitStack())
    config.stash[SOCKETS] = stack.enter_context(throwaway_cluster(WITHOUT_VACUUM)).sockets


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the address of that PostgreSQL to a worker."""
    node.workerinput["sockets"] = str(node.config.stash[SOCKETS])


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.setdefault(CLUSTER, contextlib.ExitStack()).close()


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """The PostgreSQL server of all workers, or of the only process."""
    workerinput = getattr(pytestconfig, "workerinput", None)
    with contextlib.ExitStack() as stack:
        if workerinput is not None:
            cluster = Cluster(Path(workerinput["sockets"]))
        else:
            cluster = stack.enter_context(throwaway_cluster(WITHOUT_VACUUM))
        os.environ[WHERE] = str(cluster.sockets)
        yield cluster
        close_connections()
        close_all()


@pytest.fixture(scope="session")
def databases(cluster: Cluster, worker_id: str) -> Iterator[Databases]:
    databases = Databases(cluster, worker_id)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def empty(databases: Databases) -> str:
    """The name of a database with empty tables."""
    return databases.prepare("empty", "template1", lambda url: _filled(url, flask_migrate.upgrade))


@pytest.fixture(scope="session")
def gridtown(databases: Databases, empty: str) -> str:
    """The name of a database with Gridtown, whose key is KEYS["gridtown.example"]."""
    return databases.prepare("gridtown", empty, lambda url: _filled(url, _add, "gridtown"))


@pytest.fixture(scope="session")
def two_towns(databases: Databases, gridtown: str) -> str:
    """The name of a database with Gridtown and Hilltown."""
    return databases.prepare("two_towns", gridtown, lambda url: _filled(url, _add, "hilltown"))


def _filled(database_url: str, fill: Callable[..., object], *arguments: str) -> None:
    for _app in in_context(database_url):
        fill(*arguments)


def _add(city: str) -> None:
    load_seed_data(read_seed_folder(CITIES / city))
    create_api_key(f"{city}.example", "tests", KEYS[f"{city}.example"])


@pytest.fixture(scope="session")
def fresh_database(databases: Databases) -> Callable[[str], str]:
    """Return a function that clones a database by name, and returns the URL of the clone."""
    return databases.clone


@pytest.fixture(scope="session")
def renewed_database(databases: Databases) -> Callable[[str], str]:
    """Return a function that clones a database again, and returns the same URL each time."""

    def renew(template: str) -> str:
        close_all()
        return databases.renew(template)

    return renew


@pytest.fixture
def app(renewed_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    """The application on a separate Gridtown for the test, with its context pushed."""
    yield from in_context(renewed_database(gridtown))


@pytest.fixture
def empty_app(renewed_database: Callable[[str], str], empty: str) -> Iterator[Flask]:
    """The application on separate empty tables for the test, with its context pushed."""
    yield from in_context(renewed_database(empty))


@pytest.fixture(scope="session")
def run_command() -> Callable[..., str]:
    """Return a function that runs an open311 command on a database, and returns its output."""

    def run(database_url: str, *arguments: str, **settings: str) -> str:
        with at_hand(
            database_url, settings
        ) as app:  # a command takes the context that it finds: no other's
            info = ScriptInfo(create_app=lambda: app)
            result = CliRunner().invoke(main, arguments, obj=info)
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photo folder of the server of one city."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def server(
    database: str, media_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of gunicorn serving one city."""
    log = tmp_path_factory.mktemp("gunicorn") / "one.log"
    with running_server(database, log, {"OPEN311_MEDIA_STORE": str(media_folder)}) as address:
        yield address


@pytest.fixture(scope="session")
def two_towns_server(
    fresh_database: Callable[[str], str], two_towns: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of gunicorn serving two cities."""
    log = tmp_path_factory.mktemp("gunicorn") / "two.log"
    with running_server(fresh_database(two_towns), log) as address:
        yield address


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with the marker in both formats, and others in JSON unless they choose another.

    The tests of the renderers and of each endpoint show that XML and JSON are equivalent.
    """
    definition = metafunc.definition
    own = [mark for mark in definition.iter_markers("parametrize") if "format" in mark.args[0]]
    if "format" in metafunc.fixturenames and not own:
        both = definition.get_closest_marker("both_formats")
        metafunc.parametrize("format", ["xml", "json"] if both else ["json"], indirect=True)


@pytest.fixture
def format(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def api(server: str, format: str) -> Api:
    """The endpoint of one city, in the format of the test."""
    return Api(server, format, KEYS["gridtown.example"])


@pytest.fixture
def two_towns_api(two_towns_server: str, format: str) -> Api:
    """The endpoint of two cities, with Gridtown's key."""
    return Api(two_towns_server, format, KEYS["gridtown.example"])


@pytest.fixture(scope="session")
def database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """The database URL of the server of one city."""
    return fresh_database(gridtown)


FIGURES = pytest.StashKey[dict[str, object]]()


@pytest.fixture(scope="session")
def figure(pytestconfig: pytest.Config) -> Callable[[str, object], None]:
    """Return a function that records a figure to print at the end of the run."""
    return pytestconfig.stash.setdefault(FIGURES, {}).__setitem__


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the figures of a worker to the process that prints them."""
    workeroutput = getattr(session.config, "workeroutput", None)
    if workeroutput is not None:
        workeroutput["figures"] = session.config.stash.get(FIGURES, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect the figures of a worker that has finished."""
    figures = node.config.stash.setdefault(FIGURES, {})
    figures.update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    figures = config.stash.get(FIGURES, {})
    if figures:
        terminalreporter.section("figures")
    for name, value in figures.items():
        terminalreporter.line(f"{name}: {value}")


@pytest.fixture(scope="session")
def chromium(figure: Callable[[str, object], None]) -> Iterator[Browser]:
    if CHROMIUM is None:
        figure("pages in a browser", "not tried: no chromium is installed here")
        pytest.skip("no chromium is installed here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=DRAWS_WITHOUT_A_SCREEN)
        started.new_context = patient(started.new_context)  # type: ignore[method-assign]
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """A browser whose pages are closed after the test: a map that stays open is drawn on and on."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What a browser complains of: policies broken, scripts failed."""
    return []
