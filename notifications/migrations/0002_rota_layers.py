import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LayerHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')]), help_text='0 is Monday, as in 0,1,2,3,4.', size=None)),
                ('starts', models.TimeField(default=datetime.time(20, 0))),
                ('ends', models.TimeField(default=datetime.time(8, 0), help_text='On the next day if not later.')),
            ],
            options={
                'verbose_name_plural': 'layer hours',
            },
        ),
        migrations.AddField(
            model_name='layer',
            name='gaps_allowed',
            field=models.BooleanField(default=False, help_text='It is meant that nobody has this line at times: no alarm.'),
        ),
        migrations.AddField(
            model_name='layer',
            name='handover_days',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')]), blank=True, default=list, help_text='0 is Monday: 0,4 changes on Mondays and Fridays.', size=None),
        ),
        migrations.AddField(
            model_name='layer',
            name='holidays',
            field=models.CharField(choices=[('as_ever', 'as on any day'), ('only', 'only on public holidays'), ('not', 'not on public holidays')], default='as_ever', max_length=7),
        ),
        migrations.AddField(
            model_name='layer',
            name='hours',
            field=models.PositiveSmallIntegerField(default=12),
        ),
        migrations.AddField(
            model_name='layer',
            name='kind',
            field=models.CharField(choices=[('days', 'every so many days (1: daily, 7: weekly)'), ('hours', 'every so many hours'), ('weekdays', 'on certain weekdays'), ('calendar', 'as an imported calendar says')], default='days', max_length=8),
        ),
        migrations.AddField(
            model_name='layer',
            name='over',
            field=models.ForeignKey(blank=True, help_text='While this layer has somebody, they stand in for that one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='layers_over', to='notifications.layer'),
        ),
        migrations.AddField(
            model_name='team',
            name='country',
            field=models.CharField(blank=True, help_text="For holidays, ISO 3166; the clinic's unless set.", max_length=2),
        ),
        migrations.AddField(
            model_name='team',
            name='subdivision',
            field=models.CharField(blank=True, help_text='For holidays: NY, CA.', max_length=8),
        ),
        migrations.AlterField(
            model_name='layer',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, help_text='Of two layers over the same one the lower number comes first.'),
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gte', 1)), name='a_turn_lasts_an_hour'),
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'weekdays'), _negated=True), ('handover_days__len__gte', 1), _connector='OR'), name='weekdays_are_named'),
        ),
        migrations.AddField(
            model_name='layerhours',
            name='layer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='notifications.layer'),
        ),
        migrations.AddConstraint(
            model_name='layerhours',
            constraint=models.CheckConstraint(condition=models.Q(('weekdays__len__gte', 1)), name='layer_hours_name_their_weekdays'),
        ),
    ]
