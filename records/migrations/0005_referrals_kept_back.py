import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from diplomacy.lib.rls.operations import Protect, any_key, parent

LEAD = any_key("'office:' || office_id || ':lead'")
# Of one of its two offices, by who leads that office.
OF_PARTY = f"{LEAD} AND " + parent(
    "engagements_referral",
    "referral_id",
    "records_referralexemption.office_id IN (p.sender_id, p.receiver_id)",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_provider_answers"),
        ("engagements", "0022_what_came_of_a_referral"),
        ("records", "0004_words_kept_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferralExemption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        help_text="By their labels, as in the file",
                        size=None,
                    ),
                ),
                (
                    "phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), db_default=[], default=list, size=None
                    ),
                ),
                ("basis", models.CharField(max_length=300, verbose_name="under which law")),
                ("marked_at", models.DateTimeField(auto_now=True)),
                (
                    "marked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="engagements.referral",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("parts", []), _negated=True),
                            models.Q(("phrases", []), _negated=True),
                            _connector="OR",
                        ),
                        name="referralexemption_names_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis", ""), _negated=True),
                        name="referralexemption_names_its_law",
                    ),
                    models.UniqueConstraint(fields=("referral", "office"), name="referral_exemption_once"),
                ],
            },
        ),
        Protect("records_referralexemption", reads=OF_PARTY, writes=OF_PARTY),
    ]
