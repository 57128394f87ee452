"""Record who changes what in the administration of a city, and describe users and sessions.

A trigger of each table stores an entry in the transaction of the change. Who acts is in settings of
that transaction, from which the columns of the entry have their default.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)

AUDITED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "jurisdictions": (
        (
            *("name", "time_zone", "contact", "key_service", "locality", "public_holidays"),
            *("units", "reopen_days", "anonymize_after_days", "default_department"),
            *("outside_department", "service_area_source"),
        ),
        ("service_area",),
    ),
    "users": (
        (
            *("name", "full_name", "role", "department_id", "email", "language", "notices"),
            "disabled_at",
        ),
        ("password_hash", "openid_subject", "totp_secret"),
    ),
    "api_keys": (("name", "kind", "rights", "revoked_at"), ("key_hash",)),
    "departments": (("code", "name", "foreign_endpoint_id", "email", "notices"), ()),
    "services": (
        (
            *("service_code", "service_name", "description", "group", "keywords", "type"),
            *("expected_days", "service_notice", "active", "is_on_site", "duplicate_meters"),
            *("looked_at_first", "urgent_text", "urgent_phone", "needs_contact", "reopen_days"),
        ),
        (),
    ),
    "service_attributes": (
        (
            *("code", "datatype", "required", "variable", "order", "description"),
            *("datatype_description", "automated"),
        ),
        (),
    ),
    "attribute_values": (("key", "name", "position"), ()),
    "routing_rules": (
        (
            *("code", "service_id", "service_group", "layer_id", "boundary_code", "question"),
            *("answer", "hours", "weekdays", "time_from", "time_until", "season_from"),
            *("season_until", "department_id", "note", "public_reason", "active"),
        ),
        (),
    ),
    "canaries": (("name", "service_id", "department_id", "location", "note"), ()),
    "business_hours": (("weekday", "opens", "closes"), ()),
    "holidays": (("day", "name"), ()),
    "carry_overs": (("made_at", "undone_at"), ()),
    "boundary_layers": (("code", "name", "position", "exception", "reach_meters"), ()),
    "boundary_sets": (
        (
            *("in_force_from", "in_force_until", "asked_until", "source", "license", "vintage"),
            *("published_at", "withdrawn_at", "carry_over", "despite"),
        ),
        (),
    ),
    "address_registers": (("source", "license", "vintage", "imported_at"), ()),
    "sites": (
        (
            *("host", "takes_reports", "color", "logo", "languages", "emergency_number"),
            *("phone", "embed_origins", "reports_per_hour", "reports_per_day", "hold_words"),
            "is_indexed",
        ),
        (),
    ),
    "site_texts": (("text",), ()),
    "catalog_texts": (("text",), ()),
    "message_templates": (("version", "subject", "body"), ()),
    "message_settings": (("is_on", "delay_minutes"), ()),
    "response_templates": (("name", "position", "detailed_status", "internal_note"), ()),
    "response_notes": (("note",), ()),
    "response_services": (("service_id",), ()),
    "webhook_endpoints": (
        (
            *("services", "department", "boundary_layer", "boundary_code", "events"),
            *("state", "reason", "replays", "api_key_id"),
        ),
        ("url", "secret"),
    ),
    "foreign_endpoints": (
        (
            *("code", "name", "url", "foreign_jurisdiction", "format", "service_map"),
            *("answer_map", "status_map", "sends_photos", "has_updates", "api_key_id"),
            *("poll_minutes", "state"),
        ),
        ("encrypted_key",),
    ),
    "base_maps": (
        ("address", "file", "origins", "attribution", "aerial_tiles", "aerial_attribution"),
        (),
    ),
    "view_links": (("expires_at", "revoked_at"), ("query", "area")),
    "user_links": (("purpose", "expires_at"), ()),
}

ONLY_FOR = {
    "user_links": "AFTER INSERT ON user_links FOR EACH ROW WHEN (NEW.purpose = 'invitation')"
}

# The jurisdiction and the name of a row. A row whose parent is deleted with it has no jurisdiction:
# the entry of the parent tells.
AUDITED_ROW = """
CREATE FUNCTION audited_row(
    kind text, entry jsonb, OUT jurisdiction text, OUT title text
) LANGUAGE plpgsql AS $$
BEGIN
    jurisdiction := entry ->> 'jurisdiction_id';
    CASE kind
    WHEN 'jurisdictions' THEN
        jurisdiction := entry ->> 'id';
        title := entry ->> 'id';
    WHEN 'services' THEN title := entry ->> 'service_code';
    WHEN 'departments', 'routing_rules', 'boundary_layers', 'foreign_endpoints' THEN
        title := entry ->> 'code';
    WHEN 'users', 'api_keys', 'canaries', 'response_templates' THEN title := entry ->> 'name';
    WHEN 'view_links' THEN title := entry ->> 'id';  -- the name may be that of a requester
    WHEN 'webhook_endpoints' THEN  -- of many services, the path of the URL is a secret
        title := concat_ws(
            '/', substring(entry ->> 'url' FROM '^https?://(?:[^/?#@]*@)?([^/?#]+)'), entry ->> 'id'
        );
    WHEN 'carry_overs' THEN title := entry ->> 'id';
    WHEN 'business_hours' THEN
        title := concat_ws('/', entry ->> 'weekday', left(entry ->> 'opens', 5));
    WHEN 'holidays' THEN title := entry ->> 'day';
    WHEN 'address_registers', 'sites', 'base_maps' THEN title := '';
    WHEN 'site_texts' THEN title := concat_ws('/', entry ->> 'key', entry ->> 'language');
    WHEN 'catalog_texts' THEN
        title := concat_ws(
            '/', entry ->> 'kind', entry ->> 'code', entry ->> 'field', entry ->> 'language'
        );
    WHEN 'message_templates' THEN title := concat_ws('/', entry ->> 'kind', entry ->> 'language');
    WHEN 'message_settings' THEN title := entry ->> 'kind';
    WHEN 'boundary_sets' THEN
        SELECT layer.jurisdiction_id, concat_ws('/', layer.code, entry ->> 'id')
        INTO jurisdiction, title
        FROM boundary_layers AS layer WHERE layer.id = (entry ->> 'layer_id')::integer;
    WHEN 'service_attributes' THEN
        SELECT service.jurisdiction_id, concat_ws('/', service.service_code, entry ->> 'code')
        INTO jurisdiction, title
        FROM services AS service WHERE service.id = (entry ->> 'service_id')::integer;
    WHEN 'attribute_values' THEN
        SELECT service.jurisdiction_id,
            concat_ws('/', service.service_code, question.code, entry ->> 'key')
        INTO jurisdiction, title
        FROM service_attributes AS question JOIN services AS service
            ON service.id = question.service_id
        WHERE question.id = (entry ->> 'attribute_id')::integer;
    WHEN 'response_notes' THEN
        SELECT template.jurisdiction_id, concat_ws('/', template.name, entry ->> 'language')
        INTO jurisdiction, title
        FROM response_templates AS template WHERE template.id = (entry ->> 'template_id')::integer;
    WHEN 'response_services' THEN
        SELECT template.jurisdiction_id, concat_ws('/', template.name, service.service_code)
        INTO jurisdiction, title
        FROM response_templates AS template, services AS service
        WHERE template.id = (entry ->> 'template_id')::integer
            AND service.id = (entry ->> 'service_id')::integer;
        IF title IS NULL THEN jurisdiction := NULL; END IF;
    WHEN 'user_links' THEN
        SELECT member.jurisdiction_id, member.name INTO jurisdiction, title
        FROM users AS member WHERE member.id = (entry ->> 'user_id')::integer;
    END CASE;
END
$$
"""

AUDITED_VALUES = """
CREATE FUNCTION audited_values(entry jsonb, shown text[], secrets text[]) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT coalesce(jsonb_object_agg(one, CASE
        WHEN jsonb_typeof(entry -> one) = 'null' THEN entry -> one
        WHEN one = ANY (secrets) THEN '"set"'
        WHEN one = 'department_id' THEN
            (SELECT to_jsonb(code) FROM departments WHERE id = (entry ->> one)::integer)
        WHEN one = 'service_id' THEN
            (SELECT to_jsonb(service_code) FROM services WHERE id = (entry ->> one)::integer)
        WHEN one = 'layer_id' THEN
            (SELECT to_jsonb(code) FROM boundary_layers WHERE id = (entry ->> one)::integer)
        WHEN one = 'foreign_endpoint_id' THEN
            (SELECT to_jsonb(code) FROM foreign_endpoints WHERE id = (entry ->> one)::integer)
        WHEN one = 'api_key_id' THEN
            (SELECT to_jsonb(name) FROM api_keys WHERE id = (entry ->> one)::integer)
        ELSE entry -> one
    END), '{}')
    FROM unnest(shown || secrets) AS one WHERE entry ? one
$$
"""

# A second change of the row in the same transaction becomes part of the first entry. Where nothing
# is left of the two, such as a row that is deleted and stored again, the entry goes.
AUDIT = """
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown text[] := string_to_array(TG_ARGV[0], ',');
    secrets text[] := string_to_array(TG_ARGV[1], ',');
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    here record;
    known record;
    was jsonb;
    becomes jsonb;
    is_new boolean := TG_OP = 'INSERT';
    is_gone boolean := TG_OP = 'DELETE';
    secret text;
BEGIN
    SELECT * INTO here
    FROM audited_row(TG_TABLE_NAME, CASE WHEN is_gone THEN old_row ELSE new_row END);
    IF here.jurisdiction IS NULL OR NOT EXISTS (
        SELECT FROM jurisdictions WHERE id = here.jurisdiction
    ) THEN
        RETURN NULL;
    END IF;
    was := audited_values(old_row, shown, secrets);
    becomes := audited_values(new_row, shown, secrets);
    FOREACH secret IN ARRAY secrets LOOP
        IF TG_OP = 'UPDATE' AND new_row ->> secret <> old_row ->> secret THEN
            becomes := becomes || jsonb_build_object(secret, 'changed');
        END IF;
    END LOOP;
    SELECT id, action, before, after INTO known FROM audit_entries
    WHERE transaction_id = (pg_current_xact_id()::text)::bigint
        AND made_at = now()::timestamptz(0)
        AND subject = TG_TABLE_NAME AND subject_name = here.title
        AND jurisdiction_id = here.jurisdiction AND action <> 'sessions_ended';
    IF FOUND THEN
        is_new := known.action = 'created';
        was := CASE WHEN is_new THEN '{}' ELSE was || known.before END;
        becomes := CASE WHEN is_gone THEN '{}' ELSE known.after || becomes END;
        IF is_new AND is_gone THEN
            DELETE FROM audit_entries WHERE id = known.id;
            RETURN NULL;
        END IF;
    END IF;
    IF NOT is_new AND NOT is_gone THEN
        SELECT coalesce(jsonb_object_agg(key, value), '{}'),
            coalesce(jsonb_object_agg(key, becomes -> key), '{}')
        INTO was, becomes
        FROM jsonb_each(was) WHERE value IS DISTINCT FROM becomes -> key;
    END IF;
    IF known.id IS NOT NULL THEN
        IF was = '{}' AND becomes = '{}' THEN
            DELETE FROM audit_entries WHERE id = known.id;
        ELSE
            UPDATE audit_entries SET before = was, after = becomes, action = CASE
                WHEN is_new THEN 'created' WHEN is_gone THEN 'deleted' ELSE 'changed' END
            WHERE id = known.id;
        END IF;
    ELSIF was <> '{}' OR becomes <> '{}' THEN
        INSERT INTO audit_entries (jurisdiction_id, subject, subject_name, action, before, after)
        VALUES (here.jurisdiction, TG_TABLE_NAME, here.title, CASE
            WHEN is_new THEN 'created' WHEN is_gone THEN 'deleted' ELSE 'changed' END,
            was, becomes);
    END IF;
    RETURN NULL;
END
$$
"""

# Only the trigger above merges entries of its transaction.
AUDIT_STAYS = """
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("full_name", sa.String(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("last_sign_in_at", MOMENT, nullable=True))
    op.create_check_constraint(
        op.f("ck_users_full_name_form"),
        "users",
        "full_name = btrim(full_name) AND full_name !~ '[[:cntrl:]]' "
        "AND char_length(full_name) <= 100",
    )
    op.add_column(
        "user_sessions", sa.Column("device", sa.String(), nullable=False, server_default="")
    )
    op.create_check_constraint(
        op.f("ck_user_sessions_device_limited"), "user_sessions", "char_length(device) <= 200"
    )
    _create_entries()
    for function in (AUDITED_ROW, AUDITED_VALUES, AUDIT, AUDIT_STAYS):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION audit_stays()"
    )
    for table, (shown, secrets) in AUDITED.items():
        columns = ", ".join(f'"{one}"' for one in (*shown, *secrets))
        when = ONLY_FOR.get(
            table, f"AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table} FOR EACH ROW"
        )
        op.execute(
            f"CREATE TRIGGER audit {when} "
            f"EXECUTE FUNCTION audit('{','.join(shown)}', '{','.join(secrets)}')"
        )


def _create_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
        ),
        sa.Column(
            "actor_kind",
            sa.String(),
            nullable=False,
            server_default=sa.text(
                "coalesce(nullif(current_setting('open311.actor_kind', true), ''), 'system')"
            ),
        ),
        sa.Column(
            "actor",
            sa.String(),
            nullable=False,
            server_default=sa.text("coalesce(current_setting('open311.actor', true), '')"),
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("after", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.CheckConstraint(
            "action IN ('created', 'changed', 'deleted', 'sessions_ended')",
            name=op.f("ck_audit_entries_action_known"),
        ),
        sa.CheckConstraint(
            "actor_kind IN ('user', 'key', 'command', 'system')",
            name=op.f("ck_audit_entries_actor_kind_known"),
        ),
        sa.CheckConstraint(
            "(actor_kind = 'system') = (actor = '')", name=op.f("ck_audit_entries_actor_named")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(before) = 'object' AND jsonb_typeof(after) = 'object'",
            name=op.f("ck_audit_entries_values_are_objects"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_audit_entries_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_newest", "audit_entries", ["jurisdiction_id", "id"])
    op.create_index(
        "ix_audit_entries_transaction",
        "audit_entries",
        ["transaction_id", "subject", "subject_name"],
    )


def downgrade() -> None:
    for table in AUDITED:
        op.execute(f"DROP TRIGGER audit ON {table}")
    op.drop_table("audit_entries")
    for function in ("audit_stays()", "audit()"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP FUNCTION audited_values(jsonb, text[], text[])")
    op.execute("DROP FUNCTION audited_row(text, jsonb)")
    op.drop_constraint(op.f("ck_user_sessions_device_limited"), "user_sessions")
    op.drop_column("user_sessions", "device")
    op.drop_constraint(op.f("ck_users_full_name_form"), "users")
    op.drop_column("users", "last_sign_in_at")
    op.drop_column("users", "full_name")
