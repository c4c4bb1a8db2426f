import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('notifications', '0003_rota_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(help_text='https:// only; treat it as a secret.', max_length=500)),
                ('text', models.TextField(blank=True, editable=False)),
                ('fetched_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('problem', models.CharField(blank=True, editable=False, max_length=200)),
                ('strangers', models.JSONField(blank=True, default=list, editable=False)),
                ('due_at', models.DateTimeField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ImportedShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='calendarimport',
            name='layer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='notifications.layer'),
        ),
        migrations.AddField(
            model_name='calendarlink',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calendarlink',
            name='responder',
            field=models.ForeignKey(blank=True, help_text='Empty: all.', null=True, on_delete=django.db.models.deletion.PROTECT, to='notifications.responder'),
        ),
        migrations.AddField(
            model_name='calendarlink',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='notifications.team'),
        ),
        migrations.AddField(
            model_name='importedshift',
            name='layer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='notifications.layer'),
        ),
        migrations.AddField(
            model_name='importedshift',
            name='responder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='notifications.responder'),
        ),
        migrations.AddIndex(
            model_name='calendarimport',
            index=models.Index(fields=['due_at'], name='calendar_import_due'),
        ),
        migrations.AddIndex(
            model_name='importedshift',
            index=models.Index(fields=['layer', 'ends_at'], name='imported_shift_ends'),
        ),
        migrations.AddConstraint(
            model_name='importedshift',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='imported_shift_has_a_length'),
        ),
    ]
