"""Which desk is asked about what: the command line says it, and nobody else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Member
from activity.models import Entry
from engagements.models import Coverage
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("cover_desk", *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_desk_that_covers_a_country_is_asked_about_it(maria: Member, liaison: Member) -> None:
    assert run(liaison.office.reference.lower(), "--country=MX") == f"{liaison.office}: MX"
    assert make.filed(maria).advice_requests.get().desk == liaison.office
    entry = Entry.objects.get(kind="engagements.desk_covers_by_command")
    assert (entry.actor, entry.subject_reference, entry.data) == (
        None,
        liaison.office.reference,
        {"covers": {"country": "MX"}},
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["O-NOWHERE1", "--country=MX"], "There is no desk"),
        (["OFFICE", "--country=MX"], "There is no desk"),
        (["DESK"], "Nothing was saved"),
        (["DESK", "--country=Mexico"], "Nothing was saved"),
        (["DESK", "--topic=weather"], "invalid choice"),
        (["DESK", "--division=ocd-division/country:us/state:zz"], "There is no division"),
        (["DESK", "--country=JP"], "Nothing was saved"),
    ],
)
def test_what_does_not_read_is_refused_with_a_reason(
    maria: Member, liaison: Member, arguments: list[str], reason: str
) -> None:
    Coverage.objects.create(desk=liaison.office, country="JP")
    named = {"DESK": liaison.office.reference, "OFFICE": maria.office.reference}
    with pytest.raises(CommandError, match=reason):
        run(*[named.get(part, part) for part in arguments])
    assert Coverage.objects.count() == 1
    assert not Entry.objects.filter(kind="engagements.desk_covers_by_command").exists()
