"""The bell and its page: a person's own notices, with a title only while the subject is theirs to see."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from activity import actions as activity
from activity.models import Notice, Preference
from engagements import actions
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

ClientFor = Callable[[Member], Client]


def page(person: Member, client_for: ClientFor) -> str:
    return client_for(person).get(reverse("activity:notices")).content.decode()


def test_nobody_was_told_anything_yet(maria: Member, client_for: ClientFor) -> None:
    assert "Nothing to tell you yet" in page(maria, client_for)


def test_opening_a_notice_reads_it_and_leads_to_the_desks_own_page(
    maria: Member, lee: Member, liaison: Member, client_for: ClientFor
) -> None:
    request = make.requested(maria, liaison)
    notice = Notice.objects.get(recipient=liaison.user)
    assert "Water dialogue" in page(liaison, client_for)
    answer = client_for(liaison).get(reverse("activity:open", args=[notice.delivery_key]))
    assert answer.headers["Location"] == request.get_absolute_url()
    notice.refresh_from_db()
    assert notice.read_at
    to_lead = Notice.objects.get(recipient=lee.user)
    answer = client_for(lee).get(reverse("activity:open", args=[to_lead.delivery_key]))
    assert answer.headers["Location"] == request.engagement.get_absolute_url()


def test_a_subject_that_is_no_longer_theirs_gives_a_neutral_line_and_a_404(
    maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    request = make.requested(maria, liaison)
    actions.share(request.engagement, by=maria, visibility="restricted")
    notice = Notice.objects.get(recipient=liaison.user)
    shown = page(liaison, client_for)
    assert "Water dialogue" not in shown
    assert "new request" not in shown
    assert "no longer shared with you" in shown
    client = client_for(liaison)
    gone = client.get(reverse("activity:open", args=[notice.delivery_key]))
    absent = client.get(reverse("activity:open", args=[uuid.uuid4()]))
    assert gone.status_code == absent.status_code == 404
    assert gone.content == absent.content


def test_a_notice_of_somebody_else_does_not_exist(
    maria: Member, liaison: Member, tom: Member, client_for: ClientFor
) -> None:
    make.requested(maria, liaison)
    key = Notice.objects.get(recipient=liaison.user).delivery_key
    assert client_for(tom).get(reverse("activity:open", args=[key])).status_code == 404
    assert client_for(tom).post(reverse("activity:read_one", args=[key])).status_code == 404
    assert Notice.objects.get(delivery_key=key).read_at is None


def test_marking_all_read_leaves_others_and_later_ones_alone(
    maria: Member, lee: Member, liaison: Member, client_for: ClientFor
) -> None:
    make.requested(maria, liaison)
    newest = Notice.objects.filter(recipient=liaison.user).latest("pk").pk
    make.requested(maria, liaison)
    client_for(liaison).post(reverse("activity:read_all"), {"newest": newest})
    assert Notice.objects.filter(recipient=liaison.user).unread().count() == 1
    assert not Notice.objects.filter(recipient=lee.user, read_at__isnull=False).exists()
    assert client_for(liaison).post(reverse("activity:read_all"), {"newest": "9" * 40}).status_code == 302


def test_unread_come_first_and_pages_follow_each_other(
    maria: Member,
    liaison: Member,
    client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(30):
        make.requested(maria, liaison)
    first = Notice.objects.filter(recipient=liaison.user).earliest("pk")
    activity.mark_read(Notice.objects.filter(pk=first.pk))
    client = client_for(liaison)
    with django_assert_max_num_queries(12):
        answer = client.get(reverse("activity:notices"))
    shown = [line.notice.pk for line in answer.context["lines"]]
    rest = client.get(reverse("activity:notices"), {"after": answer.context["page"].next})
    later = [line.notice.pk for line in rest.context["lines"]]
    assert (len(shown), len(later)) == (25, 4)
    assert not set(shown) & set(later)
    read = client.get(reverse("activity:notices"), {"tab": "read"})
    assert [line.notice.pk for line in read.context["lines"]] == [first.pk]
    activity.mark_read(Notice.objects.all())
    assert len(client.get(reverse("activity:notices")).context["lines"]) == 25


def test_preferences_are_kept_and_obeyed(maria: Member, liaison: Member, client_for: ClientFor) -> None:
    where = reverse("activity:preferences")
    client = client_for(liaison)
    fields = client.get(where).context["form"].fields
    asked = {app: [name for name, _ in field.choices] for app, field in fields.items()}
    asked["engagements"].remove("engagements.advice_requested")
    assert client.post(where, asked).status_code == 302
    assert Preference.objects.get().channel == "application"
    make.requested(maria, liaison)
    assert Notice.objects.get(recipient=liaison.user).mail == Notice.Mail.UNWANTED
    assert "as you chose" in page(liaison, client_for)
    assert client.post(where, asked | {"briefings": ["by.pigeon"]}).status_code == 400
    asked["engagements"].append("engagements.advice_requested")
    client.post(where, asked)
    assert Preference.objects.get().channel == "email"
