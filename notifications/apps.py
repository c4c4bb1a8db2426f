from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        # Receivers and checks register as they are imported, which needs the models.
        from notifications import checks  # noqa: F401
        from notifications.oncall import bridge, contact_health, delivery  # noqa: F401
