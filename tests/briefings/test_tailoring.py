"""Who gets which section: the table of docs/decisions/0005, and the ways around it that must stay shut."""

import pytest

from briefings.choices import Kind, Label
from briefings.tailoring import ADMITS, Cut, Part, Rule, Seat, admitted, cuts, fingerprint, narrowest

GOV = Seat(member_id=1, user_id=10, office_id=100, role="principal")
STAFF = Seat(member_id=2, user_id=20, office_id=100, role="staff")
ELSEWHERE = Seat(member_id=3, user_id=30, office_id=200, role="principal")
OFFICES = frozenset({100})


def rule(kind: str, section: int | None = None, role: str = "") -> Rule:
    if kind == Kind.PERSON:
        return Rule(kind, section, user_id=10)
    if kind == Kind.ROLE:
        return Rule(kind, section, role="principal")
    return Rule(kind, section, offices=OFFICES, role=role)


EXPECTED = {
    Label.CLEAR: set(Kind),
    Label.GREEN: set(Kind),
    Label.AMBER: set(Kind),
    Label.STRICT: {Kind.PERSON, Kind.OFFICE},
    Label.RED: {Kind.PERSON},
}


@pytest.mark.parametrize("label", list(Label))
@pytest.mark.parametrize("kind", list(Kind))
def test_a_label_admits_by_how_the_reader_was_named(label: Label, kind: Kind) -> None:
    admits = bool(admitted([Part(1, label)], [rule(kind)], GOV))
    assert admits == (kind in EXPECTED[label])


def test_every_label_says_whom_it_admits() -> None:
    assert set(ADMITS) == set(Label)


@pytest.mark.parametrize("label", list(Label))
def test_nobody_outside_the_audience_is_admitted_to_anything(label: Label) -> None:
    assert admitted([Part(1, label)], [rule(Kind.OFFICE), rule(Kind.PERSON)], ELSEWHERE) == ()


def test_a_sections_own_audience_narrows_and_never_widens() -> None:
    parts = [Part(1, Label.AMBER), Part(2, Label.AMBER)]
    rules = [rule(Kind.OFFICE), Rule(Kind.PERSON, 2, user_id=20), Rule(Kind.PERSON, 2, user_id=30)]
    assert admitted(parts, rules, STAFF) == (1, 2)
    assert admitted(parts, rules, GOV) == (1,)
    assert admitted(parts, rules, ELSEWHERE) == ()


def test_a_section_narrowed_to_nobody_reaches_nobody() -> None:
    rules = [rule(Kind.OFFICE), Rule(Kind.COALITION, 1, offices=frozenset())]
    assert cuts([Part(1, Label.CLEAR)], rules, [GOV, STAFF]) == []


def test_naming_a_person_on_the_section_is_naming_them_for_red() -> None:
    rules = [rule(Kind.OFFICE), Rule(Kind.PERSON, 1, user_id=10)]
    assert admitted([Part(1, Label.RED)], rules, GOV) == (1,)
    assert admitted([Part(1, Label.RED)], rules, STAFF) == ()


def test_a_role_keeps_a_rule_to_those_who_serve_in_it() -> None:
    rules = [rule(Kind.OFFICE, role="principal")]
    assert [cut.user_id for cut in cuts([Part(1, Label.AMBER)], rules, [GOV, STAFF, ELSEWHERE])] == [10]


def test_who_is_admitted_to_nothing_gets_no_copy() -> None:
    rules = [rule(Kind.DIVISION), Rule(Kind.PERSON, user_id=10)]
    made = cuts([Part(1, Label.RED)], rules, [GOV, STAFF])
    assert made == [Cut(user_id=10, member_id=1, sections=(1,))]


def test_two_memberships_are_never_added_up() -> None:
    """Each copy stands with one membership: what another one would have brought must not outlive it."""
    in_other = GOV._replace(member_id=9, office_id=200)
    parts = [Part(1, Label.AMBER), Part(2, Label.AMBER)]
    rules = [
        Rule(Kind.OFFICE, offices=frozenset({100, 200})),
        Rule(Kind.OFFICE, 1, offices=frozenset({100})),
        Rule(Kind.OFFICE, 2, offices=frozenset({200})),
    ]
    assert cuts(parts, rules, [in_other, GOV]) == [Cut(user_id=10, member_id=1, sections=(1,))]


def test_the_membership_that_admits_the_most_brings_the_copy() -> None:
    in_other = GOV._replace(member_id=9, office_id=200)
    parts = [Part(1, Label.CLEAR), Part(2, Label.STRICT)]
    rules = [rule(Kind.ROLE), Rule(Kind.OFFICE, offices=frozenset({200}))]
    assert cuts(parts, rules, [GOV, in_other]) == [Cut(user_id=10, member_id=9, sections=(1, 2))]


def test_the_order_of_what_is_looked_at_changes_nothing() -> None:
    parts = [Part(1, Label.CLEAR), Part(2, Label.RED)]
    rules = [rule(Kind.OFFICE), rule(Kind.PERSON)]
    forward, backward = cuts(parts, rules, [GOV, STAFF]), cuts(parts, rules[::-1], [STAFF, GOV])
    assert forward == backward
    assert fingerprint(forward) == fingerprint(reversed(backward))


def test_a_copy_carries_its_narrowest_label() -> None:
    assert narrowest(["GREEN", "CLEAR", "AMBER"]) == "AMBER"
    assert narrowest(["AMBER+STRICT", "AMBER"]) == "AMBER+STRICT"
