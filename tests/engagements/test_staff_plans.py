"""The step form: drafts saved at every step, filing, amending, and what happens when two people write at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from activity.models import Entry
from counterparts.models import Counterpart
from engagements import actions
from engagements.models import Coverage, Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories.accounts import make_coalition, make_official

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> \u202eevil\x00 \u0645\u0631\u062d\u0628\u0627 e\u0301"


def rows(prefix: str, *given: dict[str, Any], had: int = 0) -> dict[str, Any]:
    said = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": had}
    return said | {
        f"{prefix}-{at}-{name}": value for at, row in enumerate(given) for name, value in row.items()
    }


def what(**said: Any) -> dict[str, Any]:
    return {
        "title": "Trade mission to Jalisco",
        "kind": "outbound_visit",
        "purpose": "Meet growers.",
        "mode": "cooperation",
        "topics": ["trade"],
    } | said


def who(*bodies: dict[str, Any], ours: tuple[Any, ...] = (), theirs: tuple[Any, ...] = ()) -> dict[str, Any]:
    return rows("counterparts", *bodies) | rows("ours", *ours) | rows("theirs", *theirs)


def when(*stops: dict[str, Any], **said: Any) -> dict[str, Any]:
    dates = {"starts_on": make.in_days(40), "ends_on": make.in_days(41), "time_zone": "America/Los_Angeles"}
    return {name: str(value) for name, value in (dates | said).items()} | rows("stops", *stops)


def sharing(*named: dict[str, Any], **said: Any) -> dict[str, Any]:
    chosen = {"visibility": "federal", "coordination": "signal", "wants_advice": "yes"} | said
    return chosen | rows("named", *named)


TIJUANA = {"city": "Tijuana", "country": "MX", "region": "Baja California"}


def url(engagement: Engagement, slug: str) -> str:
    return reverse("engagements:step", args=[engagement.reference, slug])


def send(client: Client, engagement: Engagement, slug: str, said: dict[str, Any], **more: Any) -> Any:
    engagement.refresh_from_db()
    return client.post(url(engagement, slug), {"version": engagement.version, **said, **more})


def only() -> Engagement:
    return Engagement.objects.get()


@pytest.fixture
def browser(maria: Member, client_for: ClientFor) -> Client:
    return client_for(maria)


def test_six_steps_from_nothing_to_filed(browser: Client, maria: Member, liaison: Member) -> None:
    Coverage.objects.create(desk=liaison.office, country="MX")
    body = make.counterpart(maria)
    answer = browser.post(reverse("engagements:start"), what(token="T-1"))
    draft = only()
    assert answer.headers["Location"] == url(draft, "who")
    official = make_official("Gale Overton")
    people = {"ours": ({"name": "Gale Overton", "who": f"o-{official.pk}", "title": "Governor"},)}
    answer = send(browser, draft, "who", who({"name": body.name}, **people))
    assert answer.headers["Location"] == url(draft, "when")
    assert send(browser, draft, "when", when(TIJUANA, start_time="09:30")).status_code == 302
    money = {"payer": "host", "payer_note": "Hotel", "has_binding_language": "on"}
    assert send(browser, draft, "money", money).status_code == 302
    answer = send(browser, draft, "sharing", sharing())
    check = reverse("engagements:check", args=[draft.reference])
    assert answer.headers["Location"] == check
    page = browser.get(check).content.decode()
    assert "Mexico Desk" in page and "Hosted travel" in page and "Before you can file" not in page
    draft.refresh_from_db()
    assert browser.post(check, {"version": draft.version}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "filed"
    assert [str(stop) for stop in draft.stops.all()] == ["Tijuana, Baja California, Mexico"]
    assert draft.participants.get().official == official
    assert draft.advice_requests.get().desk == liaison.office
    assert browser.get(draft.get_absolute_url()).status_code == 200


def test_a_draft_may_be_saved_for_later_with_little_in_it(browser: Client) -> None:
    answer = browser.post(
        reverse("engagements:start"), {"title": "Call the consul", "mode": "cooperation", "later": "1"}
    )
    assert answer.headers["Location"] == reverse("engagements:drafts")
    assert only().kind == ""
    assert "Call the consul" in browser.get(reverse("engagements:drafts")).content.decode()


def test_going_on_asks_for_what_filing_needs(browser: Client) -> None:
    page = browser.post(reverse("engagements:start"), {"title": "Call the consul", "mode": "cooperation"})
    assert "Say what kind of engagement it is." in page.content.decode()
    assert not Engagement.objects.exists()


def test_a_form_sent_twice_starts_one_draft(browser: Client) -> None:
    for _ in range(2):
        assert browser.post(reverse("engagements:start"), what(token="T-1")).status_code == 302
    assert only().version == 1


def test_a_first_step_sent_again_with_other_words_asks_before_it_changes_the_draft(browser: Client) -> None:
    browser.post(reverse("engagements:start"), what(token="T-1"))
    again = browser.post(reverse("engagements:start"), what(token="T-1", title="Trade mission to Sonora"))
    page = again.content.decode()
    assert again.status_code == 409
    assert "Trade mission to Sonora" in page and "Trade mission to Jalisco" in page
    assert only().title == "Trade mission to Jalisco"
    draft = only()
    assert f'action="{url(draft, "what")}"' in page
    assert send(browser, draft, "what", what(title="Trade mission to Sonora")).status_code == 302
    assert only().title == "Trade mission to Sonora"


def test_a_stale_step_keeps_what_was_typed_and_says_who_changed_what(
    browser: Client, maria: Member, lee: Member, client_for: ClientFor
) -> None:
    draft = make.drafted(maria)
    version = draft.version
    assert send(client_for(lee), draft, "what", what(title="Lee's title")).status_code == 302
    answer = browser.post(url(draft, "what"), what(title="Maria's title", version=version))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Lee Nguyen" in page and "Lee&#x27;s title" in page
    assert 'value="Maria&#x27;s title"' in page
    draft.refresh_from_db()
    assert draft.title == "Lee's title"
    assert f'name="version" value="{draft.version}"' in page
    assert send(browser, draft, "what", what(title="Maria's title")).status_code == 302


def test_looking_at_what_a_stale_edit_would_change_writes_nothing(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    lines, bodies = Entry.objects.count(), Counterpart.objects.count()
    new = {"name": "Port of Ensenada", "which": "new", "kind": "company", "country": "MX"}
    answer = browser.post(url(draft, "who"), who(new) | {"version": draft.version + 5})
    assert answer.status_code == 409
    assert "Port of Ensenada" in answer.content.decode()
    assert (Entry.objects.count(), Counterpart.objects.count()) == (lines, bodies)


def test_a_counterpart_that_is_new_is_asked_about_and_then_added(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    page = send(browser, draft, "who", who({"name": "Port of Ensenada"})).content.decode()
    assert "is not on the register" in page and "What is it?" in page
    lacking = send(browser, draft, "who", who({"name": "Port of Ensenada", "which": "new"})).content.decode()
    assert "Say what kind of counterpart it is." in lacking
    new = {"name": "Port of Ensenada", "which": "new", "kind": "state_enterprise", "country": "MX"}
    assert send(browser, draft, "who", who(new)).status_code == 302
    assert [str(body) for body in draft.counterparts.all()] == ["Port of Ensenada"]


def test_a_name_much_like_one_on_the_register_offers_that_one(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    known = draft.counterparts.get()
    page = send(browser, draft, "who", who({"name": "Baja"})).content.decode()
    assert known.reference in page
    assert send(browser, draft, "who", who({"name": "Baja", "which": known.reference})).status_code == 302
    assert draft.counterparts.get() == known


def test_a_new_counterpart_is_not_added_when_another_row_is_wrong(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    new = {"name": "Port of Ensenada", "which": "new", "kind": "company", "country": "MX"}
    send(browser, draft, "who", who(new, {"name": "x" * 201}))
    assert not Counterpart.objects.filter(name="Port of Ensenada").exists()


def test_a_row_that_was_emptied_or_removed_is_gone(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    emptied = rows(
        "stops",
        {"city": "", "country": ""},
        {**TIJUANA, "city": "Tecate"},
        {**TIJUANA, "DELETE": "on"},
        had=3,
    )
    assert send(browser, draft, "when", when() | emptied).status_code == 302
    assert [stop.city for stop in draft.stops.all()] == ["Tecate"]


def test_add_another_without_script_saves_and_brings_a_blank_row(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    answer = send(browser, draft, "when", when({**TIJUANA, "city": "Tecate"}) | {"stops-more": "1"})
    assert "more=stops" in answer.headers["Location"]
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Tecate" in page and 'name="stops-1-city"' in page


@pytest.mark.parametrize(
    ("slug", "said", "message"),
    [
        ("what", what(title=""), "Give it a title."),
        ("what", what(title="x" * 201), "200"),
        ("what", what(kind="war"), "Choose one of the answers that are offered."),
        ("what", what(topics=["gossip"]), "gossip"),
        ("what", what(purpose="x" * 5001), "5000"),
        ("when", when(TIJUANA, ends_on=make.in_days(2)), "The last day cannot be before the first day."),
        ("when", when(TIJUANA, starts_on="2027-02-30"), "date"),
        ("when", when(TIJUANA, starts_on="next week"), "date"),
        ("when", when(TIJUANA, time_zone="Moon/Base"), "Choose one of the answers that are offered."),
        ("when", when({"city": "Tijuana", "country": "XX"}), "Choose one of the answers that are offered."),
        ("when", when({"city": "Tijuana"}), "Choose the country."),
        ("when", when({**TIJUANA, "country": "CA"}), "Baja California lies in Mexico, and not in Canada."),
        ("when", when({**TIJUANA, "region": "Atlantis"}), "We know no “Atlantis” in Mexico."),
        ("when", when({**TIJUANA, "starts_on": "2027-05-02", "ends_on": "2027-05-01"}), "cannot be before"),
        ("when", when(), "Name at least one place."),
        ("who", who({"name": ""}), "Name at least one counterpart."),
        ("who", who({"name": "x" * 201}), "200"),
        ("who", who({"name": "(?!)"}), "Give a name with letters or digits in it."),
        ("money", {"payer": "bank"}, "Choose one of the answers that are offered."),
        ("money", {"fara_number": "x" * 11}, "10"),
        ("sharing", sharing(visibility="secret"), "Choose one of the answers that are offered."),
        ("sharing", sharing(visibility="shared"), "Name at least one office"),
        ("sharing", sharing({"name": "Office of Dreams"}, visibility="shared"), "We know no office"),
        ("sharing", sharing({"name": "no@body.gov"}, visibility="shared"), "No member of an office"),
    ],
)
def test_bad_input_is_told_at_the_field_and_saves_nothing(
    slug: str, said: dict[str, Any], message: str, browser: Client, maria: Member
) -> None:
    draft = make.drafted(maria)
    before = (draft.version, Entry.objects.count())
    answer = send(browser, draft, slug, said)
    page = answer.content.decode()
    assert answer.status_code in {200, 400}
    assert message in page
    assert "error-summary" in page
    draft.refresh_from_db()
    assert (draft.version, Entry.objects.count()) == before


def test_names_without_a_setting_that_uses_them_are_not_dropped_in_silence(
    browser: Client, maria: Member, tom: Member
) -> None:
    draft = make.drafted(maria)
    page = send(browser, draft, "sharing", sharing({"name": tom.office.name})).content.decode()
    assert "You named someone below." in page


@pytest.mark.parametrize("slug", ["what", "who", "when", "money", "sharing"])
def test_hostile_text_and_counts_never_break_a_step(slug: str, browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    garbage = {
        "title": HOSTILE, "kind": HOSTILE, "purpose": HOSTILE, "topics": HOSTILE, "mode": HOSTILE, "starts_on": HOSTILE,
        "payer": HOSTILE, "visibility": HOSTILE, "version": HOSTILE,
        "counterparts-TOTAL_FORMS": "-1", "stops-TOTAL_FORMS": "9" * 30,
        "named-TOTAL_FORMS": "x", "ours-TOTAL_FORMS": "", "theirs-0-name": HOSTILE, "counterparts-0-name": HOSTILE,
        "counterparts-0-which": HOSTILE, "counterparts-0-reference": HOSTILE, "ours-0-who": "u-" + "9" * 40,
    }  # fmt: skip
    answer = browser.post(url(draft, slug), garbage)
    assert answer.status_code in {200, 409}
    assert b"<script>alert" not in answer.content


def test_text_in_every_script_is_kept_and_control_characters_are_not(browser: Client) -> None:
    browser.post(reverse("engagements:start"), what(title=HOSTILE))
    assert only().title == "<script>alert(1)</script> evil \u0645\u0631\u062d\u0628\u0627 e\u0301"
    page = browser.get(only().get_absolute_url()).content
    assert b"<script>alert" not in page


@pytest.mark.parametrize("size", [2_000_000, 10_000_000])
def test_a_body_of_ten_megabytes_gets_a_page_that_says_so(browser: Client, size: int) -> None:
    answer = browser.post(reverse("engagements:start"), what(purpose="x" * size))
    assert answer.status_code in {400, 413}
    assert b"<h1" in answer.content


def test_ids_of_other_offices_do_not_work_in_a_form(browser: Client, maria: Member, tom: Member) -> None:
    draft = make.drafted(maria)
    ours = ({"name": str(tom.user), "who": f"u-{tom.user_id}"},)
    assert (
        send(browser, draft, "who", who({"name": draft.counterparts.get().name}, ours=ours)).status_code
        == 302
    )
    assert draft.participants.get().user is None


def test_a_colleague_is_linked_and_their_title_filled_in(browser: Client, maria: Member, lee: Member) -> None:
    draft = make.drafted(maria)
    ours = ({"name": "Lee Nguyen", "who": f"u-{lee.user_id}"},)
    send(browser, draft, "who", who({"name": draft.counterparts.get().name}, ours=ours))
    assert draft.participants.get().user == lee.user


def test_what_is_not_yours_to_see_does_not_exist(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    draft = make.drafted(maria)
    for stranger in (tom, liaison):
        client = client_for(stranger)
        for name in ("check", "amend", "share", "postpone", "report", "detail", "versions", "note", "commit"):
            there = client.get(reverse(f"engagements:{name}", args=[draft.reference]))
            nowhere = client.get(reverse(f"engagements:{name}", args=["E-00000000"]))
            assert (there.status_code, there.content) == (404, nowhere.content)
        assert client.get(url(draft, "what")).status_code == 404
        assert client.post(url(draft, "what"), what()).status_code == 404


def test_readers_may_not_write(maria: Member, gov: Member, liaison: Member, client_for: ClientFor) -> None:
    engagement = make.filed(maria)
    for reader in (gov, liaison):
        client = client_for(reader)
        assert client.get(engagement.get_absolute_url()).status_code == 200
        assert client.get(reverse("engagements:start")).status_code == 403
        for name in ("amend", "postpone", "cancel", "share", "note", "commit"):
            address = reverse(f"engagements:{name}", args=[engagement.reference])
            assert client.get(address).status_code == 403
            assert client.post(address, {"version": engagement.version, "text": "x"}).status_code == 403


def test_filing_what_lacks_something_leads_to_the_step_and_the_field(browser: Client, maria: Member) -> None:
    draft = actions.draft(actions.Plan(fields={"title": "Bare"}), by=maria)
    page = browser.post(reverse("engagements:check", args=[draft.reference]), {"version": draft.version})
    assert page.status_code == 400
    text = page.content.decode()
    for address in (
        "what/#id_kind",
        "who/#id_counterparts-0-name",
        "when/#id_starts_on",
        "when/#id_stops-0-city",
    ):
        assert address in text


def test_filing_twice_files_once_and_says_so(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria)
    address = reverse("engagements:check", args=[draft.reference])
    for _ in range(2):
        answer = browser.post(address, {"version": draft.version})
        assert answer.headers["Location"] == draft.get_absolute_url()
    assert Entry.objects.about(draft).filter(kind="engagements.filed").count() == 1


def test_filing_a_draft_that_a_colleague_changed_shows_it_again_first(
    browser: Client, maria: Member, lee: Member
) -> None:
    draft = make.drafted(maria)
    version = draft.version
    actions.save(draft, actions.Plan(fields={"title": "Other"}), by=lee, version=version)
    answer = browser.post(reverse("engagements:check", args=[draft.reference]), {"version": version})
    assert answer.status_code == 409
    assert "Lee Nguyen" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_filing_late_is_said_kindly(browser: Client, maria: Member) -> None:
    draft = make.drafted(maria, starts_on=make.in_days(1), ends_on=make.in_days(1))
    page = browser.get(reverse("engagements:check", args=[draft.reference])).content.decode()
    assert "It starts soon" in page and "never refused" in page


def amended(engagement: Engagement, **said: Any) -> dict[str, Any]:
    body = engagement.counterparts.get()
    return (
        what(**said)
        | who({"name": body.name, "reference": body.reference})
        | when(TIJUANA)
        | {"payer": "own"}
    )


def test_one_amendment_makes_one_version(browser: Client, maria: Member) -> None:
    engagement = make.filed(maria)
    address = reverse("engagements:amend", args=[engagement.reference])
    assert "Water dialogue" in browser.get(address).content.decode()
    answer = browser.post(address, amended(engagement, title="River dialogue", version=engagement.version))
    assert answer.status_code == 302
    engagement.refresh_from_db()
    assert (engagement.title, engagement.filed_version) == ("River dialogue", 2)
    page = browser.get(reverse("engagements:versions", args=[engagement.reference])).content.decode()
    assert "River dialogue" in page and "Water dialogue" in page


def test_a_stale_amendment_loses_nothing(browser: Client, maria: Member, lee: Member) -> None:
    engagement = make.filed(maria)
    version = engagement.version
    actions.amend(engagement, actions.Plan(fields={"title": "Lee's"}), by=lee, version=version)
    address = reverse("engagements:amend", args=[engagement.reference])
    answer = browser.post(address, amended(engagement, title="Maria's", version=version))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Lee Nguyen" in page and "Lee&#x27;s" in page and "Maria&#x27;s" in page
    engagement.refresh_from_db()
    assert engagement.title == "Lee's"


def test_amending_a_visit_into_a_call_needs_no_place(browser: Client, maria: Member) -> None:
    engagement = make.filed(maria)
    said = amended(engagement, kind="call", version=engagement.version) | rows(
        "stops", dict.fromkeys(TIJUANA, "")
    )
    assert browser.post(reverse("engagements:amend", args=[engagement.reference]), said).status_code == 302


def test_sharing_with_an_office_a_coalition_and_a_person(
    browser: Client, maria: Member, tom: Member, ana: Member
) -> None:
    engagement = make.filed(maria)
    coalition = make_coalition("Pacific Council", lead=ana.office)
    named = ({"name": tom.office.name}, {"name": "pacific council"}, {"name": tom.user.email})
    said = sharing(*named, visibility="shared") | {"version": engagement.version}
    assert browser.post(reverse("engagements:share", args=[engagement.reference]), said).status_code == 302
    engagement.refresh_from_db()
    assert {f"office:{tom.office_id}", f"coalition:{coalition.pk}", f"person:{tom.user_id}"} <= set(
        engagement.readers
    )
    page = browser.get(reverse("engagements:share", args=[engagement.reference])).content.decode()
    assert "Pacific Council" in page and tom.user.name in page


def test_restricting_names_people_only(browser: Client, maria: Member, tom: Member) -> None:
    engagement = make.filed(maria)
    address = reverse("engagements:share", args=[engagement.reference])
    said = sharing({"name": tom.office.name}, visibility="restricted") | {"version": engagement.version}
    assert "Only people can be named" in browser.post(address, said).content.decode()
    said = sharing({"name": tom.user.email}, visibility="restricted") | {"version": engagement.version}
    assert browser.post(address, said).status_code == 302


def test_lookups_answer_with_ten_at_most_and_only_what_one_may_see(
    browser: Client, maria: Member, lee: Member, tom: Member
) -> None:
    for number in range(12):
        make_official(f"Overton {number}")
    people = reverse("engagements:people")
    assert [row["name"] for row in browser.get(people, {"q": "lee"}).json()["results"]] == ["Lee Nguyen"]
    assert not browser.get(people, {"q": "Tom Baker"}).json()["results"]
    parties = browser.get(reverse("engagements:parties"), {"q": "Texas"}).json()["results"]
    assert [row["reference"] for row in parties] == [tom.office.reference]
    for name in ("engagements:people", "engagements:parties", "counterparts:lookup", "counterparts:regions"):
        assert browser.get(reverse(name), {"q": "\x00" + HOSTILE * 40}).status_code == 200
        assert Client().get(reverse(name), {"q": "a"}).status_code == 302
