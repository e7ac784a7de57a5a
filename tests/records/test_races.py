"""Two at the same moment, on real connections: what somebody marks while a file begins is kept back in it."""

import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Member, Office
from records import actions, marks
from records.models import Exemption, ReferralExemption
from tests.engagements.test_races import at_once
from tests.factories import engagements as make
from tests.factories import referrals as refer
from tests.factories.accounts import make_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def exports(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.EXPORTS_DIR = str(tmp_path / "exports")
    yield tmp_path / "exports"


def test_what_is_marked_while_a_file_begins_is_not_given_out(maria: Member, lee: Member) -> None:
    """The mark bears a moment from before the file began, and is there for others after it was read."""
    filed, today = make.filed(maria, title="Lithium talks"), timezone.localdate()
    request = actions.ask(title="The Tribune", since=today, until=today + timedelta(days=60), by=lee)
    actions.queue(request, by=lee)
    is_marked, is_made = threading.Event(), threading.Event()

    def mark() -> None:
        with transaction.atomic():
            actions.mark(filed, parts=["Title"], basis="§ 6", by=lee)
            is_marked.set()
            is_made.wait(1)  # who waits for the mark is not made before it is saved

    def work() -> None:
        assert is_marked.wait(10)
        assert actions.work() == 1
        is_made.set()

    assert at_once(mark, work) == ["done", "done"]
    request.refresh_from_db()
    with zipfile.ZipFile(request.path) as file:
        is_in_it = "Lithium talks" in file.read("records.csv").decode()
    assert not is_in_it or marks.why_not_given(request, lee)


@pytest.mark.parametrize("version", [0, None])
def test_marked_for_the_first_time_by_two_leads_at_once_is_what_one_of_them_said(
    maria: Member, lee: Member, california: Office, version: int | None
) -> None:
    filed, other = make.filed(maria), make_member(california, "lead")
    outcomes = at_once(
        lambda: actions.mark(filed, parts=["Title"], basis="§ 6", by=lee, version=version),
        lambda: actions.mark(filed, parts=["Purpose"], basis="§ 7", by=other, version=version),
    )
    assert "done" in outcomes and set(outcomes) <= {"Stale", "done"}
    assert version is None or sorted(outcomes) == ["Stale", "done"]
    held = Exemption.objects.get()
    assert (*held.parts, held.basis) in {("Title", "§ 6"), ("Purpose", "§ 7")}


def test_two_offices_mark_one_referral_at_once_each_for_itself(
    maria: Member, lee: Member, tom: Member
) -> None:
    referral, theirs = refer.referred(maria, tom.office), make_member(tom.office, "lead")
    outcomes = at_once(
        lambda: actions.mark_referral(referral, parts=["Title"], basis="§ 6", by=lee, version=0),
        lambda: actions.mark_referral(referral, parts=["Answer"], basis="§ 5", by=theirs, version=0),
    )
    assert outcomes == ["done", "done"]
    assert ReferralExemption.objects.count() == 2
