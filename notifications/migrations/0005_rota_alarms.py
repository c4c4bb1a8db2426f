import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('notifications', '0004_rota_calendars'),
    ]

    operations = [
        migrations.CreateModel(
            name='RotaAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('gap', 'nobody is on call'), ('import_fails', 'a calendar cannot be read'), ('import_stale', 'a calendar is out of date')], max_length=12)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('alarmed_at', models.DateTimeField(blank=True, null=True)),
                ('warnings', models.PositiveSmallIntegerField(default=0)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RotaWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='rotaalarm',
            name='layer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='notifications.layer'),
        ),
        migrations.AddField(
            model_name='rotaalarm',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='notifications.team'),
        ),
        migrations.AddField(
            model_name='rotawatch',
            name='team',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='notifications.team'),
        ),
        migrations.AddIndex(
            model_name='rotaalarm',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='rota_alarm_due'),
        ),
        migrations.AddIndex(
            model_name='rotaalarm',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['layer'], name='rota_alarm_open'),
        ),
        migrations.AddConstraint(
            model_name='rotaalarm',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__isnull', True), ('closed_at__isnull', True), _connector='OR'), name='rota_alarm_is_due_or_closed'),
        ),
        migrations.AddConstraint(
            model_name='rotaalarm',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__isnull', False), ('alarmed_at__isnull', False), ('closed_at__isnull', False), _connector='OR'), name='rota_alarm_is_never_forgotten'),
        ),
        migrations.AddIndex(
            model_name='rotawatch',
            index=models.Index(fields=['due_at'], name='rota_watch_due'),
        ),
    ]
