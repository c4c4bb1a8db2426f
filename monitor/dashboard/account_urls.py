"""The addresses of one's own account, served by django-allauth: those that staff need.

There is none to sign up, and none for an e-mail address: a clinic's admin does both.
"""

from allauth.account import views as account
from django.urls import include, path, re_path

from monitor.dashboard import sign_in

urlpatterns = [
    path("sign-in", account.login, name="sign-in"),
    path("sign-in", account.login, name="account_login"),
    path("sign-in/demo", sign_in.demo, name="demo-sign-in"),
    path("sign-out", sign_in.SignOut.as_view(), name="sign-out"),
    path("sign-out", sign_in.SignOut.as_view(), name="account_logout"),
    path("account/inactive", account.account_inactive, name="account_inactive"),
    path("account/confirm", account.reauthenticate, name="account_reauthenticate"),
    path("account/password", account.password_change, name="account_change_password"),
    path("account/password/first", account.password_set, name="account_set_password"),
    path("account/reset", account.password_reset, name="account_reset_password"),
    path("account/reset/sent", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/reset/done",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/second-factor/", include("allauth.mfa.urls")),
]
