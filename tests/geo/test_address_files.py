"""Files of address points: what is taken, what is left out, what is refused."""

from pathlib import Path

import pytest

from geo.addresses.files import read_addresses
from geo.coordinates import Point
from geo.errors import InvalidAddressFile, InvalidFile

HEAD = "LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH\n"
GRIDTOWN = Path(__file__).parents[1] / "addresses/gridtown.csv"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_line_is_an_address() -> None:
    read = read_addresses(GRIDTOWN)
    assert read.left_out == []
    assert [row.address_id for row in read.rows] == [
        *("P-1", "P-2", "a3", "P-3", "P-4", "P-5", "P-6", "P-7")
    ]
    first = read.rows[0]
    assert (first.number, first.street, first.zipcode) == ("111", "S BROAD ST", "43130")
    assert first.point == Point(lat=0.5, long=0.5)


def test_the_columns_may_stand_in_any_order_and_case(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffstreet,Number,lat,lon,hash\nMAIN ST,7,0,-82.6,x\n")
    [row] = read_addresses(path).rows
    assert (row.number, row.point, row.unit) == ("7", Point(lat=0, long=-82.6), "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0,0,,MAIN ST,,,,,,1,", "no_number_or_street"),
        ("0,0,1,,,,,,,1,", "no_number_or_street"),
        ("x,0,1,MAIN ST,,,,,,1,", "not_numbers"),
        (",,1,MAIN ST,,,,,,1,", "not_numbers"),
        ("0", "no_number_or_street"),
        ("nan,0,1,MAIN ST,,,,,,1,", "not_degrees"),
        ("0,91,1,MAIN ST,,,,,,1,", "not_degrees"),
        ("200,0,1,MAIN ST,,,,,,1,", "not_degrees"),
        ("0,0,1,MAIN ST,,,,,,1,", "not_numbers"),
        ("0,1,0,MAIN ST,,,,,,1,", "no_number_or_street"),
        ("0,1,None,MAIN ST,,,,,,1,", "no_number_or_street"),
        ("0,1,1,<Null>,,,,,,1,", "no_number_or_street"),
        ("0,0,1,MAIN ST,,,,,,,", "no_id"),
        ("0,0,1,MAIN ST,,,,,,good,", "no_id"),
        (f"0,0,1,{'M' * 201},,,,,,1,", "cell_too_long"),
    ],
)
def test_a_line_that_is_none_is_left_out_and_named(tmp_path: Path, line: str, words: str) -> None:
    read = read_addresses(written(tmp_path, f"{HEAD}1,1,1,GOOD ST,,,,,,good,\n{line}\n"))
    assert [row.address_id for row in read.rows] == ["good"]
    [(line_number, problem)] = read.left_out
    assert line_number == 3
    assert problem.key == f"address.{words}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", r"table\.empty"),
        ("one,two\n1,2\n", r"no_column.*\['lon', 'lat', 'number', 'street'\]"),
        ("lon,lat,street\n1,1,MAIN\n", r"no_column.*\['number'\]"),
        (HEAD, r"address_file\.empty"),
        (f"{HEAD}x,x,1,MAIN ST,,,,,,1,\n", "'line': 2.*not_numbers"),
        (b"\xff\xfe\x00", r"table\.damaged"),
        (f'{HEAD}0,0,"1', r"table\.not_csv"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(InvalidFile, match=words):
        read_addresses(written(tmp_path, content))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidAddressFile, match=r"file\.missing"):
        read_addresses(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        *(("108.0", "108"), ("122 A", "122A"), ("122-a", "122a"), ("124 - 126", "124-126")),
        *(("106 1/2", "106 1/2"), ("106½", "106½"), ("34-12", "34-12"), ("5 bis", "5 bis")),
    ],
)
def test_a_number_is_read_as_registers_write_it(tmp_path: Path, cell: str, number: str) -> None:
    [row] = read_addresses(
        written(tmp_path, f"{HEAD}1,1,{cell},MAIN ST,None,0,,,43130.0,x,\n")
    ).rows
    assert (row.number, row.unit, row.city, row.zipcode) == (number, "", "", "43130")


def test_a_line_break_in_a_cell_is_a_blank(tmp_path: Path) -> None:
    [row] = read_addresses(written(tmp_path, f'{HEAD}1,1,1,"MAIN ST\nREAR",,,,,,x,\n')).rows
    assert row.street == "MAIN ST REAR"


def test_a_register_may_be_saved_by_a_spreadsheet_program(tmp_path: Path) -> None:
    text = "lon;lat;number;street;id\r\n-82,5993;39,7137;104;Straße;1\r\n"
    [row] = read_addresses(written(tmp_path, text.encode("cp1252"))).rows
    assert (row.street, row.point) == ("Straße", Point(lat=39.7137, long=-82.5993))
