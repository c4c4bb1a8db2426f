from django.db import migrations

# As `createcachetable` would make it: a table that nobody has to think of after `migrate`.
MADE = """
CREATE TABLE IF NOT EXISTS monitor_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS monitor_cache_expires ON monitor_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('monitor', '0014_completion'),
    ]

    operations = [
        migrations.RunSQL(MADE, "DROP TABLE monitor_cache"),
    ]
