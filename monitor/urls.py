"""Every address that answers."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("monitor.dashboard.urls")),
    path("", include("notifications.urls")),
    path("admin/", admin.site.urls),
]
