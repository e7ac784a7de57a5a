"""What every page knows: the product's name, the way around it for this role, and whom one acts for."""

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from accounts.signin.saml import providers
from diplomacy.lib.browsers import is_unprotected


class Product(NamedTuple):
    name: str = "Subnational Diplomacy Desk"
    promise: str = "Shared notice, timely advice, prepared officials."
    handling: str = "UNCLASSIFIED – sensitive. Do not enter classified information."


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    is_here: bool


OFFICE = frozenset({"staff", "lead", "principal", "reader"})
ADVISERS = frozenset({"liaison", "desk_lead"})
FEDERAL = ADVISERS | {"briefer"}
PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Today", "home", OFFICE | FEDERAL | {"auditor"}),
    ("Advice queue", "engagements:queue", ADVISERS),
    ("Engagements", "engagements:list", OFFICE | ADVISERS),
    ("Crossing plans", "engagements:overlaps", OFFICE),
    ("Crossing plans", "engagements:crossings", ADVISERS),
    ("Referrals", "engagements:referrals", OFFICE | ADVISERS),
    ("Briefings", "briefings:list", OFFICE | FEDERAL),
    ("Counterparts", "counterparts:list", OFFICE | FEDERAL),
    ("Records", "records:list", frozenset({"lead"})),
    ("Activity log", "activity:log", frozenset({"auditor"})),
)


def address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def places(request: HttpRequest) -> list[Place]:
    """The main navigation of the role one acts in; a page that is not installed is left out."""
    role = getattr(getattr(request, "acting", None), "role", "")
    found = [(label, address(name)) for label, name, roles in PLACES if role in roles]
    return [Place(label, url, _is_here(request.path, url)) for label, url in found if url]


def _is_here(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def product(request: HttpRequest) -> dict[str, object]:
    return {
        "product": Product(),
        "places": SimpleLazyObject(lambda: places(request)),
        "acting": getattr(request, "acting", None),
        "is_demo": settings.DEMO,
        "is_unprotected": is_unprotected(request),
        "elsewhere": settings.OIDC_NAME if settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID else "",
        "states": SimpleLazyObject(providers.label),
        "where": {
            "home": address("home") or "/",
            "search": address("search"),
            "notices": address("activity:notices"),
            "act_for": address("accounts:act_for"),
            "preferences": address("activity:preferences"),
            "sign_out": address("account_logout"),
            "password": address("account_change_password"),
            "signing_in": address("mfa_index"),
            "sessions": address("signin:sessions"),
            "tokens": address("signin:tokens"),
            "profile": address("accounts:profile"),
            "office": address("accounts:office"),
            "demo": address("accounts:sign_in_as"),
        },
    }
