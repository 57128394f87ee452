"""The tables of a seed folder: departments, services, questions, answers, layers, rules."""

from pathlib import Path
from typing import Any

from open311.messages.seeds import (
    SEED_HOURS_MISSING,
    SEED_LIST_WITHOUT_ANSWERS,
    SEED_NOT_A_LIST_QUESTION,
    SEED_SAME_CASE,
    SEED_UNKNOWN_ANSWER,
)
from open311.models.routing import RULE_CONDITIONS
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


def read_catalog(folder: Path, problems: Problems) -> dict[str, dict[Any, Row]]:
    """Read and cross-check the tables; return rows by key, by table name (departments, …)."""
    department_rows = read_table(folder / "departments.csv", DepartmentRow(), problems)
    service_rows = read_table(folder / "services.csv", ServiceRow(), problems)
    question_rows = read_table(folder / "questions.csv", QuestionRow(), problems)
    answer_rows = read_table(folder / "answers.csv", AnswerRow(), problems)
    layer_rows = read_table(folder / "layers.csv", LayerRow(), problems)
    rule_rows = read_table(folder / "routing_rules.csv", RuleRow(), problems)
    canary_rows = read_optional_table(folder / "canaries.csv", CanaryRow(), problems)
    hours_rows = read_optional_table(folder / "business_hours.csv", BusinessHoursRow(), problems)
    holiday_rows = read_optional_table(folder / "holidays.csv", HolidayRow(), problems)
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
    check_known(canary_rows, "service_code", set(tables["services"]), problems)
    check_known(canary_rows, "department", set(tables["departments"]), problems)
    return tables


def _check_questions(
    tables: dict[str, dict[Any, Row]], questions: Rows, answers: Rows, problems: Problems
) -> None:
    check_known(questions, "service_code", set(tables["services"]), problems)
    by_key(questions, lambda row: (row["service_code"], "order", row["order"]), problems)
    lists = {key for key, row in tables["questions"].items() if row["datatype"] in WITH_OPTIONS}
    for place, row in answers:
        if (row["service_code"], row["question"]) not in lists:
            problems.add(place, SEED_NOT_A_LIST_QUESTION, question=row["question"])
    answered = {(row["service_code"], row["question"]) for _, row in answers}
    for place, row in questions:
        if (row["service_code"], row["code"]) in lists - answered:
            problems.add(place, SEED_LIST_WITHOUT_ANSWERS)


def _check_rules(tables: dict[str, dict[Any, Row]], rules: Rows, problems: Problems) -> None:
    check_known(rules, "service_code", set(tables["services"]), problems)
    check_known(rules, "group", {row["group"] for row in tables["services"].values()}, problems)
    check_known(rules, "layer", set(tables["layers"]), problems)
    check_known(rules, "department", set(tables["departments"]), problems)
    cases: dict[tuple[Any, ...], str] = {}
    for place, row in rules:
        _check_conditions(tables, place, row, problems)
        case = tuple(str(row[name]) for name in _CASE)
        if case in cases:
            problems.add(place, SEED_SAME_CASE, rule=cases[case])
        cases[case] = row["rule"]


_CASE = ("service_code", "group", "layer", "boundary", *RULE_CONDITIONS)


def _check_conditions(
    tables: dict[str, dict[Any, Row]], place: str, row: Row, problems: Problems
) -> None:
    if row["hours"] and not tables["business_hours"]:
        problems.add(place, SEED_HOURS_MISSING)
    if row["question"]:
        key = (row["service_code"], row["question"], row["answer"])
        if key not in tables["answers"]:
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
