"""Files are taken at one address, from desk leads: elsewhere what a form brings is dropped before it reaches a disk."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings
from rest_framework import serializers

from accounts.models import Member
from counterparts.lists import actions, publishers
from counterparts.lists.forms import LoadForm
from diplomacy.lib import uploads
from engagements.models import Engagement
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
BIG = 4 * 1024 * 1024
"""More than Django keeps in memory: from there on it writes to the disk of the server."""


def subclasses(kind: type[Any]) -> set[type[Any]]:
    return {kind} | {below for child in kind.__subclasses__() for below in subclasses(child)}


def test_no_model_or_route_and_one_form_has_a_field_for_a_file() -> None:
    assert get_resolver().reverse_dict  # Every form and shape that has an address is imported with it.
    assert not [
        f for model in apps.get_models() for f in model._meta.fields if isinstance(f, models.FileField)
    ]
    ours = [form for form in subclasses(forms.BaseForm) if not form.__module__.startswith("django")]
    held = [form for form in ours for field in getattr(form, "base_fields", {}).values()
            if isinstance(field, forms.FileField)]  # fmt: skip
    assert len(ours) > 20
    assert held == [LoadForm]
    shapes = [
        shape for shape in subclasses(serializers.Serializer) if not shape.__module__.startswith("rest")
    ]
    assert len(shapes) > 20
    assert not [shape for shape in shapes for field in shape._declared_fields.values()
                if isinstance(field, serializers.FileField)]  # fmt: skip


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "door", ["account_login", "accounts:ask", "engagements:start", "counterparts:load_list"]
)
def test_a_file_is_refused_before_it_reaches_memory_or_disk(
    door: str, maria: Member, client_for: ClientFor, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(
        "diplomacy.lib.uploads.Arriving.__init__", lambda self, folder, name, **named: kept.append(name)
    )
    browser = client_for(maria) if door in {"engagements:start", "counterparts:load_list"} else Client()
    browser.get(reverse("account_login" if door in {"account_login", "accounts:ask"} else "home"))
    browser.handler.enforce_csrf_checks = True  # As in a browser: the body is read before the view is asked.
    virus = SimpleUploadedFile("../../x.php", b"MZ" + b"\0" * BIG, "application/x-dosexec")
    before = Engagement.objects.count()
    answer = browser.post(reverse(door), {"title": "Water", "file": virus})
    assert answer.status_code == 400
    assert not kept
    assert not list(disk.iterdir())
    assert Engagement.objects.count() == before


def addresses(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern


def test_one_address_takes_files() -> None:
    taking = [pattern.name for pattern in addresses(get_resolver()) if hasattr(pattern.callback, "admission")]
    assert taking == ["load_list"]


@pytest.fixture
def lists(settings: Settings, tmp_path: Path) -> Path:
    settings.LISTS_DIR = str(tmp_path / "lists")
    return tmp_path / "lists"


def send(client: Client, *contents: bytes) -> Any:
    files = [SimpleUploadedFile("../../x.php", content) for content in contents]
    return client.post(reverse("counterparts:load_list"), {"source": "un", "sent": files})


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_a_desk_lead_sends_is_bounded_counted_and_deleted(
    desk_lead: Member, client_for: ClientFor, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(desk_lead)
    assert send(client, b"MZ" + b"\0" * BIG).status_code == 200, "it is no list, and the form says so"
    assert left(lists) == []
    too_large = send(client, *[b"x" * (publishers.MOST_BYTES // 2)] * 2, b"x" * 100_000)
    assert too_large.status_code == 400, "by what the request says of its length"
    monkeypatch.setattr(uploads, "REST_OF_A_FORM", 10**9)
    assert send(client, *[b"x" * (publishers.MOST_BYTES // 2)] * 2, b"x" * 100_000).status_code == 400, (
        "by its bytes"
    )
    assert send(client, b"x", b"x", b"x", b"x").status_code == 400, "three files are the most"
    assert left(lists) == []


def test_a_file_is_kept_under_a_name_of_ours(desk_lead: Member, client_for: ClientFor, lists: Path) -> None:
    from tests.factories.list_files import un

    assert send(client_for(desk_lead), un()).status_code == 302
    (path,) = left(lists)
    assert path.name == "0"
    assert path.parent.parent == lists
    actions.work()
    assert left(lists) == []


def test_the_api_reads_no_files(maria: Member, client_for: ClientFor) -> None:
    virus = SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    answer = client_for(maria).post("/api/v1/engagements/", {"title": "Water", "file": virus})
    assert answer.status_code in {400, 415}
