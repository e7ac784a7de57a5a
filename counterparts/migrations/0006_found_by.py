from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counterparts", "0005_edition_news")]

    operations = [
        migrations.AddField(
            model_name="counterpart",
            name="searched",
            field=models.TextField(
                db_default="",
                default="",
                editable=False,
                help_text="What it is found by: all names in plain letters, and where it is",
            ),
        ),
    ]
