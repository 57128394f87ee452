"""Check of the product's wording: banned words, long sentences, spelling, commit subjects.

Words in words_allowed.txt are names that are released.
"""

import ast
import io
import re
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
from babel.messages.pofile import read_po

from open311.cli import main as program

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = Path(__file__).with_name("words_allowed.txt")
CATALOG = "open311/translations/es/LC_MESSAGES/messages.po"
DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**/*.md")
PACKAGES = ("open311", "schemas", "geo", "local", "benchmarks")

BANNED = re.compile(
    r"\b(who reported|stands?|lies|mend(?:s|ed)?|told|in the hands|goes on|in force|out of use"
    r"|carry[- ]?overs?|hand(?:s|ed)?[- ]overs?|tak(?:e|es|en)[- ]on|whoever|meanwhile|let go"
    r"|bec[ao]mes? of)\b",
    re.IGNORECASE,
)
ONLY_IN_CODE = re.compile(r"\b(canar(?:y|ies)|tick(?:s|ed)?|pinned)\b", re.IGNORECASE)
FIRST_WORD = re.compile(r"(Give|Say|Tell)\b")
IDENTIFIER = re.compile(r"\b\w*_\w+\b|\b\w+\.\w+\b")
MARKUP = {
    ".html": re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", re.DOTALL),
    ".md": re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|<[^>]*>", re.DOTALL),
}
MOST_WORDS = 22
LONGEST_SUBJECT = 72
FIRST_COMMIT = "2026-11-28T18:28:00Z"


HERE = "local/check_words.py"
FOREIGN = ("Hole lies outside shell",)
"""Texts of libraries that the code recognizes."""


class Text(NamedTuple):
    """A line of text; kind is interface, document, summary, comment, or sentence of the code."""

    path: str
    line: int
    kind: str
    text: str


def list_texts() -> Iterator[Text]:
    with (ROOT / CATALOG).open("rb") as file:
        messages = [(one.lineno or 0, one.id) for one in read_po(file)]
    for line, id_ in messages:
        yield Text(CATALOG, line, "interface", id_ if isinstance(id_, str) else " ".join(id_))
    for name, command in _commands("open311", program):
        options = [one.help or "" for one in command.params if isinstance(one, click.Option)]
        for text in [*(command.help or "").splitlines(), *options]:
            yield Text(name, 0, "interface", text)
    for path in sorted((ROOT / "open311/templates").rglob("*.html")):
        yield from _prose(path, "interface")
    for path in sorted(path for pattern in DOCUMENTS for path in ROOT.glob(pattern)):
        yield from _prose(path, "document")
    yield from _of_code()


def _of_code() -> Iterator[Text]:
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "migrations" not in path.parts:
            name, source = path.relative_to(ROOT).as_posix(), path.read_text()
            yield from _comments(name, source)
            yield from list_sentences(name, source)
    for folder in ("residents", "staff"):
        for path in sorted((ROOT / "open311/static" / folder).glob("*.*js")):
            yield from _script_comments(path)


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for child, one in getattr(command, "commands", {}).items():
        yield from _commands(f"{name} {child}", one)


def _prose(path: Path, kind: str) -> Iterator[Text]:
    """List the lines of a file without its markup and code."""
    prose = MARKUP[path.suffix].sub(
        lambda found: "\n" * found[0].count("\n") or " ", path.read_text()
    )
    for number, line in enumerate(prose.splitlines(), 1):
        yield Text(path.relative_to(ROOT).as_posix(), number, kind, line)


def _comments(name: str, source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            for number, line in enumerate(str(node.value.value).splitlines()):
                kind = "comment" if number else "summary"
                yield Text(name, node.lineno + number, kind, IDENTIFIER.sub(" ", line))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield Text(name, token.start[0], "comment", IDENTIFIER.sub(" ", token.string))


def list_sentences(name: str, source: str) -> Iterator[Text]:
    """List the strings of the code that are sentences; {} is a value."""
    tree = ast.parse(source)
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            values = (getattr(one, "value", "") for one in node.values)
            text = "".join(one if isinstance(one, str) else "{}" for one in values)
        elif isinstance(node, ast.Constant) and id(node) not in parts:
            text = str(node.value)
        else:
            continue
        if len(text.split()) > 2 and text not in FOREIGN and name != HERE:
            yield Text(name, node.lineno, "sentence", IDENTIFIER.sub(" ", text))


def _script_comments(path: Path) -> Iterator[Text]:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        _code, slashes, comment = line.partition("// ")
        if slashes:
            yield Text(path.relative_to(ROOT).as_posix(), number, "summary", comment)


def find_banned(text: Text) -> list[str]:
    """List the banned words and the overlong sentences of a text."""
    found = [] if text.kind == "comment" else BANNED.findall(text.text)
    if text.kind == "interface":
        found += ONLY_IN_CODE.findall(text.text)
    if text.kind == "summary":
        found += FIRST_WORD.findall(text.text)
    problems = [f"avoid {word!r}" for word in found]
    sentences = re.split(r"(?<=[.!?:;]) ", text.text) if text.path == CATALOG else []
    return problems + [
        f"over {MOST_WORDS} words" for one in sentences if len(one.split()) > MOST_WORDS
    ]


def find_misspelled(texts: list[Text]) -> Iterator[tuple[Text, str]]:
    """List British and wrong spellings, as codespell finds them."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.writelines(" ".join(one.text.split()) + "\n" for one in texts)
        file.flush()
        options = ("--builtin", "clear,en-GB_to_en-US", "--ignore-words", str(ALLOWED))
        command = [sys.executable, "-m", "codespell_lib", *options, file.name]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in found.stdout.splitlines():
        _path, number, problem = line.split(":", 2)
        yield texts[int(number) - 1], problem.strip()


def list_long_subjects() -> list[str]:
    """List the commits whose subject is too long; none without a repository."""
    command = ["git", "log", f"--since={FIRST_COMMIT}", "--no-merges", "--format=%h %s"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = found.stdout.splitlines()
    return [one for one in lines if len(one.partition(" ")[2]) > LONGEST_SUBJECT]


def main() -> None:
    """Print the problems; exit with 1 if there are any."""
    texts = list(list_texts())
    found = [(text, problem) for text in texts for problem in find_banned(text)]
    found += find_misspelled(texts)
    problems = [
        f"{text.path}:{text.line}: {problem}: {text.text.strip()[:80]}" for text, problem in found
    ]
    problems += [
        f"Subject over {LONGEST_SUBJECT} characters: {one}" for one in list_long_subjects()
    ]
    print("\n".join(problems) or "Words: no problems found.")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
