"""What a test has committed is gone before the next one."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests import emptied
from tests.monitor.dashboard.scene import make_scene
from tests.world import World

# Of Django itself, and the cache's, which is no model's.
OUTSIDE = {"django_migrations", "monitor_cache"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_in_any_table(world: World, client: Client) -> None:
    make_scene(world, now=datetime.now(UTC))
    client.force_login(world.nurse)
    everything = {*connection.introspection.table_names()}
    assert everything == {*emptied.tables()} | emptied.KEPT | OUTSIDE
    full = emptied.rows(emptied.tables())
    assert {"monitor_revision", "notifications_pageevent", "patients_patient"} <= set(full)
    emptied.empty()
    assert emptied.rows(emptied.tables()) == {}


@pytest.mark.django_db
def test_what_is_kept_is_what_migrate_writes() -> None:
    def kept() -> set[tuple[object, ...]]:
        return {
            *ContentType.objects.values_list("app_label", "model"),
            *Permission.objects.values_list("content_type__model", "codename", "name"),
        }

    before = kept()
    assert before
    Permission.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert kept() == before
