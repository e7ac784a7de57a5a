from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0009_oversight_second_wall")]
    operations = [
        migrations.AddField(
            "alarm",
            "way",
            models.CharField(
                choices=[("opened", "opened"), ("listed", "shown in lists or files")],
                default="opened",
                db_default="opened",
                max_length=6,
            ),
        ),
        migrations.AddField(
            "alarm",
            "within",
            models.CharField(
                choices=[("hour", "one hour"), ("day", "one day")],
                default="hour",
                db_default="hour",
                max_length=4,
            ),
        ),
        migrations.AlterField(
            "alarm",
            "opened",
            models.PositiveIntegerField(help_text="Distinct records, when it was raised"),
        ),
    ]
