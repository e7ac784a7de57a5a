"""The desk's queue and page, and the office's answers, through the browser's doors."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from engagements import actions, clock
from engagements.models import Advice, AdviceRequest, AdviceResponse, Coverage, DeskNote
from tests.factories import accounts as people
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db

ClientFor = Callable[[Member], Client]
SAID = {
    "advice-position": "concern",
    "advice-reasoning": "Mind the treaty.",
    "advice-version": "0",
    "advice-number": "1",
}


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def url(name: str, held: AdviceRequest) -> str:
    return reverse(f"engagements:{name}", args=[held.reference])


@pytest.fixture
def held(maria: Member, liaison: Member) -> AdviceRequest:
    return make.assigned(maria, liaison)


def test_the_queue_is_the_desks_own(
    held: AdviceRequest, liaison: Member, other_liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    assert held.reference in text(client_for(liaison).get(reverse("engagements:queue")))
    assert held.reference not in text(client_for(other_liaison).get(reverse("engagements:queue")))
    assert client_for(maria).get(reverse("engagements:queue")).status_code == 404


def test_the_queue_costs_the_same_for_one_request_and_for_many(
    maria: Member,
    liaison: Member,
    client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(liaison)
    for _ in range(6):
        make.assigned(maria, liaison)
    client.get(reverse("engagements:queue"))
    with django_assert_max_num_queries(15):
        client.get(reverse("engagements:queue") + "?who=mine&country=MX&level=state&waits=desk")


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("who=mine", True),
        ("who=none", False),
        ("waits=office", False),
        ("waits=desk", True),
        ("country=MX", True),
        ("country=ZZ", True),  # not offered: narrows nothing
        ("level=state", True),
        ("level=city", False),
        ("tab=closed", False),
        ("after=nonsense", True),
    ],
)
def test_filters_live_in_the_address(
    query: str, is_shown: bool, held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    shown = text(client_for(liaison).get(f"{reverse('engagements:queue')}?{query}"))
    assert (held.reference in shown) == is_shown


def test_the_page_leads_back_to_the_queue_as_it_was_filtered(
    held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    client = client_for(liaison)
    client.get(reverse("engagements:queue") + "?who=mine")
    assert f'href="{reverse("engagements:queue")}?who=mine"' in text(client.get(url("request", held)))


def test_what_is_saved_stays_in_the_desk_and_what_is_released_reaches_the_office(
    held: AdviceRequest, liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    client = client_for(liaison)
    saved = client.post(url("advise", held), SAID | {"do": "save"}, follow=True)
    assert "Only Mexico Desk reads it" in text(saved)
    assert not Advice.objects.visible_to(maria.user).exists()
    released = client.post(url("advise", held), SAID | {"do": "release", "advice-version": "1"}, follow=True)
    assert "Released. California International Office has been told." in text(released)
    assert Advice.objects.visible_to(type(maria.user).objects.get(pk=maria.user_id)).get().reasoning


def test_no_button_saves_inside_the_desk(held: AdviceRequest, liaison: Member, client_for: ClientFor) -> None:
    client_for(liaison).post(url("advise", held), SAID)
    assert held.advice.get().released_at is None


@pytest.mark.parametrize("do", ["save", "release"])
def test_a_form_sent_twice_does_its_work_once(
    do: str, held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    client = client_for(liaison)
    sent = SAID | {"do": do, "advice-key": "5f6d9f4e-61c2-4f4d-9a5e-6b1f3c3f1a11"}
    first, second = client.post(url("advise", held), sent), client.post(url("advise", held), sent)
    assert first.status_code == second.status_code == 302
    assert held.advice.count() == 1


def test_releasing_from_the_page_that_was_saved_before_is_not_taken_for_the_same_act(
    held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    client = client_for(liaison)
    sent = SAID | {"advice-version": "", "advice-key": "5f6d9f4e-61c2-4f4d-9a5e-6b1f3c3f1a11"}
    client.post(url("advise", held), sent | {"do": "save"})
    client.post(url("advise", held), sent | {"do": "release"})
    assert held.advice.get().released_at


def test_notes_and_questions_sent_twice_are_written_once(
    held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    client = client_for(liaison)
    for name, prefix in (("desk_note", "note"), ("ask_office", "question")):
        sent = {f"{prefix}-text": "Who signs?", f"{prefix}-key": "5f6d9f4e-61c2-4f4d-9a5e-6b1f3c3f1a11"}
        assert client.post(url(name, held), sent).status_code == 302
        assert client.post(url(name, held), sent).status_code == 302
    assert held.desk_notes.count() == held.questions.count() == 1


def test_a_stale_edit_keeps_its_text_and_shows_what_is_saved(
    held: AdviceRequest, liaison: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    actions.draft_advice(held, by=desk_lead, position="support", reasoning="Words of the lead.")
    answer = client_for(liaison).post(url("advise", held), SAID | {"do": "release"})
    assert answer.status_code == 409
    assert "Mind the treaty." in text(answer)
    assert "Words of the lead." in text(answer)
    assert not held.advice.filter(released_at__isnull=False).exists()
    again = SAID | {"do": "release", "advice-version": "1"}
    assert client_for(liaison).post(url("advise", held), again).status_code == 302


def test_a_first_word_written_before_a_colleague_released_does_not_become_a_second_unseen(
    held: AdviceRequest, liaison: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    actions.give_advice(held, by=desk_lead, position="support", reasoning="Words of the lead.")
    answer = client_for(liaison).post(url("advise", held), SAID | {"do": "release"})
    assert answer.status_code == 409
    assert held.advice.count() == 1


def test_a_move_the_status_forbids_keeps_the_text(
    held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    actions.ask_question(held, by=liaison, text="Who signs?")
    answer = client_for(liaison).post(url("advise", held), SAID | {"do": "release"})
    assert answer.status_code == 409
    assert "Mind the treaty." in text(answer)


def test_advice_after_a_lapse_is_accepted_and_said_to_be_late(
    held: AdviceRequest, liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    AdviceRequest.objects.update(due_on=make.in_days(-4))
    actions.lapse_overdue()
    assert "You may still advise" in text(client_for(liaison).get(url("request", held)))
    client_for(liaison).post(url("advise", held), SAID | {"do": "release"})
    held.refresh_from_db()
    assert held.status == "given"


@pytest.mark.parametrize(
    "field", [{"advice-position": ""}, {"advice-reasoning": " "}, {"advice-position": "treason"}]
)
def test_bad_advice_gets_a_message_at_its_field(
    field: dict[str, str], held: AdviceRequest, liaison: Member, client_for: ClientFor
) -> None:
    answer = client_for(liaison).post(url("advise", held), SAID | field)
    assert answer.status_code == 400
    assert "usa-error-message" in text(answer)
    assert not held.advice.exists()


def test_another_desks_liaison_reads_what_is_released_and_writes_nothing(
    held: AdviceRequest, liaison: Member, other_liaison: Member, client_for: ClientFor
) -> None:
    actions.note_for_desk(held, by=liaison, text="INSIDE-NOTE")
    actions.draft_advice(held, by=liaison, position="concern", reasoning="INSIDE-DRAFT")
    client = client_for(other_liaison)
    shown = text(client.get(url("request", held)))
    assert "INSIDE" not in shown
    assert "Release to the office" not in shown
    assert client.post(url("advise", held), SAID | {"do": "release"}).status_code == 403
    assert client.post(url("take", held)).status_code == 403
    assert client.post(url("desk_note", held), {"note-text": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["advise", "ask_office", "desk_note", "take", "give_to"])
def test_the_offices_own_people_cannot_write_for_the_desk(
    name: str, held: AdviceRequest, maria: Member, client_for: ClientFor
) -> None:
    assert client_for(maria).post(url(name, held), {}).status_code == 404


@pytest.mark.parametrize(
    "name", ["request", "advise", "ask_office", "desk_note", "take", "give_to", "answer", "respond"]
)
def test_a_request_one_may_not_see_answers_as_one_that_does_not_exist(
    name: str, held: AdviceRequest, tom: Member, client_for: ClientFor
) -> None:
    client = client_for(tom)
    unseen = client.post(url(name, held)) if name != "request" else client.get(url(name, held))
    absent_url = reverse(f"engagements:{name}", args=["A-00000000"])
    absent = client.post(absent_url) if name != "request" else client.get(absent_url)
    assert unseen.status_code == absent.status_code == (405 if unseen.status_code == 405 else 404)
    assert re.sub(r'token": "[^"]+|value="[^"]+', "", unseen.content.decode()) == re.sub(
        r'token": "[^"]+|value="[^"]+', "", absent.content.decode()
    )


def test_the_page_says_what_changed_until_it_is_read(
    held: AdviceRequest, maria: Member, liaison: Member, client_for: ClientFor
) -> None:
    client = client_for(liaison)
    assert "New to you" not in text(client.get(url("request", held)))
    held.engagement.refresh_from_db()
    actions.amend(
        held.engagement,
        make.plan(maria, title="Water and energy dialogue"),
        by=maria,
        version=held.engagement.version,
    )
    for _ in range(2):
        assert "<del>Water dialogue</del> <ins>Water and energy dialogue</ins>" in text(
            client.get(url("request", held))
        )
        assert "New to you" in text(client.get(url("request", held)))
    client.post(url("changes_read", held))
    assert "New to you" not in text(client.get(url("request", held)))


def test_precedents_are_those_the_reader_may_see(
    maria: Member, tom: Member, liaison: Member, client_for: ClientFor
) -> None:
    earlier = make.advised(tom, liaison)
    hidden = make.advised(tom, liaison)
    Advice.objects.filter(pk=earlier.pk).update(reasoning="SEEN-PRECEDENT")
    Advice.objects.filter(pk=hidden.pk).update(reasoning="HIDDEN-PRECEDENT")
    actions.share(hidden.request.engagement, by=tom, visibility="restricted")
    held = make.assigned(maria, liaison)
    body = held.engagement.counterparts.get()
    for advice in (earlier, hidden):
        advice.request.engagement.counterparts.set([body])
    shown = text(client_for(liaison).get(url("request", held)))
    assert "SEEN-PRECEDENT" in shown
    assert "HIDDEN-PRECEDENT" not in shown


def test_the_desk_lead_gives_it_to_a_colleague_and_a_liaison_cannot(
    held: AdviceRequest, liaison: Member, desk_lead: Member, tom: Member, client_for: ClientFor
) -> None:
    colleague = people.make_member(held.desk, "liaison", name="Kim Colleague")
    client = client_for(desk_lead)
    assert "Kim Colleague" in text(client.get(url("request", held)))
    assert client.post(url("give_to", held), {"give-to": tom.pk}).status_code == 400
    assert client.post(url("give_to", held), {"give-to": colleague.pk}).status_code == 302
    held.refresh_from_db()
    assert held.assigned_to == colleague
    assert client_for(liaison).post(url("give_to", held), {"give-to": liaison.pk}).status_code == 403
    assert client_for(liaison).post(url("give_to", held), {"give-to": colleague.pk}).status_code == 403


def test_the_office_answers_and_the_desks_clock_runs_again(
    held: AdviceRequest, liaison: Member, maria: Member, gov: Member, client_for: ClientFor
) -> None:
    actions.ask_question(held, by=liaison, text="Who signs?")
    prefix = f"answer-{held.reference}-"
    bad = client_for(maria).post(url("answer", held), {f"{prefix}text": ""})
    assert bad.status_code == 400
    assert "Who signs?" in text(bad)
    assert client_for(gov).post(url("answer", held), {f"{prefix}text": "I do."}).status_code == 403
    sent = {f"{prefix}text": "Nobody.", f"{prefix}key": "5f6d9f4e-61c2-4f4d-9a5e-6b1f3c3f1a11"}
    for _ in range(2):
        assert client_for(maria).post(url("answer", held), sent).status_code == 302
    held.refresh_from_db()
    assert held.status == "assigned"
    late = client_for(maria).post(url("answer", held), {f"{prefix}text": "Another."})
    assert late.status_code == 409
    assert "Another." in text(late)


def test_the_office_says_what_it_did(
    held: AdviceRequest, liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    advice = actions.give_advice(held, by=liaison, position="concern", reasoning="Mind the treaty.")
    prefix = f"respond-{held.reference}-"
    assert "Mind the treaty." in text(client_for(maria).get(url("respond", held)))
    sent = {f"{prefix}kind": "proceeded", f"{prefix}reason": "Our lawyers agree."}
    assert client_for(maria).post(url("respond", held), sent).status_code == 302
    assert advice.response.kind == "proceeded"
    assert "Our lawyers agree." in text(client_for(liaison).get(url("request", held)))


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_an_answer_to_advice_is_to_the_advice_that_was_read(
    held: AdviceRequest, liaison: Member, maria: Member, client_for: ClientFor
) -> None:
    actions.give_advice(held, by=liaison, position="support", reasoning="Go ahead.")
    prefix = f"respond-{held.reference}-"
    number = hidden(text(client_for(maria).get(held.engagement.get_absolute_url())), f"{prefix}number")
    actions.give_advice(held, by=liaison, position="concern", reasoning="Mind the treaty.")
    sent = {f"{prefix}kind": "followed", f"{prefix}reason": "Gladly.", f"{prefix}number": number}
    refused = client_for(maria).post(url("respond", held), sent)
    assert refused.status_code == 409
    page = text(refused)
    assert "newer advice" in page and "Mind the treaty." in page and "Gladly." in page
    assert not AdviceResponse.objects.exists()
    sent[f"{prefix}number"] = hidden(page, f"{prefix}number")
    assert client_for(maria).post(url("respond", held), sent).status_code == 302
    assert AdviceResponse.objects.get().advice.number == 2


def test_an_answer_is_to_the_question_that_was_read(
    held: AdviceRequest, liaison: Member, maria: Member, lee: Member, client_for: ClientFor
) -> None:
    first = actions.ask_question(held, by=liaison, text="Who signs?")
    prefix = f"answer-{held.reference}-"
    number = hidden(text(client_for(maria).get(url("answer", held))), f"{prefix}number")
    actions.answer_question(first, by=lee, text="The mayor.")
    actions.ask_question(held, by=liaison, text="Who pays?")
    sent = {f"{prefix}text": "Nobody.", f"{prefix}number": number}
    refused = client_for(maria).post(url("answer", held), sent)
    assert refused.status_code == 409
    assert "Who pays?" in text(refused) and "Nobody." in text(refused)
    assert held.questions.get(answered_at=None).text == "Who pays?"
    for odd in ("0", "x", "9" * 5000):
        assert client_for(maria).post(url("answer", held), sent | {f"{prefix}number": odd}).status_code == 400
    sent[f"{prefix}number"] = hidden(text(refused), f"{prefix}number")
    assert client_for(maria).post(url("answer", held), sent).status_code == 302
    assert held.questions.get(text="Who pays?").answer == "Nobody."


def test_the_office_asks_another_desk(
    held: AdviceRequest, maria: Member, liaison: Member, other_liaison: Member, client_for: ClientFor
) -> None:
    where = reverse("engagements:ask_desk", args=[held.engagement.reference])
    assert "Japan Desk" in text(client_for(maria).get(where))
    twice = client_for(maria).post(where, {"desk": held.desk_id}, follow=True)
    assert "has already been asked" in text(twice), "pressed twice: it is asked, which is all one wanted"
    assert held.engagement.advice_requests.count() == 1
    assert client_for(maria).post(where, {"desk": other_liaison.office_id}).status_code == 302
    assert held.engagement.advice_requests.count() == 2
    assert client_for(liaison).get(where).status_code == 403


def test_after_the_holder_left_the_whole_desk_is_told(
    maria: Member, liaison: Member, desk_lead: Member
) -> None:
    from accounts import actions as accounts
    from engagements import watchers

    held = make.assigned(maria, liaison)
    accounts.end_member(liaison, by=desk_lead)
    assert watchers.of_desk(AdviceRequest.objects.get(pk=held.pk)) == {desk_lead.user_id}


def test_after_restricting_the_desk_lead_is_told_and_the_shut_out_liaison_is_not(
    maria: Member, liaison: Member, desk_lead: Member
) -> None:
    from engagements import watchers

    held = make.assigned(maria, liaison)
    actions.share(held.engagement, by=maria, visibility="restricted")
    assert watchers.of_desk(AdviceRequest.objects.get(pk=held.pk)) == {desk_lead.user_id}


def test_the_desks_page_costs_the_same_however_much_was_said(
    maria: Member,
    liaison: Member,
    other_liaison: Member,
    client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Coverage.objects.create(desk=other_liaison.office, country="MX")
    held = make.assigned(maria, liaison)
    for _ in range(5):
        actions.note_for_desk(held, by=liaison, text="x")
        actions.give_advice(held, by=liaison, position="concern", reasoning="x")
    client = client_for(liaison)
    client.get(url("request", held))
    with django_assert_max_num_queries(31):
        client.get(url("request", held))
    assert DeskNote.objects.count() == 5


def test_what_begins_sooner_is_advised_on_sooner(maria: Member, liaison: Member) -> None:
    held = make.requested(maria, liaison)
    version, due = held.version, held.due_on

    def moved(days: int) -> AdviceRequest:
        held.engagement.refresh_from_db()
        plan = actions.Plan(fields={"starts_on": make.in_days(days), "ends_on": make.in_days(60)})
        actions.amend(held.engagement, plan, by=maria, version=held.engagement.version)
        return AdviceRequest.objects.get(pk=held.pk)

    assert moved(40).due_on == due
    assert (moved(3).due_on, moved(3).version) == (clock.today() + timedelta(days=2), version + 1)
    assert moved(-1).due_on == clock.today()
