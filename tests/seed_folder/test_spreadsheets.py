"""Seed folders as spreadsheet programs save them: the same city, or one clear problem."""

import csv
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from xlsxwriter import Workbook

from geo.tables.workbooks import read_workbook
from open311.errors import InvalidParameters
from open311.messages.sentences import command_sentence
from open311.seed_folder.read import read_seed_folder
from open311.seed_folder.template import write_template
from open311.steps.values.imports import SeedData
from schemas.imports.seed_layout import SETTINGS, TABLES, columns_of

CITY = Path(__file__).parents[1] / "cities" / "gridtown"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the folder of Gridtown, for a test that changes it."""
    return Path(shutil.copytree(CITY, tmp_path / "city"))


@pytest.fixture(scope="module")
def expected() -> SeedData:
    """What the folder of Gridtown holds."""
    return read_seed_folder(CITY)


def texts(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def written(rows: list[list[str]], separator: str) -> str:
    quoted = [
        f'"{cell.replace(chr(34), chr(34) * 2)}"' if separator in cell or '"' in cell else cell
        for row in rows
        for cell in row
    ]
    width = len(rows[0])
    lines = [quoted[start : start + width] for start in range(0, len(quoted), width)]
    return "\r\n".join(separator.join(line) for line in lines) + "\r\n"


def sentences(path: Path) -> list[str]:
    with pytest.raises(InvalidParameters) as caught:
        read_seed_folder(path)
    return [command_sentence(problem) for problem in caught.value.problems]


def same(found: SeedData, expected: SeedData) -> None:
    """Compare all but the requests of the past, whose times are relative to now."""
    for name, value in vars(expected).items():
        if name not in ("service_requests", "boundaries", "service_area"):
            assert getattr(found, name) == value, name
    assert {*found.boundaries} == {*expected.boundaries}
    assert len(found.service_requests) == len(expected.service_requests)


SAVED: dict[str, Callable[[list[list[str]]], bytes]] = {
    "semicolons": lambda rows: written(rows, ";").encode(),
    "tabs": lambda rows: written(rows, "\t").encode(),
    "sep=;": lambda rows: ("sep=;\r\n" + written(rows, ";")).encode(),
    "sep=| and a mark": lambda rows: ("sep=|\r\n" + written(rows, "|")).encode("utf-8-sig"),
    "Unicode text": lambda rows: written(rows, "\t").encode("utf-16"),
    "UTF-16 without a mark": lambda rows: written(rows, ",").encode("utf-16-le"),
    "UTF-16, big end first": lambda rows: b"\xfe\xff" + written(rows, ",").encode("utf-16-be"),
    "names with spaces": lambda rows: written(
        [[name.replace("_", " ").title() for name in rows[0]], *rows[1:]], ","
    ).encode(),
    "empty columns and rows": lambda rows: written(
        [[*row, "", ""] for row in [*rows, [""] * len(rows[0])]], ","
    ).encode(),
}


@pytest.mark.parametrize("program", SAVED)
def test_a_folder_is_the_same_whatever_program_saved_it(
    folder: Path, expected: SeedData, program: str
) -> None:
    for path in folder.glob("*.csv"):
        path.write_bytes(SAVED[program](texts(path)))
    settings = folder / "jurisdiction.toml"
    settings.write_text(settings.read_text(encoding="utf-8"), encoding="utf-8-sig")
    same(read_seed_folder(folder), expected)


def test_western_text_is_read_as_such(folder: Path) -> None:
    path = folder / "departments.csv"
    rows = [*texts(path), ["PARCS", "Parcs et cimetières — Hôtel de ville"]]
    path.write_bytes(written(rows, ";").encode("cp1252"))
    found = read_seed_folder(folder)
    assert found.departments["PARCS"]["name"] == "Parcs et cimetières — Hôtel de ville"


def as_cell(column: str, text: str) -> str | float | bool:
    """Return what a person would have in a cell of a spreadsheet."""
    if text in ("true", "false"):
        return text == "true"
    is_number = column in ("lat", "long", "order", "expected_days", "requested", "updated")
    return float(text) if is_number and text else text


def write_xlsx(path: Path, folder: Path) -> None:
    with Workbook(path) as book:
        for table in sorted(folder.glob("*.csv")):
            sheet = book.add_worksheet(table.stem.replace("_", " ").title())
            head, *rows = texts(table)
            sheet.write_row(0, 0, head)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, [as_cell(*pair) for pair in zip(head, row, strict=True)])
        notes = book.add_worksheet("Notes")
        notes.write(0, 0, "A sheet without a table")
        book.add_worksheet("Empty")


CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def write_ods(path: Path, folder: Path) -> None:
    """Write an OpenDocument spreadsheet, as small as the format allows."""
    sheets = "".join(
        f'<table:table table:name="{table.stem}">'
        + "".join(
            f"<table:table-row>{''.join(CELL.format(escape(cell)) for cell in row)}"
            "</table:table-row>"
            for row in texts(table)
        )
        + "</table:table>"
        for table in sorted(folder.glob("*.csv"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {NAMES} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_folder_may_have_one_workbook_for_its_tables(
    folder: Path, expected: SeedData, write: Callable[[Path, Path], None]
) -> None:
    write(folder / ("city.xlsx" if write is write_xlsx else "city.ods"), folder)
    for path in folder.glob("*.csv"):
        path.unlink()
    (folder / "~$city.xlsx").write_bytes(b"")  # a spreadsheet program has it open
    same(read_seed_folder(folder), expected)


def test_a_folder_may_have_a_workbook_for_a_table(folder: Path, expected: SeedData) -> None:
    with Workbook(folder / "services.xlsx") as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(texts(folder / "services.csv")):
            sheet.write_row(number, 0, row)
    (folder / "services.csv").rename(folder / "services.csv.old")
    same(read_seed_folder(folder), expected)


def test_a_workbook_alone_is_a_city(folder: Path, expected: SeedData) -> None:
    book_path = folder / "city.xlsx"
    write_xlsx(book_path, folder)
    settings = read_toml(folder / "jurisdiction.toml")
    for path in (*folder.glob("*.csv"), folder / "jurisdiction.toml"):
        path.unlink()
    rows = [["setting", "value"], *([name, str(value)] for name, value in settings.items())]
    with Workbook(folder / "jurisdiction.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    with pytest.raises(InvalidParameters, match="jurisdiction"):
        read_seed_folder(book_path)  # its settings are in another workbook
    same(read_seed_folder(folder), expected)


def read_toml(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


WRONG = [
    (
        "departments.csv",
        (CITY / "departments.csv").read_bytes().replace(b"name\n", b"name,names,colour\n"),
        [
            "departments.csv, line 1: There is no column names. Rename it to name, or remove it.",
            "departments.csv, line 1: There is no column colour. Rename it to department, name,",
        ],
    ),
    (
        "departments.csv",
        b"code,name\nHALL,City Hall\nWORKS,Public Works\n",
        [
            "departments.csv, line 1: There is no column code.",
            "departments.csv, line 1: These columns are missing: department.",
        ],
    ),
    (
        "departments.csv",
        b"department,name,name\nHALL,City Hall,x\n",
        ["departments.csv, line 1: two columns are called name."],
    ),
    ("departments.csv", b"", ["departments.csv is empty."]),
    ("departments.csv", b"PK\x03\x04\x00\x00\x00\xff", ["departments.csv is not a text file."]),
    (
        "departments.csv",
        b"department,name\nHALL,City Hall, East\n",
        ["departments.csv, line 2: there are more cells than columns"],
    ),
    (
        "departments.csv",
        "department,name\nHALL,Große Halle\nA,Bäder\n".encode() + "B,Straßen\n".encode("cp1252"),
        ["departments.csv, line 4: the characters are damaged"],
    ),
    (
        "departments.csv",
        "department,name\nHALL,\xd1\xf2\xf0\xee\xe9\n".encode("latin-1"),
        ["departments.csv, line 2: the encoding of the characters is unclear"],
    ),
]


@pytest.mark.parametrize(("name", "content", "starts"), WRONG)
def test_what_is_wrong_with_a_table_is_said_once(
    folder: Path, name: str, content: bytes, starts: list[str]
) -> None:
    """Rules, tests, and settings that name its rows are no problems of their own."""
    (folder / name).write_bytes(content)
    found = sentences(folder)
    assert len(found) == len(starts), found
    assert all(one.startswith(start) for one, start in zip(found, starts, strict=True)), found


def test_a_wrong_row_is_said_once_and_other_names_still_count(folder: Path) -> None:
    path = folder / "services.csv"
    first, *others = texts(path)
    code, type_ = first.index("service_code"), first.index("type")
    broken = [
        [*row[:type_], "weekly", *row[type_ + 1 :]] if row[code] == "POTHOLE" else row
        for row in others
    ]
    path.write_text(written([first, *broken], ","), encoding="utf-8")
    rules = folder / "routing_rules.csv"
    head, *rows = texts(rules)
    odd = [
        "NOWHERE" if name == "department" else cell
        for name, cell in zip(head, rows[0], strict=True)
    ]
    rules.write_text(written([head, odd, *rows[1:]], ","), encoding="utf-8")
    found = sentences(folder)
    assert len(found) == 2, found
    assert "services.csv, line" in found[0]
    assert found[1] == "routing_rules.csv, line 2: department 'NOWHERE' does not exist."


def test_a_table_that_is_there_twice_is_not_chosen_from(folder: Path) -> None:
    write_xlsx(folder / "city.xlsx", folder)
    found = sentences(folder)
    several = "There are several tables of services: services.csv, city.xlsx, sheet Services."
    assert f"{several} Keep one of them." in found


def test_a_workbook_that_cannot_be_read_is_the_only_problem(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        path.unlink()
    (folder / "city.xlsx").write_bytes(b"PK not really")
    assert sentences(folder) == [
        "city.xlsx cannot be read as a workbook. Open it and save it again as .xlsx or .ods."
    ]


def test_the_workbook_to_fill_in_has_every_table_and_is_read_once_filled_in(
    folder: Path, expected: SeedData, tmp_path: Path
) -> None:
    """Its sheets are filled in here by a program that copies their headers."""
    path = tmp_path / "template.xlsx"
    write_template(path)
    sheets = {name: sheet.read() for name, sheet in read_workbook(path).items()}
    assert {*sheets} == {"Read me", *SETTINGS, *TABLES}
    for name, schema in TABLES.items():
        assert list(sheets[name].columns) == list(columns_of(schema))
    for table in folder.glob("*.csv"):
        filled = [dict(zip(*pair, strict=True)) for pair in pairs_of(texts(table))]
        columns = list(sheets[table.stem].columns)
        rows = [columns, *([row.get(column, "") for column in columns] for row in filled)]
        table.write_text(written(rows, ","), encoding="utf-8")
    same(read_seed_folder(folder), expected)


def pairs_of(rows: list[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    head, *others = rows
    for row in others:
        yield head, row
