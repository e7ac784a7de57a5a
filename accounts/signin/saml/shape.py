"""What an answer must look like before anything in it is believed, or its signature even checked.

Attacks on SAML put a second assertion, signature, reference or comment where one reader looks and another does not.
Here there is one of each, in its place, or nothing. The library that checks the signature comes after this, and looks
again.
"""

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from accounts.signin.claims import WRONG, NotTrusted

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
ENCRYPTED = "{http://www.w3.org/2001/04/xmlenc#}*"
LARGEST = 200_000
DECLARATION = re.compile(
    r"""\A<\?xml version=["']1\.0["'](?: encoding=["']utf-8["'])?(?: standalone=["']no["'])?\s*\?>""",
    re.IGNORECASE,
)

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SIGNATURES = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{size}"
    for kind in ("rsa", "ecdsa")
    for size in (256, 384, 512)
)
DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)


def require_plain(document: bytes) -> None:
    root = _parsed(document)
    _require(root.tag == f"{PROTOCOL}Response")
    (assertion,) = _exactly_one(root.iter("{*}Assertion"))
    _require(assertion.tag == f"{ASSERTION}Assertion" and assertion.getparent() is root)
    _require(not any(True for _ in root.iter(ENCRYPTED, "{*}EncryptedAssertion", "{*}EncryptedID")))
    ids = [value for node in root.iter() for name, value in node.attrib.items() if _is_id(name)]
    _require(len(set(ids)) == len(ids))
    signatures = list(root.iter("{*}Signature"))
    _require(sum(mark.getparent() is assertion for mark in signatures) == 1)
    _require(sum(mark.getparent() is root for mark in signatures) == len(signatures) - 1 <= 1)
    for mark in signatures:
        _require_signature(mark)
    _require(all(node.tag == f"{DSIG}Reference" for node in root.iter() if "URI" in node.attrib))


def _parsed(document: bytes) -> Any:
    """No document type, entity, comment, section or instruction of any kind reaches the parser."""
    _require(len(document) <= LARGEST)
    try:
        text = DECLARATION.sub("", document.decode("utf-8"), count=1)
        _require(not any(mark in text for mark in ("<!", "<?", "\0")))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(text.encode(), parser)
    except (ValueError, etree.XMLSyntaxError) as error:
        raise NotTrusted(WRONG) from error


def _require_signature(mark: Any) -> None:
    """It signs the element that it stands in, whole, and by nothing that could leave a part of it out."""
    _require(mark.tag == f"{DSIG}Signature")
    _require(
        {child.tag for child in mark}
        <= {f"{DSIG}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")}
    )
    (reference,) = _exactly_one(mark.iter(f"{DSIG}Reference"))
    owner = mark.getparent().get("ID")
    _require(bool(owner) and reference.get("URI") == f"#{owner}")
    _require(reference.getparent().tag == f"{DSIG}SignedInfo" and reference.getparent().getparent() is mark)
    _require(_algorithms(mark, "CanonicalizationMethod") == [EXCLUSIVE])
    _require(set(_algorithms(mark, "SignatureMethod")) <= SIGNATURES)
    _require(set(_algorithms(mark, "DigestMethod")) <= DIGESTS)
    _require(_algorithms(mark, "Transform") in ([ENVELOPED, EXCLUSIVE], [ENVELOPED]))


def _algorithms(mark: Any, name: str) -> list[str]:
    return [node.get("Algorithm", "") for node in mark.iter(f"{DSIG}{name}")]


def _is_id(name: str) -> bool:
    return bool(etree.QName(name).localname.lower() == "id")


def _exactly_one(nodes: Iterable[Any]) -> list[Any]:
    found = list(nodes)
    _require(len(found) == 1)
    return found


def _require(is_so: bool) -> None:
    if not is_so:
        raise NotTrusted(WRONG)
