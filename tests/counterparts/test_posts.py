"""Posts of people on the register: changed by whom, and not over somebody else's change."""

import pytest
from django.urls import reverse

from accounts.models import Member
from counterparts.models import Post
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db


def page_of(post: Post) -> str:
    return reverse("counterparts:change_post", args=[post.person.reference, 1])


def test_a_post_is_changed_and_the_person_says_so(maria: Member, client_for: ClientFor) -> None:
    post, browser = make.post(maria), client_for(maria)
    said = {"title": "Minister", "starts_on": "2027-01-20", "version": post.version}
    assert browser.post(page_of(post), said).status_code == 302
    assert "Minister" in browser.get(post.person.get_absolute_url()).content.decode()
    post.refresh_from_db()
    assert (post.title, post.version) == ("Minister", 2)


@pytest.mark.parametrize("read", [{}, {"version": 1}, {"version": "x"}])
def test_a_change_made_on_an_older_page_is_kept_in_its_fields_and_sent_again_with_open_eyes(
    maria: Member, tom: Member, client_for: ClientFor, read: dict[str, object]
) -> None:
    post, browser = make.post(maria), client_for(tom)
    client_for(maria).post(page_of(post), {"title": "Minister", "version": 1})
    answer = browser.post(page_of(post), {"title": "Acting minister", "ends_on": "2027-03-01", **read})
    assert answer.status_code in {400, 409}
    shown = answer.content.decode()
    assert 'value="Acting minister"' in shown and "2027-03-01" in shown
    if answer.status_code == 409:
        assert 'data-label="Saved now" dir="auto">Minister<' in shown and "Maria Lopez" in shown
    assert Post.objects.get().title == "Minister"
    assert browser.post(page_of(post), {"title": "Acting minister", "version": 2}).status_code == 302
    assert Post.objects.get().title == "Acting minister"


def test_a_last_day_before_the_first_is_said_at_its_field(maria: Member, client_for: ClientFor) -> None:
    post = make.post(maria)
    said = {"title": "Minister", "starts_on": "2027-02-01", "ends_on": "2027-01-01", "version": 1}
    answer = client_for(maria).post(page_of(post), said)
    assert answer.status_code == 400
    assert "ends_on" in answer.context["form"].errors
    assert Post.objects.get().starts_on is None
