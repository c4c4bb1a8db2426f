"""The staff pages' addresses."""

from django.urls import path

from monitor.dashboard import (
    actions,
    health,
    page,
    patient,
    phones,
    protocols,
    register,
    relief,
    sign_in,
    worklist,
)

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("work/<uuid:pk>/claim", worklist.claim, name="claim"),
    path("work/<uuid:pk>/close", worklist.close, name="close"),
    path("patients", patient.search, name="patients"),
    path("patients/<uuid:pk>", patient.patient, name="patient"),
    path("patients/<uuid:pk>/withdraw-consent", actions.withdraw, name="withdraw-consent"),
    path("episodes/<uuid:pk>/text", actions.text, name="text"),
    path("episodes/<uuid:pk>/pause", actions.pause, name="pause"),
    path("episodes/<uuid:pk>/resume", actions.resume, name="resume"),
    path("episodes/<uuid:pk>/end", actions.end, name="end"),
    path("check-ins/<int:pk>/reached", actions.reached, name="reached"),
    path("check-ins/<int:pk>/cancel", actions.cancel, name="cancel"),
    path("check-ins/<int:pk>/reschedule", actions.reschedule, name="reschedule"),
    path("no-relief", relief.no_relief, name="no-relief"),
    path("register", register.registration, name="register"),
    path("register/duplicates", register.duplicates, name="duplicates"),
    path("p/<str:reference>", page.page, name="page"),
    path("p/<str:reference>/acknowledge", page.acknowledge, name="acknowledge"),
    path("p/<str:reference>/close", page.close, name="close-page"),
    path("protocols", protocols.protocols, name="protocols"),
    path("protocols/<str:name>", protocols.protocol, name="protocol"),
    path("protocols/<str:name>/since/<str:other>", protocols.compared, name="compared"),
    path("clinics/<slug:slug>/protocols/<str:name>/sign", protocols.sign, name="sign-protocol"),
    path(
        "clinics/<slug:slug>/protocols/<str:name>/withdraw",
        protocols.withdraw,
        name="withdraw-sign-off",
    ),
    path(
        "clinics/<slug:slug>/procedures/<str:procedure>/choose",
        protocols.choose,
        name="choose-protocol",
    ),
    path("sign-in", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out", sign_in.SignOut.as_view(), name="sign-out"),
    path("health", health.health, name="health"),
    path("phones", phones.phones, name="phones"),
    path("phones/send", phones.send, name="phone-send"),
    path("phones/call", phones.call, name="phone-call"),
]
