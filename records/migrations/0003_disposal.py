import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import diplomacy.lib.references
from diplomacy.lib.rls.operations import Protect, any_key
from diplomacy.lib.rls.roles import KEEPER, SYSTEM

LEADS = any_key("'office:' || office_id || ':lead'", "'office:' || office_id || ':desk_lead'")

# A hold of an office covers what it has a part in: what it owns, what it did something to, what it was sent.
DISPOSE = """
CREATE FUNCTION records_dispose(disposal bigint, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said public.records_disposal;
    before timestamptz;
    gone integer;
    digests text;
BEGIN
    SELECT * INTO STRICT said FROM public.records_disposal WHERE id = disposal AND finished_at IS NULL FOR UPDATE;
    -- The years that held when the lead agreed.
    SELECT least(said.confirmed_at, now()) - make_interval(years => r.years) INTO before
    FROM public.activity_retention r WHERE r.kind = 'text.' || said.sort AND r.since <= said.confirmed_at
    ORDER BY r.since DESC, r.id DESC LIMIT 1;
    IF before IS NULL THEN
        RAISE EXCEPTION 'nothing is scheduled' USING ERRCODE = 'check_violation', CONSTRAINT = 'records_scheduled';
    END IF;
    IF said.sort = 'versions' THEN
        WITH due AS (
            SELECT v.id FROM public.engagements_engagementversion v
            JOIN public.engagements_engagement g ON g.id = v.engagement_id
            WHERE g.office_id = said.office_id AND v.disposed_at IS NULL AND v.changed_at < before
              AND EXISTS (SELECT FROM public.engagements_engagementversion later
                          WHERE later.engagement_id = v.engagement_id AND later.number > v.number)
              AND NOT EXISTS (
                  SELECT FROM public.activity_hold h
                  WHERE h.lifted_at IS NULL AND h.record IN ('', g.reference)
                    AND (h.office_id = g.office_id OR EXISTS (
                        SELECT FROM public.activity_entry e WHERE e.subject_type = 'engagements.engagement'
                          AND e.subject_id = g.id AND e.office_id = h.office_id)))
            LIMIT most
        ), took AS (
            UPDATE public.engagements_engagementversion v
            SET digest = encode(sha256(convert_to(v.said::text, 'UTF8')), 'hex'), said = '{}', disposed_at = now()
            FROM due WHERE v.id = due.id RETURNING v.id, v.digest
        )
        SELECT count(*), string_agg(took.digest, '' ORDER BY took.id) INTO gone, digests FROM took;
    ELSE
        WITH due AS (
            SELECT s.id FROM public.briefings_section s
            JOIN public.briefings_briefing b ON b.id = s.briefing_id
            WHERE b.office_id = said.office_id AND s.disposed_at IS NULL
              AND (b.status IN ('recalled', 'expired') OR b.status = 'released' AND b.expires_on < before)
              AND greatest(b.released_at, b.recalled_at, b.expires_on::timestamptz) < before
              AND NOT EXISTS (
                  SELECT FROM public.activity_hold h
                  WHERE h.lifted_at IS NULL
                    AND (h.record IN ('', b.reference) AND (h.office_id = b.office_id OR EXISTS (
                            SELECT FROM public.activity_entry e WHERE e.subject_type = 'briefings.briefing'
                              AND e.subject_id = b.id AND e.office_id = h.office_id))
                         OR EXISTS (
                            SELECT FROM public.briefings_delivery c JOIN public.accounts_member m ON m.id = c.member_id
                            WHERE c.briefing_id = b.id AND m.office_id = h.office_id
                              AND h.record IN ('', b.reference, c.reference))))
            LIMIT most
        ), took AS (
            UPDATE public.briefings_section s
            SET digest = encode(sha256(convert_to(s.heading || E'\\n' || s.body, 'UTF8')), 'hex'),
                heading = 'Disposed of under the records schedule', body = '', disposed_at = now()
            FROM due WHERE s.id = due.id RETURNING s.id, s.digest
        )
        SELECT count(*), string_agg(took.digest, '' ORDER BY took.id) INTO gone, digests FROM took;
    END IF;
    UPDATE public.records_disposal d
    SET texts = d.texts + gone,
        digest = CASE WHEN gone = 0 THEN d.digest
                 ELSE encode(sha256(convert_to(d.digest || digests, 'UTF8')), 'hex') END,
        finished_at = CASE WHEN gone < most THEN now() END
    WHERE d.id = disposal;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION records_dispose(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_dispose(bigint, integer) TO {app}, {system};
GRANT UPDATE (texts, digest, finished_at) ON records_disposal TO {keeper};
GRANT SELECT ON accounts_member TO {keeper};
CREATE POLICY keeper_finishes ON records_disposal FOR UPDATE TO {keeper} USING (true);
GRANT CREATE ON SCHEMA public TO {keeper};
ALTER FUNCTION records_dispose(bigint, integer) OWNER TO {keeper};
REVOKE CREATE ON SCHEMA public FROM {keeper};
"""


def install(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    app = editor.quote_name(str(settings.DATABASES["default"]["USER"]))
    text = DISPOSE.replace("{app}", app).replace("{system}", SYSTEM).replace("{keeper}", KEEPER)
    editor.execute(text, params=None)


def remove(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP FUNCTION records_dispose(bigint, integer)")


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_second_wall"),
        ("engagements", "0009_disposed_versions"),
        ("briefings", "0006_disposed_sections"),
        ("activity", "0010_ways_of_bulk_reading"),
    ]
    operations = [
        migrations.CreateModel(
            name="Disposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", diplomacy.lib.references.ReferenceField(prefix="DS")),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("versions", "Earlier versions of engagements"),
                            ("briefings", "Texts of briefings that are over"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(auto_now_add=True)),
                ("texts", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="SHA-256 over those of its texts",
                        max_length=64,
                    ),
                ),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.office"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("office", "sort"),
                        name="records_one_disposal_at_a_time",
                    )
                ],
            },
        ),
        # Said by who leads the office, and never taken back or rewritten: the database's own function finishes it.
        Protect("records_disposal", reads=LEADS, writes=LEADS, privileges="SELECT, INSERT"),
        migrations.RunPython(install, remove),
    ]
