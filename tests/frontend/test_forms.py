from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template

from diplomacy.lib import forms as house
from diplomacy.lib.errors import Invalid
from diplomacy.lib.text import tidy
from diplomacy.styleguide import StopRows


class Plan(house.Versioned, house.Form):
    title = forms.CharField(max_length=10)
    day = forms.DateField(required=False)
    size = forms.ChoiceField(choices=[("", "---------"), ("s", "Small")], widget=forms.RadioSelect)


def sent(**data: str) -> Plan:
    return Plan(query(**data))


def query(**data: str) -> QueryDict:
    made = QueryDict(mutable=True)
    made.update(data)
    return made


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("a\x00b\x1bc", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\ufeffmark", "mark"),
        ("file\u202egpj.exe", "filegpj.exe"),
        ("ولاية باها\u200f", "ولاية باها\u200f"),
        ("Z\u0351a\u0300lgo", "Z\u0351a\u0300lgo"),
        ("\ud800lone", "lone"),
        ("Rosoboronexport\U000e0020\U000e0068\U000e006f", "Rosoboronexport"),
    ],
)
def test_unseen_characters_go_and_scripts_stay(pasted: str, kept: str) -> None:
    assert tidy(pasted) == kept


def test_a_form_cleans_before_it_measures() -> None:
    form = sent(title="12345\r\n678\x00", size="s")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["title"] == "12345\n678"


def test_a_choice_with_nul_is_refused_and_not_an_error_of_ours() -> None:
    assert sent(title="x", size="\x00z").errors["size"] == ["Choose one of the answers that are offered."]


def test_radios_of_a_required_field_offer_no_blank() -> None:
    html = str(Plan())
    assert "---------" not in html
    assert html.count('type="radio"') == 1


def test_dates_use_the_browser_s_own_field_and_iso_values() -> None:
    assert '<input type="date" name="day" value="2027-05-03"' in str(Plan(initial={"day": date(2027, 5, 3)}))


def test_optional_fields_say_so() -> None:
    html = str(Plan())
    assert 'for="id_day">Day <span class="optional">(optional)</span>' in html
    assert 'for="id_title">Title</label>' in html


def test_an_error_is_tied_to_its_field_and_listed_at_the_top() -> None:
    html = str(sent(title="far too long a title", size=""))
    assert '<a class="usa-link" href="#id_title">Title: Shorten this to 10 characters. It has 20.</a>' in html
    assert '<a class="usa-link" href="#id_size_0">Size: Choose one.</a>' in html
    assert 'aria-describedby="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_what_people_typed_comes_back_as_text() -> None:
    assert "<script>" not in str(sent(title='"><script>alert(1)</script>', size="s"))


def test_one_summary_for_several_forms() -> None:
    one, other = sent(title=""), sent(title="", size="x")
    html = Template("{% error_summary one other %}{{ one }}{{ other }}").render(
        Context({"one": one, "other": other})
    )
    assert html.count("data-error-summary") == 1
    assert html.count('href="#id_title"') == 2


def test_a_stale_edit_keeps_what_was_typed_and_moves_to_the_current_version() -> None:
    form = sent(title="Mine", size="s", version="3")
    assert form.is_valid()
    assert form.version_read == 3
    form.refuse_stale(5)
    html = str(form)
    assert 'value="Mine"' in html
    assert '<input type="hidden" name="version" value="5"' in html
    assert "Somebody else changed this" in html


def test_what_a_rule_refuses_stands_at_its_field() -> None:
    form = sent(title="Mine", size="s")
    form.is_valid()
    form.take(Invalid({"title": ["Already used."], "elsewhere": ["Not now."]}))
    assert form.errors["title"] == ["Already used."]
    assert form.non_field_errors() == ["Not now."]


def test_rows_name_their_number_in_the_summary() -> None:
    rows: Any = StopRows(
        query(
            **{
                "stops-TOTAL_FORMS": "2",
                "stops-INITIAL_FORMS": "0",
                "stops-0-city": "Mexicali",
                "stops-1-arrives_on": "2027-05-03",
                "stops-more": "1",
            }
        ),
        prefix="stops",
    )
    assert not rows.is_valid()
    assert rows.asks_for_more
    assert list(house.problems_of(rows)) == [("id_stops-1-city", "Stop 2: City", "Fill this in.")]
    assert '<template data-row-template><fieldset class="row"' in str(rows)
