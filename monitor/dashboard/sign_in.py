"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView


class SignIn(LoginView):
    """Back to where somebody wanted to go; a user who is signed in already goes on at once."""

    template_name = "dashboard/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """By POST only, so that no link or picture can sign anybody out."""
