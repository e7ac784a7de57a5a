"""Questions whose SQL is put together once."""

import pytest

from accounts.models import Member, User
from diplomacy.lib.prepared import HOLE, Prepared


def members_of(pk: int) -> list[Member]:
    return list(Member.objects.filter(user=pk).with_coalitions())


def coalitions(members: list[Member]) -> list[list[int]]:
    return [held.coalition_ids for held in members]  # type: ignore[attr-defined]


def test_each_is_answered_for_the_person_asked_for(maria: Member, tom: Member, operator: User) -> None:
    prepared = Prepared(Member.objects.filter(user=HOLE).select_related("office").with_coalitions())
    for user in (maria.user, tom.user, operator, maria.user):
        given = prepared.rows(user.pk)
        assert given == members_of(user.pk)
        assert coalitions(given) == coalitions(members_of(user.pk))


def test_the_office_comes_with_it(maria: Member, django_assert_num_queries: object) -> None:
    prepared = Prepared(Member.objects.filter(user=HOLE).select_related("office"))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert prepared.rows(maria.user_id)[0].office.name == maria.office.name


@pytest.mark.django_db
def test_one_that_asks_for_no_id_or_for_two_is_refused() -> None:
    for queryset in (Member.objects.all(), Member.objects.filter(user=HOLE, office=HOLE)):
        with pytest.raises(ValueError, match="one id"):
            Prepared(queryset)
