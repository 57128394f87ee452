"""The site of nginx that open311 prints, in front of a server."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import requests
import trustme
from servers import PATIENCE, free_port, is_there, running_server, wait_until
from slow_clients import slow_clients

from local.debian import SYSTEM_PATH
from open311.config import load_settings
from open311.deploy.nginx import nginx_site

NGINX = shutil.which("nginx", path=SYSTEM_PATH)

pytestmark = [
    pytest.mark.operations,
    pytest.mark.skipif(NGINX is None, reason="no nginx is installed here"),
]

HOST = "311.gridtown.example"
MAIN = """
{user}
daemon off;
worker_processes 1;
error_log {folder}/error.log info;
pid {folder}/pid;
events {{ worker_connections 2000; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    access_log off;
    include {folder}/site;
}}
"""
USER = "user root;" if os.geteuid() == 0 else ""
"""The account that may enter the folders of tests."""

SETTINGS = {
    "OPEN311_PROXIES": "1",
    "OPEN311_THREADS": "4",
    "OPEN311_MAX_PHOTOS": "1",
    "OPEN311_MAX_PHOTO_BYTES": "100000",
    "OPEN311_MAX_BODY_BYTES": "50000",
    "OPEN311_MAX_BOUNDARY_BYTES": "200000",
    "OPEN311_MAX_BASE_MAP_BYTES": "200000",
}


class Proxy(NamedTuple):
    """nginx: its HTTPS address, that without HTTPS for slow clients, and its folder."""

    address: str
    plain: str
    folder: Path

    def ask(self, method: str, path: str, **options: object) -> requests.Response:
        return requests.request(
            method,
            f"{self.address}{path}",
            headers={"Host": HOST},
            verify=str(self.folder / "ca.pem"),
            timeout=PATIENCE,
            **options,
        )


@pytest.fixture(scope="module")
def server(
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with running_server(fresh_database(gridtown), log, SETTINGS) as address:
        yield address


@pytest.fixture(scope="module")
def proxy(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    with in_front_of(urlsplit(server).netloc, folder) as proxy:
        yield proxy


@contextlib.contextmanager
def in_front_of(backend: str, folder: Path) -> Iterator[Proxy]:
    """Run nginx with the printed site: on free ports, with a certificate of a test, in a folder."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate = authority.issue_cert(HOST, "127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    settings = load_settings(
        {**SETTINGS, "OPEN311_BIND": backend, "DATABASE_URL": "postgresql://nobody@/nowhere"}
    )
    plain, secure = free_port(), free_port()
    site = nginx_site(HOST, f"{folder}/cert.pem", f"{folder}/key.pem", settings)
    for printed, here in (
        ("listen 80;", ""),
        ("listen [::]:80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
        ("listen [::]:443 ssl http2;", f"listen 127.0.0.1:{plain};"),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert printed in site
        site = site.replace(printed, here)
    (folder / "site").write_text(site)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=USER))
    command = [str(NGINX), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: is_there(f"http://127.0.0.1:{plain}/health"))
        yield Proxy(f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", folder)
    finally:
        process.terminate()
        process.wait()


def test_the_server_is_reached_with_https_and_the_client_is_known(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/open311/v2/services.json")
    assert (answer.status_code, answer.json()[0]["service_code"] != "") == (200, True)
    discovery = proxy.ask("GET", "/open311/discovery.json").text
    assert f"https://{HOST}/open311/v2" in discovery
    secret = "/track/0123456789abcdefghij"
    proxy.ask("GET", secret)
    log = proxy.folder / "open311.log"
    assert wait_until(lambda: "/track/..." in log.read_text())
    assert secret not in log.read_text()


@pytest.mark.parametrize("path", ["/open311/v2/requests", "/open311/v2/services"])
def test_a_body_that_is_too_large_gets_an_error_of_the_standard(proxy: Proxy, path: str) -> None:
    body = {"description": "x" * 300_000}
    in_json = proxy.ask("POST", f"{path}.json", data=body)
    assert (in_json.status_code, in_json.headers["Content-Type"]) == (413, "application/json")
    [error] = in_json.json()
    assert (error["code"], "too large" in error["description"]) == (413, True)
    in_xml = proxy.ask("POST", f"{path}.xml", data=body)
    assert (in_xml.status_code, in_xml.headers["Content-Type"]) == (413, "text/xml")
    tree = ElementTree.fromstring(in_xml.content)
    assert [(one.tag, one[0].text) for one in tree] == [("error", "413")]


def test_sizes_are_those_of_the_server(proxy: Proxy) -> None:
    """What nginx passes on is refused by the server, whose sentence names the limit."""
    services = proxy.ask("POST", "/open311/v2/services.json", data={"x": "x" * 60_000})
    assert "limit" not in services.text
    posted = proxy.ask("POST", "/open311/v2/requests.json", data={"x": "x" * 60_000})
    assert posted.status_code in (400, 413)
    assert proxy.ask("POST", "/staff/sign-in", data={"x": "x" * 150_000}).status_code != 502


def test_an_office_with_one_address_gets_all_files_of_its_pages(proxy: Proxy) -> None:
    def status(_number: int) -> int:
        return proxy.ask("GET", "/open311/static/staff/staff.css").status_code

    with ThreadPoolExecutor(60) as office:
        assert set(office.map(status, range(60))) == {200}


def test_while_the_server_is_away_clients_are_asked_to_try_again(
    tmp_path: Path,
) -> None:
    with in_front_of(f"127.0.0.1:{free_port()}", tmp_path) as proxy:
        answer = proxy.ask("GET", "/open311/v2/requests.json")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json()[0]["code"] == 503
        assert proxy.ask("GET", "/").headers["Content-Type"] == "text/html"


def test_200_slow_clients_take_no_thread(
    proxy: Proxy, figure: Callable[[str, object], None]
) -> None:
    """With four threads and without a proxy, 50 of each kind would stop the server for seconds."""
    port = urlsplit(proxy.plain).port
    assert port is not None
    failures: list[object] = []
    slowest = 0.0
    sources = [f"127.0.1.{number}" for number in range(1, 26)]
    with slow_clients(port, of_each_kind=50, sources=sources):
        for number in range(40):
            begin = time.monotonic()
            answer = proxy.ask("GET", "/open311/v2/services.json")
            slowest = max(slowest, time.monotonic() - begin)
            if answer.status_code != 200:
                failures.append((number, answer.status_code))
    figure("slowest of 40 answers behind nginx, with 200 slow clients", f"{slowest:.3f} s")
    assert failures == []
