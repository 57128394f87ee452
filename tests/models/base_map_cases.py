"""What the table of base maps takes and refuses."""

from tests.models.inserts import insert

FILE = f"'{'0a' * 16}.pmtiles'"


def base_map(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "address": "''",
        "origins": "'{}'",
        **dict.fromkeys(("attribution", "aerial_tiles", "aerial_attribution"), "''"),
    }
    return insert("base_maps", **{**row, **values})


BASE_MAP_TAKEN = [
    base_map() + "; " + base_map(jurisdiction_id="'hilltown.example'", file=FILE),
    base_map(address="'https://maps.example/style.json'", origins="'{https://a.example}'"),
    base_map(aerial_tiles="'http://tiles.example/{z}/{x}/{y}'"),
]

BASE_MAP_REFUSED = [
    ("pk_base_maps", base_map() + "; " + base_map()),
    ("fk_base_maps_jurisdiction_id", base_map(jurisdiction_id="'nowhere'")),
    ("ck_base_maps_one_source", base_map(address="'https://maps.example/'", file=FILE)),
    ("ck_base_maps_file_form", base_map(file="'../secret.pmtiles'")),
    ("ck_base_maps_address_form", base_map(address="'javascript:alert(1)'")),
    ("ck_base_maps_aerial_form", base_map(aerial_tiles="'{z}/{x}/{y}'")),
]

BASE_MAP_NULLS = {("base_maps", "file")}
