"""The pages as a browser without script meets them: what they keep, what they refuse, what they do not give away."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member, Office
from activity.models import Entry
from briefings import actions
from briefings.models import Briefing, Delivery
from engagements import actions as engagement_actions
from tests.conftest import ClientFor
from tests.factories import briefings as make
from tests.factories import engagements
from tests.factories.accounts import make_member
from tests.plugin_statements import Counting

pytestmark = pytest.mark.django_db


def at(name: str, record: Any = None, *more: Any) -> str:
    return reverse(f"briefings:{name}", args=[record.reference, *more] if record else [])


def rows(prefix: str, *said: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    posted: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(said), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(said):
        posted |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return posted


def part(**said: Any) -> dict[str, Any]:
    return {"heading": "Before you meet", "label": "AMBER", "body": "Ask about the river."} | said


def rule(who: str, **said: Any) -> dict[str, Any]:
    return {"section": "whole", "who": who, "role": "everyone"} | said


def text(page: Any) -> str:
    return str(page.content.decode())


def to(answer: Any) -> str:
    return str(answer.url)


def write(client: Client, **more: Any) -> Any:
    said = {"title": "Water", "key": "6f0b0c0e-0000-4000-8000-000000000001", **rows("sections", part())}
    return client.post(at("draft"), said | more)


# Writing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["change", "audience"])
def test_who_does_not_write_it_is_refused_before_what_they_sent_is_looked_at(
    name: str, client_for: ClientFor, briefer: Member, second_briefer: Member
) -> None:
    draft = make.drafted(briefer)
    assert client_for(second_briefer).post(at(name, draft), {"title": ""}).status_code == 403
    assert client_for(briefer).post(at(name, draft), {"title": ""}).status_code == 400


def test_the_whole_way_without_script(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member, maria: Member
) -> None:
    author, other, reader = client_for(briefer), client_for(second_briefer), client_for(gov)
    assert write(author).status_code == 302
    briefing = Briefing.objects.get()
    chosen = author.post(
        at("audience", briefing), {"version": 1} | rows("rules", rule("California International Office"))
    )
    assert to(chosen) == at("preview", briefing)
    page = author.get(at("preview", briefing))
    assert "2 readers get" in text(page)
    assert author.post(at("preview", briefing), {"version": 2}).status_code == 302
    shown = other.get(at("release", briefing)).context["form"]
    released = other.post(
        at("release", briefing), {"version": shown["version"].value(), "seen": shown["seen"].value()}
    )
    assert to(released) == briefing.get_absolute_url()
    copy = Delivery.objects.get(recipient=gov.user)
    assert "Ask about the river." in text(reader.get(at("read", copy)))
    reader.post(at("acknowledge", copy))
    reader.post(at("ask", copy), {"text": "Who speaks first?"})
    question = copy.questions.get()
    other.post(at("answer", briefing, question.reference), {"answer": "The host."})
    assert "The host." in text(reader.get(at("read", copy)))
    detail = text(other.get(briefing.get_absolute_url()))
    assert "Gale Overton" in detail
    assert "1 of 1 section" in detail


def test_a_page_sent_twice_starts_one_draft(client_for: ClientFor, briefer: Member) -> None:
    author = client_for(briefer)
    assert write(author).url == write(author).url
    assert Briefing.objects.count() == 1


def test_the_same_page_with_other_words_is_asked_about_and_kept(
    client_for: ClientFor, briefer: Member
) -> None:
    author = client_for(briefer)
    write(author)
    again = write(author, title="Other words")
    assert again.status_code == 409
    assert "Other words" in text(again)
    assert Briefing.objects.count() == 1


def test_a_stale_change_keeps_what_was_typed_and_says_what_differs(
    client_for: ClientFor, briefer: Member
) -> None:
    briefing = make.drafted(briefer)
    actions.change(briefing, actions.Writing({"title": "Saved meanwhile"}), by=briefer, version=1)
    section = briefing.sections.get()
    said = {"title": "Typed here", "version": 1} | rows(
        "sections", part(id=section.pk, body="Typed text"), initial=1
    )
    page = client_for(briefer).post(at("change", briefing), said)
    assert page.status_code == 409
    for words in ("Typed here", "Typed text", "Saved meanwhile", "Ask about the river."):
        assert words in text(page)
    briefing.refresh_from_db()
    assert briefing.title == "Saved meanwhile"
    accepted = client_for(briefer).post(
        at("change", briefing), said | {"version": page.context["form"].data["version"]}
    )
    assert accepted.status_code == 302


def test_what_was_typed_survives_a_submission_in_another_window(
    client_for: ClientFor, briefer: Member, maria: Member
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    said = {"title": "Typed here", "version": briefing.version} | rows("sections", part())
    page = client_for(briefer).post(at("change", briefing), said)
    assert page.status_code == 409
    assert "Typed here" in text(page)


def test_another_section_can_be_asked_for_without_script(client_for: ClientFor, briefer: Member) -> None:
    author = client_for(briefer)
    answer = write(author, **{"sections-more": "1"})
    assert answer.url.startswith(at("change", Briefing.objects.get()) + "?more=1")
    assert (
        text(author.get(answer.url)).count('class="row"') == 3
    )  # one saved, one blank, and the template for script


def test_sections_move_by_their_number(client_for: ClientFor, briefer: Member) -> None:
    briefing = make.drafted(briefer, sections=[make.section(heading="One"), make.section(heading="Two")])
    one, two = briefing.sections.all()
    said = rows(
        "sections",
        part(id=one.pk, heading="One", order=2),
        part(id=two.pk, heading="Two", order=1),
        initial=2,
    )
    client_for(briefer).post(at("change", briefing), {"title": "T", "version": 1} | said)
    assert [section.heading for section in briefing.sections.all()] == ["Two", "One"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 151},
        {"acknowledge_by": "2001-01-01"},
        {"expires_on": "2027-13-40"},
        {"acknowledge_by": "2999-02-02", "expires_on": "2999-01-01"},
        {"about": "E-00000000"},
        {"sections-0-label": "TLP:PURPLE"},
        {"sections-0-body": "x" * 20001},
        {"sections-0-heading": ""},
        {"sections-TOTAL_FORMS": "many"},
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_saved(
    client_for: ClientFor, briefer: Member, wrong: dict[str, str]
) -> None:
    page = write(client_for(briefer), **wrong)
    assert page.status_code == 400
    assert not Briefing.objects.exists()


def test_an_engagement_one_may_not_see_cannot_be_linked(
    client_for: ClientFor, briefer: Member, maria: Member
) -> None:
    engagement = engagements.filed(maria)
    for said in (
        {"about": engagement.reference},
        {"about": engagement.title, "about_reference": engagement.reference},
    ):
        assert write(client_for(briefer), **said).status_code == 400


# Choosing the readers -------------------------------------------------------------------------------------------------


def choose(client: Client, briefing: Briefing, *said: dict[str, Any]) -> Any:
    return client.post(at("audience", briefing), {"version": briefing.version} | rows("rules", *said))


def test_a_name_with_several_meanings_is_asked_about(
    client_for: ClientFor, briefer: Member, california: Office
) -> None:
    briefing, author = make.drafted(briefer), client_for(briefer)
    page = choose(author, briefing, rule("California"))
    assert page.status_code == 400
    assert "Which one do you mean?" in text(page)
    picked = rule("California", which=f"office:{california.reference}")
    assert choose(author, briefing, picked).status_code == 302
    assert briefing.audience.get().office == california


def test_a_person_is_found_by_their_address(client_for: ClientFor, briefer: Member, gov: Member) -> None:
    briefing = make.drafted(briefer)
    assert choose(client_for(briefer), briefing, rule(gov.user.email)).status_code == 302
    assert briefing.audience.get().user == gov.user


def test_a_token_that_does_not_fit_the_name_is_not_believed(
    client_for: ClientFor, briefer: Member, gov: Member, tom: Member
) -> None:
    briefing = make.drafted(briefer)
    choose(client_for(briefer), briefing, rule("Tom Baker", value=f"person:{gov.user.email}"))
    assert briefing.audience.get().user == tom.user


@pytest.mark.parametrize(
    "wrong",
    [
        rule("Nobody Atall"),
        rule("Tom Baker", role="principal"),
        rule("Tom Baker", days=10),
        rule("Mexico", days=366),
        rule("Tom Baker", section="999999"),
        rule("Tom Baker", role="king"),
        rule("person:1", value="person:1"),
        rule("x\x00y", value="office:\x00"),
    ],
)
def test_a_rule_that_does_not_fit_is_named_and_kept(
    client_for: ClientFor, briefer: Member, tom: Member, wrong: dict[str, Any]
) -> None:
    briefing = make.drafted(briefer)
    page = choose(client_for(briefer), briefing, wrong)
    assert page.status_code == 400
    assert not briefing.audience.exists()


def test_saved_rules_come_back_as_they_were(
    client_for: ClientFor, briefer: Member, maria: Member, california: Office
) -> None:
    audience = [make.for_office(maria, role="principal"), {"kind": "country", "country": "MX", "days": 60}]
    briefing = make.drafted(briefer, audience=[*audience, make.for_person(maria, section=0)])
    author = client_for(briefer)
    forms = author.get(at("audience", briefing)).context["rows"].forms
    said = [
        {name: form[name].value() or "" for name in ("section", "who", "value", "role", "days")}
        for form in forms
    ]
    before = [str(saved) for saved in briefing.audience.all()]
    posted = {"version": 1} | rows("rules", *said, initial=3)
    assert author.post(at("audience", briefing), posted).status_code == 302
    assert [str(saved) for saved in briefing.audience.all()] == before


def test_names_are_looked_up_for_briefers_only(
    client_for: ClientFor, briefer: Member, gov: Member, liaison: Member
) -> None:
    found = client_for(briefer).get(at("lookup"), {"q": "overton"}).json()["results"]
    assert [row["name"] for row in found] == ["Gale Overton"]
    for person in (gov, liaison):
        assert client_for(person).get(at("lookup"), {"q": "overton"}).json() == {"results": []}


def test_names_in_hints_are_escaped(client_for: ClientFor, briefer: Member, california: Office) -> None:
    person = make_member(california, "staff", name="Eve Mark", title="<script>alert(1)</script>")
    briefing = make.drafted(briefer, audience=[make.for_person(person)])
    assert "<script>alert" not in text(client_for(briefer).get(at("audience", briefing)))


# Release --------------------------------------------------------------------------------------------------------------


def test_the_author_is_told_why_they_cannot_release(
    client_for: ClientFor, briefer: Member, maria: Member
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    author = client_for(briefer)
    assert "another briefer of Mexico Desk must release it" in text(author.get(briefing.get_absolute_url()))
    for answer in (author.get(at("release", briefing)), author.post(at("release", briefing), {"seen": "x"})):
        assert answer.status_code == 403
        assert "Two people release a briefing" in text(answer)


def test_release_shows_the_new_cuts_when_they_have_changed(
    client_for: ClientFor, briefer: Member, second_briefer: Member, maria: Member, california: Office
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_office(maria)])
    other = client_for(second_briefer)
    shown = other.get(at("release", briefing)).context["form"]
    make_member(california, "staff", name="Nora New")
    posted = {"version": shown["version"].value(), "seen": shown["seen"].value()}
    page = other.post(at("release", briefing), posted)
    assert page.status_code == 409
    assert "Nora New" in text(page)
    assert not Delivery.objects.exists()


def test_a_release_pressed_twice_releases_once(
    client_for: ClientFor, briefer: Member, second_briefer: Member, maria: Member
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    other = client_for(second_briefer)
    shown = other.get(at("release", briefing)).context["form"]
    posted = {"version": shown["version"].value(), "seen": shown["seen"].value()}
    assert other.post(at("release", briefing), posted).status_code == 302
    assert other.post(at("release", briefing), posted).status_code == 409
    assert Entry.objects.filter(kind="briefings.delivered").count() == 1


@pytest.mark.parametrize("name", ["detail", "change", "audience", "preview", "release", "return", "recall"])
def test_the_writing_side_does_not_exist_for_others(
    client_for: ClientFor,
    briefer: Member,
    maria: Member,
    gov: Member,
    liaison: Member,
    desk_japan: Office,
    name: str,
) -> None:
    briefing = make.submitted(briefer, audience=[make.for_person(maria)])
    missing = re.sub("[0-9A-Z]{8}", "00000000", at(name, briefing))
    for person in (maria, gov, liaison, make_member(desk_japan, "briefer")):
        client = client_for(person)
        assert client.get(at(name, briefing)).status_code == client.get(missing).status_code == 404


# Reading --------------------------------------------------------------------------------------------------------------


def neutral(page: Any) -> str:
    """The bytes of a page without what differs between any two copies."""
    words = re.sub(r"[BDE]-[0-9A-Z]{8}", "REFERENCE", text(page))
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|<time.*?</time>', "", words)


def test_a_reader_cannot_tell_that_a_section_was_left_out(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member, lee: Member
) -> None:
    first, last = make.section(heading="First"), make.section(heading="Last")
    secret = make.section("RED", "SECRET", "SECRET")
    audience = [make.for_office(gov)]
    more = [make.for_person(lee)]
    cut = make.released(briefer, second_briefer, sections=[first, secret, last], audience=[*audience, *more])
    plain = make.released(briefer, second_briefer, sections=[first, last], audience=audience)
    reader = client_for(gov)
    pages = [
        neutral(reader.get(at("read", each.deliveries.get(recipient=gov.user)))) for each in (cut, plain)
    ]
    assert "SECRET" not in pages[0]
    assert pages[0] == pages[1]
    assert "SECRET" in text(client_for(lee).get(at("read", cut.deliveries.get(recipient=lee.user))))
    lists = neutral(reader.get(at("mine")))
    assert "RED" not in lists


def test_someone_elses_copy_answers_like_one_that_never_was(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member, maria: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    missing = at("read", copy).replace(copy.reference, "D-00000000")
    for person in (maria, briefer, second_briefer):
        client = client_for(person)
        theirs, none = client.get(at("read", copy)), client.get(missing)
        assert (
            (theirs.status_code, neutral(theirs)) == (none.status_code, neutral(none)) == (404, neutral(none))
        )
        assert client.post(at("acknowledge", copy)).status_code == 404
        assert client.post(at("ask", copy), {"text": "x"}).status_code == 404


def test_a_recalled_copy_says_that_and_nothing_else(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov, title="Canary title", sections=[make.section("RED")])
    actions.ask(copy, by=gov, text="Canary question")
    actions.recall(copy.briefing, by=briefer, reason="Canary reason")
    reader = client_for(gov)
    for page in (reader.get(at("read", copy)), reader.get(at("mine"))):
        said = text(page)
        assert "ecalled" in said
        assert not re.search("Canary|river|Before you meet|TLP:RED|Mexico Desk", said)


def test_reading_is_noted_and_looking_at_headers_is_not(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member
) -> None:
    copy = make.delivered(briefer, second_briefer, gov)
    reader = client_for(gov)
    reader.head(at("read", copy))
    copy.refresh_from_db()
    assert copy.opened_at is None
    reader.get(at("read", copy))
    copy.refresh_from_db()
    assert copy.opened_at is not None


def test_only_who_may_see_the_engagement_gets_its_link(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member, tom: Member
) -> None:
    staff = make_member(gov.office, "staff")
    engagement = engagements.filed(staff, title="Canary engagement")
    engagement_actions.share(engagement, by=staff, visibility="shared", offices=[gov.office])
    audience = [make.for_person(gov), make.for_person(tom)]
    briefing = make.released(briefer, second_briefer, audience=audience, engagement=engagement)
    shown = {
        person.user.name: "Canary engagement"
        in text(client_for(person).get(at("read", briefing.deliveries.get(recipient=person.user))))
        for person in (gov, tom)
    }
    assert shown == {"Gale Overton": True, "Tom Baker": False}


def test_text_of_a_briefing_cannot_carry_script(
    client_for: ClientFor, briefer: Member, second_briefer: Member, gov: Member
) -> None:
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3))"
    copy = make.delivered(
        briefer, second_briefer, gov, title=bad[:150], sections=[make.section(heading=bad[:150], body=bad)]
    )
    said = text(client_for(gov).get(at("read", copy)))
    assert not re.search(r"<img src=x|<script>alert|href=\"javascript", said)


def test_non_briefers_are_taken_to_their_own_list(client_for: ClientFor, gov: Member) -> None:
    assert to(client_for(gov).get(at("list"))) == at("mine")


# Cost -----------------------------------------------------------------------------------------------------------------


def test_the_lists_ask_the_same_number_of_questions_however_long(
    client_for: ClientFor,
    briefer: Member,
    second_briefer: Member,
    gov: Member,
    california: Office,
    asks: Counting,
) -> None:
    for number in range(3):
        make_member(california, "staff", name=f"Reader {number}")
    for _ in range(4):
        briefing = make.released(briefer, second_briefer, audience=[make.for_office(gov)])
        make.submitted(briefer, audience=[make.for_office(gov)])
        make.drafted(briefer)
    writer, reader = client_for(briefer), client_for(gov)
    copy = briefing.deliveries.get(recipient=gov.user)
    reader.get(at("read", copy))
    for client, address in (
        (writer, at("list")),
        (writer, briefing.get_absolute_url()),
        (writer, at("preview", Briefing.objects.filter(status="submitted").first())),
        (reader, at("mine")),
        (reader, at("read", copy)),
    ):
        with asks(most=15):
            assert client.get(address).status_code == 200
