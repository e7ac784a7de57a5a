"""A state's provider of identities, which signs real assertions with a key of its own. It lies when told to."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID
from django.utils import timezone
from lxml import etree

ENTITY = "https://idp.state.example/metadata"
SIGN_IN_AT = "https://idp.state.example/sso"
MFA = "https://refeds.org/profile/mfa"
PHISHING_RESISTANT = "https://state.example/assurance/passkey"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
NAMES = {"saml": SAML, "samlp": SAMLP, "ds": "http://www.w3.org/2000/09/xmldsig#"}
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"

ANSWER = f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{{response_id}}" Version="2.0"
  IssueInstant="{{now}}" Destination="{{destination}}" InResponseTo="{{answers}}"><saml:Issuer>{{issuer}}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{{status}}"/></samlp:Status>
<saml:Assertion ID="{{assertion_id}}" Version="2.0" IssueInstant="{{now}}"><saml:Issuer>{{assertion_issuer}}</saml:Issuer>
<saml:Subject><saml:NameID Format="{{format}}">{{subject}}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:{{method}}"><saml:SubjectConfirmationData
  InResponseTo="{{confirms}}" Recipient="{{recipient}}" NotOnOrAfter="{{ends}}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{{begins}}" NotOnOrAfter="{{ends}}"><saml:AudienceRestriction>
<saml:Audience>{{audience}}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{{proved}}" SessionIndex="_s1"><saml:AuthnContext>
<saml:AuthnContextClassRef>{{context}}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="{MAIL}"><saml:AttributeValue>{{email}}</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement></saml:Assertion></samlp:Response>"""

Change = Callable[[Any], Any]
Held = tuple[RSAPrivateKey, bytes]


def keys() -> Held:
    """A key and its certificate in PEM."""
    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.state.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = datetime.now(UTC)
    made = (
        made.serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
    return key, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class StateProvider:
    """`says` overrides what it writes; `before` and `after` change the tree around its signature."""

    def __init__(self, key: RSAPrivateKey, certificate: bytes, email: str) -> None:
        self.key, self.certificate = key, certificate
        self.says: dict[str, str] = {"email": email}
        self.before: Change = lambda tree: tree
        self.after: Change = lambda tree: tree
        self.signs = ["assertion"]
        self.count = 0
        self.asked: Any = None

    def write_file(self, folder: Path, **more: Any) -> Path:
        (folder / "state.pem").write_bytes(self.certificate)
        fields = {
            "name": "California",
            "entity_id": ENTITY,
            "sign_in_at": SIGN_IN_AT,
            "certificates": ["state.pem"],
            "domains": ["example.gov"],
            "second_factor": [MFA],
        } | more
        lines = "".join(f"{name} = {value!r}\n" for name, value in fields.items())
        path = folder / f"states-{len(list(folder.iterdir()))}.toml"
        path.write_text(f"[california]\n{lines}")
        return path

    def answer(self, address: str) -> str:
        """What its page's form holds, for whoever was sent here by `address`."""
        return self.encoded(self.tree(address))

    def tree(self, address: str) -> Any:
        asked = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
        self.asked = etree.fromstring(zlib.decompress(b64decode(asked), -15))
        self.count += 1
        here = self.asked.get("AssertionConsumerServiceURL")
        said = {
            "response_id": f"_r{self.count}",
            "assertion_id": f"_a{self.count}-{self.asked.get('ID')[-8:]}",
            "destination": here,
            "recipient": here,
            "answers": self.asked.get("ID"),
            "confirms": self.asked.get("ID"),
            "issuer": ENTITY,
            "assertion_issuer": ENTITY,
            "audience": self.asked.findtext("saml:Issuer", namespaces=NAMES),
            "status": "Success",
            "format": PERSISTENT,
            "method": "bearer",
            "subject": "b7c1d0",
            "context": MFA,
            "now": instant(),
            "proved": instant(),
            "begins": instant(-60),
            "ends": instant(300),
        } | self.says
        tree = self.before(etree.fromstring(ANSWER.format(**said)))
        for what in self.signs:
            self.sign(tree if what == "response" else tree.find("saml:Assertion", NAMES))
        return self.after(etree.fromstring(etree.tostring(tree)))  # what xmlsec makes is not found by name

    def sign(self, element: Any, *, method: Any = None, digest: Any = None) -> None:
        method = method or xmlsec.constants.TransformRsaSha256
        mark = xmlsec.template.create(element, xmlsec.constants.TransformExclC14N, method, ns="ds")
        element.insert(1, mark)
        uri = f"#{element.get('ID')}"
        reference = xmlsec.template.add_reference(mark, digest or xmlsec.constants.TransformSha256, uri=uri)
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(mark))
        xmlsec.tree.add_ids(element, ["ID"])
        context = xmlsec.SignatureContext()
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
        context.key.load_cert_from_memory(self.certificate, xmlsec.constants.KeyDataFormatPem)
        context.sign(mark)

    @staticmethod
    def encoded(tree: Any) -> str:
        return b64encode(tree if isinstance(tree, bytes) else etree.tostring(tree)).decode()


def instant(seconds: float = 0) -> str:
    return (timezone.now().astimezone(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
