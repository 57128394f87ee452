"""The rows of a seed folder, as a clerk edits them."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import Schema, ValidationError

from schemas.errors import list_problems
from schemas.fields import w3c
from schemas.imports.seed_rows import (
    AnswerRow,
    DepartmentRow,
    JurisdictionRow,
    LayerRow,
    PastServiceRequestRow,
    QuestionRow,
    ServiceRow,
)
from schemas.imports.seed_rules import BusinessHoursRow, CanaryRow, HolidayRow, RuleRow

NOW = datetime(2026, 3, 9, 14, 5, 6, 789, tzinfo=UTC)
PAST = PastServiceRequestRow(now=NOW, zone=ZoneInfo("America/New_York"))

JURISDICTION = {
    "jurisdiction_id": "gridtown.example",
    "name": "Gridtown",
    "time_zone": "America/New_York",
    "contact": "Write.",
    "key_service": "Ask.",
    "default_department": "HALL",
}
SERVICE = {"service_code": "LAMP", "service_name": "Lamp"}
QUESTION = {
    "service_code": "SURVEY",
    "order": "1",
    "code": "WHO",
    "datatype": "string",
    "description": "Who?",
}
ANSWER = {"service_code": "SURVEY", "question": "WHO", "key": "A", "name": "Apples"}
LAYER = {"layer": "ward", "name": "Ward"}
RULE = {"rule": "lights", "department": "LIGHTS"}
REQUEST = {"service_request_id": "26-1", "service_code": "LAMP", "requested": "10"}

ROWS = [
    (JurisdictionRow(), JURISDICTION),
    (DepartmentRow(), {"department": "HALL", "name": "Town Hall"}),
    (ServiceRow(), SERVICE),
    (QuestionRow(), QUESTION),
    (AnswerRow(), ANSWER),
    (LayerRow(), LAYER),
    (RuleRow(), RULE),
    (PAST, REQUEST),
]
NAMES = [type(schema).__name__ for schema, _row in ROWS]


def wrong(schema: Schema, row: dict[str, Any], **changed: Any) -> set[str]:
    """Give the names of the columns that are refused."""
    with pytest.raises(ValidationError) as caught:
        schema.load({**row, **changed})
    return set(caught.value.messages)


@pytest.mark.parametrize(("schema", "row"), ROWS, ids=NAMES)
def test_the_shortest_row_needs_every_cell_it_has(schema: Schema, row: dict[str, str]) -> None:
    schema.load(row)
    for column in row:
        assert wrong(schema, row, **{column: ""}) == {column}
        assert wrong(schema, row, **{column: None}) == {column}


@pytest.mark.parametrize(("schema", "row"), ROWS, ids=NAMES)
def test_an_empty_cell_is_an_absent_one(schema: Schema, row: dict[str, str]) -> None:
    empty = dict.fromkeys(schema.fields.keys() - row.keys(), "")
    assert schema.load(empty | row) == schema.load(row)


@pytest.mark.parametrize(("schema", "row"), ROWS, ids=NAMES)
def test_an_unknown_column_is_refused(schema: Schema, row: dict[str, str]) -> None:
    assert wrong(schema, row, color="red") == {"color"}


@pytest.mark.parametrize(("schema", "row"), ROWS, ids=NAMES)
def test_no_cell_is_without_a_limit(schema: Schema, row: dict[str, str]) -> None:
    for column in schema.fields:
        assert wrong(schema, row, **{column: "x" * 4001}) == {column}


@pytest.mark.parametrize(
    ("schema", "row", "column", "limit"),
    [
        (JurisdictionRow(), JURISDICTION, "jurisdiction_id", 200),
        (ServiceRow(), SERVICE, "service_code", 200),
        (QuestionRow(), QUESTION, "code", 100),
        (AnswerRow(), ANSWER, "key", 100),
        (LayerRow(), LAYER, "layer", 50),
        (RuleRow(), RULE, "department", 100),
        (PAST, REQUEST, "service_request_id", 50),
        (PAST, REQUEST, "description", 4000),
    ],
)
def test_a_cell_has_a_limit(schema: Schema, row: dict[str, str], column: str, limit: int) -> None:
    assert schema.load({**row, column: "x" * limit})[column] == "x" * limit
    assert wrong(schema, row, **{column: "x" * (limit + 1)}) == {column}


@pytest.mark.parametrize(
    ("schema", "row", "column"),
    [
        (JurisdictionRow(), JURISDICTION, "jurisdiction_id"),
        (QuestionRow(), QUESTION, "code"),
        (PAST, REQUEST, "service_request_id"),
    ],
)
@pytest.mark.parametrize("words", ["two words", "tab\tbed", " leading", "trailing ", "line\n"])
def test_an_id_must_be_one_word(
    schema: Schema, row: dict[str, str], column: str, words: str
) -> None:
    assert schema.load({**row, column: "one-wörd.1"})[column] == "one-wörd.1"
    assert wrong(schema, row, **{column: words}) == {column}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "EST5", "+01:00", "america"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    assert wrong(JurisdictionRow(), JURISDICTION, time_zone=zone) == {"time_zone"}


def test_units_are_metric_if_nothing_is_said() -> None:
    assert JurisdictionRow().load(JURISDICTION)["units"] == "metric"
    assert JurisdictionRow().load({**JURISDICTION, "units": "us"})["units"] == "us"
    assert wrong(JurisdictionRow(), JURISDICTION, units="feet") == {"units"}


def test_nothing_is_anonymized_if_no_period_is_set() -> None:
    column = "anonymize_after_days"
    assert JurisdictionRow().load(JURISDICTION)[column] is None
    assert JurisdictionRow().load({**JURISDICTION, column: 730})[column] == 730
    for period in (0, -1, 1.5, "730 days", 36_501):
        assert wrong(JurisdictionRow(), JURISDICTION, **{column: period}) == {column}


def test_requests_are_reopened_for_a_whole_number_of_days() -> None:
    column = "reopen_days"
    assert JurisdictionRow().load(JURISDICTION)[column] == 60
    assert JurisdictionRow().load({**JURISDICTION, column: 0})[column] == 0
    for period in (-1, 60.7, "60 days", 36_501):
        assert wrong(JurisdictionRow(), JURISDICTION, **{column: period}) == {column}


@pytest.mark.parametrize("type_", ["realtime", "batch", "blackbox"])
def test_a_service_is_of_one_of_the_three_types(type_: str) -> None:
    assert ServiceRow().load({**SERVICE, "type": type_})["type"] == type_
    assert wrong(ServiceRow(), SERVICE, type=type_.upper()) == {"type"}


def test_a_service_is_realtime_and_without_a_term_if_nothing_is_said() -> None:
    row = ServiceRow().load(SERVICE)
    assert (row["type"], row["expected_days"], row["keywords"]) == ("realtime", None, "")


@pytest.mark.parametrize("days", ["0.01", "0.5", "3650"])
def test_days_to_completion_may_be_a_part_of_a_day(days: str) -> None:
    assert ServiceRow().load({**SERVICE, "expected_days": days})["expected_days"] == float(days)


@pytest.mark.parametrize("days", ["-1", "0", "3651", "soon", "nan", "inf", "1,500"])
def test_days_to_completion_that_cannot_be_are_refused(days: str) -> None:
    assert wrong(ServiceRow(), SERVICE, expected_days=days) == {"expected_days"}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("order", "0"),
        ("order", "first"),
        ("order", "1.5"),
        ("order", "99999999999"),  # more than the integer of a database holds
        ("datatype", "date"),
        ("datatype", "String"),
        ("required", "perhaps"),
        ("variable", "2"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(column: str, cell: str) -> None:
    assert wrong(QuestionRow(), QUESTION, **{column: cell}) == {column}


def test_a_question_is_asked_and_optional_if_nothing_is_said() -> None:
    row = QuestionRow().load(QUESTION)
    assert (row["order"], row["required"], row["variable"]) == (1, False, True)
    row = QuestionRow().load({**QUESTION, "required": "TRUE", "variable": "false"})
    assert (row["required"], row["variable"]) == (True, False)


@pytest.mark.parametrize("code", ["ward", "ward_2", "w", "a1_"])
def test_a_layer_is_named_as_an_xml_element_can_be(code: str) -> None:
    row = LayerRow().load({**LAYER, "layer": code})
    assert row == {
        "layer": code,
        "name": "Ward",
        "file": None,
        "code_field": "code",
        "name_field": None,
        "exception": False,
        "reach_meters": None,
        "overlapping": False,
    }


@pytest.mark.parametrize("code", ["Ward", "2nd", "_a", "a-b", "a b", "ä", "a:b", "ward\n", "a.b"])
def test_a_layer_named_otherwise_is_refused(code: str) -> None:
    assert wrong(LayerRow(), LAYER, layer=code) == {"layer"}


@pytest.mark.parametrize(
    ("case", "refused"),
    [
        ({"service_code": "LAMP", "group": "Lights"}, {"service_code"}),
        ({"boundary": "2"}, {"boundary"}),
        ({"service_code": "LAMP", "boundary": "2"}, {"boundary"}),
    ],
)
def test_a_rule_that_names_too_much_or_too_little_is_refused(
    case: dict[str, str], refused: set[str]
) -> None:
    assert wrong(RuleRow(), RULE, **case) == refused


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"service_code": "LAMP"},
        {"group": "Lights", "layer": "ward"},
        {"layer": "ward", "boundary": "2"},
    ],
)
def test_an_empty_cell_of_a_rule_means_any(case: dict[str, str]) -> None:
    row = RuleRow().load({**RULE, **case})
    conditions = ("question", "answer", "hours", "weekdays", "time_from", "time_until")
    seasons = ("season_from", "season_until", "effective_from", "effective_until")
    places = ("service_code", "group", "layer", "boundary")
    anything = dict.fromkeys((*places, *conditions, *seasons))
    assert row == {**RULE, "note": "", "public_reason": "", **anything, **case}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0", "2026-03-09T14:05:06Z"),
        ("10", "2026-02-27T14:05:06Z"),
        ("0.5", "2026-03-09T02:05:06Z"),
        ("36499", "1926-04-04T14:05:06Z"),
        ("2026-03-01", "2026-03-01T05:00:00Z"),
        ("2026-03-01T12:00:00", "2026-03-01T17:00:00Z"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
    ],
)
def test_a_past_request_was_made_days_ago_or_on_a_date(cell: str, expected: str) -> None:
    requested = PAST.load({**REQUEST, "requested": cell})["requested"]
    assert w3c(requested) == expected
    assert requested.microsecond == 0


@pytest.mark.parametrize("cell", ["-1", "36500", "1e99", "1e999", "20260301", "last week"])
@pytest.mark.parametrize("column", ["requested", "updated"])
def test_a_time_that_cannot_be_is_refused_by_its_column(column: str, cell: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PAST.load({**REQUEST, column: cell})
    [problem] = list_problems(caught.value)
    assert problem.field == column
    assert problem.key in ("seed.moment", "field.date_time")


def test_a_change_may_not_lie_before_the_report() -> None:
    assert wrong(PAST, REQUEST, updated="10.001") == {"updated"}
    same = PAST.load({**REQUEST, "updated": "10"})
    assert same["updated"] == same["requested"]
    assert PAST.load({**REQUEST, "updated": "9"})["updated"] > same["requested"]


@pytest.mark.parametrize(
    ("status", "service_request_id", "good"),
    [
        ("open", "26-1", True),
        ("closed", "26-1", True),
        ("in_progress", "26-1", True),
        ("pending", "", True),
        ("", "26-1", True),
        ("open", "", False),
        ("closed", "", False),
        ("pending", "26-1", False),
    ],
)
def test_all_but_pending_requests_have_an_id(
    status: str, service_request_id: str, good: bool
) -> None:
    row = {**REQUEST, "status": status, "service_request_id": service_request_id}
    if good:
        assert PAST.load(row)["service_request_id"] == (service_request_id or None)
    else:
        assert wrong(PAST, row) == {"service_request_id"}


def test_an_unknown_status_is_refused() -> None:
    assert wrong(PAST, REQUEST, status="Open") == {"status"}


def test_days_of_the_week_are_read_as_a_clerk_writes_them() -> None:
    span = {"opens": "08:00", "closes": "17:00"}
    for text, days in (
        ("Mon", [1]),
        ("Mon-Fri", [1, 2, 3, 4, 5]),
        ("Sat Sun", [6, 7]),
        ("Fri-Mon", [1, 5, 6, 7]),
        ("Mon-Wed Sat", [1, 2, 3, 6]),
    ):
        assert BusinessHoursRow().load({"weekdays": text, **span})["weekdays"] == days
    assert wrong(BusinessHoursRow(), {"weekdays": "Monday", **span})
    assert wrong(BusinessHoursRow(), {"weekdays": "Mon", "opens": "17:00", "closes": "08:00"})
    assert wrong(BusinessHoursRow(), {"weekdays": "Mon", "opens": "8", "closes": "17:00"})


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"question": "SIZE", "answer": "BIG"}, "question"),
        ({"service_code": "POTHOLE", "question": "SIZE"}, "answer"),
        ({"hours": "always"}, "hours"),
        ({"time_from": "22:00"}, "time_until"),
        ({"time_from": "22:00", "time_until": "22:00"}, "time_from"),
        ({"time_from": "24:00", "time_until": "06:00"}, "time_from"),
        ({"season_from": "11-01"}, "season_until"),
        ({"season_from": "13-01", "season_until": "02-01"}, "season_from"),
        ({"weekdays": "Mon-X"}, "weekdays"),
    ],
)
def test_a_rule_with_half_a_condition_is_refused(cells: dict, column: str) -> None:
    rule = {"rule": "night", "department": "DUTY"}
    assert column in wrong(RuleRow(), {**rule, **cells})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("0,5", 0.5), ("12,25", 12.25), ("-0,5", None), ("1,000", None), ("1,000,000", None)],
)
def test_a_comma_is_a_decimal_point_unless_it_may_separate_thousands(
    cell: str, expected: float | None
) -> None:
    if expected is None:
        assert wrong(ServiceRow(), SERVICE, expected_days=cell) == {"expected_days"}
    else:
        assert ServiceRow().load({**SERVICE, "expected_days": cell})["expected_days"] == expected


def test_degrees_may_have_three_decimals_after_a_comma() -> None:
    """No latitude has thousands."""
    case = {"canary": "c", "service_code": "POTHOLE", "department": "d"}
    found = CanaryRow().load({**case, "lat": "39,720", "long": "-82,603"})
    assert (found["lat"], found["long"]) == (39.72, -82.603)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(
            ("8:00", time(8)),
            ("08:00:00", time(8)),
            ("8:00 AM", time(8)),
            ("12:30 am", time(0, 30)),
        ),
        *(("5:30 p.m.", time(17, 30)), ("12:00 PM", time(12)), ("23:59", time(23, 59))),
        *(("24:00", None), ("8", None), ("13:00 PM", None), ("8:60", None), ("8:00 x", None)),
        *(("8:00 m", None), ("0:30 AM", None)),
    ],
)
def test_a_time_of_day_is_read_as_a_spreadsheet_shows_it(cell: str, expected: time | None) -> None:
    row = {"weekdays": "Mon", "opens": "00:00", "closes": cell}
    if expected is None:
        assert wrong(BusinessHoursRow(), row) == {"closes"}
    else:
        assert BusinessHoursRow().load(row)["closes"] == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("11-01", "11-01"), ("1-Nov", "11-01"), ("Nov-1", "11-01"), ("01 Nov", "11-01")),
        *(("2026-11-01", "11-01"), ("11/1", None), ("1-Foo", None), ("45-Nov", None)),
    ],
)
def test_a_day_of_a_season_is_read_as_spreadsheets_change_it(
    cell: str, expected: str | None
) -> None:
    rule = {"rule": "r", "department": "d", "season_from": cell, "season_until": "12-31"}
    if expected is None:
        assert wrong(RuleRow(), rule) == {"season_from"}
    else:
        assert RuleRow().load(rule)["season_from"] == expected


@pytest.mark.parametrize(
    ("zone", "cell", "expected"),
    [
        ("America/New_York", "12/25/2026", date(2026, 12, 25)),
        ("America/New_York", "7/4/2026", date(2026, 7, 4)),
        ("Europe/Berlin", "1.5.2026", date(2026, 5, 1)),
        ("Europe/Berlin", "2026-05-01", date(2026, 5, 1)),
        ("UTC", "7/4/2026", None),
        ("America/New_York", "Christmas", None),
    ],
)
def test_a_holiday_is_a_date_as_the_country_of_the_city_writes_it(
    zone: str, cell: str, expected: date | None
) -> None:
    schema, row = HolidayRow(ZoneInfo(zone)), {"day": cell, "name": "Off"}
    if expected is None:
        assert wrong(schema, row) == {"day"}
    else:
        assert schema.load(row)["day"] == expected


def test_days_of_reopening_are_read_from_text_and_number() -> None:
    assert ServiceRow().load({**SERVICE, "reopen_days": "30"})["reopen_days"] == 30
    for days in ("-1", "1.5", "soon", "36501"):
        assert wrong(ServiceRow(), SERVICE, reopen_days=days) == {"reopen_days"}
