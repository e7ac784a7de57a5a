from django import forms

from diplomacy.lib import forms as house

COUNTRIES = [("", "–"), ("<b>", "<i>A & B</i>"), ("Groups", [("CI", "Côte d’Ivoire")])]


class Where(house.Form):
    country = forms.ChoiceField(choices=COUNTRIES, required=False)


def test_options_are_escaped_grouped_and_chosen() -> None:
    shown = str(Where({"country": "CI"})["country"])
    assert '<option value="&lt;b&gt;">&lt;i&gt;A &amp; B&lt;/i&gt;</option>' in shown
    assert '<optgroup label="Groups"><option value="CI" selected>Côte d’Ivoire</option></optgroup>' in shown
    assert shown.count("selected") == 1
