"""Answers of a state's provider that somebody has made, changed, kept or stolen. Nobody is signed in by one."""

from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import xmlsec
from django.test import Client
from lxml import etree
from pytest_django import Settings

from accounts.models import ExternalIdentity, Member, ProviderAnswer
from accounts.signin.claims import NotTrusted
from accounts.signin.saml import shape
from tests.signin.state_provider import ENTITY, NAMES, PERSISTENT, SAML, SAMLP, StateProvider, instant, keys
from tests.signin.states import DONE, HERE, START, at_state, comes_back, sends, user_in

THERE = f"http://testserver{HERE}"
Wrap = Callable[[Any], Any]


def refuses(state: StateProvider, client: Client | None = None) -> None:
    """Words, no more than that something was wrong; nobody is in, nothing is kept."""
    client = client or Client()
    answer = comes_back(client, state)
    assert answer.status_code == 403, answer["Location"]
    assert "could not be trusted" in answer.content.decode()
    assert user_in(client) == ""
    assert not ExternalIdentity.objects.exists()
    assert not ProviderAnswer.objects.exists()


def refuses_at_sight(state: StateProvider) -> None:
    """Before a signature is checked: the first of the two that look."""
    tree = state.tree(Client().get(START)["Location"])
    with pytest.raises(NotTrusted):
        shape.require_plain(etree.tostring(tree))


def edit(path: str, text: str) -> Wrap:
    def change(tree: Any) -> Any:
        tree.find(path, NAMES).text = text
        return tree

    return change


def test_an_answer_that_nobody_signed(state: StateProvider) -> None:
    state.signs = []
    refuses_at_sight(state)
    refuses(state)


def test_an_answer_of_which_only_the_envelope_is_signed(state: StateProvider) -> None:
    state.signs = ["response"]
    refuses_at_sight(state)
    refuses(state)


def test_an_answer_that_somebody_else_signed_and_brings_the_certificate_for(state: StateProvider) -> None:
    state.key, state.certificate = keys()
    refuses(state)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".//saml:NameID", "another"),
        (".//saml:AttributeValue", "lee@example.gov"),
        (".//saml:AuthnContextClassRef", "https://state.example/assurance/passkey"),
        (".//saml:Audience", "https://another.example/"),
        (".//ds:SignatureValue", "AAAA"),
        (".//ds:DigestValue", "AAAA"),
    ],
)
def test_an_answer_that_was_changed_on_its_way(path: str, text: str, state: StateProvider) -> None:
    state.after = edit(path, text)
    refuses(state)


# Signature wrapping: what is signed stays in the document, and somebody else's name stands where it would be read.


def forged(signed: Any) -> Any:
    """The attacker's assertion: as the signed one, about somebody else, without its signature."""
    copy = deepcopy(signed)
    copy.remove(copy.find("ds:Signature", NAMES))
    copy.set("ID", "_evil")
    copy.find(".//saml:NameID", NAMES).text = "another"
    return copy


def parts(tree: Any) -> tuple[Any, Any, Any]:
    signed = tree.find("saml:Assertion", NAMES)
    return signed, signed.find("ds:Signature", NAMES), forged(signed)


def before_it(tree: Any) -> Any:
    signed, _, evil = parts(tree)
    signed.addprevious(evil)
    return tree


def after_it(tree: Any) -> Any:
    signed, _, evil = parts(tree)
    signed.addnext(evil)
    return tree


def around_it(tree: Any) -> Any:
    signed, _, evil = parts(tree)
    tree.replace(signed, evil)
    evil.append(signed)
    return tree


def with_its_signature(tree: Any) -> Any:
    signed, mark, evil = parts(tree)
    tree.replace(signed, evil)
    signed.remove(mark)
    evil.insert(1, mark)
    tree.append(signed)
    return tree


def in_its_signature(tree: Any) -> Any:
    signed, mark, evil = parts(tree)
    tree.replace(signed, evil)
    signed.remove(mark)
    evil.insert(1, mark)
    mark.append(signed)
    return tree


def in_an_object(tree: Any) -> Any:
    signed, mark, evil = parts(tree)
    tree.replace(signed, evil)
    signed.remove(mark)
    evil.insert(1, mark)
    etree.SubElement(mark, f"{{{NAMES['ds']}}}Object").append(signed)
    return tree


def in_the_extensions(tree: Any) -> Any:
    signed, _, evil = parts(tree)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    tree.insert(1, extensions)
    extensions.append(signed)
    tree.append(evil)
    return tree


def evil_in_the_extensions(tree: Any) -> Any:
    _, _, evil = parts(tree)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(evil)
    tree.insert(1, extensions)
    return tree


def of_the_same_id(tree: Any) -> Any:
    signed, _, evil = parts(tree)
    evil.set("ID", signed.get("ID"))
    signed.addprevious(evil)
    return tree


def with_a_copy_of_the_signature(tree: Any) -> Any:
    signed, mark, evil = parts(tree)
    evil.insert(1, deepcopy(mark))
    signed.addprevious(evil)
    return tree


def in_another_namespace(tree: Any) -> Any:
    signed, _, evil = parts(tree)
    tree.replace(signed, evil)
    etree.SubElement(evil, "{urn:x}Assertion").append(signed)
    return tree


def envelope(tree: Any, *, in_signature: bool) -> Any:
    """For answers whose envelope is signed too: a forged envelope around all of it."""
    evil = deepcopy(tree)
    evil.set("ID", "_evil_envelope")
    evil.find("saml:Assertion", NAMES).find(".//saml:NameID", NAMES).text = "another"
    evil.find("saml:Assertion", NAMES).set("ID", "_evil")
    mark = evil.find("ds:Signature", NAMES)
    (mark if in_signature else evil).append(tree)
    return evil


WRAPS = [
    before_it,
    after_it,
    around_it,
    with_its_signature,
    in_its_signature,
    in_an_object,
    in_the_extensions,
    evil_in_the_extensions,
    of_the_same_id,
    with_a_copy_of_the_signature,
    in_another_namespace,
]


@pytest.mark.parametrize("wrap", WRAPS, ids=lambda wrap: wrap.__name__)
def test_what_is_signed_is_wrapped_in_what_is_not(wrap: Wrap, state: StateProvider) -> None:
    wrapped: list[Any] = []
    state.after = lambda tree: wrapped.append(wrap(tree)) or wrapped[0]  # type: ignore[func-returns-value]
    refuses(state)
    with pytest.raises(NotTrusted):
        shape.require_plain(etree.tostring(wrapped[0]))


@pytest.mark.parametrize("in_signature", [True, False])
def test_a_signed_envelope_is_wrapped_in_one_that_is_not(in_signature: bool, state: StateProvider) -> None:
    state.signs = ["assertion", "response"]
    client = Client()
    comes_back(client, state)
    assert user_in(client), "an envelope that is signed too is fine"
    ExternalIdentity.objects.all().delete()
    ProviderAnswer.objects.all().delete()
    state.after = lambda tree: envelope(tree, in_signature=in_signature)
    refuses(state)


# What a signature is made of ----------------------------------------------------------------------------------------


def algorithm(name: str, value: str) -> Wrap:
    def change(tree: Any) -> Any:
        next(tree.iter(f"{{{NAMES['ds']}}}{name}")).set("Algorithm", value)
        return tree

    return change


@pytest.mark.parametrize("weak", ["method", "digest"])
def test_a_signature_by_an_algorithm_that_is_broken(weak: str, state: StateProvider) -> None:
    weakness = {
        "method": {"method": xmlsec.constants.TransformRsaSha1},
        "digest": {"digest": xmlsec.constants.TransformSha1},
    }[weak]
    state.signs = []

    def sign(tree: Any) -> Any:
        state.sign(tree.find("saml:Assertion", NAMES), **weakness)
        return tree

    state.after = sign
    refuses(state)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        ("Transform", "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        ("CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
        ("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        ("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        ("DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"),
    ],
)
def test_a_signature_that_could_leave_a_part_out(name: str, value: str, state: StateProvider) -> None:
    state.after = algorithm(name, value)
    refuses_at_sight(state)
    refuses(state)


@pytest.mark.parametrize("uri", ["", "#_other", "http://127.0.0.1:9/", "file:///etc/passwd", "#xpointer(/)"])
def test_a_signature_of_something_else(uri: str, state: StateProvider) -> None:
    def change(tree: Any) -> Any:
        next(tree.iter(f"{{{NAMES['ds']}}}Reference")).set("URI", uri)
        return tree

    state.after = change
    refuses_at_sight(state)
    refuses(state)


def test_a_key_that_is_to_be_fetched(state: StateProvider) -> None:
    def change(tree: Any) -> Any:
        info = next(tree.iter(f"{{{NAMES['ds']}}}KeyInfo"))
        etree.SubElement(info, f"{{{NAMES['ds']}}}RetrievalMethod").set("URI", "http://127.0.0.1:9/")
        return tree

    state.after = change
    refuses(state)


# For whom, from whom, when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"audience": "https://another.example/"},
        {"audience": ""},
        {"destination": "https://another.example/answer/"},
        {"destination": ""},
        {"destination": f"{THERE}more/"},
        {"recipient": "https://another.example/answer/"},
        {"recipient": f"https://another.example/?{THERE}"},
        {"recipient": ""},
        {"issuer": "https://idp.another.example/"},
        {"assertion_issuer": "https://idp.another.example/"},
        {"assertion_issuer": ""},
        {"ends": "-400"},
        {"begins": "+400"},
        {"proved": "-3600"},
        {"method": "holder-of-key"},
        {"method": "sender-vouches"},
        {"status": "AuthnFailed"},
        {"answers": "_of_another_request"},
        {"confirms": "_of_another_request"},
        {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        {"format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
        {"format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"},
        {"subject": ""},
        {"subject": " "},
        {"subject": "b7c1d0 "},
        {"subject": "x" * 256},
    ],
    ids=str,
)
def test_an_answer_for_another_or_of_another_time(lie: dict[str, str], state: StateProvider) -> None:
    """Times are seconds from now."""
    is_time = set(lie) & {"ends", "begins", "proved"}
    state.says |= {name: instant(int(said)) if is_time else said for name, said in lie.items()}
    refuses(state)


def without(path: str, name: str = "") -> Wrap:
    def change(tree: Any) -> Any:
        node = tree if path == "." else tree.find(path, NAMES)
        if name:
            del node.attrib[name]
        else:
            node.getparent().remove(node)
        return tree

    return change


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".", "Destination"),
        (".", "InResponseTo"),
        (".", "ID"),
        (".//saml:AudienceRestriction", ""),
        (".//saml:Conditions", ""),
        (".//saml:Conditions", "NotOnOrAfter"),
        (".//saml:SubjectConfirmationData", "NotOnOrAfter"),
        (".//saml:SubjectConfirmationData", "Recipient"),
        (".//saml:SubjectConfirmationData", "InResponseTo"),
        (".//saml:SubjectConfirmation", ""),
        (".//saml:AuthnStatement", ""),
        (".//saml:AuthnContextClassRef", ""),
        (".//saml:NameID", ""),
        (".//saml:NameID", "Format"),
        (".//samlp:Status", ""),
    ],
)
def test_an_answer_that_does_not_say_for_whom_or_for_how_long(
    path: str, name: str, state: StateProvider
) -> None:
    state.before = without(path, name)
    refuses(state)


def test_an_answer_to_no_request_at_all(state: StateProvider) -> None:
    state.before = lambda tree: without(".//saml:SubjectConfirmationData", "InResponseTo")(
        without(".", "InResponseTo")(tree)
    )
    refuses(state)


def twice(path: str) -> Wrap:
    def change(tree: Any) -> Any:
        node = tree.find(path, NAMES)
        copy = deepcopy(node)
        if copy.tag == f"{{{SAML}}}AudienceRestriction":
            copy.find("saml:Audience", NAMES).text = "https://another.example/"
        node.addnext(copy)
        return tree

    return change


@pytest.mark.parametrize(
    "path",
    [
        ".//saml:AudienceRestriction",
        ".//saml:Audience",
        ".//saml:SubjectConfirmation",
        ".//saml:AuthnStatement",
        ".//saml:NameID",
        ".//saml:Attribute",
    ],
)
def test_an_answer_that_says_it_twice(path: str, state: StateProvider) -> None:
    state.before = twice(path)
    refuses(state)


def test_an_answer_that_nobody_asked_for(state: StateProvider) -> None:
    """Somebody who is signed in at the state opens the product from there: they are sent away to ask first."""
    said = at_state(Client(), state)
    assert sends(said).status_code == 302
    victim = Client()
    assert victim.get(DONE).status_code == 403
    assert user_in(victim) == ""


def test_an_answer_to_what_another_browser_asked(state: StateProvider) -> None:
    attacker, victim = Client(), Client()
    said = at_state(attacker, state)
    at_state(victim, state)
    sends(said)
    assert victim.get(DONE).status_code == 403
    assert user_in(victim) == ""


def test_an_answer_that_is_sent_again(state: StateProvider) -> None:
    client = Client()
    said = at_state(client, state)
    assert sends(said).status_code == 302
    assert sends(said).status_code == 403
    client.get(DONE)
    assert user_in(client)
    client.post("/sign-in/logout/")
    assert sends(said).status_code == 403
    assert client.get(DONE).status_code == 403
    assert user_in(client) == ""


def test_an_answer_is_fetched_once(state: StateProvider) -> None:
    client = Client()
    sends(at_state(client, state))
    asked = client.session["saml_asked"]
    client.get(DONE)
    other = Client()
    session = other.session
    session["saml_asked"] = asked
    session.save()
    assert other.get(DONE).status_code == 403


def test_a_second_answer_to_the_same_request_changes_nobody(state: StateProvider, lee: Member) -> None:
    client = Client()
    there = client.get(START)["Location"]
    sends(state.answer(there))
    client.get(DONE)
    held = user_in(client)
    state.says |= {"subject": "another", "email": lee.user.email}
    sends(state.answer(there))
    client.get(DONE)
    assert user_in(client) == held


def test_an_answer_that_was_fetched_too_late(state: StateProvider, time_machine: Any) -> None:
    client = Client()
    sends(at_state(client, state))
    time_machine.move_to(instant(121))
    assert client.get(DONE).status_code == 403


def test_a_request_that_was_left_for_long(state: StateProvider, time_machine: Any) -> None:
    client = Client()
    there = client.get(START)["Location"]
    time_machine.move_to(instant(601))
    sends(state.answer(there))
    assert client.get(DONE).status_code == 403


def test_one_state_does_not_speak_for_another(
    state: StateProvider, settings: Settings, tmp_path: Path
) -> None:
    path = state.write_file(tmp_path)
    other = path.read_text().replace("[california]", "[texas]").replace(ENTITY, "https://idp.texas.example/")
    path.write_text(path.read_text() + other)
    settings.SAML_PROVIDERS_FILE = str(path)
    client = Client()
    assert sends(at_state(client, state), "/sign-in/state/texas/answer/").status_code == 403
    at_state(client, state)
    sends(state.answer(client.get(START)["Location"]))
    assert client.get("/sign-in/state/texas/done/").status_code == 403
    assert user_in(client) == ""


# What is hidden in the text -----------------------------------------------------------------------------------------


def in_text(old: bytes, new: bytes) -> Wrap:
    return lambda tree: etree.tostring(tree).replace(old, new)


@pytest.mark.parametrize("hidden", [b"<!-- -->", b"<?x?>", b"<![CDATA[x]]>"])
def test_a_comment_cuts_no_name_in_two(hidden: bytes, state: StateProvider) -> None:
    """Canonical form leaves comments out, so the signature of `b7c1d0.evil` holds with one in it."""
    state.says["subject"] = "b7c1d0.evil"
    state.after = in_text(b"b7c1d0", b"b7c1d0" + hidden)
    refuses(state)


def test_a_comment_cuts_no_address_in_two(state: StateProvider, maria: Member) -> None:
    address = maria.user.email.encode()
    state.says["email"] = f"{maria.user.email}.evil.example.gov"
    state.after = in_text(address, address + b"<!---->")
    refuses(state)


LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
DOCUMENT_TYPES = {
    "laughs": b'<!DOCTYPE x [<!ENTITY a0 "ha">' + LAUGHS + b"]>",
    "file": b'<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>',
    "address": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
}


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-7"])
def test_a_document_type_is_not_even_parsed(kind: str, encoding: str, state: StateProvider) -> None:
    def change(tree: Any) -> Any:
        text = (DOCUMENT_TYPES[kind] + etree.tostring(tree).replace(b"b7c1d0", b"&a9;")).decode()
        declared = "" if encoding == "utf-8" else f'<?xml version="1.0" encoding="{encoding}"?>'
        return (declared + text).encode(encoding)

    state.after = change
    refuses(state)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "%",
        "PHg+",
        b64encode(b"<x/>").decode(),
        b64encode(b"\xff\xfe").decode(),
        "A" * 300_000,
        "\x00",
        "é",
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_in_words(said: str, state: StateProvider) -> None:
    assert sends(said).status_code == 403


def test_an_answer_of_great_depth_or_length_costs_little(state: StateProvider) -> None:
    deep = b"<a>" * 20_000 + b"</a>" * 20_000
    assert len(deep) < shape.LARGEST
    for document in (deep, b"<a" + b" b='c'" * 20_000 + b"/>", b"<a>" + b"<b/>" * 150_000 + b"</a>"):
        assert sends(b64encode(document).decode()).status_code == 403


def test_the_format_of_the_name_is_what_the_test_provider_says(state: StateProvider) -> None:
    """So that the lies above are the only thing wrong with their answers."""
    client = Client()
    comes_back(client, state)
    assert user_in(client)
    assert PERSISTENT.endswith(":persistent")
