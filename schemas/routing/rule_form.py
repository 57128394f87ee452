"""The form of a routing rule, and its conversion to a row of routing_rules.csv.

Three fields hold several columns each, so that a form cannot contain contradictory values: what
(service:CODE or group:NAME), where (LAYER or LAYER:BOUNDARY), and answered (a JSON list of
service_code, question, and answer).
"""

import json
from collections.abc import Mapping
from typing import Any

from schemas.base import Values, filled_in
from schemas.errors import Invalid

PLAIN = (
    *("rule", "hours", "time_from", "time_until", "season_from", "season_until"),
    *("effective_from", "effective_until"),
    *("department", "note", "public_reason"),
)
"""Fields of the form that are also columns of the row."""


def row_cells(values: Values) -> dict[str, str]:
    """Return the cells of the row for a form; raise ValidationError if a field is invalid."""
    sent = filled_in(values)
    one = {name: texts[0].strip() for name, texts in sent.items()}
    for name, key in (("rule", "rule.code_required"), ("department", "department.required")):
        if name not in one:
            raise Invalid(key, name)
    cells = {name: one[name] for name in PLAIN if name in one}
    cells |= _of_service(one.get("what", ""))
    layer, colon, boundary = one.get("where", "").partition(":")
    cells |= ({"layer": layer} if layer else {}) | ({"boundary": boundary} if colon else {})
    if "weekdays" in sent:
        cells["weekdays"] = " ".join(sent["weekdays"])
    if "answered" in one:
        cells |= _answered(one["answered"], cells)
    return cells


def _of_service(what: str) -> dict[str, str]:
    kind, _, name = what.partition(":")
    if not what:
        return {}
    if kind not in ("service", "group") or not name:
        raise Invalid("rule.what", "what")
    return {"service_code" if kind == "service" else "group": name}


def _answered(text: str, cells: Mapping[str, str]) -> dict[str, str]:
    try:
        service_code, question, answer = json.loads(text)
    except (ValueError, TypeError):
        raise Invalid("rule.answered", "answered") from None
    if "group" in cells or cells.get("service_code", service_code) != service_code:
        raise Invalid("rule.answer_of_other_service", "answered", service=service_code)
    return {"service_code": str(service_code), "question": str(question), "answer": str(answer)}


def form_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the form for the cells of a row, weekdays as a list of names."""
    form = {name: row[name] for name in PLAIN}
    what = {"service": row["service_code"], "group": row["group"]}
    form["what"] = next((f"{kind}:{name}" for kind, name in what.items() if name), "")
    form["where"] = row["layer"] + (f":{row['boundary']}" if row["boundary"] else "")
    form["answered"] = (
        answered(row["service_code"], row["question"], row["answer"]) if row["question"] else ""
    )
    form["weekdays"] = row["weekdays"].split()
    return form


def answered(service_code: str, question: str, answer: str) -> str:
    """Return the value of the field answered."""
    return json.dumps([service_code, question, answer])


def typed(values: Values) -> dict[str, Any]:
    """Return the fields of a form as entered, to display them again."""
    names = (*PLAIN, "what", "where", "answered")
    form: dict[str, Any] = {name: next(iter(values.get(name, ())), "") for name in names}
    return {**form, "weekdays": list(values.get("weekdays", ()))}
