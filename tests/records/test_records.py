"""Files of an office's own records, for public-records law: what is in them, what is kept back, who takes them."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import actions as accounts
from accounts.models import Member, Office
from activity.models import Entry
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from engagements import actions as engagements
from engagements.models import Referral
from records import actions, bundle, contents
from records.models import Exemption, ReferralExemption, Request
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories import referrals as refer
from tests.factories.accounts import make_member, make_office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def exports(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.EXPORTS_DIR = str(tmp_path / "exports")
    yield tmp_path / "exports"


def asked(by: Member, **fields: Any) -> Request:
    today = timezone.localdate()
    dates = {"since": today - timedelta(days=1), "until": today + timedelta(days=60)}
    return actions.ask(title="The Tribune", by=by, **(dates | fields))


def made(by: Member, **fields: Any) -> Request:
    request = asked(by, **fields)
    actions.queue(request, by=by)
    assert actions.work() == 1
    request.refresh_from_db()
    return request


def records_in(request: Request) -> list[dict[str, Any]]:
    with zipfile.ZipFile(request.path) as file:
        return list(json.loads(file.read("records.json")))


def text_of(request: Request) -> str:
    with zipfile.ZipFile(request.path) as file:
        return "".join(file.read(name).decode() for name in file.namelist())


def downloaded(request: Request, by: Member) -> None:
    with request.path.open("rb") as file:
        actions.note_download(request, by=by, file=file)


def test_the_file_holds_the_offices_records_whole(maria: Member, lee: Member) -> None:
    filed = make.filed(maria, title="Water dialogue", purpose="Agree on the river.")
    engagements.note_for_office(filed, by=maria, text="Ask the governor first.")
    engagements.add_commitment(filed, by=maria, text="Send the river data.")
    request = made(lee)
    assert (request.status, request.done, request.total) == ("ready", 1, 1)
    (record,) = records_in(request)
    assert record["Reference"] == filed.reference
    assert record["Purpose"] == "Agree on the river."
    assert record["Counterparts"] == "Government of Baja California"
    assert record["Office notes"] == ["Ask the governor first."]
    assert record["Commitments"] == ["Our side: Send the river data."]
    assert any("filed this engagement" in line for line in record["History"])
    with zipfile.ZipFile(request.path) as file:
        head, line = csv.reader(io.StringIO(file.read("records.csv").decode("utf-8-sig")))
        assert "Tribune" in file.read("README.txt").decode()
    assert head == list(bundle.COLUMNS)
    assert line[:2] == [filed.reference, "Water dialogue"]
    assert request.digest == hashlib.sha256(request.path.read_bytes()).hexdigest()


def test_only_the_offices_own_records_of_these_days(
    maria: Member, lee: Member, tom: Member, liaison: Member
) -> None:
    theirs = make.filed(tom)
    engagements.share(theirs, by=tom, visibility="public")
    advice = make.advised(maria, liaison)
    later = make.drafted(maria, starts_on=make.in_days(90), ends_on=make.in_days(91))
    later.__class__.objects.filter(pk=later.pk).update(created_at=timezone.now() - timedelta(days=400))
    request = made(lee)
    (record,) = records_in(request)
    assert record["Reference"] == advice.request.engagement.reference
    assert "Invite the boundary commission" not in text_of(request), "advice is the desk's"


def test_a_restricted_record_is_in_it_only_for_who_is_named(
    maria: Member, lee: Member, liaison: Member
) -> None:
    restricted = make.requested(maria, liaison).engagement
    engagements.share(restricted, by=maria, visibility="restricted", people=[])
    assert records_in(made(lee)) == []
    assert restricted.reference not in text_of(made(lee))
    engagements.share(restricted, by=maria, visibility="restricted", people=[lee.user])
    assert len(records_in(made(lee))) == 1


def test_referrals_and_messages_stand_with_their_engagement_and_can_be_kept_back(
    maria: Member, lee: Member, tom: Member
) -> None:
    crossing = cross.crossing(maria, tom, "introduce", "introduce")
    engagements.write_to_other(crossing.our_side, by=maria, text="Shall we speak?")
    engagements.write_to_other(crossing.their_side, by=tom, text="On Monday.")
    refer.closed(maria, tom, engagement=crossing.ours, text="Twelve people in May.")
    (record,) = records_in(made(lee))
    (referral,) = record["Referrals"]
    for words in (
        "Twelve people in May.",
        "California",
        "Texas",
        "Contact was made: We sent them three names.",
    ):
        assert words in referral
    assert [line.partition(": ")[2] for line in record["Messages with other offices"]] == [
        "Shall we speak?",
        "On Monday.",
    ]
    kept = ["Referrals", "Messages with other offices"]
    actions.mark(crossing.ours, parts=kept, basis="§ 6", by=lee)
    text = text_of(made(lee))
    assert "Twelve people" not in text
    assert "Shall we speak?" not in text


def test_a_restricted_engagement_s_referral_is_in_the_file_only_for_who_is_named(
    maria: Member, lee: Member, tom: Member
) -> None:
    restricted = engagements.share(make.filed(maria, title="Kept"), by=maria, visibility="restricted")
    refer.referred(maria, tom.office, engagement=restricted, text="Twelve people in May.")
    refer.referred(maria, tom.office, text="Nine people in June.")
    alike = [set(record) for record in records_in(made(lee))]
    assert len(alike) == 2
    assert alike[0] == alike[1], "one that belongs to a hidden engagement looks as one that belongs to none"
    assert restricted.reference not in text_of(made(lee))
    assert "Kept" not in text_of(made(lee))


def test_referrals_without_an_engagement_are_in_it_once_and_only_the_office_s_own(
    maria: Member, lee: Member, tom: Member, ana: Member
) -> None:
    sent = refer.closed(maria, tom, text="Twelve people in May.", counterpart_name="A port authority")
    engagements.correct_referral(sent, by=tom, outcome="nothing", text="They did not come.")
    received = refer.referred(tom, maria.office, text="Four people in July.")
    refer.referred(tom, ana.office, text="Of two other offices.")
    old = refer.referred(maria, tom.office, text="Of another year.")
    long_ago = timezone.now() - timedelta(days=400)
    Referral.objects.filter(pk=old.pk).update(sent_at=long_ago, status_since=long_ago)
    beside = refer.referred(maria, tom.office, engagement=make.filed(maria), text="Of an engagement.")
    request = made(lee)
    assert (request.done, request.total) == (3, 3)
    records = {record["Reference"]: record for record in records_in(request)}
    assert set(records) >= {sent.reference, received.reference}
    assert beside.reference not in records
    said = records[sent.reference]
    assert (said["Status"], said["From"], said["To"]) == ("Closed", maria.office.name, tom.office.name)
    assert said["What it says"] == "Twelve people in May."
    assert said["Who came"][-1] == "A port authority"
    assert [line.rpartition(": ")[2] for line in said["What came of it"]] == [
        "We sent them three names.",
        "They did not come.",
    ]
    assert any("corrected what came of it" in line for line in said["History"])
    text = text_of(request)
    assert text.count("Of an engagement.") == 2, "with its engagement, in both files"
    for other in ("Of two other offices.", "Of another year."):
        assert other not in text


def test_a_referral_of_an_engagement_of_another_year_is_kept_back_as_that_one_says(
    maria: Member, lee: Member, tom: Member
) -> None:
    words = make.filed(maria, starts_on=make.in_days(90), ends_on=make.in_days(91))
    whole = make.filed(maria, starts_on=make.in_days(90), ends_on=make.in_days(91))
    for engagement, text in ((words, "Twelve people with Mr. Sato."), (whole, "Nine people with Ms. Mori.")):
        refer.referred(maria, tom.office, engagement=engagement, subject=text, text=text)
    long_ago = timezone.now() - timedelta(days=400)
    words.__class__.objects.update(created_at=long_ago)
    request = made(lee)
    assert "Mr. Sato" in text_of(request)
    assert "Ms. Mori" in text_of(request)
    actions.mark(words, parts=[], phrases=["Mr. Sato"], basis="§ 5", by=lee)
    actions.mark(whole, parts=["Referrals"], basis="§ 6", by=lee)
    with pytest.raises(Conflict):
        downloaded(request, lee)
    text = text_of(made(lee))
    assert "Twelve people with [kept back: § 5]." in text
    assert "[kept back: § 6]" in text
    for gone in ("Mr. Sato", "Nine people", "Ms. Mori"):
        assert gone not in text


def test_each_office_keeps_back_of_a_referral_what_its_own_law_says(
    maria: Member, lee: Member, tom: Member, ana: Member
) -> None:
    tess, third = make_member(tom.office, "lead"), make_member(ana.office, "lead")
    lone = refer.closed(maria, tom, text="Mr. Sato brings twelve people.", subject="Ports for Mr. Sato")
    beside = refer.referred(maria, tom.office, engagement=make.filed(maria), text="Ms. Mori asks.")
    before = made(lee)
    actions.mark_referral(
        lone, parts=["What came of it", "History"], phrases=["mr. sato"], basis="§ 5", by=lee
    )
    actions.mark_referral(beside, parts=["What it says"], basis="§ 6", by=lee)
    with pytest.raises(Conflict):
        downloaded(before, lee)
    request = made(lee)
    text = text_of(request)
    for gone in ("Mr. Sato", "Ms. Mori", "three names", "said what came of it"):
        assert gone not in text
    said = {record["Reference"]: record for record in records_in(request)}
    assert said[lone.reference]["What it says"] == "[kept back: § 5] brings twelve people."
    assert "[kept back: § 6]" in said[beside.engagements.get().engagement.reference]["Referrals"][0]
    with zipfile.ZipFile(request.path) as file:
        lines = list(csv.reader(io.StringIO(file.read("records.csv").decode("utf-8-sig"))))
    (line,) = [line for line in lines if line[0] == lone.reference]
    assert line[1] == "Ports for [kept back: § 5]"
    assert line[-2:] == ["What came of it, History, 1 word or name", "§ 5"]
    theirs = text_of(made(tess))
    for words in ("Mr. Sato brings twelve people.", "Ms. Mori asks.", "We sent them three names."):
        assert words in theirs
    assert "§ 5" not in theirs
    actions.mark_referral(lone, parts=[], basis="", by=lee)
    assert "Mr. Sato" in text_of(made(lee))
    for person in (maria, tom, third):
        with pytest.raises(Forbidden):
            actions.mark_referral(lone, parts=["Title"], basis="§ 5", by=person)
    with pytest.raises(Invalid):
        actions.mark_referral(lone, parts=["Title"], basis=" ", by=tess)
    assert ReferralExemption.objects.count() == 1


def test_the_other_office_does_not_learn_what_was_marked(
    maria: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    referral = refer.referred(maria, tom.office)
    seen = client_for(tom).get(referral.get_absolute_url()).context["entries"]
    actions.mark_referral(referral, parts=["Title"], basis="§ 5", by=lee)
    assert client_for(tom).get(referral.get_absolute_url()).context["entries"] == seen
    assert len(client_for(maria).get(referral.get_absolute_url()).context["entries"]) == len(seen) + 1
    assert "Title" not in str(Entry.objects.filter(kind="records.marked").values_list("readers", flat=True))


def test_referrals_have_a_tab_of_their_own_and_are_marked_from_there(
    maria: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    referral, request, browser = refer.referred(maria, tom.office), asked(lee), client_for(lee)
    beside = refer.referred(maria, tom.office, engagement=make.filed(maria))
    place = f"{request.get_absolute_url()}?tab=referrals"
    page = browser.get(place).content.decode()
    assert referral.reference in page
    assert beside.reference not in page
    assert referral.reference not in browser.get(request.get_absolute_url()).content.decode()
    mark = f"/records/marks/referrals/{referral.reference}/"
    assert f"{mark}?request={request.reference}" in page
    wrong = browser.post(f"{mark}?request={request.reference}", {"parts": "Answer", "phrases": "Mr. Sato"})
    assert wrong.status_code == 400
    assert "Mr. Sato" in wrong.content.decode()
    right = {"parts": ["Answer"], "phrases": "Mr. Sato", "basis": "§ 5"}
    led = browser.post(f"{mark}?request={request.reference}", right)
    assert led.headers["Location"] == place
    assert "Answer, 1 word or name" in browser.get(place).content.decode()
    assert browser.post(mark, {"parts": "Purpose", "basis": "§ 5"}).status_code == 400
    for person in (maria, tom, make_member(make_office(), "lead")):
        assert client_for(person).get(mark).status_code == 404
        assert client_for(person).post(mark, right).status_code == 404
    assert client_for(make_member(tom.office, "lead")).get(mark).status_code == 200


def test_what_another_office_passed_on_is_in_no_file_of_a_third(
    maria: Member, lee: Member, tom: Member
) -> None:
    """A lead of two offices asks for the records of one."""
    elsewhere = make_member(tom.office, "lead", user=lee.user)
    third = make_member(make_office(), "staff")
    refer.referred(third, elsewhere.office, text="For Texas alone.")
    refer.referred(third, maria.office, text="For California.")
    text = text_of(made(lee))
    assert "For California." in text
    assert "For Texas alone." not in text


def test_what_is_exempt_is_kept_back_everywhere_and_names_its_law(maria: Member, lee: Member) -> None:
    canary = "XANADU-CANARY"
    filed = make.filed(maria, title=canary, purpose=f"Meet {canary}.")
    actions.mark(filed, parts=["Title", "Purpose"], basis="Gov. Code § 7921.505(c)", by=lee)
    request = made(lee)
    (record,) = records_in(request)
    assert record["Purpose"] == record["Title"] == "[kept back: Gov. Code § 7921.505(c)]"
    assert record["Counterparts"] == "Government of Baja California"
    assert canary not in text_of(request)
    assert "Gov. Code" in text_of(request)


def test_a_record_kept_back_whole_says_only_that_it_is_there(maria: Member, lee: Member) -> None:
    filed = make.filed(maria)
    engagements.note_for_office(filed, by=maria, text="Ask the governor first.")
    actions.mark(filed, parts=["The whole record"], basis="§ 1", by=lee)
    (record,) = records_in(made(lee))
    assert {value for name, value in record.items() if name not in {"Reference", "Status"}} == {
        "[kept back: § 1]"
    }
    actions.mark(filed, parts=[], basis="", by=lee)
    assert records_in(made(lee))[0]["Office notes"] == ["Ask the governor first."]


def test_words_are_kept_back_wherever_they_stand_and_the_rest_is_given(maria: Member, lee: Member) -> None:
    filed = make.filed(
        maria, title="Meeting Ana Ruiz", purpose="ANA RUIZ (ana.ruiz@example.mx) speaks of water."
    )
    engagements.note_for_office(filed, by=maria, text="Call ana ruiz, or Ana Ruiz-Soto.")
    actions.mark(
        filed, parts=[], phrases=["Ana Ruiz", "ana.ruiz@example.mx", "Ana Ruiz-Soto"], basis="§ 6", by=lee
    )
    request = made(lee)
    (record,) = records_in(request)
    assert record["Title"] == "Meeting [kept back: § 6]"
    assert record["Purpose"] == "[kept back: § 6] ([kept back: § 6]) speaks of water."
    assert record["Office notes"] == ["Call [kept back: § 6], or [kept back: § 6]."]
    said = text_of(request).lower()
    assert "ruiz" not in said and "soto" not in said
    assert Entry.objects.get(kind="records.marked").data == {"parts": [], "phrases": 3}
    assert "Ruiz" not in str(Entry.objects.get(kind="records.marked").data)


def test_words_need_their_law_too_and_none_are_too_short(
    maria: Member, lee: Member, client_for: ClientFor
) -> None:
    filed = make.filed(maria)
    with pytest.raises(Invalid):
        actions.mark(filed, parts=[], phrases=["Ana"], basis="", by=lee)
    browser, where = client_for(lee), f"/records/marks/{filed.reference}/"
    for said in (
        {"phrases": "Ana"},
        {"phrases": "A", "basis": "§ 6"},
        {"phrases": "x" * 201, "basis": "§ 6"},
    ):
        assert browser.post(where, said).status_code == 400
    assert browser.post(where, {"phrases": " Ana \n\nRuiz\nAna", "basis": "§ 6"}).status_code == 302
    assert Exemption.objects.get().phrases == ["Ana", "Ruiz"]
    assert "Ana\nRuiz</textarea>" in browser.get(where).content.decode()


def test_who_marks_goes_back_to_the_request_they_came_from(
    maria: Member, lee: Member, tom: Member, client_for: ClientFor
) -> None:
    filed, request = make.filed(maria), asked(lee)
    browser, where = client_for(lee), f"/records/marks/{filed.reference}/?request={request.reference}"
    assert where in browser.get(request.get_absolute_url()).content.decode()
    answer = browser.post(where, {"parts": ["Title"], "basis": "§ 6"})
    assert answer.headers["Location"] == request.get_absolute_url()
    answer = browser.post(f"/records/marks/{filed.reference}/?request=R-00000000", {"basis": ""})
    assert answer.headers["Location"] == "/records/"


def test_a_file_made_before_a_mark_is_not_given_out(
    maria: Member, lee: Member, client_for: ClientFor
) -> None:
    filed, browser = make.filed(maria), client_for(lee)
    request = made(lee)
    assert "Download the file" in browser.get(request.get_absolute_url()).content.decode()
    actions.mark(filed, parts=["Title"], basis="§ 6", by=lee)
    page = browser.get(request.get_absolute_url()).content.decode()
    assert "Download the file" not in page and "changed after this file was made" in page
    assert browser.post(f"{request.get_absolute_url()}file/").status_code == 409
    actions.queue(request, by=lee)
    actions.work()
    assert browser.post(f"{request.get_absolute_url()}file/").status_code == 200


def test_a_file_is_given_out_only_to_whom_it_was_made_for_and_only_while_they_may_read_all_of_it(
    maria: Member, lee: Member, california: Office, client_for: ClientFor
) -> None:
    restricted = engagements.share(make.filed(maria), by=maria, visibility="restricted", people=[lee.user])
    request = made(lee)
    assert restricted.reference in text_of(request)
    where = f"{request.get_absolute_url()}file/"
    other = client_for(make_member(california, "lead"))
    page = other.get(request.get_absolute_url()).content.decode()
    assert "Download the file" not in page and f"made for {lee.user}" in page
    assert other.post(where).status_code == 409
    assert client_for(lee).post(where).status_code == 200
    engagements.share(restricted, by=maria, visibility="restricted", people=[])
    assert "Download the file" not in client_for(lee).get(request.get_absolute_url()).content.decode()
    assert client_for(lee).post(where).status_code == 409


def test_how_many_records_somebody_else_s_file_will_have_is_not_told(
    maria: Member, lee: Member, california: Office, client_for: ClientFor
) -> None:
    request = asked(lee)
    Request.objects.filter(pk=request.pk).update(
        status="running", claimed_at=timezone.now(), done=3, total=17
    )
    assert "3 of 17 records" in client_for(lee).get(request.get_absolute_url()).content.decode()
    page = client_for(make_member(california, "lead")).get(request.get_absolute_url()).content.decode()
    assert "17" not in page.partition('id="progress"')[2].partition("</progress>")[0]


def test_a_file_that_is_gone_is_said_to_be_gone(lee: Member, client_for: ClientFor) -> None:
    request = made(lee)
    request.path.unlink()
    page = client_for(lee).get(request.get_absolute_url()).content.decode()
    assert "not there any more" in page and "Download the file" not in page
    assert client_for(lee).post(f"{request.get_absolute_url()}file/").status_code == 404


def test_which_days_are_meant_is_washington_s_date_for_everybody(maria: Member, lee: Member) -> None:
    late = make.drafted(maria, starts_on=make.in_days(90), ends_on=make.in_days(91))
    evening = datetime(2026, 3, 31, 23, 30, tzinfo=washington.ZONE)
    late.__class__.objects.filter(pk=late.pk).update(created_at=evening)
    march = asked(lee, since=date(2026, 3, 1), until=date(2026, 3, 31))
    april = asked(lee, since=date(2026, 4, 1), until=date(2026, 4, 30))
    always = asked(lee, since=date.min, until=date.max)
    for zone in ("Pacific/Guam", "America/New_York", "Pacific/Honolulu"):
        with timezone.override(zone):
            counts = [contents.engagements(one, lee.user).count() for one in (march, april, always)]
        assert counts == [1, 0, 1], zone


def test_who_has_the_file_made_again_has_their_own(
    maria: Member, lee: Member, california: Office, client_for: ClientFor
) -> None:
    engagements.share(make.filed(maria), by=maria, visibility="restricted", people=[lee.user])
    request, other = made(lee), make_member(california, "lead")
    actions.queue(request, by=other)
    actions.work()
    request.refresh_from_db()
    assert records_in(request) == []
    assert client_for(other).post(f"{request.get_absolute_url()}file/").status_code == 200
    assert client_for(lee).post(f"{request.get_absolute_url()}file/").status_code == 409


def test_the_file_has_a_page_for_people(maria: Member, lee: Member) -> None:
    make.filed(maria, title="Water & <b>power</b>")
    with zipfile.ZipFile(made(lee).path) as file:
        page = file.read("records.html").decode()
    assert "Water &amp; &lt;b&gt;power&lt;/b&gt;" in page
    assert page.rstrip().endswith("</html>") and "The Tribune" in page


def test_a_mark_needs_its_law_and_a_lead(maria: Member, lee: Member, desk_lead: Member) -> None:
    filed = make.filed(maria)
    with pytest.raises(Invalid):
        actions.mark(filed, parts=["Title"], basis=" ", by=lee)
    for person in (maria, desk_lead):
        with pytest.raises(Forbidden):
            actions.mark(filed, parts=["Title"], basis="§ 1", by=person)
        with pytest.raises(Forbidden):
            asked(person)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("Mr. Sato", "We meet Mr.\nSato."),
        ("Mr. Sato", "We meet Mr.  \u00a0 Sato."),
        ("Mr.  Sato", "We meet MR. SATO."),
        ("José Ruiz", "We meet Jose\u0301 Ruiz."),
        ("Jose\u0301 Ruiz", "We meet José Ruiz."),
        ("Sato-Mori", "We meet Sa\u00adto\u2011Mori."),
        ("Mr. Sato", "We meet Mr.\u200b Sa\u200dto."),
        ("Sato\u2013Mori", "We meet Sato-Mori."),
        ("O'Brien", "We meet O’Brien."),
        ("O’Brien", "We meet O'Brien."),
        ("a\\b.*[", "We meet A\\B.*[."),
        ("Mr. Sa\u200bto", "We meet Mr. Sato."),
    ],
)
def test_words_are_kept_back_however_their_letters_and_the_gaps_between_them_were_typed(
    maria: Member, lee: Member, phrase: str, text: str
) -> None:
    """What reads the same is the same name to whoever reads the file."""
    filed = make.filed(maria, purpose=text)
    actions.mark(filed, parts=[], phrases=[phrase], basis="§ 6", by=lee)
    (record,) = records_in(made(lee))
    assert record["Purpose"] == "We meet [kept back: § 6]."


def test_words_that_nobody_sees_keep_nothing_back(maria: Member, lee: Member) -> None:
    filed = make.filed(maria, purpose="We meet.")
    actions.mark(filed, parts=[], phrases=["\u200b\u200b"], basis="§ 6", by=lee)
    (record,) = records_in(made(lee))
    assert record["Purpose"] == "We meet."


def test_a_formula_in_a_title_stays_text(maria: Member, lee: Member) -> None:
    make.filed(maria, title="=cmd|' /C calc'!A0")
    with zipfile.ZipFile(made(lee).path) as file:
        assert "'=cmd" in file.read("records.csv").decode()


def test_many_records_come_each_once(maria: Member, lee: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "STEP", 2)
    filed = [make.drafted(maria).reference for _ in range(5)]
    request = made(lee)
    assert [record["Reference"] for record in records_in(request)] == filed
    assert (request.done, request.total) == (5, 5)


# Making it ------------------------------------------------------------------------------------------------------------


def test_it_is_made_once_though_asked_twice(maria: Member, lee: Member) -> None:
    request = asked(lee)
    actions.queue(request, by=lee)
    with pytest.raises(Conflict):
        actions.queue(request, by=lee)
    assert actions.work() == 1
    assert actions.work() == 0


def test_a_worker_that_died_is_followed_by_another(lee: Member) -> None:
    request = asked(lee)
    Request.objects.filter(pk=request.pk).update(status="running", claimed_at=timezone.now())
    assert actions.work() == 0
    Request.objects.filter(pk=request.pk).update(claimed_at=timezone.now() - timedelta(minutes=16))
    assert actions.work() == 1


def test_who_leads_no_longer_gets_no_file(lee: Member, exports: Path) -> None:
    request = asked(lee)
    actions.queue(request, by=lee)
    accounts.end_member(lee, by=None)
    actions.work()
    request.refresh_from_db()
    assert request.status == "failed"
    assert not request.path.exists()


def test_a_file_that_cannot_be_written_is_said_to_have_failed_and_leaves_nothing(
    lee: Member, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(bundle, "_fill", full)
    request = made(lee)
    assert request.status == "failed"
    assert list(exports.iterdir()) == []


def test_a_file_is_deleted_when_its_days_are_over(maria: Member, lee: Member) -> None:
    request = made(lee)
    assert actions.expire() == 0
    Request.objects.filter(pk=request.pk).update(expires_at=timezone.now())
    assert actions.expire() == 1
    request.refresh_from_db()
    assert not request.path.exists() and not request.has_file and request.digest


# Pages ----------------------------------------------------------------------------------------------------------------


def test_a_lead_takes_a_request_in_and_the_file_out(
    maria: Member, lee: Member, client_for: ClientFor
) -> None:
    filed, browser = make.filed(maria), client_for(lee)
    today = timezone.localdate()
    said = {"title": "The Tribune", "since": f"{today - timedelta(days=1)}", "until": f"{today}"}
    where = browser.post("/records/", said)["Location"]
    assert filed.reference in browser.get(where).content.decode()
    browser.post(f"{where}make/")
    assert "Waiting for its turn" in browser.get(where).content.decode()
    actions.work()
    assert "Download the file" in browser.get(where, headers={"HX-Request": "true"}).content.decode()
    answer = browser.post(f"{where}file/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as file:
        assert filed.reference in file.read("records.json").decode()
    kinds = Entry.objects.filter(kind__startswith="records.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["records.asked", "records.made", "records.downloaded"]


def test_what_does_not_read_is_said_at_the_field(lee: Member, client_for: ClientFor) -> None:
    today = timezone.localdate()
    said = {"title": "The Tribune", "since": f"{today}", "until": f"{today - timedelta(days=1)}"}
    page = client_for(lee).post("/records/", said)
    assert page.status_code == 400
    assert "before the first one" in page.content.decode()


def test_marks_are_set_on_their_page(maria: Member, lee: Member, client_for: ClientFor) -> None:
    filed, browser = make.filed(maria), client_for(lee)
    where = f"/records/marks/{filed.reference}/"
    assert browser.post(where, {"parts": ["Title"]}).status_code == 400
    assert browser.post(where, {"parts": ["Title"], "basis": "§ 1"}).status_code == 302
    assert "checked" in browser.get(where).content.decode()
    assert browser.post(where, {"parts": ["Anything"], "basis": "§ 1"}).status_code == 400


@pytest.mark.parametrize("kind", ["engagement", "referral"])
def test_marks_are_not_taken_away_from_an_older_page(
    maria: Member, lee: Member, tom: Member, california: Office, client_for: ClientFor, kind: str
) -> None:
    """What one lead kept back would be given out by another who never saw that it was."""
    other = make_member(california, "lead", name="Ada Second")
    if kind == "engagement":
        where = f"/records/marks/{make.filed(maria).reference}/"
    else:
        where = f"/records/marks/referrals/{refer.referred(maria, tom.office).reference}/"
    mine, theirs = client_for(lee), client_for(other)

    def opened(browser: Client) -> str:
        return str(browser.get(where).context["form"]["version"].value())

    for before, now in (([], ["Title"]), (["Title"], ["Title", "History"]), (["Title", "History"], [])):
        old = opened(theirs)
        said = {"parts": now, "basis": "§ 6" if now else "", "version": opened(mine)}
        assert mine.post(where, said).status_code == 302
        late = {"parts": [*before, "Topics" if kind == "referral" else "Stops"], "basis": "§ 7"}
        answer = theirs.post(where, late | {"version": old})
        page = answer.content.decode()
        assert answer.status_code == 409 and "Lee Nguyen" in page and "§ 7" in page
        assert mine.get(where).context["form"].initial.get("parts", []) == now
    assert theirs.post(where, late | {"version": opened(theirs)}).status_code == 302


def test_a_lead_of_another_office_finds_nothing(
    maria: Member, lee: Member, tom: Member, texas: Any, client_for: ClientFor
) -> None:
    request = made(lee)
    other = client_for(make_member(texas, "lead"))
    public = make.filed(maria)
    engagements.share(public, by=maria, visibility="public")
    assert other.get(request.get_absolute_url()).status_code == 404
    assert other.post(f"{request.get_absolute_url()}file/").status_code == 404
    assert other.get(f"/records/marks/{public.reference}/").status_code == 404


def test_a_file_that_is_replaced_while_it_is_asked_for_is_not_given_out_in_the_place_of_the_one_looked_at(
    maria: Member, lee: Member, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another lead has it made again, for themselves, with what they alone are named on."""
    make.filed(maria)
    request = made(lee)
    looked_at = request.path.read_bytes()
    is_whole_for = bundle.is_whole_for

    def and_then_replaced(*said: Any) -> bool:
        is_whole = is_whole_for(*said)
        fresh = request.path.with_suffix(".new")
        fresh.write_bytes(b"for another lead")
        fresh.replace(request.path)
        return is_whole

    monkeypatch.setattr(bundle, "is_whole_for", and_then_replaced)
    answer: Any = client_for(lee).post(f"{request.get_absolute_url()}file/")
    assert b"".join(answer.streaming_content) == looked_at


def test_an_expired_file_is_not_handed_out(lee: Member, client_for: ClientFor) -> None:
    request = made(lee)
    Request.objects.filter(pk=request.pk).update(expires_at=timezone.now())
    assert client_for(lee).post(f"{request.get_absolute_url()}file/").status_code == 404
    assert "has expired" in client_for(lee).get(request.get_absolute_url()).content.decode()


def test_one_file_is_made_at_a_time_so_that_a_worker_is_left_for_the_rest(lee: Member, maria: Member) -> None:
    make.filed(maria)
    first, second = asked(lee), asked(lee)
    for request in (first, second):
        actions.queue(request, by=lee)
    Request.objects.filter(pk=first.pk).update(status="running", claimed_at=timezone.now())
    assert actions.work() == 0
    Request.objects.filter(pk=first.pk).update(claimed_at=timezone.now() - timedelta(minutes=16))
    assert actions.work() == 2, "a worker that died holds nobody up for ever"
