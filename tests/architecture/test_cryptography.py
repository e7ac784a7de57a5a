"""Every place in our code that encrypts, hashes, signs or draws at random is in docs/inventory.md, and no other."""

import ast
import re
from pathlib import Path

import pytest

from diplomacy.embedded import BASE_DIR
from tests.architecture.test_house import modules, name, tracked

FAMILIES = frozenset(
    {
        "hashlib",
        "hmac",
        "secrets",
        "random",
        "ssl",
        "cryptography",
        "joserfc",
        "authlib",
        "jwt",
        "fido2",
        "zlib",
    }
    | {"django.utils.crypto", "django.core.signing", "django.contrib.auth.hashers", "diplomacy.lib.seals"}
)
SQL = re.compile(
    r"\b(sha(?:224|256|384|512)|md5|gen_random_uuid|uuidv[47]|random|hashtext|crypt|hmac|digest)\("
)
IS_SQL = re.compile(r"\b(SELECT|CREATE|INSERT|UPDATE)\b|\bsha256\(convert_to")
SECTION = (BASE_DIR / "docs" / "inventory.md").read_text().split("### Where it is")[1].split("\n## ")[0]
LISTED = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", SECTION, re.MULTILINE))


def imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def in_sql(tree: ast.Module) -> bool:
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return any(IS_SQL.search(text) and SQL.search(text) for text in texts)


def uses(path: Path) -> bool:
    tree = ast.parse(path.read_text())
    named = imported(tree)
    return in_sql(tree) or any(
        one == family or one.startswith(f"{family}.") for one in named for family in FAMILIES
    )


def test_every_use_of_cryptography_is_in_the_inventory() -> None:
    migrations = tracked("*/migrations/*.py")
    found = {name(path) for path in [*modules(), *migrations] if uses(path)}
    assert found == set(LISTED)


@pytest.mark.parametrize(
    "code",
    [
        "import hashlib",
        "from cryptography.fernet import Fernet",
        "def f():\n from django.core import signing",
        "S = 'SELECT md5(x)'",
    ],
)
def test_a_new_use_is_noticed(code: str) -> None:
    tree = ast.parse(code)
    assert in_sql(tree) or any(one.split(".")[0] in FAMILIES or one in FAMILIES for one in imported(tree))


def test_no_page_of_ours_does_cryptography_in_the_browser() -> None:
    for path in tracked("diplomacy/static/js/*.js"):
        assert not re.search(r"crypto\b|subtle|btoa|Math\.random", path.read_text()), name(path)


def test_nothing_that_is_broken_is_used() -> None:
    for path in modules():
        text = path.read_text()
        assert (
            not re.search(r"\b(md5|sha1|MD5|SHA1|DES|RC4|ARC4|ECB|CBC)\b", text)
            or name(path) == "diplomacy/settings.py"
        )
