"""The tables of a seed folder: departments, services, questions, answers, layers, rules."""

from datetime import tzinfo
from typing import Any

from open311.messages.seeds import (
    SEED_HOURS_MISSING,
    SEED_LIST_WITHOUT_ANSWERS,
    SEED_NOT_A_LIST_QUESTION,
    SEED_SAME_CASE,
    SEED_UNKNOWN_ANSWER,
)
from open311.models.routing import RULE_CONDITIONS
from open311.seed_folder.source import SeedSource
from open311.seed_folder.tables import (
    Problems,
    Rows,
    by_key,
    check_known,
    read_optional_table,
    read_table,
)
from schemas.imports.seed_rows import AnswerRow, DepartmentRow, LayerRow, QuestionRow, ServiceRow
from schemas.imports.seed_rules import BusinessHoursRow, CanaryRow, HolidayRow, RuleRow
from schemas.vocabulary.datatypes import WITH_OPTIONS

Row = dict[str, Any]


def read_catalog(source: SeedSource, zone: tzinfo, problems: Problems) -> dict[str, dict[Any, Row]]:
    """Read and cross-check the tables; return rows by key, by table name (departments, …).

    zone is the time zone of the city, whose country decides the order of day and month.
    """
    department_rows = read_table(source, "departments", DepartmentRow(), problems)
    service_rows = read_table(source, "services", ServiceRow(), problems)
    question_rows = read_table(source, "questions", QuestionRow(), problems)
    answer_rows = read_table(source, "answers", AnswerRow(), problems)
    layer_rows = read_table(source, "layers", LayerRow(), problems)
    rule_rows = read_table(source, "routing_rules", RuleRow(zone), problems)
    canary_rows = read_optional_table(source, "canaries", CanaryRow(), problems)
    hours_rows = read_optional_table(source, "business_hours", BusinessHoursRow(), problems)
    holiday_rows = read_optional_table(source, "holidays", HolidayRow(zone), problems)
    tables: dict[str, dict[Any, Row]] = {
        "departments": by_key(department_rows, lambda row: row["department"], problems),
        "services": by_key(service_rows, lambda row: row["service_code"], problems),
        "questions": by_key(
            question_rows, lambda row: (row["service_code"], row["code"]), problems
        ),
        "answers": by_key(
            answer_rows, lambda row: (row["service_code"], row["question"], row["key"]), problems
        ),
        "layers": by_key(layer_rows, lambda row: row["layer"], problems),
        "rules": by_key(rule_rows, lambda row: row["rule"], problems),
        "business_hours": by_key(
            _each_weekday(hours_rows), lambda row: (row["weekday"], row["opens"]), problems
        ),
        "holidays": by_key(holiday_rows, lambda row: row["day"], problems),
        "canaries": by_key(canary_rows, lambda row: row["canary"], problems),
    }
    _check_questions(tables, question_rows, answer_rows, problems)
    _check_rules(tables, rule_rows, problems)
    check_known(canary_rows, "service_code", tables["services"], "services", problems)
    check_known(canary_rows, "department", tables["departments"], "departments", problems)
    return tables


def _check_questions(
    tables: dict[str, dict[Any, Row]], questions: Rows, answers: Rows, problems: Problems
) -> None:
    check_known(questions, "service_code", tables["services"], "services", problems)
    by_key(questions, lambda row: (row["service_code"], "order", row["order"]), problems)
    lists = {key for key, row in tables["questions"].items() if row["datatype"] in WITH_OPTIONS}
    for place, row in answers:
        is_known = (row["service_code"], row["question"]) in lists
        if not is_known and not problems.has_lost("questions", row["question"]):
            problems.add(place, SEED_NOT_A_LIST_QUESTION, question=row["question"])
    answered = {(row["service_code"], row["question"]) for _, row in answers}
    for place, row in questions:
        is_unanswered = (row["service_code"], row["code"]) in lists - answered
        if is_unanswered and not problems.has_lost("answers", row["code"]):
            problems.add(place, SEED_LIST_WITHOUT_ANSWERS)


def _check_rules(tables: dict[str, dict[Any, Row]], rules: Rows, problems: Problems) -> None:
    groups = {row["group"] for row in tables["services"].values()}
    check_known(rules, "service_code", tables["services"], "services", problems)
    check_known(rules, "group", groups, "services", problems)
    check_known(rules, "layer", tables["layers"], "layers", problems)
    check_known(rules, "department", tables["departments"], "departments", problems)
    cases: dict[tuple[Any, ...], list[Row]] = {}
    for place, row in rules:
        _check_conditions(tables, place, row, problems)
        case = tuple(str(row[name]) for name in _CASE)
        same = next((one for one in cases.get(case, ()) if _share_a_day(one, row)), None)
        if same is not None:
            problems.add(place, SEED_SAME_CASE, rule=same["rule"])
        cases.setdefault(case, []).append(row)


def _share_a_day(one: Row, other: Row) -> bool:
    return all(
        first["effective_from"] is None
        or second["effective_until"] is None
        or first["effective_from"] < second["effective_until"]
        for first, second in ((one, other), (other, one))
    )


_CASE = ("service_code", "group", "layer", "boundary", *RULE_CONDITIONS)


def _check_conditions(
    tables: dict[str, dict[Any, Row]], place: str, row: Row, problems: Problems
) -> None:
    has_hours = tables["business_hours"] or problems.has_lost("business_hours")
    if row["hours"] and not has_hours:
        problems.add(place, SEED_HOURS_MISSING)
    if row["question"]:
        key = (row["service_code"], row["question"], row["answer"])
        if key not in tables["answers"] and not problems.has_lost("answers", row["answer"]):
            problems.add(
                place,
                SEED_UNKNOWN_ANSWER,
                answer=row["answer"],
                question=row["question"],
            )


def _each_weekday(rows: Rows) -> Rows:
    return [
        (place, {**row, "weekday": weekday}) for place, row in rows for weekday in row["weekdays"]
    ]
