"""Every curl command of the documents, sent to a server of the example city."""

import functools
import itertools
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from servers import PATIENCE, running_server

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SERVER = "http://127.0.0.1:8311"
EXAMPLE = re.compile(r"^    (curl (?:.*\\\n)*.*)\n(?:\n((?:    [\[<{ ].*\n)+))?", re.MULTILINE)
COMMAND = re.compile(r"^    open311 (.*)\n\n((?:    (?!open311 ).*\n)+)", re.MULTILINE)
NUMBER = re.compile(r"\b\d\d-\d{7}\b")
ADDRESSES = """LON,LAT,NUMBER,STREET,CITY,POSTCODE,ID
-82.5993,39.7137,104,E MAIN ST,LANCASTER,43130,1
"""


@dataclass(frozen=True)
class Example:
    """A server of Lancaster, the keys that make run would print, and a request number."""

    address: str
    key: str
    staff_key: str
    number: str
    run: Callable[..., str]

    def send(self, command: str) -> requests.Response:
        """Do what a curl command does."""
        command = NUMBER.sub(self.number, command.replace("\\\n", "").replace(SERVER, self.address))
        command = command.replace("YOUR_STAFF_KEY", self.staff_key).replace("YOUR_KEY", self.key)
        _curl, *words = shlex.split(command)
        [url] = [word for word in words if word.startswith("http")]
        pairs = list(itertools.pairwise(words))
        fields = [field for option, field in pairs if option in ("-d", "--data-urlencode")]
        values = dict(field.split("=", 1) for field in fields)
        headers = dict(field.split(": ", 1) for option, field in pairs if option == "-H")
        documents = [json.loads(field) for option, field in pairs if option == "--json"]
        if documents:
            return requests.post(url, json=documents[0], headers=headers, timeout=PATIENCE)
        if values and "-G" not in words:
            return requests.post(url, data=values, headers=headers, timeout=PATIENCE)
        return requests.get(url, params=values, headers=headers, timeout=PATIENCE)


@pytest.fixture(scope="module")
def example(
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Example]:
    database, folder = fresh_database(empty), tmp_path_factory.mktemp("lancaster")
    (folder / "addresses.csv").write_text(ADDRESSES)
    run_command(database, "seed", str(ROOT / "seed_data/lancaster"))
    run_command(database, "addresses", "import", str(folder / "addresses.csv"), "--commit")
    key = run_command(database, "keys", "create", "tests").split()[-1]
    staff_key = run_command(
        database, "keys", "create", "staff", "--may", "report,comment,staff"
    ).split()[-1]
    with running_server(database, folder / "log") as address:
        place = {"service_code": "POTHOLE", "lat": "39.7201", "long": "-82.6003", "api_key": key}
        sent = requests.post(
            f"{address}/open311/v2/requests.json", data=place, timeout=PATIENCE
        ).json()
        run = functools.partial(run_command, database)
        yield Example(address, key, staff_key, sent[0]["service_request_id"], run)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_are_answered_as_the_page_says(example: Example, path: Path) -> None:
    """An answer that is shown may leave out parts, with an ellipsis; others must succeed."""
    for command, shown in EXAMPLE.findall(path.read_text()):
        answer = example.send(command)
        assert shown or answer.ok, (command, answer.text)
        assert_shows(shown, answer.text)
    for command, shown in COMMAND.findall(path.read_text()):
        assert_shows(shown, example.run(*shlex.split(command)))


def assert_shows(shown: str, answer: str) -> None:
    """Compare without blanks and the digits of request numbers."""
    answer = "".join(NUMBER.sub("NUMBER", answer).split())
    for piece in re.split(r"\s*…,?\s*", NUMBER.sub("NUMBER", shown).strip()):
        assert "".join(piece.split()) in answer


def test_the_examples_are_found() -> None:
    found = [EXAMPLE.findall(path.read_text()) for path in PAGES]
    assert len(found[0]) == 1
    commands = sum(len(re.findall(r"^    curl ", path.read_text(), re.M)) for path in PAGES)
    assert sum(len(examples) for examples in found) == commands > 10
    shown = [shown for examples in found for _command, shown in examples if shown]
    assert len(shown) == 3
    assert sum(len(COMMAND.findall(path.read_text())) for path in PAGES) == 1
