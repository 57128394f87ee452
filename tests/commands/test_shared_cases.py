"""Each file of ../shared/cases on the command line: what is said, what is stored, what helps."""

from collections.abc import Callable, Iterator

import pytest
from applications import at_hand
from flask import Flask
from shared_cases import (
    BOUNDARY_CASES,
    CASES,
    Case,
    Given,
    move_to_lancaster,
    names_of,
    needs_cases,
)

from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]


@pytest.fixture(scope="module")
def lancaster(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    folder = tmp_path_factory.mktemp("area")
    return move_to_lancaster(fresh_database(gridtown), run_command, folder)


@pytest.fixture
def lancaster_app(lancaster: str) -> Iterator[Flask]:
    with at_hand(lancaster) as app:
        yield app


def options(given: Given) -> list[str]:
    found: list[str] = []
    for name, value in given.items():
        found += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return found


@needs_cases
@pytest.mark.parametrize("case", BOUNDARY_CASES, ids=names_of(BOUNDARY_CASES))
def test_a_file_is_refused_or_read_and_can_be_corrected(
    lancaster_app: Flask, open311: CommandLine, contents: Contents, case: Case
) -> None:
    layer = case.layer
    import_ = ("boundaries", "import", CASES / case.file, "--layer", layer, *options(case.fields))
    before = contents()
    looked = open311.result(*import_)
    assert (looked.exit_code == 0) == (case.is_readable or not case.refused), looked.output
    for words in case.refused:
        assert words in looked.output
    assert contents() == before
    if case.refused:
        refused = open311.result(*import_, "--commit")
        assert refused.exit_code == 1, refused.output
        for words in case.refused:
            assert words in refused.output
        assert str(CASES) not in refused.output
        assert contents() == before
    if not case.boundaries:
        left_out = open311.result(*import_, "--leave-out", "--commit")
        assert left_out.exit_code == 1, left_out.output
        assert contents() == before
        return
    given = options({**case.corrected, **case.approved})
    told = open311.lines(*import_, *given, "--commit")
    assert told[-1] == "Imported."
    assert not [line for line in told if line.startswith("Lint: overlap")]
    for words in case.reported:
        assert words in " ".join(told)
    [line] = [one for one in open311.lines("boundaries", "list") if one.startswith(f"{layer}: ")]
    assert f", {case.boundaries} since the beginning, from {case.file}" in line
