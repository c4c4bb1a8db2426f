"""What must be right with the protocols. `manage.py check` names what is not.

monitor.E001  a released protocol version was edited
monitor.E002  a released protocol version is gone
monitor.E003  a protocol is refused by the loader
monitor.E005  the demo, which asks for no second factor, at an address of the Internet
monitor.W001  a protocol version that is in no release yet has no fresh digest
monitor.W002  running follow-ups began with another version than the file now holds, and go on
              under their kept copy                               (with --database)
monitor.E004  the same, and there is no kept copy                 (with --database)
monitor.E006  the secrets of second factors can't be encrypted
monitor.E007  some lie under a key that MFA_KEYS lacks             (with --database)
monitor.W004  some are not encrypted yet, or under an older key    (with --database)
monitor.E008  the heartbeat's settings can't work
monitor.W003  nobody outside is told that all is well             (with --deploy)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from monitor import factor_secrets
from monitor.factor_secrets import Lies
from monitor.protocol.released import broken
from monitor.versions import drift

_REMEDY = (
    "Put the files of this version back as they were released; a change is a new version "
    "(docs/protocols.md)."
)


def must_pass() -> None:
    """For a process that serves: raise ImproperlyConfigured where an error says that it can't.

    Celery's processes and the commands of manage.py run the checks by themselves, but nothing
    asks for them under a web server, which would fail much later, in somebody's hands.
    """
    said = [one for one in run_checks() if one.is_serious() and not one.is_silenced()]
    if said:
        listed = "".join(f"\n  ({one.id}) {one.msg} {one.hint or ''}".rstrip() for one in said)
        raise ImproperlyConfigured(
            f"Spinewatch is not started until this is put right:{listed}"
        )


@register()
def protocols_are_as_released(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """An edit of a released version is refused: nothing starts that runs the checks."""
    kinds = {"edited": "E001", "missing": "E002", "refused": "E003", "unsealed": "W001"}
    found: list[CheckMessage] = []
    for one in broken():
        message: Callable[..., CheckMessage] = Warning if one.kind == "unsealed" else Error
        found.append(message(one.problem, hint=one.remedy, id=f"monitor.{kinds[one.kind]}"))
    return found


@register()
def the_demo_stays_at_home(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """DEMO signs anybody in by one click: it serves this machine alone."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    if not settings.DEMO or host in ("127.0.0.1", "localhost", "::1", "testserver"):
        return []
    said = "DEMO is on: anybody signs in by one click, without a second factor."
    return [Error(said, hint="Unset DEMO where others can reach it.", id="monitor.E005")]


@register(Tags.database)
def follow_ups_keep_their_version(
    app_configs: Any, databases: Any = None, **_: Any
) -> Sequence[CheckMessage]:
    """A running follow-up is never re-scored by an edited file, and the edit is seen."""
    if not databases:
        # A process that starts, Celery's too, runs the checks before it may ask a database.
        return []
    try:
        found = drift()
    except DatabaseError:
        # The tables are not there yet: `migrate` runs this before it makes them.
        return []
    return [
        *_each(found.kept, Warning, "W002", "They go on under the copy kept when they began."),
        *_each(found.lost, Error, "E004", "There is no copy: they run under the edited file."),
    ]


def _each(
    found: Mapping[str, int], message: Callable[..., CheckMessage], code: str, consequence: str
) -> list[CheckMessage]:
    return [
        message(
            f"{number} running follow-ups began with another {name} than its file holds now. "
            f"{consequence}",
            hint=_REMEDY,
            id=f"monitor.{code}",
        )
        for name, number in sorted(found.items())
    ]


@register()
def second_factors_have_a_key(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """Without one nobody could enrol, and who has can't be let in."""
    said = factor_secrets.trouble()
    hint = "`manage.py second_factors --new-key` makes one (docs/deploy.md, Secrets)."
    return [Error(said, hint=hint, id="monitor.E006")] if said else []


@register(Tags.database)
def second_factors_can_be_read(
    app_configs: Any, databases: Any = None, **_: Any
) -> Sequence[CheckMessage]:
    """A key that was taken away too early locks out whoever lies under it."""
    if not databases or factor_secrets.trouble():
        return []
    try:
        found = factor_secrets.survey()
    except DatabaseError:
        return []
    said: list[CheckMessage] = []
    if lost := found[Lies.UNREADABLE]:
        hint = "Put the key back, behind the others."
        said.append(
            Error(f"{lost} second factors lie {Lies.UNREADABLE}.", hint=hint, id="monitor.E007")
        )
    if late := found[Lies.PLAIN] + found[Lies.OLDER]:
        words = f"{late} second factors lie unencrypted or under an older key."
        hint = "`manage.py second_factors --renew`"
        said.append(Warning(words, hint=hint, id="monitor.W004"))
    return said


@register()
def heartbeat_can_go_out(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """A heartbeat that can never be sent would only be missed, and never be understood."""
    url, method = settings.HEARTBEAT_URL, settings.HEARTBEAT_METHOD
    if (not url or url.startswith(("https://", "http://"))) and method in ("GET", "POST"):
        return []
    return [
        Error(
            "HEARTBEAT_URL is no address, or HEARTBEAT_METHOD neither GET nor POST.",
            hint="Take the address from whoever listens for it (docs/deploy.md).",
            id="monitor.E008",
        )
    ]


@register(deploy=True)
def somebody_listens(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """A system that fails as a whole tells nobody."""
    if settings.HEARTBEAT_URL:
        return []
    return [
        Warning(
            "HEARTBEAT_URL is not set: nobody outside notices when the system is down.",
            hint='docs/deploy.md, "Watching", says how to set it up.',
            id="monitor.W003",
        )
    ]
