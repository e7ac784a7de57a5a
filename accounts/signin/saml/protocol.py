"""SAML 2.0, web browser profile: asked by redirect, answered by a form. python3-saml checks the signature, times and
schema; what is trusted beyond that is decided here.

The answer arrives from the provider's page, so the browser sends no cookie of ours with it. What was signed is kept,
once, and the browser is sent to fetch it under the session that asked: nobody is signed in by an answer that they did
not ask for.
"""

import binascii
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import actions
from accounts.signin.claims import WRONG, NotTrusted, Person, strength_of
from accounts.signin.saml.providers import Provider
from accounts.signin.strength import Strength

ASKED = "saml_asked"
PATIENCE = 600
"""Seconds between asking and being answered, and how long ago somebody may have proved who they are."""
DRIFT = 300
"""By how much python3-saml lets clocks differ."""
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
NAMES = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}


class Answer(NamedTuple):
    person: Person
    name: str
    """The assertion's own."""
    asked_in: str
    until: datetime


def begin(request: HttpRequest, provider: Provider) -> HttpResponse:
    """To the provider's page, where people prove who they are anew. What was asked waits in the session."""
    from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request

    asked = OneLogin_Saml2_Authn_Request(_toolkit(provider), force_authn=True)
    request.session[ASKED] = {"id": asked.get_id(), "at": time.time()}
    joint = "&" if urlsplit(provider.sign_in_at).query else "?"
    return redirect(f"{provider.sign_in_at}{joint}{urlencode({'SAMLRequest': asked.get_request()})}")


def take(provider: Provider, said: str) -> None:
    """Kept for whoever asked, and never taken again."""
    answer = read(provider, said)
    person = answer.person._asdict() | {"strength": int(answer.person.strength)}
    if not actions.keep_answer(
        provider.entity_id, answer.name, asked_in=answer.asked_in, said=person, until=answer.until
    ):
        raise NotTrusted(WRONG)


def finish(request: HttpRequest, provider: Provider) -> Person:
    """The answer to what this browser asked, lately and once."""
    asked = request.session.pop(ASKED, None)
    if not asked or asked["at"] < time.time() - PATIENCE:
        raise NotTrusted(WRONG)
    said = actions.fetch_answer(provider.entity_id, asked["id"])
    if said is None:
        raise NotTrusted(WRONG)
    return Person(**said | {"strength": Strength(said["strength"])})


def metadata(provider: Provider) -> bytes:
    """What the provider's operator is given."""
    found: Any = _toolkit(provider).get_sp_metadata()
    return found.encode() if isinstance(found, str) else bytes(found)


def read(provider: Provider, said: str) -> Answer:
    """What the provider signed. NotTrusted whatever is wrong."""
    from onelogin.saml2.response import OneLogin_Saml2_Response

    from accounts.signin.saml import shape

    with only_trusted():
        shape.require_plain(b64decode("".join(said.split()), validate=True))
        response = OneLogin_Saml2_Response(_toolkit(provider), said)
        if not response.is_valid(_received(provider)):
            raise NotTrusted(WRONG)
        root = response.get_xml_document()
        assertion = root.find("saml:Assertion", NAMES)
        until = _require_for_us(provider, root, assertion)
        person = _person(provider, response)
        return Answer(person, str(assertion.get("ID")), str(root.get("InResponseTo")), until)


def _require_for_us(provider: Provider, root: Any, assertion: Any) -> datetime:
    """The library lets pass what is not said, and addresses that only begin like ours. Until when it would be taken."""
    here, asked_in = _address(provider, "state_answer"), root.get("InResponseTo")
    (confirmation,) = assertion.findall("saml:Subject/saml:SubjectConfirmation", NAMES)
    (data,) = confirmation.findall("saml:SubjectConfirmationData", NAMES)
    (conditions,) = assertion.findall("saml:Conditions", NAMES)
    (restriction,) = conditions.findall("saml:AudienceRestriction", NAMES)
    (audience,) = restriction.findall("saml:Audience", NAMES)
    (statement,) = assertion.findall("saml:AuthnStatement", NAMES)
    is_for_us = (
        root.get("Destination") == data.get("Recipient") == here
        and bool(asked_in)
        and data.get("InResponseTo") == asked_in
        and audience.text == _address(provider, "state_metadata")
        and assertion.findtext("saml:Issuer", namespaces=NAMES) == provider.entity_id
        and _at(statement.get("AuthnInstant")) > time.time() - PATIENCE
    )
    if not is_for_us:
        raise NotTrusted(WRONG)
    ends = max(_at(data.get("NotOnOrAfter")), _at(conditions.get("NotOnOrAfter")))
    return datetime.fromtimestamp(ends + 2 * DRIFT, UTC)


def _person(provider: Provider, response: Any) -> Person:
    name = response.get_nameid_data()
    (given,), subject = response.get_authn_contexts(), str(name["Value"])
    is_known = name.get("Format") == PERSISTENT and 0 < len(subject.strip()) == len(subject) <= 255
    if not is_known or (provider.contexts and given not in provider.contexts):
        raise NotTrusted(WRONG)
    strength = strength_of(given, second_factor=provider.second_factor, passkey=provider.passkey)
    return Person(provider.entity_id, subject, _email(provider, response.get_attributes()), strength)


def _email(provider: Provider, attributes: dict[str, list[Any]]) -> str:
    """Empty when there is none, or more than one, or the provider does not speak for it."""
    said = attributes.get(provider.email, [])
    email = said[0].lower() if len(said) == 1 and isinstance(said[0], str) else ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if provider.may_speak_for(email) else ""


def _at(said: str | None) -> float:
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    if not said:
        raise NotTrusted(WRONG)
    return float(OneLogin_Saml2_Utils.parse_SAML_to_time(said))


def _address(provider: Provider, page: str) -> str:
    return settings.PUBLIC_URL + reverse(f"signin:{page}", kwargs={"slug": provider.slug})


def _received(provider: Provider) -> dict[str, Any]:
    """As if it had come to our public address, whatever the request says it came to."""
    here = urlsplit(_address(provider, "state_answer"))
    return {
        "https": "on" if here.scheme == "https" else "off",
        "http_host": here.netloc,
        "script_name": here.path,
        "get_data": {},
        "post_data": {},
    }


def _toolkit(provider: Provider) -> Any:
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    contexts = list(provider.contexts)
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "debug": False,
            "sp": {
                "entityId": _address(provider, "state_metadata"),
                "assertionConsumerService": {"url": _address(provider, "state_answer"), "binding": POST},
                "NameIDFormat": PERSISTENT,
            },
            "idp": {
                "entityId": provider.entity_id,
                "singleSignOnService": {"url": provider.sign_in_at, "binding": REDIRECT},
                "x509certMulti": {"signing": list(provider.certificates)},
            },
            "security": {
                "wantAssertionsSigned": True,
                "wantNameId": True,
                "wantAttributeStatement": False,
                "requestedAuthnContext": contexts or False,
                "rejectDeprecatedAlgorithm": True,
                "allowSingleLabelDomains": True,
            },
        }
    )


@contextmanager
def only_trusted() -> Iterator[None]:
    """The library raises its own errors, lxml's, xmlsec's, and whatever comes of what nobody thought of."""
    try:
        yield
    except NotTrusted:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, LookupError, binascii.Error) as error:
        raise NotTrusted(WRONG) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"onelogin", "xmlsec", "lxml"}:
            raise
        raise NotTrusted(WRONG) from error
