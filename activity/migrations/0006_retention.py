import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import diplomacy.lib.references

FIRST = (
    ("", 10),
    ("accounts.", 7),
    ("accounts.signed_in", 2),
    ("accounts.signed_out", 2),
    ("accounts.sign_in_failed", 2),
    ("activity.refused", 3),
)

# Nobody tells it what to forget: the schedule and the holds do. `activity.chain` reads the same rule to verify.
EXPIRE = """
CREATE FUNCTION activity_expire_content(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    expired integer;
BEGIN
    WITH due AS (
        SELECT e.id FROM public.activity_entry e JOIN public.activity_seal s ON s.entry_id = e.id
        WHERE e.expired_at IS NULL AND e.data <> '{}'::jsonb
          AND e.at < now() - make_interval(years => (SELECT min(years) FROM public.activity_retention))
          AND e.at < now() - make_interval(years => (
              SELECT r.years FROM public.activity_retention r
              WHERE starts_with(e.kind, r.kind) AND r.since <= now()
              ORDER BY length(r.kind) DESC, r.since DESC, r.id DESC LIMIT 1))
          AND NOT EXISTS (
              SELECT FROM public.activity_hold h
              WHERE h.lifted_at IS NULL AND h.record IN ('', e.subject_reference)
                AND (h.office_id = e.office_id OR e.subject_type <> '' AND EXISTS (
                    SELECT FROM public.activity_entry o
                    WHERE o.subject_type = e.subject_type AND o.subject_id = e.subject_id
                      AND o.office_id = h.office_id)))
        ORDER BY e.at LIMIT most
    )
    UPDATE public.activity_entry e SET data = '{}'::jsonb, salt = NULL, expired_at = now()
    FROM due WHERE e.id = due.id;
    GET DIAGNOSTICS expired = ROW_COUNT;
    RETURN expired;
END $$;
REVOKE ALL ON FUNCTION activity_expire_content(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION activity_expire_content(integer) TO {app};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON activity_retention FROM {app};
REVOKE DELETE, TRUNCATE ON activity_hold FROM {app};
"""


def install(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    app = editor.quote_name(str(settings.DATABASES["default"]["USER"]))
    editor.execute(EXPIRE.replace("{app}", app))
    retention = apps.get_model("activity", "Retention")
    for kind, years in FIRST:
        retention.objects.using(editor.connection.alias).create(kind=kind, years=years)


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0005_auditors_indexes"),
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True, help_text="How the name of the kind begins; empty for all", max_length=60
                    ),
                ),
                ("years", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["kind", "-since"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("years__gte", 1)), name="kept_a_year_at_least")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", diplomacy.lib.references.ReferenceField(prefix="H")),
                (
                    "record",
                    models.CharField(
                        blank=True, help_text="The reference of one record; empty for all", max_length=12
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                ("lifted_at", models.DateTimeField(editable=False, null=True)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lifted_at", None), ("lifted_by", None))
                        | models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                        name="hold_is_lifted_by_somebody",
                    )
                ],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
