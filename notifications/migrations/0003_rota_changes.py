import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('notifications', '0002_rota_layers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Swap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('back_starts_at', models.DateTimeField(blank=True, null=True)),
                ('back_ends_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'not answered in time')], default='asked', max_length=9)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TimeOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'time off',
            },
        ),
        migrations.AddField(
            model_name='override',
            name='made_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='override',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='swap',
            name='asked',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps_offered', to='notifications.responder'),
        ),
        migrations.AddField(
            model_name='swap',
            name='asker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps_asked', to='notifications.responder'),
        ),
        migrations.AddField(
            model_name='swap',
            name='layer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='notifications.layer'),
        ),
        migrations.AddField(
            model_name='override',
            name='swap',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='notifications.swap'),
        ),
        migrations.AddIndex(
            model_name='override',
            index=models.Index(fields=['layer', 'ends_at'], name='override_ends'),
        ),
        migrations.AddField(
            model_name='timeoff',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='timeoff',
            name='responder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='notifications.responder'),
        ),
        migrations.AddIndex(
            model_name='swap',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='swap_due'),
        ),
        migrations.AddConstraint(
            model_name='swap',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='swap_has_a_length'),
        ),
        migrations.AddConstraint(
            model_name='swap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back_ends_at__isnull', True), ('back_starts_at__isnull', True)), ('back_ends_at__gt', models.F('back_starts_at')), _connector='OR'), name='swap_back_has_a_length'),
        ),
        migrations.AddConstraint(
            model_name='swap',
            constraint=models.CheckConstraint(condition=models.Q(('asker', models.F('asked')), _negated=True), name='swap_is_of_two'),
        ),
        migrations.AddConstraint(
            model_name='swap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('due_at__isnull', False), ('state', 'asked')), models.Q(('answered_at__isnull', False), ('due_at__isnull', True), models.Q(('state', 'asked'), _negated=True)), _connector='OR'), name='swap_is_due_or_answered'),
        ),
        migrations.AddIndex(
            model_name='timeoff',
            index=models.Index(fields=['responder', 'ends_at'], name='time_off_ends'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='time_off_has_a_length'),
        ),
    ]
