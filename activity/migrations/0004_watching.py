import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import diplomacy.lib.references


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0003_chain"),
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", diplomacy.lib.references.ReferenceField(prefix="AL")),
                (
                    "opened",
                    models.PositiveIntegerField(help_text="Distinct records in the hour, when it was raised"),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
