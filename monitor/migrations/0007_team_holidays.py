from django.db import migrations


def take_the_clinics(apps, schema_editor):
    """A team that served a clinic before it had holidays of its own keeps that clinic's."""
    for line in apps.get_model("monitor", "ClinicLine").objects.select_related("clinic", "team"):
        if not line.team.country:
            line.team.country = line.clinic.country
            line.team.subdivision = line.clinic.subdivision
            line.team.save(update_fields=["country", "subdivision"])


class Migration(migrations.Migration):
    dependencies = [("monitor", "0006_rota_work")]

    operations = [migrations.RunPython(take_the_clinics, migrations.RunPython.noop)]
