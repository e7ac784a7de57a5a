"""The product's components, as tags that every template has."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import nh3
from django import template
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as django_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from diplomacy.lib.forms import problems_of

register = template.Library()

TONES = {
    "draft": "quiet",
    "filed": "open",
    "postponed": "waiting",
    "cancelled": "stopped",
    "held": "good",
    "reported": "done",
    "requested": "waiting",
    "assigned": "open",
    "question": "waiting",
    "given": "good",
    "responded": "done",
    "lapsed": "stopped",
    "withdrawn": "quiet",
    "sent": "waiting",
    "taken_up": "open",
    "declined": "stopped",
    "review": "waiting",
    "submitted": "waiting",
    "released": "good",
    "recalled": "stopped",
    "expired": "quiet",
    "open": "open",
    "closed": "done",
    "overdue": "stopped",
    "ended": "quiet",
    "active": "good",
}
"""Colour comes second to the words: a status that is missing here is still told apart by its text."""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon is decoration beside words; `label` only where there are none."""
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="usa-icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        role,
        static("uswds/img/sprite.svg"),
        name,
    )


@register.simple_tag
def chip(words: str, tone: str = "plain") -> SafeString:
    return format_html('<span class="chip chip--{}">{}</span>', tone, words)


@register.simple_tag
def status(record: Any) -> SafeString:
    value = str(record.status)
    display = getattr(record, "get_status_display", None)
    return chip(
        display() if display else value.replace("_", " ").capitalize(),
        TONES.get(value, "plain"),
    )


@register.simple_tag
def tlp(label: str) -> SafeString:
    """TLP 2.0: the standard's own colours, on black as it asks."""
    name = str(label).upper().removeprefix("TLP:").replace("_", "+")
    return format_html('<span class="tlp tlp--{}">TLP:{}</span>', slugify(name), name)


# Dates and times ------------------------------------------------------------------------------------------------------


def day_words(day: date) -> str:
    return django_format(day, "F j, Y")


def clock_words(moment: datetime) -> str:
    return f"{day_words(moment)}, {django_format(moment, 'P T')}"


@register.simple_tag
def when(moment: datetime | date | None, style: str = "full", otherwise: str = "Not set") -> str | SafeString:
    """In the viewer's zone. Styles: full, date, ago."""
    if moment is None or moment == "":
        return otherwise
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), day_words(moment))
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    full = clock_words(local)
    words = {"date": day_words(local), "ago": ago_words(moment)}.get(style, full)
    if words == full:
        return format_html('<time datetime="{}">{}</time>', local.isoformat(), full)
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, words)


def ago_words(moment: datetime) -> str:
    gap = timezone.now() - moment
    if timedelta(0) <= gap < timedelta(minutes=1):
        return "just now"
    words = _span(abs(gap))
    if not words:
        return day_words(timezone.localtime(moment))
    return f"{words} ago" if gap > timedelta(0) else f"in {words}"


def _span(gap: timedelta) -> str:
    for unit, seconds, most in (
        ("minute", 60, 60),
        ("hour", 3600, 24),
        ("day", 86400, 14),
    ):
        count = round(gap.total_seconds() / seconds)
        if count < most:
            return f"{max(count, 1)} {unit}{'' if count <= 1 else 's'}"
    return ""


@register.simple_tag
def dates(start: date | datetime | None, end: date | datetime | None = None) -> str:
    """May 3–5, 2027, saying month and year once where they are the same."""
    first, last = _day(start), _day(end)
    if first is None:
        return "Dates not set" if last is None else f"until {day_words(last)}"
    if last is None or last == first:
        return _unbroken(day_words(first))
    if (first.year, first.month) == (last.year, last.month):
        return _unbroken(f"{django_format(first, 'F j')}–{last.day}, {last.year}")
    opening = django_format(first, "F j") if first.year == last.year else day_words(first)
    return format_html("{} – {}", _unbroken(opening), _unbroken(day_words(last)))


def _unbroken(words: str) -> SafeString:
    return format_html('<span class="nowrap">{}</span>', words)


def _day(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value or None


@register.filter
def first_few(words: Sequence[Any], most: int) -> str:
    """`Tijuana; Mexicali and 2 more`."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return "; ".join(str(word) for word in words[:most]) + more


@register.filter
def grouped(count: Any) -> Any:
    """12,345. For numbers that are counts; years, versions and references stay as they are."""
    return f"{count:,}" if isinstance(count, int) else count


@register.filter
def breakable(address: str) -> SafeString:
    """A mail address that breaks where it is read, and not within a word."""
    name, at, host = str(address).rpartition("@")
    return format_html("{}{}<wbr>{}", name, at, host)


# Text -----------------------------------------------------------------------------------------------------------------

MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable(
    ["table", "strikethrough"]
)
MARKDOWN.disable("image")
MARKDOWN_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}


def _lower_headings(tokens: list[Token]) -> list[Token]:
    """The page owns levels 1 and 2."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return tokens


@register.simple_tag
def markdown(text: str | None) -> SafeString:
    """Markdown that people wrote, as safe HTML: no raw HTML, no images, links that tell the other site nothing."""
    env: dict[str, Any] = {}
    tokens = _lower_headings(MARKDOWN.parse(text or "", env))
    html = nh3.clean(
        MARKDOWN.renderer.render(tokens, MARKDOWN.options, env),
        tags=MARKDOWN_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return format_html('<div class="prose" dir="auto">{}</div>', SafeString(html))


# Blocks ---------------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def facts(content: str, style: str = "") -> SafeString:
    return format_html('<dl class="facts{}">{}</dl>', f" facts--{style}" if style else "", content)


@register.simple_block_tag
def fact(content: str, label: str, otherwise: str = "Not given") -> SafeString:
    """One line of facts. What is missing is said in words; `otherwise=""` leaves the whole line out."""
    body: Any = content.strip() and SafeString(content)
    if not body and not otherwise:
        return SafeString("")
    body = body or format_html('<span class="quiet">{}</span>', otherwise)
    return format_html('<div class="fact"><dt>{}</dt><dd dir="auto">{}</dd></div>', label, body)


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2, tone: str = "") -> SafeString:
    head = format_html('<h{0} class="card__title">{1}</h{0}>', level, title) if title else ""
    mark = f" card--{tone}" if tone else ""
    return format_html('<section class="card{}">{}{}</section>', mark, head, SafeString(content))


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> SafeString:
    """Tones: info, success, warning, error."""
    head = format_html('<p class="usa-alert__heading">{}</p>', title) if title else ""
    body = SafeString(content)
    return format_html(
        '<div class="usa-alert usa-alert--{}"><div class="usa-alert__body">{}'
        '<div class="usa-alert__text">{}</div></div></div>',
        tone,
        head,
        body,
    )


@register.simple_tag
def empty_state(title: str, text: str = "", url: str = "", action: str = "", level: int = 2) -> SafeString:
    context = {
        "title": title,
        "text": text,
        "url": url,
        "action": action,
        "level": level,
    }
    return SafeString(render_to_string("components/empty_state.html", context))


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, object]:
    return {"entries": entries}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Any], current: int) -> dict[str, object]:
    """A form in steps. `items`: (label, url or "", is_done) each; `current` counts from 1."""
    rows = [
        {
            "number": number,
            "label": label,
            "url": url,
            "is_done": is_done,
            "is_current": number == current,
        }
        for number, (label, url, is_done) in enumerate(items, 1)
    ]
    return {"steps": rows, "current": rows[current - 1], "total": len(rows)}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, noun: str = "results") -> dict[str, object]:
    return {"page": page, "request": context.get("request"), "noun": noun}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, object]:
    """One summary for all forms of a page. Each then leaves its own out."""
    given = [form for form in forms if form]
    for form in given:
        form.is_summed_up = True
    return {"problems": [problem for form in given if form.is_bound for problem in problems_of(form)]}


@register.filter
def options(groups: Any) -> SafeString:
    """The options of a select. In a template of their own, as Django has them, those of all countries and time zones
    took most of the time of the pages that offer them."""
    return mark_safe("".join(_group(name, choices) for name, choices, _ in groups))  # noqa: S308 (each part is escaped)


def _group(name: str | None, choices: Any) -> str:
    inside = "".join(_option(choice) for choice in choices)
    return format_html('<optgroup label="{}">{}</optgroup>', name, mark_safe(inside)) if name else inside  # noqa: S308


def _option(choice: Any) -> str:
    attributes = flatatt(choice["attrs"]) if choice["attrs"] else ""
    value, label = conditional_escape(str(choice["value"])), conditional_escape(choice["label"])
    return f'<option value="{value}"{attributes}>{label}</option>'
