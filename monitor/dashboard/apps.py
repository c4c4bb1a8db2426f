from django.apps import AppConfig
from django.contrib.admin import apps as admin


class DashboardConfig(AppConfig):
    name = "monitor.dashboard"

    def ready(self) -> None:
        # Models exist only now.
        from allauth.mfa.signals import (
            authentication_failed,
            authenticator_added,
            authenticator_used,
        )
        from django.contrib.auth.signals import user_logged_in

        from monitor.dashboard import lockout, second_factor, sessions

        authentication_failed.connect(lockout.wrong_code)
        authenticator_added.connect(second_factor.added)
        authenticator_used.connect(second_factor.used)
        user_logged_in.connect(sessions.signed_in)


class AdminConfig(admin.AdminConfig):
    default_site = "monitor.dashboard.admin_site.Site"
