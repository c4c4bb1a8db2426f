"""The webhooks' addresses; docs/deploy.md tells Twilio's console of them."""

from django.urls import path

from notifications import webhooks

urlpatterns = [
    path("twilio/text", webhooks.text, name="twilio-text"),
    path("twilio/status", webhooks.status, name="twilio-status"),
    path("twilio/call", webhooks.call, name="call"),
    path("twilio/call-key", webhooks.call_key, name="call-key"),
    path("twilio/call-status", webhooks.call_status, name="call-status"),
    path("twilio/bridge", webhooks.bridge_call, name="bridge"),
    path("twilio/bridge-key", webhooks.bridge_key, name="bridge-key"),
    path("twilio/bridge-done", webhooks.bridge_done, name="bridge-done"),
    path("pagerduty/events", webhooks.pagerduty, name="pagerduty-events"),
]
