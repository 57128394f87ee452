"""Services, departments, and areas by which figures are cut, in the order of the city."""

from collections.abc import Mapping
from typing import TypeVar

from open311.queries.city import City
from open311.web.insights.figure import Row

Value = TypeVar("Value")


def service_rows(city: City) -> dict[str, Row]:
    """Return the services by code, in the order of lists; inactive ones are last."""
    listed = [one["service_code"] for one in city.listed_services]
    names = {one.service_code: one.service_name for one in city.service_names}
    codes = dict.fromkeys([*listed, *names])
    return {code: Row(names.get(code, code), code, {"service_code": code}) for code in codes}


def group_rows(city: City) -> dict[str, Row]:
    """Return the groups of services by name, in the order of lists."""
    groups = dict.fromkeys(one["group"] for one in city.listed_services if one["group"])
    return {name: Row(name, name, {"group": name}) for name in groups}


def department_rows(city: City) -> dict[str, Row]:
    """Return the departments by code, in the order of the city."""
    return {code: Row(name, code, {"agency_responsible": name}) for code, name in city.departments}


def area_rows(city: City, layer: str) -> dict[str, Row]:
    """Return the current boundaries of a layer by code, in their natural order."""
    choices = {one.code: one for one in city.choices(city.scope.today())}
    found = choices[layer].boundaries if layer in choices else []
    return {
        code: Row(name or code, code, {"boundary": f"{layer}:{code}"})
        for code, name in sorted(found, key=lambda one: _natural(one[0]))
    }


def _natural(code: str) -> tuple[int, str]:
    """Order 2 before 10."""
    return (int(code), "") if code.isdecimal() else (1 << 62, code)


def rows_with(rows: Mapping[str, Row], values: Mapping[str, Value]) -> list[tuple[Row, Value]]:
    """Return the rows that have a value, in their order, each with it."""
    return [(row, values[code]) for code, row in rows.items() if code in values]
