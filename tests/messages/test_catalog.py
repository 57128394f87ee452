"""The catalog of messages: a text for every edge and language, and all that is raised."""

import ast
import functools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from geo import errors as geo_errors
from geo.errors import GeoError
from geo.maps.boundaries import PROBLEMS, CleanBoundary, Feature
from geo.maps.lint import lint_boundaries, lint_codes
from open311 import errors
from open311.errors import Open311Error
from open311.messages import CATALOG, SUBJECTS
from open311.messages.message import Message
from open311.messages.names import FIELD_LABELS
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentence, command_sentence
from open311.web.languages import read_messages
from schemas.catalog.forms import KeySchema, NameSchema, NewUserSchema, RoleSchema
from schemas.catalog.site_form import SiteForm
from schemas.imports.seed_rows import DepartmentRow, QuestionRow, ServiceRow
from schemas.imports.seed_rules import RuleRow
from schemas.maps.forms import DaysSchema, UploadSchema
from schemas.people import SaveSchema
from schemas.requests import staff_work
from schemas.routing.explanation import ExplainSchema
from schemas.routing.rule_form import PLAIN
from schemas.search.staff_find import FindSchema
from schemas.vocabulary.languages import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"%\((\w+)\)s")
OTHERS = [language for language in LANGUAGES if language != "en"]


def places(text: str) -> set[str]:
    return set(PLACE.findall(text)) - {"field"}


def for_pages(message: Message) -> bool:
    return bool(message.page or message.everywhere)


def test_each_message_has_a_text_for_each_edge() -> None:
    for message in CATALOG.values():
        texts = (message.for_api, message.for_page, message.for_command)
        assert all(texts), message.key
        for text in texts:  # nothing that % would take for a place
            assert not re.search(r"%(?!\(\w+\)s)", text), message.key


@pytest.mark.parametrize("language", OTHERS)
def test_each_message_that_a_page_shows_is_translated(language: str) -> None:
    translations = read_messages(language)
    for message in CATALOG.values():
        if for_pages(message):
            translated = translations.gettext(message.for_page)
            assert translated != message.for_page, message.key
            assert set(PLACE.findall(translated)) == set(PLACE.findall(message.for_page))


def test_pages_show_no_setting_status_number_command_or_path() -> None:
    for message in CATALOG.values():
        if for_pages(message):
            assert not re.search(
                r"OPEN311_|\b[45]\d\d\b|--[a-z]|open311 |/open311/|\.json|\.csv|\.toml",
                message.for_page,
            ), message.key


def test_a_key_is_of_one_message() -> None:
    messages = [
        one
        for subject in SUBJECTS
        for one in (*vars(subject).values(), *getattr(subject, "MESSAGES", ()))
        if isinstance(one, Message)
    ]
    assert len(messages) == len(CATALOG)


def names_of(module: object, base: type) -> set[str]:
    return {
        name
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, base)
    }


OWN = names_of(errors, Open311Error)
KEYED = names_of(geo_errors, GeoError) | {"Invalid"}
EXAMINED = OWN | KEYED | {"ValidationError", "Notice"}


@functools.cache
def calls() -> list[tuple[str, str, ast.Call]]:
    """All calls of EXAMINED as (file and line, name of what is called, call)."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node.func.id, node)
        for package in ("open311", "schemas", "geo")
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name)
        if node.func.id in EXAMINED
    ]


def test_no_error_is_raised_with_a_bare_string() -> None:
    for place, name, call in calls():
        first = call.args[0] if call.args else None
        if name in OWN:
            assert isinstance(first, ast.Name | ast.Attribute), f"{place}: give {name} a message"
        elif name in KEYED:
            keys = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            assert all(
                isinstance(key, ast.Name)
                or (isinstance(key, ast.Constant) and str(key.value) in CATALOG)
                for key in keys
            ), f"{place}: give {name} a key of the catalog"
        elif name == "ValidationError":
            pytest.fail(f"{place}: raise Invalid with a key")


def test_what_is_raised_has_the_values_that_its_message_names() -> None:
    constants = {
        name: one
        for subject in SUBJECTS
        for name, one in vars(subject).items()
        if isinstance(one, Message)
    }
    found = 0
    for place, name, call in calls():
        first = call.args[0] if call.args else None
        if name in OWN and isinstance(first, ast.Name):
            message = constants.get(first.id)
        elif name in KEYED and isinstance(first, ast.Constant):
            message = CATALOG[str(first.value)]
        else:
            continue
        given = {keyword.arg for keyword in call.keywords}
        if message is None or None in given:  # a variable, or **values
            continue
        wanted = places(message.for_api) | places(message.for_page) | places(message.for_command)
        assert wanted <= given, f"{place}: {wanted - given} is not given"
        assert given - {"field"} <= wanted, f"{place}: {given - wanted} is not said"
        found += 1
    assert found > 150


def test_each_notice_of_geo_has_a_message_that_names_its_values() -> None:
    found = 0
    for place, name, call in calls():
        if (
            name != "Notice"
            or not place.startswith("geo/")
            or not isinstance(call.args[0], ast.Constant)
        ):
            continue
        message = CATALOG[str(call.args[0].value)]
        [values] = [one for one in call.args[1:] if isinstance(one, ast.Dict)]
        given = {ast.literal_eval(key) for key in values.keys if key is not None}
        assert given == places(message.for_api) == places(message.for_page), place
        found += 1
    assert found >= 6
    repairs = {f"geometry.{problem}" for problem in (*PROBLEMS.values(), "invalid")}
    assert repairs <= CATALOG.keys()


ONE, OTHER = (box(x, 0, x + 1, 1) for x in (0, 0.5))
THIN = 0.00001  # degrees, about a meter
SERVICE_AREA = MultiPolygon([box(0, 0, 2, 1)])
RING = Polygon(box(0, 0, 1, 1).exterior, [box(0.2, 0.2, 0.4, 0.4).exterior])
CUT = Polygon(box(0, 0, 1, 1).exterior, [box(0.2, 0.2, 0.2 + THIN, 0.4).exterior])


@pytest.mark.parametrize(
    ("shapes", "area", "sentences"),
    [
        ((ONE, OTHER), None, {"warning.overlap": "overlap of 7 and 8, "}),
        ((ONE, box(1 - THIN, 0, 2, 1)), None, {"warning.thin_overlap": "thin overlap of 7 and 8"}),
        ((ONE,), SERVICE_AREA, {"warning.gap": "gap in the service area, "}),
        ((box(0, 0, 2 - THIN, 1),), SERVICE_AREA, {"warning.thin_gap": "thin gap in the service "}),
        ((RING,), None, {"warning.enclosed": "gap between ", "warning.hole": "hole in 7, "}),
        (
            (CUT,),
            None,
            {"warning.thin_enclosed": "thin gap between boundaries, ", "warning.hole": ""},
        ),
        ((box(0, 0, 3, 1),), SERVICE_AREA, {"warning.outside": "7 outside the service area, "}),
        ((box(0, 0, 2 + THIN, 1),), SERVICE_AREA, {"warning.thin_outside": "thin strip of 7 "}),
    ],
)
def test_each_warning_about_boundaries_is_a_sentence(
    shapes: Sequence[Polygon], area: MultiPolygon | None, sentences: dict[str, str]
) -> None:
    drawn = [CleanBoundary(str(n), "", MultiPolygon([one])) for n, one in enumerate(shapes, 7)]
    notices = [one.notice for one in lint_boundaries(drawn, area)]
    assert {one.key for one in notices} == sentences.keys()
    for one in notices:
        sentence = api_sentence(Problem.of(one))
        assert sentence.startswith(sentences[one.key])
        assert re.search(r"[\d,.]+ k?m²$", sentence)
        assert re.search(r"[\d,.]+ (sq ft|ac)$", command_sentence(Problem.of(one), "us"))


def test_warnings_about_codes_are_sentences() -> None:
    features = [Feature(n, code, "", ONE) for n, code in enumerate(("", "7", "7"), 1)]
    missing, duplicate = (api_sentence(Problem.of(one.notice)) for one in lint_codes(features))
    assert missing.startswith("feature 1 without a code, ")
    assert duplicate.startswith("features 2, 3 with the same code 7, ")


def test_each_key_that_a_schema_names_for_a_field_is_in_the_catalog() -> None:
    """error_messages and validators hold keys, which are texts with a dot and without a blank."""
    for path in sorted((ROOT / "schemas").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "error":
                assert isinstance(node.value, ast.Name) or ast.literal_eval(node.value) in CATALOG
            if isinstance(node, ast.keyword) and node.arg == "error_messages":
                if isinstance(node.value, ast.Name):
                    continue  # a dictionary of its own, whose keys are texts of the module
                assert isinstance(node.value, ast.Dict)
                for value in node.value.values:
                    assert isinstance(value, ast.Name) or ast.literal_eval(value) in CATALOG


def test_each_field_of_a_form_has_a_label() -> None:
    schemas = [
        *(NameSchema, KeySchema, NewUserSchema, RoleSchema, DaysSchema, UploadSchema),
        *(DepartmentRow, QuestionRow, ServiceRow, RuleRow, SaveSchema, SiteForm),
        *(one for one in vars(staff_work).values() if str(one).endswith("Schema'>")),
    ]
    forms = [*(schema() for schema in schemas), FindSchema(UTC), ExplainSchema(UTC)]
    fields = {name for form in forms for name in form.fields} | set(PLAIN)
    unseen = {"seen", "order", "required", "update", "variable", "columns", "density", "look"}
    assert fields - unseen - FIELD_LABELS.keys() == set()


# Messages of one field only, which their text names without its label.
NAMES_ITS_FIELD = {
    "retention.months",
    "rule.ends_before_it_begins",
    *("field.latitude", "field.longitude", "service_code.required", "name.required"),
    *("rights.required", "role.required", "department.required", "layer.code", "layer.required"),
    *("code_field.required", "options.format", "options.repeated", "options.too_many"),
    *("bbox.format", "bbox.latitudes", "corners.format", "q.no_words", "status.filter"),
    *("place.required", "place.long_missing", "place.lat_missing", "duplicate.main_required"),
    *("status_notes.required_to_close", "status_notes.required_to_reopen"),
    *("status_notes.required_to_ask", "question.order"),
    *("withdraw.reason_required", "moderation.reason_required", "moderation.words_required"),
    *("moderation.boxes", "response.not_chosen"),
    *("site.color_contrast", "site.answer_required", "site.email_invalid"),
    *("shift.place_required", "webhook.url", "webhook.boundary_form", "webhook.event_unknown"),
    *("rule.code_required", "rule.what", "rule.answered", "rule.answer_of_other_service"),
    *("period.reversed", "figures.period_too_long", "figures.channel_unknown"),
    "figures.too_many_crews",
}

# Messages about several fields, or about the whole page.
OF_NO_FIELD = {
    *("explain.required", "dates.reversed", "dates.too_far_apart", "area.several"),
    *("chosen.missing", "chosen.too_many", "chosen.outdated", "form.incomplete"),
    *("after.invalid", "after.other_list", "after.other_sort"),
    *("rule.service_or_group", "rule.boundary_without_layer", "rule.question_without_service"),
    *("rule.same_times", "erasure.not_confirmed", "site.limits_in_order"),
    "webhook.replay_from",
}


def keys_of_schemas() -> Iterator[str]:
    for path in sorted((ROOT / "schemas").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in CATALOG:
                yield str(node.value)


def test_each_problem_of_a_schema_names_its_field_on_a_page() -> None:
    keys = {key for key in keys_of_schemas() if for_pages(CATALOG[key])}
    unnamed = {key for key in keys if "%(field)s" not in CATALOG[key].for_page}
    assert unnamed - NAMES_ITS_FIELD - OF_NO_FIELD == set()
    assert (NAMES_ITS_FIELD | OF_NO_FIELD) - unnamed == set()
    assert len(keys) > 50
