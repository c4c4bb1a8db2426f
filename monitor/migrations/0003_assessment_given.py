from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitor', '0002_protocol_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='given',
            field=models.JSONField(default=dict),
        ),
    ]
