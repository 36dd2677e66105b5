"""guard tenants by row-level security and record every change by triggers

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"

# table -> (column that identifies the subject, columns with initiatives or "", key columns besides the tenant)
RECORDED = {
    "organisation": ("id", "", ("id",)),
    "member": ("id", "", ("id",)),
    "api_token": ("id", "", ("id",)),
    "team": ("id", "", ("id",)),
    "cycle": ("id", "", ("id",)),
    "allocation_category": ("id", "", ("id",)),
    "portfolio": ("id", "", ("id",)),
    "objective": ("id", "", ("id",)),
    "objective_contributor": ("objective_id", "", ("objective_id", "team_id")),
    "key_result": ("id", "", ("id",)),
    "criterion": ("id", "", ("id",)),
    "scoring_model": ("id", "", ("id",)),
    "scoring_model_version": ("id", "", ("id",)),
    "scoring_model_criterion": ("model_version_id", "", ("model_version_id", "criterion_id")),
    "initiative": ("id", "id", ("id",)),
    "team_demand": ("initiative_id", "initiative_id", ("initiative_id", "team_id", "skill")),
    "contribution": ("initiative_id", "initiative_id", ("initiative_id", "key_result_id")),
    "cost_of_delay": ("initiative_id", "initiative_id", ("initiative_id",)),
    "decision": ("id", "initiative_id", ("id",)),
    "dependency": ("id", "predecessor_id,successor_id", ("id",)),
    "score": ("initiative_id", "initiative_id", ("initiative_id", "criterion_id", "rater_id")),
}
APPEND_ONLY = (
    "audit_entry",
    "change_log",
    "decision",
    "idempotency_key",
    "scoring_model_criterion",
    "scoring_model_version",
)

TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

RECORD_CHANGE = """
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    subject text := TG_ARGV[0];
    initiatives text[] := string_to_array(TG_ARGV[1], ',');
    keys text[] := string_to_array(TG_ARGV[2], ',');
    tenant text := CASE WHEN TG_TABLE_NAME = 'organisation' THEN 'id' ELSE 'organisation_id' END;
    portfolio text := CASE WHEN TG_TABLE_NAME = 'portfolio' THEN 'id' ELSE 'portfolio_id' END;
    member uuid := nullif(current_setting('app.member_id', true), '')::uuid;
    request text := nullif(current_setting('app.request_id', true), '');
    why text := nullif(current_setting('app.reason', true), '');
    operation text := lower(TG_OP);
    pairs text;
BEGIN
    -- secrets stay out of the trail, and updated_at follows from the entry's own time
    IF TG_OP = 'UPDATE' THEN
        SELECT string_agg(format('o.%1$I = n.%1$I', key), ' AND ')
          INTO pairs FROM unnest(array_append(keys, tenant)) AS key;
        EXECUTE format($sql$
            WITH changed AS (
                SELECT n.%2$I AS organisation_id, to_jsonb(n) AS after, d.old_values, d.new_values
                FROM new_rows n JOIN old_rows o ON %1$s
                CROSS JOIN LATERAL (
                    SELECT bool_or(a.value IS DISTINCT FROM b.value) AS differs,
                           jsonb_object_agg(key, b.value)
                               FILTER (WHERE a.value IS DISTINCT FROM b.value OR key = ANY ($9)) AS old_values,
                           jsonb_object_agg(key, a.value)
                               FILTER (WHERE a.value IS DISTINCT FROM b.value OR key = ANY ($9)) AS new_values
                    FROM jsonb_each(to_jsonb(n) - '{token_hash,updated_at}'::text[]) a
                    JOIN jsonb_each(to_jsonb(o)) b USING (key)
                ) d
                WHERE d.differs
            ), logged AS (
                INSERT INTO change_log (organisation_id, portfolio_id, entity, entity_id, initiative_id, operation)
                SELECT organisation_id, (after ->> $1)::uuid, $2, (after ->> $3)::uuid, (after ->> $4)::uuid, $5
                FROM changed
            )
            INSERT INTO audit_entry (organisation_id, entity, entity_id, initiative_id, other_initiative_id, operation,
                                     member_id, request_id, reason, old_values, new_values)
            SELECT organisation_id, $2, (after ->> $3)::uuid, nullif(after ->> $4, after ->> $3)::uuid,
                   (after ->> $10)::uuid, $5, $6, $7, $8, old_values, new_values
            FROM changed
        $sql$, pairs, tenant)
        USING portfolio, TG_TABLE_NAME, subject, initiatives[1], operation, member, request, why,
              array_remove(keys, 'id'), initiatives[2];
    ELSE
        EXECUTE format($sql$
            WITH changed AS (
                SELECT r.%2$I AS organisation_id, to_jsonb(r) - 'token_hash' AS image FROM %1$I r
            ), logged AS (
                INSERT INTO change_log (organisation_id, portfolio_id, entity, entity_id, initiative_id, operation)
                SELECT organisation_id, (image ->> $1)::uuid, $2, (image ->> $3)::uuid, (image ->> $4)::uuid, $5
                FROM changed
            )
            INSERT INTO audit_entry (organisation_id, entity, entity_id, initiative_id, other_initiative_id, operation,
                                     member_id, request_id, reason, old_values, new_values)
            SELECT organisation_id, $2, (image ->> $3)::uuid, nullif(image ->> $4, image ->> $3)::uuid,
                   (image ->> $9)::uuid, $5, $6, $7, $8,
                   CASE WHEN $5 = 'delete' THEN image END, CASE WHEN $5 = 'insert' THEN image END
            FROM changed
        $sql$, CASE WHEN TG_OP = 'INSERT' THEN 'new_rows' ELSE 'old_rows' END, tenant)
        USING portfolio, TG_TABLE_NAME, subject, initiatives[1], operation, member, request, why, initiatives[2];
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        f"""
        DO $$ BEGIN
            -- an administrator may have made it before, so that the owner need not be allowed to
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
                CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """
    )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APPLICATION_ROLE}")

    tables = [*RECORDED, "audit_entry", "change_log", "idempotency_key"]
    for table in tables:
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        column = "id" if table == "organisation" else "organisation_id"
        op.execute(
            f"CREATE POLICY tenant ON {table} USING ({column} = {TENANT}) WITH CHECK ({column} = {TENANT})"
        )
    # sign-in: who presents a token sees that token's row, before the tenant is known
    op.execute(
        "CREATE POLICY bearer ON api_token FOR SELECT USING (token_hash ="
        " (SELECT decode(nullif(current_setting('app.token_hash', true), ''), 'hex')))"
    )
    # a server that is reachable from elsewhere must know that local development tokens exist
    op.execute(
        "CREATE POLICY local_development ON api_token FOR SELECT USING (local_development AND"
        " (SELECT current_setting('app.local_development', true)) = 'on')"
    )
    # the command line names an organisation by its slug
    op.execute(
        "CREATE POLICY named ON organisation FOR SELECT USING (slug ="
        " (SELECT nullif(current_setting('app.organisation_slug', true), '')))"
    )

    op.execute(RECORD_CHANGE)
    for table, (subject, initiatives, keys) in RECORDED.items():
        arguments = f"'{subject}', '{initiatives}', '{','.join(keys)}'"
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION record_change({arguments})"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in RECORDED:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER record_{event} ON {table}")
    op.execute("DROP FUNCTION record_change()")
    op.execute("DROP POLICY named ON organisation")
    op.execute("DROP POLICY bearer ON api_token")
    op.execute("DROP POLICY local_development ON api_token")
    for table in [*RECORDED, "audit_entry", "change_log", "idempotency_key"]:
        op.execute(f"DROP POLICY tenant ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE SELECT ON alembic_version FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {APPLICATION_ROLE}")
