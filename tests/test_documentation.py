"""What the documents say is true: commands, settings, links, paths, and lists are complete."""

import contextlib
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from many_cases import failing
from settings import settings_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from local.command_reference import PAGE, command_reference
from open311.app import create_app
from open311.cli import main
from open311.config import FROM_FILE
from open311.settings import SETTINGS
from schemas.vocabulary.statuses import CLOSED_STATUSES, OPEN_STATUSES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
DECISIONS = sorted((ROOT / "docs/adr").glob("0*.md"))
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *PAGES,
    ROOT / "docs/adr/README.md",
    *DECISIONS,
    *sorted((ROOT / "seed_data").rglob("README.md")),
]
SERVER = "http://127.0.0.1:8311"
LONGEST_README = 700
PROGRAM = click.Context(main, **main.context_settings)


def every_document(check: Callable[[Path], None]) -> Callable[[], None]:
    """Let one test check all documents: hundreds of tests take longer than what they check."""

    def check_all() -> None:
        for path in DOCUMENTS:
            with naming(path):
                check(path)

    return check_all


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Tell with what is wrong in which document it is."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{path.relative_to(ROOT)}: {error}") from error


@pytest.fixture(scope="module")
def urls() -> MapAdapter:
    return create_app(settings_for("postgresql://nobody@/nowhere")).url_map.bind("localhost")


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def blocks(text: str) -> Iterator[str]:
    """Yield the lines of indented code, each with the lines that continue it."""
    for line in re.findall(r"^    (\S(?:.*\\\n)*.*)", without_fences(text), re.MULTILINE):
        yield line.replace("\\\n", " ")


def code_spans(text: str) -> list[str]:
    joined = re.sub(r"\s+", " ", re.sub(r"^    .*$", "", without_fences(text), flags=re.MULTILINE))
    return re.findall(r"`([^`]+)`", joined)


def prose(text: str) -> str:
    """Drop code blocks, and the addresses of links and images."""
    text = re.sub(r"^    .*$", "", without_fences(text), flags=re.MULTILINE)
    return re.sub(r"\]\([^)]*\)", "]", text)


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", without_fences(path.read_text()), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}


def test_the_readme_is_short() -> None:
    words = re.findall(r"\w[\w'/.-]*", prose((ROOT / "README.md").read_text()))
    assert 300 < len(words) <= LONGEST_README


def test_the_readme_lists_every_page() -> None:
    listed = re.findall(r"^\| \[.*?\]\((docs/[\w-]+\.md)\)", (ROOT / "README.md").read_text(), re.M)
    assert sorted(listed) == [str(path.relative_to(ROOT)) for path in PAGES]


@every_document
def test_links_and_anchors_resolve(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_fences(path.read_text())):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_document
def test_commands_in_code_blocks_can_be_parsed(path: Path) -> None:
    for line in blocks(path.read_text()):
        if re.match(r"(\$ )?open311 |docker .* open311 ", line):
            words = shlex.split(line.partition("open311 ")[2].partition(" > ")[0])
            command, arguments = find_command(words)
            assert not isinstance(command, click.Group), line
            assert command.make_context(command.name, arguments, PROGRAM), line


@every_document
def test_commands_in_sentences_exist_with_their_options(path: Path) -> None:
    for span in code_spans(path.read_text()):
        if span.startswith("open311 ") and "…" not in span:
            command, arguments = find_command(shlex.split(span)[1:], may_be_program=True)
            options = command.get_params(click.Context(command, PROGRAM))
            known = {name for option in options for name in option.opts}
            assert {word for word in arguments if word.startswith("-")} <= known, span
            if isinstance(command, click.Group) and command is not main:
                assert not arguments, span


def find_command(
    words: list[str], *, may_be_program: bool = False
) -> tuple[click.Command, list[str]]:
    """Return the command that words name, and what follows its name.

    Options of open311 itself, such as --version, follow no name.
    """
    command: click.Command = main
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    assert command is not main or (may_be_program and words), words
    return command, words


def test_the_reference_of_commands_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == command_reference(), "run make docs"


def test_the_tables_of_settings_are_complete() -> None:
    page = (ROOT / "docs/configuration.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? *\|", page, re.MULTILINE)
    assert len(rows) == len(SETTINGS)
    assert dict(rows) == {setting.name: setting.default or "" for setting in SETTINGS}


@every_document
def test_settings_exist(path: Path) -> None:
    known = {setting.name for setting in SETTINGS}
    known |= {f"{name}{FROM_FILE}" for name in known}
    known |= set(re.findall(r"OPEN311_\w+", (ROOT / "compose.yaml").read_text()))
    assert set(re.findall(r"OPEN311_\w+", path.read_text())) <= known


def test_paths_of_the_server_exist(urls: MapAdapter) -> None:
    for path in DOCUMENTS:
        with naming(path):
            _paths_exist(urls, path)


def _paths_exist(urls: MapAdapter, path: Path) -> None:
    text = re.sub(r"\$?%\w+|…", "", path.read_text().replace(SERVER, " "))
    for method, found in re.findall(
        r"(?:\b(GET|POST) )?(?<![\w.>)/])(/(?:open311|ogc|staff|routing|health)\b[\w/.-]*)", text
    ):
        address = found.rstrip(".")
        methods = [method] if method else ["GET", "POST"]
        assert any(is_served(urls, address, one) for one in methods), found


def is_served(urls: MapAdapter, address: str, method: str) -> bool:
    """Say whether an address is served, or is what served addresses begin with."""
    try:
        urls.match(address, method=method)
    except RequestRedirect:
        return True
    except MethodNotAllowed:
        return False
    except NotFound:
        beginning = f"{address.rstrip('/')}/"
        return any(rule.rule.startswith(beginning) for rule in urls.map.iter_rules())
    return True


@every_document
def test_make_targets_exist(path: Path) -> None:
    text = path.read_text()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for piece in [*blocks(text), *code_spans(text)]:
        named = re.match(r"(?:\w+=\S+ )*make ([a-z-]+)", piece)
        assert named is None or named[1] in targets, piece


@every_document
def test_files_exist(path: Path) -> None:
    for span in code_spans(path.read_text()):
        if re.fullmatch(r"(?:open311|schemas|geo|local|tests|docs|seed_data)/[\w/.-]+", span):
            assert (ROOT / span).exists(), span


def test_the_architecture_says_where_to_look() -> None:
    section = (ROOT / "docs/architecture.md").read_text().partition("## Where to look")[2]
    assert len(re.findall(r"^\| .*\? \| `", section, re.MULTILINE)) > 20


def test_every_status_is_documented() -> None:
    page = (ROOT / "docs/api.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (open|closed) \|", page, re.MULTILINE)
    assert rows == [
        *((status, "open") for status in OPEN_STATUSES),
        *((status, "closed") for status in CLOSED_STATUSES),
    ]


def test_every_decision_is_listed_under_its_title() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    titles = {path.name: path.read_text().partition("\n")[0] for path in DECISIONS}
    listed = re.findall(r"^(\d+\. )\[(.*)\]\((0.*?\.md)\)", index, re.MULTILINE)
    assert [(name, f"# {number}{title}") for number, title, name in listed] == list(titles.items())


def test_every_decision_has_the_usual_parts() -> None:
    assert failing(check_parts, DECISIONS) == []


def check_parts(path: Path) -> None:
    text = path.read_text()
    number = int(path.stem.partition("-")[0])
    assert re.match(rf"# {number}\. [A-Z].*\n\n- Status: (Accepted|Superseded by ADR \d+)\n", text)
    assert re.search(r"^- Date: 20\d\d-[01]\d-[0-3]\d$", text, re.MULTILINE)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Alternatives considered",
    ]


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    alone = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    listed = subprocess.run(
        ["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[1] for line in listed.splitlines()] == targets
