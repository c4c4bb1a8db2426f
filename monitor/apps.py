from django.apps import AppConfig


class MonitorConfig(AppConfig):
    name = "monitor"

    def ready(self) -> None:
        # Models and the Celery app exist only now.
        from monitor import alerts, checkins, checks, episodes, staffing, texts  # noqa: F401
        from monitor.celery import app as celery_app
        from notifications.oncall.signals import page_closed, rota_alarmed, rota_righted
        from notifications.signals import message_settled, text_received, text_set_aside
        from patients.signals import consent_withdrawn, procedure_registered

        celery_app.set_default()
        procedure_registered.connect(episodes.begin)
        consent_withdrawn.connect(episodes.consent_withdrawn)
        text_received.connect(texts.receive)
        text_set_aside.connect(texts.set_aside)
        message_settled.connect(checkins.text_settled)
        page_closed.connect(alerts.page_closed)
        rota_alarmed.connect(staffing.alarmed)
        rota_righted.connect(staffing.righted)
