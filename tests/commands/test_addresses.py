"""open311 addresses import and find."""

from pathlib import Path

from flask import Flask
from shared_cases import CASES, needs_cases

from open311.queries.addresses import find_register
from tests.commands.conftest import CommandLine

REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"
CITY = "gridtown.example"


def imported(open311: CommandLine, *arguments: object) -> list[str]:
    return open311.lines("addresses", "import", REGISTER, "--commit", *arguments)


def test_what_is_not_committed_changes_nothing(app: Flask, open311: CommandLine) -> None:
    lines = open311.lines("addresses", "import", REGISTER)
    assert lines[-1] == "Nothing was changed. To import, add --commit."
    assert find_register(CITY) is None
    refusal = open311.refusal("addresses", "find", "111 S Broad St")
    assert refusal == "Gridtown has no address points. Import them with open311 addresses import."


def test_an_import_says_what_there_is_and_records_where_from(
    app: Flask, open311: CommandLine
) -> None:
    lines = imported(open311, "--license", "CC0", "--vintage", "2026", "--by", "clerk")
    assert lines == ["Outside the service area: 1.", "Addresses: 8.", "Imported."]
    register = find_register(CITY)
    assert register is not None
    assert (register.source, register.license, register.vintage, register.imported_by) == (
        *("gridtown.csv", "CC0", "2026", "clerk"),
    )


def test_an_import_takes_the_place_of_the_one_before(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    imported(open311)
    newer = tmp_path / "newer.csv"
    newer.write_text("lon,lat,number,street,id\n0.5,0.5,1,NEW RD,N-1\nx,0,2,NEW RD,N-2\n")
    lines = open311.lines("addresses", "import", newer, "--source", "The county", "--commit")
    assert lines[0] == "Skipped: line 3, lon and lat are not numbers."
    assert lines[1] == "Addresses: 1."
    assert lines[2:5] == ["Added: 1.", "  1 NEW RD", "Removed: 8."]
    assert lines[-2:] == ["Moved: 0.", "Imported."]
    assert open311.lines("addresses", "find", "1 New Road") == ["1 NEW RD (N-1) at 0.5 0.5"]
    refusal = open311.refusal("addresses", "find", "111 S Broad St")
    assert refusal == "Not found: no such address in the register."


def test_a_file_of_another_place_leaves_all_as_it_is(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    imported(open311)
    far = tmp_path / "far.csv"
    far.write_text("lon,lat,number,street,id\n39.7,-82.6,1,MAIN ST,1\n")
    refusal = open311.refusal("addresses", "import", far, "--commit")
    assert refusal.startswith("All 1 addresses are outside the service area")
    lines = open311.lines("addresses", "find", "111 South Broad Street")
    assert lines == ["111 S BROAD ST, GRIDTOWN, GR 43130 (P-1) at 0.5 0.5"]


def test_many_lines_left_out_are_counted(app: Flask, open311: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    bad = "".join(f"x,x,{number},MAIN ST,{number}\n" for number in range(15))
    file.write_text(f"lon,lat,number,street,id\n0.5,0.5,1,GOOD ST,good\n{bad}")
    lines = open311.lines("addresses", "import", file)
    assert sum(line.startswith("Skipped: line") for line in lines) == 10
    assert "Skipped: 5 more lines." in lines


def test_several_that_may_be_meant_are_named(app: Flask, open311: CommandLine) -> None:
    imported(open311)
    refusal = open311.refusal("addresses", "find", "12 Main")
    assert refusal == "Not found: no such address in the register."
    refusal = open311.refusal("addresses", "find", "12 Main St")
    assert refusal == (
        "Not found: several addresses match: 12 MAIN ST, GRIDTOWN, GR 43131; "
        "12 MAIN ST, EASTVILLE, GR 43132."
    )


def test_a_file_that_is_no_csv_is_refused(open311: CommandLine, app: Flask) -> None:
    refusal = open311.refusal("addresses", "import", Path(__file__))
    assert "has no column" in refusal or "is not CSV" in refusal


def test_an_update_says_what_was_added_removed_and_moved(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    """Ids of another edition do not matter: an address is the same by its number and street."""
    imported(open311)
    newer = tmp_path / "newer.csv"
    text = REGISTER.read_text().replace("P-", "new-").replace(",a", ",new-a")
    text = text.replace("0.5,0.5,111,", "0.501,0.5,111,").replace("0.5001,0.5,", "0.50011,0.5,")
    text = text.replace("5,NORTH STRASSE", "7,NORTH STRASSE")
    newer.write_text(text)
    lines = open311.lines("addresses", "import", newer, "--commit")
    assert lines[1:] == [
        "Addresses: 8.",
        *("Added: 1.", "  7 NORTH STRASSE, GRIDTOWN, GR 43133"),
        *("Removed: 1.", "  5 NORTH STRASSE, GRIDTOWN, GR 43133"),
        *("Moved: 1.", "  111 S BROAD ST, GRIDTOWN, GR 43130"),
        "Imported.",
    ]
    again = open311.lines("addresses", "import", newer, "--commit")
    assert again[2:] == ["Added: 0.", "Removed: 0.", "Moved: 0.", "Imported."]


def test_a_line_with_exchanged_degrees_is_counted(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "some.csv"
    file.write_text(
        "lon,lat,number,street,id\n0.5,0.4,1,GOOD ST,1\n0.9,0.2,2,GOOD ST,2\n0.2,-1.5,3,GOOD ST,3\n"
    )
    lines = open311.lines("addresses", "import", file)
    assert lines[:2] == ["Outside the service area: 1.", "Addresses: 3."]


def test_a_crossing_is_found_by_the_houses_on_both_streets(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    """Streets of the same names cross in another town, too."""
    file = tmp_path / "corner.csv"
    houses = [
        f"{long + step * 2e-4 * (street == 'MAIN ST')},{step * 2e-4 * (street == 'OAK ST')},"
        f"{step},{street},{town},{town}-{street}-{step}"
        for town, long in (("GRIDTOWN", 0.2), ("EASTVILLE", 0.4))
        for street in ("MAIN ST", "OAK ST")
        for step in range(1, 6)
    ]
    file.write_text("\n".join(["lon,lat,number,street,city,id", *houses]))
    open311.lines("addresses", "import", file, "--commit")
    [found] = open311.lines("addresses", "find", "Oak Street and Main, Gridtown")
    assert found.startswith("Oak Street and Main, Gridtown (crossing of Oak Street")
    assert found.endswith(" at 0.0 0.2")
    refusal = open311.refusal("addresses", "find", "Main St & Oak St")
    assert refusal == (
        "Not found: several addresses match: Main St & Oak St, EASTVILLE; "
        "Main St & Oak St, GRIDTOWN."
    )


@needs_cases
def test_the_odd_rows_of_a_real_register_are_found_or_left_out(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    """The rows are moved to Gridtown; one has its degrees exchanged."""
    moved = tmp_path / "odd.csv"
    text = (CASES / "addresses-odd-rows.csv").read_text()
    for lancaster, gridtown in (("-82.", "0."), ("39.", "0."), ("LANCASTER", "GRIDTOWN")):
        text = text.replace(lancaster, gridtown)
    moved.write_text(text)
    lines = open311.lines("addresses", "import", moved, "--commit")
    assert sum(line.startswith("Skipped") for line in lines) == 8, lines
    for asked, id_ in {
        "104 E Main St": "1",
        "104 East Main Street, Apt 2B": "2",
        "104 E Main St Unit 3": "3",
        "106½ E Main St": "4",
        "108 E Main St": "5",
        "122 A East Main St": "15",
        "126 E Main St": "16",
        "128 E Main St Rear": "17",
        "132 Martin Luther King Junior Blvd": "19",
        "134 E Main St #5": "20",
    }.items():
        [found] = open311.lines("addresses", "find", f"{asked}, Gridtown")
        assert f" ({id_}) at " in found, asked
    for asked in ("106 E Main St", "122 E Main St", "125 E Main St", "114 E Main St"):
        assert open311.refusal("addresses", "find", asked).endswith(
            "no such address in the register."
        )
