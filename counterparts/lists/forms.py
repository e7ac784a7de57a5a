from datetime import timedelta
from pathlib import Path
from typing import Any

import django_filters
from django import forms
from django.utils import timezone

from accounts.load_report import BadFile
from counterparts.lists import publishers
from counterparts.lists.rows import File
from counterparts.models import Listing, PublicList
from diplomacy.lib import forms as house

MOST_BYTES_TOGETHER = publishers.MOST_BYTES


class LoadForm(house.Form):
    """Which list, its files, and its day when it bears none. Whether they are that list is looked at here already."""

    source = forms.ChoiceField(label="Which list", choices=PublicList.choices, widget=forms.RadioSelect)
    sent = house.FilesField(
        label="Its files",
        help_text=(
            "All of its files at once. OFAC: SDN.CSV, ALT.CSV and ADD.CSV. Consolidated Screening List: the CSV file. "
            "United Nations: the XML file. FARA: all registrants and all foreign principals, as CSV."
        ),
    )
    published_on = forms.DateField(
        label="Published on",
        required=False,
        help_text="Leave it empty only for the list of the United Nations, which bears its day itself.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        source, day = cleaned.get("source"), cleaned.get("published_on")
        if source and not day and source != PublicList.UN and "published_on" not in self.errors:
            self.add_error("published_on", "Enter the day on which this list was published.")
        if day and day > timezone.localdate() + timedelta(days=1):
            self.add_error("published_on", "This day is still to come.")
        if source and cleaned.get("sent"):
            self._check_files(source, cleaned["sent"])
        return cleaned

    def _check_files(self, source: str, uploads: list[Any]) -> None:
        files = [File(Path(upload.temporary_file_path()), str(upload.name)) for upload in uploads]
        try:
            publishers.check(source, files)
        except BadFile as reason:
            self.add_error("sent", str(reason))


class ListingFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    q = django_filters.CharFilter(label="Name, in any script", method="by_name", max_length=200)
    source = django_filters.ChoiceFilter(label="List", choices=PublicList.choices, empty_label="Any")
    vanished = django_filters.BooleanFilter(
        label="Also those that are on it no longer", method="also", widget=forms.CheckboxInput
    )

    class Meta:
        model = Listing
        fields = ("q", "source", "vanished")
        form = house.Form

    @property
    def has_vanished(self) -> bool:
        return bool(self.form.is_valid() and self.form.cleaned_data.get("vanished"))

    def by_name(self, rows: Any, name: str, text: str) -> Any:
        return rows.named_like(text, also_delisted=self.has_vanished)

    def also(self, rows: Any, name: str, value: bool | None) -> Any:
        return rows if value else rows.live()
