"""The audit: every change of administration is recorded, and no secret with it."""

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from shapely import box
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

import open311.operations
from geo.addresses.files import AddressRow
from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.actor import Actor, acting_as
from open311.database import Base, db
from open311.models import AuditEntry, RoutingRule, UserLink
from open311.models.audit import AUDITED
from open311.operations import addresses, catalog, view_links
from open311.operations.forwarding import endpoints as servers
from open311.operations.imports.georeport import import_catalog
from open311.operations.imports.seed import load_seed_data
from open311.operations.maps import kinds, layers, sets
from open311.operations.maps.base_map import change_base_map
from open311.operations.order import order_layers, order_list
from open311.operations.people import (
    api_keys,
    notices,
    own_email,
    password_links,
    retention,
    two_step,
    users,
)
from open311.operations.requests import legal_holds, responses
from open311.operations.residents.site import change_site
from open311.operations.residents.translations import change_translations
from open311.operations.routing import canaries, reroute, rules
from open311.operations.telling import texts
from open311.operations.transaction import operation, trial
from open311.operations.webhooks import endpoints as webhooks
from open311.queries.catalog.order import list_in_order
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.users import get_user, hash_of_token
from open311.queries.requests.retention import RuleInfo
from open311.queries.routing.rules import find_stored_rule
from open311.queries.telling.texts import KindSetting
from open311.queries.webhooks.endpoints import Filters
from open311.seed_folder.read import read_seed_folder
from open311.steps.values.boundary_sets import NewBoundarySet
from open311.steps.values.forwarding import Checked, EndpointValues
from open311.steps.values.imports import ImportedService
from open311.steps.values.responses import ResponseValues

HERE = "gridtown.example"
CHIEF = Actor("user", "chief")
CITY = Path(__file__).parents[1] / "cities" / "gridtown"
KEY = "a secret of the tests, long enough for it"
PASSWORD = "a long password of the tests"
TOKEN = "a secret link"

NOT_OF_ADMINISTRATION = {
    *("address_points", "alembic_version", "alert_clocks", "alert_items", "alerts"),
    *("audit_entries", "boundaries", "boundary_edges", "capabilities", "city_version"),
    "carried_rules",
    *("contacts", "erasures", "feedback", "flags", "foreign_updates", "former_ids"),
    *("forwardings", "holds", "import_progress", "incoming_mails", "media", "message_items"),
    *("messages", "moderations", "notice_clocks", "receipts", "received_updates"),
    *("report_drafts", "reporters", "request_grid", "request_grid_log", "routing_steps"),
    *("saved_areas", "saved_views", "service_request_boundaries", "service_requests"),
    *("site_reports", "spent_challenges", "staff_tellings", "status_changes"),
    *("subscriptions", "supports", "tellings", "triage_entries", "update_reporters"),
    *("user_sessions", "webhook_attempts", "webhook_deliveries", "work_steps"),
    *("bulk_changes", "bulk_items", "request_tags", "shift_stops"),
    *("staff_receipts", "tags", "note_photos"),
    *("data_files", "figure_days", "figure_states", "kept_places", "published_reports"),
    *("request_facts", "unlogged_erasures"),
}
"""Tables of requests, of residents, of one user, and of work that the server does by itself.

A table that does not exist is no error, nor is such a column.
"""

OF_OTHER_WORK = (
    *("forwarding.decisions", "forwarding.following", "forwarding.sending", "grid", "jobs"),
    *(
        "insights",
        "open_data",
        "maintenance",
        "people.erasure",
        "people.preferences",
        "people.sign_in",
        "reports",
        "requests.",
    ),
    *("residents.alerts", "residents.drafts", "residents.following", "residents.reactions"),
    *("residents.replies", "residents.track", "routing.department", "routing.measure", "saved"),
    *("telling.collect_alerts", "telling.manage", "telling.receive", "telling.send"),
    *("telling.outcomes", "telling.tell", "webhooks.runs", "people.list_choices"),
)
"""Modules of operations, by the start of their names, that write no audited table."""

LEAVE_NOTHING = {
    "database_role.keep_role_settings": "is about connections of the server",
    "imports.georeport.analyze_imported": "changes nothing that anybody sees",
    "imports.georeport.import_window": "stores requests",
    "deleted_city.delete_rest_of_city": "leaves nothing at all",
    "deleted_city.delete_some_requests": "is about requests",
    "moved_city.start_ids_in_range": "changes nothing that anybody sees",
    "moved_city.store_city": "brings the audit of a city with it",
    "people.notices.send_test": "sends an email",
    "people.own_email.ask_for_email": "sends an email",
    "people.password_links.ask_for_password": "comes from someone who is not signed in",
    "people.repeat.forget_unlogged": "is work of the server",
    "people.repeat.repeat_erasure": "is about requests",
    "people.retention.anonymize_batch": "is about requests",
    "people.retention.apply_rule": "is about requests",
    "people.two_step.use_code": "is a sign-in",
    "restores.adopt_restored": "is about the feeds of all cities",
    "view_links.note_use": "is a use by someone without an account",
    "webhooks.endpoints.retry_dead": "sends messages again",
    "webhooks.endpoints.begin_ping": "sends a message",
    "webhooks.endpoints.store_ping": "stores an answer",
}

Call = Callable[[], object]


def named(function: Callable[..., object]) -> str:
    module = function.__module__.removeprefix("open311.operations.")
    return f"{module}.{function.__name__}"


def all_operations() -> set[str]:
    """Every function with the decorator operation, as its module and name."""
    folder = Path(open311.operations.__file__).parent
    found = set()
    for path in folder.rglob("*.py"):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        for one in ast.parse(path.read_text()).body:
            decorators = getattr(one, "decorator_list", ())
            if any(ast.unparse(decorator) == "operation" for decorator in decorators):
                found.add(f"{module}.{one.name}")  # type: ignore[attr-defined]
    return found


def service_row(**values: object) -> dict[str, Any]:
    row = {
        "service_code": "BENCH",
        "service_name": "Bench",
        "description": "",
        "group": "",
        "keywords": "",
        "type": "realtime",
        "expected_days": None,
        "service_notice": "",
    }
    return {**row, **values}


QUESTION = {
    "code": "WOOD",
    "datatype": "singlevaluelist",
    "required": False,
    "variable": True,
    "description": "Which wood?",
    "datatype_description": "",
    "automated": "",
}
OTHER_QUESTION = {**QUESTION, "code": "COLOR", "datatype": "string"}


def rule_change(**values: object) -> rules.RuleChange:
    row = {
        "rule": "benches",
        "service_code": "BENCH",
        "department": "WEST",
        "note": "",
        "public_reason": "",
        **dict.fromkeys(("group", "layer", "boundary", "question", "answer", "hours")),
        **dict.fromkeys(("weekdays", "time_from", "time_until", "season_from", "season_until")),
        **dict.fromkeys(("effective_from", "effective_until")),
    }
    stored = find_stored_rule(HERE, "benches")
    seen = stored.stamp if stored else None
    return rules.RuleChange(row={**row, **values}, active=True, seen=seen)


def new_set(layer: str, wide: float = 1) -> NewBoundarySet:
    area = MultiPolygon([box(-wide, -wide, wide, wide)])
    return NewBoundarySet(
        jurisdiction_id=HERE,
        layer=layer,
        boundaries=[CleanBoundary("all", "All", area)],
        source="all.geojson",
    )


def newest(table: str) -> int:
    return int(db.session.execute(text(f"SELECT max(id) FROM {table}")).scalar_one())


def catalog_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    yield catalog.add_service, lambda: catalog.add_service(HERE, service_row())
    yield (
        catalog.change_service_of_catalog,
        lambda: catalog.change_service_of_catalog(
            HERE, "BENCH", service_row(service_name="Park bench"), active=True
        ),
    )
    options = [("OAK", "Oak"), ("PINE", "Pine")]
    yield (
        catalog.save_question,
        lambda: catalog.save_question(HERE, "BENCH", QUESTION, options),
    )
    yield (
        catalog.save_question,
        lambda: catalog.save_question(HERE, "BENCH", OTHER_QUESTION, []),
    )
    yield catalog.move_question_up, lambda: catalog.move_question_up(HERE, "BENCH", "COLOR")
    yield (
        catalog.order_questions,
        lambda: catalog.order_questions(HERE, "BENCH", ["WOOD", "COLOR"]),
    )
    yield (
        order_list,
        lambda: order_list(get_jurisdiction(HERE), "departments", in_reverse("departments")),
    )
    yield order_layers, lambda: order_layers(get_jurisdiction(HERE), in_reverse("layers"))
    yield catalog.drop_question, lambda: catalog.drop_question(HERE, "BENCH", "WOOD")
    yield catalog.add_department, lambda: catalog.add_department(HERE, "PARKS", "Parks")
    yield catalog.rename_department, lambda: catalog.rename_department(HERE, "PARKS", "Parks 2")
    yield (
        catalog.change_mailbox,
        lambda: catalog.change_mailbox(HERE, "PARKS", "parks@mail.example", {}),
    )
    translated = {("service", "BENCH", "name", "es"): "Banco"}
    yield change_translations, lambda: change_translations(HERE, translated)
    yield change_site, lambda: change_site(HERE, {"phone": "555-0100"})
    imported = ImportedService(
        {
            name: value
            for name, value in service_row(service_code="SIGN").items()
            if name not in ("type", "service_notice")
        }
    )
    yield import_catalog, lambda: import_catalog(HERE, [imported])


def in_reverse(what: str) -> list[str]:
    return [one.key for one in reversed(list_in_order(HERE, what))]


def people_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    def change_two_step() -> None:
        secret = pyotp.random_base32()
        two_step.turn_two_step_on(get_user(HERE, "Kim"), secret, pyotp.TOTP(secret).now())

    def follow_link() -> None:
        hash_ = password_links.hash_of_token(TOKEN)
        invited = update(UserLink).where(UserLink.purpose == "invitation")
        db.session.execute(invited.values(token_hash=hash_, used_at=None))
        db.session.commit()
        password_links.set_password_by_link(TOKEN, f"{PASSWORD} three")

    def end_sessions() -> None:
        insert = text(
            "INSERT INTO user_sessions (token_hash, user_id, created_at, expires_at) "
            "VALUES (:hash, :id, :now, :later)"
        )
        now = datetime.now(UTC)
        row = {"hash": hash_of_token("x"), "id": get_user(HERE, "Kim").id, "now": now}
        db.session.execute(insert, {**row, "later": now + timedelta(hours=1)})
        db.session.commit()
        users.end_sessions_of(HERE, "Kim")

    def remove_email() -> None:
        own_email.remove_own_email(get_user(HERE, "Kim"), KEY)

    def confirm_email() -> None:
        own_email.ask_for_email(get_user(HERE, "Kim"), "kim2@mail.example", KEY)
        hash_ = hash_of_token("an address")
        asked = update(UserLink).where(UserLink.used_at.is_(None))
        db.session.execute(asked.values(token_hash=hash_))
        db.session.commit()
        own_email.confirm_email("an address")

    yield users.create_user, lambda: users.create_user(HERE, "Kim", PASSWORD, "viewer")
    yield users.change_full_name, lambda: users.change_full_name(HERE, "Kim", "Kim Example")
    yield users.change_role, lambda: users.change_role(HERE, "Kim", "dispatcher", None, "chief")
    yield users.change_password, lambda: users.change_password(HERE, "Kim", f"{PASSWORD} two")
    yield notices.change_email, lambda: notices.change_email(HERE, "Kim", "kim@mail.example")
    yield own_email.remove_own_email, remove_email
    yield own_email.confirm_email, confirm_email
    yield notices.choose_notices, lambda: notices.choose_notices(get_user(HERE, "Kim").id, "es", {})
    yield (
        password_links.invite_user,
        lambda: password_links.invite_user(HERE, "Kim", KEY),
    )
    yield password_links.set_password_by_link, follow_link
    yield two_step.turn_two_step_on, change_two_step
    yield two_step.turn_two_step_off, lambda: two_step.turn_two_step_off(HERE, "Kim")
    yield users.end_sessions_of, end_sessions
    yield users.disable_user, lambda: users.disable_user(HERE, "Kim", "chief")
    yield users.enable_user, lambda: users.enable_user(HERE, "Kim")
    yield api_keys.create_api_key, lambda: api_keys.create_api_key(HERE, "app")
    yield api_keys.change_rights, lambda: api_keys.change_rights(HERE, "app", ["staff"])
    yield api_keys.revoke_api_key, lambda: api_keys.revoke_api_key(HERE, "app")


def map_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    here = get_jurisdiction(HERE)
    today = here.today()

    def publish() -> None:
        number = newest("boundary_sets")
        sets.publish_boundary_set(here, number, first=today, until=None, made_by="chief")

    def reroute_all() -> None:
        reroute.carry_over(here, "chief")

    yield rules.change_rule, lambda: rules.change_rule(here, rule_change())
    yield (
        rules.change_rule,
        lambda: rules.change_rule(here, rule_change(department="EAST")),
    )
    place = Point(lat=0.5, long=0.5)
    test = canaries.RoutingTest("bench", "BENCH", "EAST", place, "")
    yield canaries.add_test, lambda: canaries.add_test(here, test)
    yield (
        canaries.change_test,
        lambda: canaries.change_test(here, "bench", replace(test, note="moved")),
    )
    yield canaries.drop_test, lambda: canaries.drop_test(here, "bench")
    yield sets.import_draft, lambda: sets.import_draft(new_set("zone"))
    yield sets.publish_boundary_set, publish
    yield kinds.set_overlapping, lambda: kinds.set_overlapping(here, "zone", overlapping=True)
    yield kinds.set_overlapping, lambda: kinds.set_overlapping(here, "zone", overlapping=False)
    dated = replace(new_set("zone", 0.99), in_force_from=today + timedelta(days=1))
    yield (
        sets.import_boundaries,
        lambda: sets.import_boundaries(dated, {one.name for one in sets.try_import(dated)}),
    )
    yield (
        sets.withdraw_boundary_set,
        lambda: sets.withdraw_boundary_set(here, newest("boundary_sets"), made_by="chief"),
    )
    again = replace(new_set("zone", 0.98), in_force_from=today)
    yield (
        sets.import_boundaries,
        lambda: sets.import_boundaries(again, {one.name for one in sets.try_import(again)}),
    )
    yield sets.roll_back, lambda: sets.roll_back(here, "zone", made_by="chief")

    def delete_layer() -> None:
        sets.import_draft(new_set("spare"))
        layers.delete_layer(HERE, "spare")

    yield layers.delete_layer, delete_layer
    area = MultiPolygon([box(-2, -2, 2, 2)])
    yield (
        sets.import_service_area,
        lambda: sets.import_service_area(here, area, "area.geojson"),
    )
    yield reroute.carry_over, reroute_all
    yield (
        reroute.undo_carry_over,
        lambda: reroute.undo_carry_over(here, newest("carry_overs"), "chief"),
    )
    register = addresses.NewRegister(
        source="points.csv", license="", vintage="", imported_by="chief"
    )
    row = AddressRow(
        address_id="1",
        number="1",
        street="Main Street",
        unit="",
        city="Gridtown",
        region="OH",
        zipcode="43130",
        point=place,
    )
    yield (
        addresses.import_addresses,
        lambda: addresses.import_addresses(here, register, [row]),
    )


def message_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    def change(seen: int) -> texts.TextChange:
        return texts.TextChange(
            jurisdiction_id=HERE, kind="status", language="en", seen=seen, made_by="chief"
        )

    template = ResponseValues(
        name="Filled", detailed_status="fixed", internal_note="", notes={"en": "Done."}, services=()
    )
    other = replace(template, name="Planned", services=("POTHOLE",))
    body = "((status)) [Look](((link)))"
    yield texts.save_text, lambda: texts.save_text(change(0), "News of ((id))", body)
    yield texts.use_built_in_text, lambda: texts.use_built_in_text(change(1))
    yield texts.restore_version, lambda: texts.restore_version(change(2), 1)
    yield (
        texts.change_message_settings,
        lambda: texts.change_message_settings(HERE, {"merged": KindSetting(False, None)}),
    )
    yield responses.add_response, lambda: responses.add_response(HERE, template)
    yield responses.add_response, lambda: responses.add_response(HERE, other)
    yield (
        responses.change_response,
        lambda: responses.change_response(
            HERE, newest("response_templates"), 1, replace(other, notes={"en": "We come."})
        ),
    )
    yield (
        responses.move_response_up,
        lambda: responses.move_response_up(HERE, newest("response_templates")),
    )
    yield (
        responses.order_responses,
        lambda: responses.order_responses(
            HERE, [newest("response_templates") - 1, newest("response_templates")]
        ),
    )
    yield (
        responses.drop_response,
        lambda: responses.drop_response(HERE, newest("response_templates")),
    )


def server_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    here = get_jurisdiction(HERE)
    owner = webhooks.Owner(name="chief")
    yield (
        webhooks.add_endpoint,
        lambda: webhooks.add_endpoint(
            here,
            "https://hooks.example/x",
            Filters(),
            ["created"],
            owner,
            secret_key=KEY,
            private_hosts=(),
        ),
    )
    number = {"webhook": 0}

    def last() -> int:
        number["webhook"] = number["webhook"] or newest("webhook_endpoints")
        return number["webhook"]

    yield webhooks.pause_endpoint, lambda: webhooks.pause_endpoint(HERE, last())
    yield webhooks.resume_endpoint, lambda: webhooks.resume_endpoint(HERE, last())
    yield (
        webhooks.rotate_secret,
        lambda: webhooks.rotate_secret(HERE, last(), secret_key=KEY),
    )
    yield webhooks.replay, lambda: webhooks.replay(HERE, last(), after=0)
    yield webhooks.delete_endpoint, lambda: webhooks.delete_endpoint(HERE, last())
    values = EndpointValues(code="STATE", name="State", url="https://state.example/v2")
    yield servers.save_endpoint, lambda: servers.save_endpoint(HERE, values)
    yield servers.set_key, lambda: servers.set_key(HERE, "STATE", b"encrypted")
    yield servers.turn, lambda: servers.turn(HERE, "STATE", on=True)
    checked = Checked(url="https://state.example/v2", format="json", has_updates=True, services=())
    yield (
        servers.store_checked,
        lambda: servers.store_checked(newest("foreign_endpoints"), checked),
    )


def sharing_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    tiles = {"aerial_tiles": "https://tiles.example/{z}/{x}/{y}.png"}
    yield change_base_map, lambda: change_base_map(HERE, tiles)
    kim = get_user(HERE, "Kim")
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    yield (
        view_links.make_view_link,
        lambda: view_links.make_view_link(kim, KEY, "Council", "status=open", None, later),
    )
    yield (
        view_links.revoke_view_link,
        lambda: view_links.revoke_view_link(kim, newest("view_links")),
    )


def retention_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    rule = RuleInfo(series="photo", months=24, action="delete", authority="Schedule of the tests")
    yield retention.set_retention_rule, lambda: retention.set_retention_rule(HERE, rule)
    yield retention.drop_retention_rule, lambda: retention.drop_retention_rule(HERE, "photo")
    city = get_jurisdiction(HERE)
    yield (
        legal_holds.set_legal_hold,
        lambda: legal_holds.set_legal_hold(city, "26-0000002", "a claim", None, "chief"),
    )
    yield (
        legal_holds.lift_legal_hold,
        lambda: legal_holds.lift_legal_hold(HERE, newest("legal_holds"), "chief"),
    )


def seed_calls() -> Iterator[tuple[Callable[..., object], Call]]:
    seed = read_seed_folder(CITY)
    changed = replace(seed, jurisdiction={**seed.jurisdiction, "name": "New Gridtown"})
    yield load_seed_data, lambda: load_seed_data(changed)


def entries_after(last: int) -> list[AuditEntry]:
    db.session.expire_all()
    found = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id)
    return list(db.session.scalars(found))


def last_entry() -> int:
    return db.session.scalar(select(func.coalesce(func.max(AuditEntry.id), 0))) or 0


def test_every_operation_of_administration_leaves_an_entry_with_who_acted(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new operation fails here until it has a call, or a reason why it leaves nothing."""
    for module in (password_links, own_email):
        monkeypatch.setattr(module, "tells", lambda: True)
    called, everything = set(), []
    every = (catalog_calls, people_calls, map_calls, message_calls, server_calls, sharing_calls)
    for calls in (*every, retention_calls, seed_calls):
        for function, call in calls():
            last = last_entry()
            db.session.rollback()
            with acting_as(CHIEF):
                call()
            entries = entries_after(last)
            assert entries, named(function)
            assert {(one.actor_kind, one.actor) for one in entries} == {CHIEF}, named(function)
            called.add(named(function))
            everything += [json.dumps([one.before, one.after]) for one in entries]
    wanted = {one for one in all_operations() if not one.startswith(OF_OTHER_WORK)}
    administered = ("requests.responses.", "requests.legal_holds.")
    wanted |= {one for one in all_operations() if one.startswith(administered)}
    assert called | set(LEAVE_NOTHING) == wanted
    found = " ".join(everything)
    for secret in ("argon2", b"encrypted".hex(), PASSWORD, "a claim"):
        assert secret not in found


def test_every_table_and_column_is_audited_or_known_not_to_be(app: Flask) -> None:
    tables = {one.name: one for one in Base.metadata.sorted_tables}
    assert set(tables) - NOT_OF_ADMINISTRATION == set(AUDITED) - NOT_OF_ADMINISTRATION
    for name, audited in AUDITED.items():
        columns = set(tables[name].columns.keys())
        shown = {*audited.values, *audited.secrets}
        assert shown <= columns, name
        assert not shown & set(audited.neither), name
        assert columns <= {*shown, *audited.neither}, name
    triggers = db.session.execute(
        text(
            "SELECT tgrelid::regclass::text, "
            "encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'audit'"
        )
    )
    stored = {table: arguments.split(r"\000")[:2] for table, arguments in triggers}
    assert stored == {
        name: [",".join(one.values), ",".join(one.secrets)] for name, one in AUDITED.items()
    }


def test_an_entry_tells_before_and_after_in_codes_and_nothing_of_secrets(app: Flask) -> None:
    with acting_as(CHIEF):
        users.create_user(HERE, "Kim", PASSWORD, "department", "WEST", "kim@mail.example")
        last = last_entry()
        users.change_role(HERE, "Kim", "department", "EAST", "chief")
        users.change_password(HERE, "Kim", f"{PASSWORD} two")
    role, password = entries_after(last)
    assert (role.subject, role.subject_name, role.action) == ("users", "Kim", "changed")
    assert (role.before, role.after) == ({"department_id": "WEST"}, {"department_id": "EAST"})
    assert (password.before, password.after) == (
        {"password_hash": "set"},
        {"password_hash": "changed"},
    )


def test_what_one_transaction_changes_twice_is_one_entry_or_none(app: Flask) -> None:
    """Options are stored anew with their question, and rules are inactive before they change."""
    options = [("OAK", "Oak"), ("PINE", "Pine")]
    catalog.add_service(HERE, service_row())
    catalog.save_question(HERE, "BENCH", QUESTION, options)
    last = last_entry()
    catalog.save_question(HERE, "BENCH", QUESTION, [("OAK", "Oak"), ("PINE", "Stone pine")])
    [option] = entries_after(last)
    assert (option.subject_name, option.action) == ("BENCH/WOOD/PINE", "changed")
    assert (option.before, option.after) == ({"name": "Pine"}, {"name": "Stone pine"})
    assert (option.actor_kind, option.actor) == ("system", "")

    @operation
    def there_and_back() -> None:
        for note in ("other", ""):
            db.session.execute(update(RoutingRule).values(note=note))

    last = last_entry()
    there_and_back()
    assert entries_after(last) == []


def test_a_trial_leaves_nothing_and_what_fails_neither(app: Flask) -> None:
    @trial
    def tried() -> None:
        db.session.execute(update(RoutingRule).values(note="tried"))

    @operation
    def failed() -> None:
        db.session.execute(update(RoutingRule).values(note="failed"))
        raise RuntimeError

    last = last_entry()
    with acting_as(CHIEF):
        tried()
        with pytest.raises(RuntimeError):
            failed()
    assert entries_after(last) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET actor = 'someone', actor_kind = 'user'",
        "SET LOCAL open311.erasing = 'on'; UPDATE audit_entries SET actor = '[erased]'",
    ],
)
def test_entries_cannot_be_changed_or_removed(app: Flask, statement: str) -> None:
    with acting_as(CHIEF):
        catalog.add_department(HERE, "PARKS", "Parks")
    with pytest.raises(IntegrityError, match="only ever added"):
        db.session.connection().exec_driver_sql(statement)
