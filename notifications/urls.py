"""The webhooks' addresses; docs/deploy.md tells Twilio's console of them."""

from django.urls import path

from notifications import webhooks

urlpatterns = [
    path("twilio/text", webhooks.text, name="twilio-text"),
    path("twilio/status", webhooks.status, name="twilio-status"),
]
