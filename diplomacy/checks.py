"""What the product refuses to start with."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import SystemCheckError
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from diplomacy.lib.rls.roles import KEEPER, READERS, ROLES

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}
ROLE = """
SELECT session_user, rolsuper, rolbypassrls, EXISTS (
    SELECT FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND pg_has_role(session_user, relowner, 'MEMBER')
)
FROM pg_roles WHERE rolname = session_user
"""
WHO: dict[str, tuple[str, ...]] = {
    "account_emailaddress": (),
    "accounts_apitoken": (),
    "accounts_coalition": (),
    "accounts_coalitionmember": (),
    "accounts_delegation": (),
    "accounts_externalidentity": (),
    "accounts_invitation": (),
    "accounts_member": (),
    "accounts_office": (),
    "accounts_officerequest": (),
    "accounts_official": (),
    "accounts_provideranswer": (),
    "accounts_recovery": (),
    "accounts_term": (),
    "accounts_user": ("last_login", "name", "time_zone"),
    "accounts_user_groups": (),
    "accounts_user_user_permissions": (),
    "engagements_coverage": (),
    "mfa_authenticator": ("last_used_at",),
}
"""Tables that say who somebody is, and what opens the house to them: read by all, written by named work alone. Of each, the
columns that decide nothing."""
# Of each fault of the second wall, what has it: a table that says who reads it and is not behind policies, or whose
# rows the app reads without a reader; one that says who somebody is and is not behind them, or is written without named
# work; a role that policies do not hold; statements, and the readers signed in them, that each connection of the app is
# shown of the others.
OPEN = """
SELECT format('the table %%s is not behind forced row-level security', c.relname) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'readers'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
UNION ALL
SELECT format('the role %%s reads the table %%s without naming a reader', session_user, relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity AND relname <> ALL (%(who)s)
  AND has_table_privilege(session_user, oid, 'SELECT, INSERT, UPDATE, DELETE')
UNION ALL
SELECT format('the table %%s, which says who somebody is, is not behind forced row-level security', relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(who)s) AND NOT (relrowsecurity AND relforcerowsecurity)
UNION ALL
SELECT format('the role %%s writes the table %%s, which says who somebody is, without named work', role, relname)
FROM pg_class c, unnest(%(readers)s::text[] || session_user::text) role
WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(who)s) AND (
    has_table_privilege(role, c.oid, 'INSERT, DELETE, TRUNCATE') OR has_any_column_privilege(role, c.oid, 'INSERT')
    OR EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
          AND relname || '.' || attname <> ALL (%(open)s) AND has_column_privilege(role, c.oid, attnum, 'UPDATE')
    )
)
UNION ALL
SELECT format('the role %%s is not held by policies', rolname) FROM pg_roles
WHERE rolname = ANY (%(held)s) AND (rolsuper OR rolbypassrls OR rolcanlogin)
UNION ALL
SELECT format('the role %%s is shown what its other connections ask (track_activities)', session_user)
WHERE current_setting('track_activities')::boolean
"""


@checks.register(Tags.security)
def demo_stays_at_home(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Demo mode signs anybody in as anybody."""
    if not settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if not settings.DEBUG:
        found.append(Error("DEMO is on with DEBUG off.", hint="Unset DEMO.", id="diplomacy.E001"))
    hosts = [*settings.ALLOWED_HOSTS, urlsplit(settings.PUBLIC_URL).hostname or ""]
    if abroad := [host for host in hosts if host not in LOOPBACK]:
        message = f"DEMO is on, and the product may be reached from other machines: {', '.join(abroad)}."
        hint = "Unset DEMO, or keep ALLOWED_HOSTS and PUBLIC_URL to 127.0.0.1 and localhost."
        found.append(Error(message, hint=hint, id="diplomacy.E002"))
    return found


@checks.register(Tags.security)
def second_factor_is_asked_for(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A password alone opens nothing but a developer's own machine."""
    hosts = [*settings.ALLOWED_HOSTS, urlsplit(settings.PUBLIC_URL).hostname or ""]
    is_at_home = (settings.DEBUG or settings.TESTING) and LOOPBACK.issuperset(hosts)
    if settings.REQUIRE_SECOND_FACTOR or is_at_home:
        return []
    message = "REQUIRE_SECOND_FACTOR is off, and the product may be reached from other machines."
    return [Error(message, hint="Unset REQUIRE_SECOND_FACTOR.", id="diplomacy.E006")]


@checks.register(Tags.security)
def other_organisations_are_met_on_tls(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Whoever stands between us and the provider would say who somebody is."""
    issuer = urlsplit(settings.OIDC_ISSUER)
    if not settings.OIDC_ISSUER or issuer.scheme == "https" or issuer.hostname in LOOPBACK:
        return []
    return [Error("OIDC_ISSUER is not an https address.", id="diplomacy.E007")]


@checks.register(Tags.security)
def states_can_sign_in(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A provider that is half described would be met by the first person who presses its button."""
    from accounts.signin.saml import providers

    if not settings.SAML_PROVIDERS_FILE:
        return []
    if not providers.is_installed():
        hint = "pip install --require-hashes --no-deps -r requirements-saml.txt"
        message = "SAML_PROVIDERS_FILE is set, and the package python3-saml is not installed."
        return [Error(message, hint=hint, id="diplomacy.E010")]
    try:
        providers.offered()
    except ImproperlyConfigured as fault:
        return [Error(str(fault), hint="docs/operations.md has an example.", id="diplomacy.E011")]
    return []


@checks.register(Tags.security)
def what_must_be_given(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        weak = not settings.DEBUG and len(settings.SECRET_KEY) < 32
    except ImproperlyConfigured:
        weak = True
    if weak:
        hint = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        message = "SECRET_KEY is missing or shorter than 32 characters."
        found.append(Error(message, hint=hint, id="diplomacy.E003"))
    given = {"DATABASE_URL": settings.DATABASES["default"]["NAME"], "REDIS_URL": settings.REDIS_URL}
    found += [Error(f"{name} is not set.", id="diplomacy.E004") for name, value in given.items() if not value]
    return found


@checks.register(Tags.database)
def app_role_owns_nothing(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Row-level security and the append-only log stand on this."""
    if DEFAULT_DB_ALIAS not in (databases or []):
        return []
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(ROLE)
            role, is_superuser, bypasses, owns = cursor.fetchone()
    except OperationalError as reason:
        return [
            CheckMessage(
                checks.WARNING,
                f"The database could not be asked about its role: {reason}",
                id="diplomacy.W001",
            )
        ]
    faults = {"is a superuser": is_superuser, "has BYPASSRLS": bypasses, "owns tables": owns}
    hint = "Give DATABASE_URL a role that owns nothing; name the owner in DATABASE_OWNER_URL."
    return [
        Error(f"The role {role} of DATABASE_URL {fault}.", hint=hint, id="diplomacy.E005")
        for fault, is_so in faults.items()
        if is_so
    ]


@checks.register(Tags.database)
def second_wall_stands(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Policies that hold nobody look just like policies that do."""
    if DEFAULT_DB_ALIAS not in (databases or []):
        return []
    said = {
        "who": list(WHO),
        "open": [f"{table}.{column}" for table, columns in WHO.items() for column in columns],
        "readers": list(READERS),
        "held": [*ROLES, KEEPER],
    }
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(OPEN, said)
            faults = [fault for (fault,) in cursor.fetchall()]
    except OperationalError:
        return []  # Said by the check above.
    hint = "Migrate as the owner, after deploy/postgres/20-second-wall.sql has made the roles."
    return [
        Error(f"In the database of DATABASE_URL {fault}.", hint=hint, id="diplomacy.E008") for fault in faults
    ]


def refuse_to_start() -> None:
    """For web and workers, which start without manage.py and so without its checks.

    A database that is away for a moment is no reason: Django's own checks of it would end the process. The connection
    that asks is nobody's afterwards: requests are answered by threads, each with one of its own.
    """
    try:
        found = checks.run_checks()
        for check in (app_role_owns_nothing, second_wall_stands):
            found += check(None, databases=[DEFAULT_DB_ALIAS])
    finally:
        connections.close_all()
    if errors := [message for message in found if message.is_serious() and not message.is_silenced()]:
        raise SystemCheckError("\n".join(str(message) for message in errors))
