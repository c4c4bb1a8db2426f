"""Triggers that keep what was changed, with before and after; see monitor.models.Revision."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION monitor_keep_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    any_row jsonb := coalesce(new_row, old_row);
    hidden text[] := string_to_array(TG_ARGV[1], ' ');
    of_clinic bigint;
    of_team bigint;
    whose jsonb;
    one text;
BEGIN
    FOREACH one IN ARRAY hidden LOOP
        IF old_row ? one THEN old_row := jsonb_set(old_row, ARRAY[one], to_jsonb(md5(old_row ->> one))); END IF;
        IF new_row ? one THEN new_row := jsonb_set(new_row, ARRAY[one], to_jsonb(md5(new_row ->> one))); END IF;
    END LOOP;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, new_row -> o.key)
        INTO old_row, new_row
        FROM jsonb_each(old_row) o WHERE o.value IS DISTINCT FROM new_row -> o.key;
        IF old_row IS NULL THEN RETURN NULL; END IF;
    END IF;
    FOREACH one IN ARRAY hidden LOOP
        IF old_row ? one THEN old_row := jsonb_set(old_row, ARRAY[one], '"(hidden)"'); END IF;
        IF new_row ? one THEN new_row := jsonb_set(new_row, ARRAY[one], '"(hidden)"'); END IF;
    END LOOP;
    CASE TG_ARGV[0]
        WHEN 'clinic' THEN of_clinic := any_row ->> 'clinic_id';
        WHEN 'itself' THEN of_clinic := any_row ->> 'id';
        WHEN 'patient' THEN
            SELECT clinic_id INTO of_clinic FROM patients_patient
            WHERE id = (any_row ->> 'patient_id')::uuid;
        WHEN 'team' THEN of_team := any_row ->> 'team_id';
        WHEN 'team itself' THEN of_team := any_row ->> 'id';
        WHEN 'layer' THEN
            SELECT team_id INTO of_team FROM notifications_layer
            WHERE id = (any_row ->> 'layer_id')::bigint;
        WHEN 'responder' THEN
            SELECT team_id INTO of_team FROM notifications_responder
            WHERE id = (any_row ->> 'responder_id')::bigint;
    END CASE;
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO whose FROM jsonb_each(any_row)
    WHERE key IN ('user_id', 'patient_id', 'responder_id', 'layer_id', 'asker_id')
        AND value <> 'null';
    INSERT INTO monitor_revision ("table", key, about, before, after, clinic_id, team_id, by_id, at)
    VALUES (TG_TABLE_NAME, any_row ->> 'id', whose, old_row, new_row, of_clinic, of_team,
        nullif(current_setting('spinewatch.user', true), '')::bigint, clock_timestamp());
    RETURN NULL;
END $$;
"""
ALL = "INSERT OR UPDATE OR DELETE"
# A patient is registered, which is kept with the procedure; what follows is a change.
LATER = "UPDATE OR DELETE"
# How the clinic or team is found, the columns that are secrets, and when.
TABLES = {
    "patients_clinic": ("itself", "", ALL),
    "patients_membership": ("clinic", "", ALL),
    "patients_patient": ("clinic", "", LATER),
    "patients_procedure": ("patient", "", LATER),
    "patients_consent": ("patient", "", LATER),
    "monitor_clinicline": ("clinic", "", ALL),
    "notifications_team": ("team itself", "", ALL),
    "notifications_responder": ("team", "", ALL),
    "notifications_rung": ("team", "", ALL),
    "notifications_contactmethod": ("responder", "address secret", ALL),
    "notifications_layer": ("team", "", ALL),
    "notifications_layermember": ("layer", "", ALL),
    "notifications_layerhours": ("layer", "", ALL),
    "notifications_override": ("layer", "", ALL),
    "notifications_swap": ("layer", "", ALL),
    "notifications_timeoff": ("responder", "", ALL),
    "notifications_calendarlink": ("team", "token_hash", "INSERT OR DELETE"),
}


def statements() -> tuple[list[str], list[str]]:
    makes = [FUNCTION] + [
        f"CREATE TRIGGER keep_revision AFTER {when} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION monitor_keep_revision('{where}', '{hidden}');"
        for table, (where, hidden, when) in TABLES.items()
    ]
    undoes = [f"DROP TRIGGER keep_revision ON {table};" for table in TABLES]
    return makes, [*undoes, "DROP FUNCTION monitor_keep_revision();"]


class Migration(migrations.Migration):
    dependencies = [
        ("monitor", "0009_oversight"),
        ("notifications", "0006_channels"),
        ("patients", "0001_initial"),
    ]
    makes, undoes = statements()
    operations = [migrations.RunSQL(makes, undoes)]
