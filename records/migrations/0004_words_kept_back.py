import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_disposal")]
    operations = [
        migrations.AddField(
            "exemption",
            "phrases",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField("request", "began_at", models.DateTimeField(editable=False, null=True)),
        migrations.RemoveConstraint("exemption", "exemption_names_a_part"),
        migrations.AddConstraint(
            "exemption",
            models.CheckConstraint(
                condition=models.Q(("parts", []), _negated=True) | models.Q(("phrases", []), _negated=True),
                name="exemption_names_what",
            ),
        ),
    ]
