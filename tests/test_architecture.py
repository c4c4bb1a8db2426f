"""What import-linter cannot see: the directions of the models' foreign keys."""

from django.apps import apps
from django.db.models import Field

MAY_POINT_TO = {
    "patients": {"patients", "auth"},
    "notifications": {"notifications", "auth"},
    "monitor": {"monitor", "patients", "notifications", "auth"},
}


def foreign_keys() -> list[tuple[str, str, str]]:
    """(app, field, the app that it points to) for every relation of our models."""
    return [
        (app, f"{model.__name__}.{field.name}", field.related_model._meta.app_label)
        for app in MAY_POINT_TO
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, Field) and field.is_relation and field.related_model
    ]


def test_foreign_keys_keep_the_directions() -> None:
    keys = foreign_keys()
    assert len(keys) > 30
    assert [key for key in keys if key[2] not in MAY_POINT_TO[key[0]]] == []


def test_every_model_of_ours_is_in_one_of_the_three_packages() -> None:
    ours = {
        model._meta.app_label
        for model in apps.get_models()
        if "site-packages" not in (apps.get_app_config(model._meta.app_label).path)
    }
    assert ours == set(MAY_POINT_TO)
