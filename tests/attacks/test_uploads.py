"""The product takes no files from anybody: what a form brings is dropped before it reaches a disk."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import get_resolver, reverse
from rest_framework import serializers

from accounts.models import Member
from engagements.models import Engagement
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
BIG = 4 * 1024 * 1024
"""More than Django keeps in memory: from there on it writes to the disk of the server."""


def subclasses(kind: type[Any]) -> set[type[Any]]:
    return {kind} | {below for child in kind.__subclasses__() for below in subclasses(child)}


def test_no_model_form_or_route_has_a_field_for_a_file() -> None:
    assert get_resolver().reverse_dict  # Every form and shape that has an address is imported with it.
    assert not [
        f for model in apps.get_models() for f in model._meta.fields if isinstance(f, models.FileField)
    ]
    ours = [form for form in subclasses(forms.BaseForm) if not form.__module__.startswith("django")]
    held = [form for form in ours for field in getattr(form, "base_fields", {}).values()
            if isinstance(field, forms.FileField)]  # fmt: skip
    assert len(ours) > 20
    assert not held
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


@pytest.mark.parametrize("door", ["account_login", "accounts:ask", "engagements:start"])
def test_a_file_is_refused_before_it_reaches_memory_or_disk(
    door: str, maria: Member, client_for: ClientFor, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryUploadedFile.__init__",
        lambda self, name, *given, **named: kept.append(name),
    )
    browser = client_for(maria) if door == "engagements:start" else Client()
    virus = SimpleUploadedFile("../../x.php", b"MZ" + b"\0" * BIG, "application/x-dosexec")
    before = Engagement.objects.count()
    answer = browser.post(reverse(door), {"title": "Water", "file": virus})
    assert answer.status_code == 400
    assert not kept
    assert not list(disk.iterdir())
    assert Engagement.objects.count() == before


def test_the_api_reads_no_files(maria: Member, client_for: ClientFor) -> None:
    virus = SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    answer = client_for(maria).post("/api/v1/engagements/", {"title": "Water", "file": virus})
    assert answer.status_code in {400, 415}
