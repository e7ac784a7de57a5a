"""Forms in the design system's markup, for every form of the product, the sign-in forms included."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django import forms
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from diplomacy.lib.errors import Invalid
from diplomacy.lib.text import tidy

M = TypeVar("M", bound=Model)
if TYPE_CHECKING:
    FormSet = BaseFormSet[Any]

    class StockModelForm(forms.ModelForm[M]): ...
else:
    FormSet = BaseFormSet
    StockModelForm = type(
        "StockModelForm",
        (forms.ModelForm,),
        {"__class_getitem__": classmethod(lambda c, _: c)},
    )

NOTHING_CHOSEN = "Choose one"
NOT_STATED = "Not stated"
DJANGO_BLANK = "---------"


class Field(BoundField):
    """A field as its template needs it: classes, the kind of markup, and data without unseen characters."""

    KINDS: ClassVar[tuple[tuple[type[forms.Widget], str, str], ...]] = (
        (forms.CheckboxSelectMultiple, "options", "usa-checkbox__input"),
        (forms.RadioSelect, "options", "usa-radio__input"),
        (forms.CheckboxInput, "checkbox", "usa-checkbox__input"),
        (forms.SelectMultiple, "input", "usa-select usa-select--multiple"),
        (forms.MultiWidget, "group", "usa-input"),
        (forms.Select, "input", "usa-select"),
        (forms.Textarea, "input", "usa-textarea"),
        (Input, "input", "usa-input"),
    )

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        # A placeholder is gone as soon as one types, and is too pale to read before: labels and hints say it.
        field.widget.attrs.pop("placeholder", None)

    @cached_property
    def _kind(self) -> tuple[str, str]:
        widget = self.field.widget
        return next((k[1:] for k in self.KINDS if isinstance(widget, k[0])), ("input", ""))

    @property
    def kind(self) -> str:
        return self._kind[0]

    @property
    def counts_characters(self) -> bool:
        return isinstance(self.field.widget, forms.Textarea) and bool(
            self.field.widget.attrs.get("maxlength")
        )

    @property
    def first_id(self) -> str:
        """Where a link from the error summary lands: the first control of the field."""
        return f"{self.auto_id}_0" if self.kind in {"options", "group"} else self.id_for_label

    @property
    def is_optional(self) -> bool:
        return not self.field.required and self.kind != "checkbox"

    @property
    def data(self) -> Any:
        value = super().data
        if isinstance(self.field.widget, forms.PasswordInput):
            return value
        if isinstance(value, list):
            return [tidy(item) if isinstance(item, str) else item for item in value]
        return tidy(value) if isinstance(value, str) else value

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, str | bool]:
        built = super().build_widget_attrs(attrs, widget)
        if self.is_hidden:
            return built
        classes = [
            self._kind[1],
            str((widget or self.field.widget).attrs.get("class", "")),
        ]
        if self.kind == "input" and self.errors:
            classes.append("usa-input--error")
        if self.counts_characters:
            classes.append("usa-character-count__field")
        built["class"] = " ".join(name for name in classes if name)
        return built


class Renderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = Field


class DateInput(forms.DateInput):
    """The browser's own date field: phones show their picker, it posts ISO dates, and it needs no script.
    The design system's picker posts MM/DD/YYYY and, open, fails one axe rule of its own."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, **(attrs or {})})


class FilesField(forms.FileField):
    """A list of files. Which addresses take any: `diplomacy.lib.uploads`."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        if not data:
            super().clean(None, initial)
        return [super(FilesField, self).clean(one, initial) for one in data or ()]


class LookupInput(forms.TextInput):
    """A text field that finds as one types. Without script it is only that, and the server matches the text.

    `url` answers `?q=` with `{"results": [{"reference", "name", "detail"}]}`. `into` names the field of the
    same form (usually hidden) that receives the chosen reference; changing the text by hand empties it.
    """

    def __init__(self, url: Any, into: str = "", attrs: dict[str, Any] | None = None) -> None:
        self.url = url
        hooks = {"data-autocomplete-into": into} if into else {}
        super().__init__({"autocomplete": "off", **hooks, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Here and not in __init__: a form class is made before the URLs are known.
        return super().get_context(name, value, {**(attrs or {}), "data-autocomplete-url": str(self.url)})


class LongSelect(forms.Select):
    """A select with many options, which becomes a field to type in where there is script."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-autocomplete": "", **(attrs or {})}, choices)


WORDS: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.MultipleChoiceField, {"required": "Choose at least one."}),
    (forms.ModelMultipleChoiceField, {"required": "Choose at least one."}),
    (
        forms.ChoiceField,
        {"required": "Choose one.", "invalid_choice": "Choose one of the answers that are offered."},
    ),
    (forms.BooleanField, {"required": "Tick this to go on."}),
    (
        forms.DateField,
        {"required": "Enter a date.", "invalid": "Enter a date that exists: day, month and year."},
    ),
    (forms.TimeField, {"required": "Enter a time.", "invalid": "Enter a time, such as 2:30 p.m."}),
    (forms.IntegerField, {"required": "Enter a number.", "invalid": "Enter a whole number."}),
    (
        forms.FileField,
        {
            "required": "Choose a file.",
            "empty": "This file is empty.",
            "invalid": "Choose the files again.",
        },
    ),
    (
        forms.URLField,
        {
            "required": "Fill this in.",
            "invalid": "Enter a web address, such as https://example.org.",
            "max_length": "Shorten this to %(limit_value)d characters. It has %(show_value)d.",
        },
    ),
    (
        forms.CharField,
        {
            "required": "Fill this in.",
            "max_length": "Shorten this to %(limit_value)d characters. It has %(show_value)d.",
        },
    ),
)
"""Django's own sentences in plain words. A field that says something of its own keeps it."""

NATIVE = {
    forms.DateInput: DateInput,
    forms.TimeInput: TimeInput,
    forms.DateTimeInput: DateTimeInput,
}


def problems_of(form: Any) -> Iterator[tuple[str, str, str]]:
    """Each error of a form or formset as (id to go to, label, message), in the order of the page."""
    if isinstance(form, BaseFormSet):
        yield from _problems_of_rows(form)
        return
    for message in form.non_field_errors():
        yield "", "", str(message)
    for bound in form:
        for message in bound.errors:
            yield getattr(bound, "first_id", bound.id_for_label), str(bound.label), str(message)


def _problems_of_rows(formset: FormSet) -> Iterator[tuple[str, str, str]]:
    name = getattr(formset, "row_name", "Row")
    for message in formset.non_form_errors():
        yield "", "", str(message)
    for number, form in enumerate(formset.forms, 1):
        for anchor, label, message in problems_of(form):
            yield anchor, f"{name} {number}: {label}".removesuffix(": "), message


class House(forms.BaseForm):
    """What every form of the product has: native pickers, options in words, one error summary."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            self._dress(field)

    @staticmethod
    def _dress(field: forms.Field) -> None:
        if native := NATIVE.get(type(field.widget)):
            widget = native()
            widget.attrs.update(field.widget.attrs)
            field.widget = widget
        if isinstance(field, forms.ChoiceField):
            _name_the_blank(field)
        _speak_plainly(field)

    def take(self, invalid: Invalid) -> None:
        """Puts what a rule refused at the fields it names, and the rest at the top."""
        for name, messages in invalid.fields.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def _speak_plainly(field: forms.Field) -> None:
    stock: dict[str, Any] = {}
    for base in reversed(type(field).__mro__):
        stock |= getattr(base, "default_error_messages", {})
    words = next((words for kind, words in WORDS if isinstance(field, kind)), {"required": "Fill this in."})
    for code, sentence in words.items():
        if field.error_messages.get(code) == stock.get(code):
            field.error_messages[code] = sentence


def _name_the_blank(field: forms.ChoiceField) -> None:
    is_radio = isinstance(field.widget, forms.RadioSelect)
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = (
                None if is_radio and field.required else (NOT_STATED if is_radio else NOTHING_CHOSEN)
            )
            field.widget.choices = field.choices
        return
    words = NOT_STATED if is_radio else NOTHING_CHOSEN
    offered: Any = field.choices
    choices = [(value, words if label == DJANGO_BLANK else label) for value, label in offered]
    field.choices = [c for c in choices if not (is_radio and field.required and c[0] in ("", None))]


class Form(House, forms.Form):
    pass


class FilterForm(Form):
    """Narrows a list. What it offers is the same for everybody, so an empty one is drawn once: with all countries in
    a select, drawing it took half of the time of a page."""

    _drawn: ClassVar[dict[tuple[str, ...], SafeString]] = {}

    def drawn(self) -> SafeString:
        if self.has_changed() or self.errors:
            return self.render()
        key = (type(self).__qualname__, str(self.prefix), *self.fields)
        if key not in self._drawn:
            self._drawn[key] = self.render()
        return self._drawn[key]


class ModelForm(House, StockModelForm[M]):
    pass


class Versioned(forms.Form):
    """Carries the row version that was read, so that an edit made on an older page is refused and not lost.

    Name it before Form or ModelForm. The view passes `form.version_read` to the action and, on Stale, calls
    `form.refuse_stale(current)` and shows the form again with status 409.
    """

    version_field = "version"
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instance := getattr(self, "instance", None):
            self.initial.setdefault("version", getattr(instance, self.version_field))

    @property
    def version_read(self) -> int | None:
        version: int | None = self.cleaned_data.get("version")
        return version

    def refuse_stale(self, current: int) -> None:
        """Keeps what was typed and moves on to the current version: sending again is then a decision."""
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("version")] = str(current)
        self.data = data
        self.add_error(
            None,
            "Somebody else changed this after you opened it. What you wrote is still below and is not saved "
            "yet. Look at what changed, then send again.",
        )


class Rows(FormSet):
    """Several small forms on one page. Script adds and removes rows; without it, a blank row is always there
    and “Add another” saves and comes back to this page with a new blank one."""

    row_name = "Row"
    add_words = "Add another"

    @property
    def asks_for_more(self) -> bool:
        return self.is_bound and f"{self.prefix}-more" in self.data
