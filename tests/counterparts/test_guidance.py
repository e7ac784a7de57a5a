"""What desks tell everyone about a country: written by desks, kept in versions, shown while it is in force."""

import pytest
from django.urls import reverse

from accounts.models import Member
from counterparts import actions
from counterparts.models import CountryGuidance
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db
FORM = {
    "country": "MX", "kind": "notice", "title": "Tell the consulate", "text": "Write.", "reason": "It arranges.",
    "starts_on": "2026-01-01",
}  # fmt: skip


def test_a_change_is_a_new_version_and_the_old_one_can_still_be_read(liaison: Member) -> None:
    first = make.guidance(liaison)
    kept = {name: getattr(first, name) for name in ("country", "kind", "title", "reason", "starts_on")}
    second = actions.replace_guidance(first, by=liaison, text="Fifteen days before.", **kept)
    assert (second.number, second.replaces) == (2, first)
    assert list(CountryGuidance.objects.in_force()) == [second]
    first.refresh_from_db()
    assert first.text == "Write to the consulate ten working days before."
    with pytest.raises(Conflict):
        actions.replace_guidance(first, by=liaison, text="Lost?", **kept)


def test_a_new_version_leaves_no_day_on_which_nothing_is_said(liaison: Member) -> None:
    first, kept = make.guidance(liaison), ("country", "kind", "title", "text", "reason")
    said = {name: getattr(first, name) for name in kept}
    with pytest.raises(Invalid) as refused:
        actions.replace_guidance(first, by=liaison, starts_on=make.in_days(9), **said)
    assert "starts_on" in refused.value.fields
    assert list(CountryGuidance.objects.in_force()) == [first]
    to_come = make.guidance(liaison, starts_on=make.in_days(9))
    actions.replace_guidance(to_come, by=liaison, starts_on=make.in_days(12), **said)


def test_who_was_slower_keeps_what_they_wrote(
    client_for: ClientFor, liaison: Member, desk_lead: Member
) -> None:
    first = make.guidance(liaison)
    address = f"/counterparts/guidance/{first.reference}/change/"
    client_for(desk_lead).post(address, FORM)
    answer = client_for(liaison).post(address, FORM | {"text": "Call them first."})
    assert answer.status_code == 409
    assert "Call them first." in answer.text and "A newer version has been published" in answer.text


def test_offices_read_it_and_only_the_desk_that_wrote_it_changes_it(
    maria: Member, liaison: Member, desk_lead: Member, other_liaison: Member
) -> None:
    held = make.guidance(liaison)
    with pytest.raises(Forbidden):
        make.guidance(maria)
    for by in (maria, other_liaison):
        with pytest.raises(Forbidden):
            actions.end_guidance(held, by=by, ends_on=make.in_days(1))
    assert actions.end_guidance(held, by=desk_lead, ends_on=make.in_days(1)).number == 2


def test_it_is_shown_from_its_first_day_to_its_last(liaison: Member) -> None:
    make.guidance(liaison, title="Over", starts_on=make.in_days(-9), ends_on=make.in_days(-1))
    make.guidance(liaison, title="To come", starts_on=make.in_days(1))
    now = make.guidance(liaison, ends_on=make.in_days(0))
    assert list(CountryGuidance.objects.in_force()) == [now]


def test_a_part_of_a_country_hears_what_is_said_of_it_and_of_the_whole(liaison: Member) -> None:
    whole = make.guidance(liaison)
    part = make.guidance(liaison, subdivision="MX-BCN", title="At the border")
    make.guidance(liaison, subdivision="MX-SON", title="Elsewhere")
    said = CountryGuidance.objects.in_force()
    assert set(said.about([("MX", "MX-BCN")])) == {whole, part}
    assert set(said.about([("MX", "")])) == {whole}
    assert set(said.about([("", "")])) == set()


@pytest.mark.parametrize(
    "wrong", [{"country": "ZZ"}, {"subdivision": "JP-13"}, {"ends_on": make.in_days(-20)}], ids=str
)
def test_a_place_that_is_none_and_days_in_the_wrong_order_are_refused(
    liaison: Member, wrong: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        make.guidance(liaison, **wrong)
    assert not CountryGuidance.objects.exists()


def test_a_text_written_while_a_colleague_published_another_is_not_lost(
    liaison: Member, desk_lead: Member, client_for: ClientFor
) -> None:
    held, browser = make.guidance(liaison), client_for(liaison)
    place = reverse("counterparts:change_guidance", args=[held.reference])
    said = {
        "country": "MX", "kind": "notice", "title": "Tell them", "text": "Ten days before, by post.",
        "reason": "They ask for it.", "starts_on": str(held.starts_on),
    }  # fmt: skip
    newer = replace(held, by=desk_lead)
    late = browser.post(place, said)
    assert late.status_code == 409
    page = late.content.decode()
    assert "Ten days before, by post.</textarea>" in page
    assert "A newer version has been published" in page
    again = reverse("counterparts:change_guidance", args=[newer.reference])
    assert f'action="{again}"' in page
    assert newer.get_absolute_url() in page
    assert browser.post(again, said).status_code == 302
    assert CountryGuidance.objects.get(replaces=newer).number == 3
    end = reverse("counterparts:end_guidance", args=[held.reference])
    late = browser.post(end, {"ends_on": "2030-01-01"})
    assert late.status_code == 400
    assert 'value="2030-01-01"' in late.content.decode()


def replace(held: CountryGuidance, *, by: Member) -> CountryGuidance:
    kept = ("country", "subdivision", "kind", "title", "text", "reason", "starts_on")
    return actions.replace_guidance(held, by=by, **{name: getattr(held, name) for name in kept})


def test_a_desk_publishes_on_a_page_and_a_counterpart_shows_it(
    client_for: ClientFor, liaison: Member, maria: Member
) -> None:
    answer = client_for(liaison).post("/counterparts/guidance/publish/", FORM, follow=True)
    assert "Everyone signed in can read it now." in answer.text
    page = client_for(maria).get(make.counterpart(maria).get_absolute_url())
    assert "Tell the consulate" in page.text
    refused = client_for(liaison).post("/counterparts/guidance/publish/", FORM | {"title": ""})
    assert refused.status_code == 400
    assert "Ten" not in refused.text
    refused = client_for(liaison).post("/counterparts/guidance/publish/", FORM | {"ends_on": "2025-12-31"})
    assert refused.status_code == 400
    assert "The last day cannot be before the first day." in refused.text
    assert "Constraint" not in refused.text
