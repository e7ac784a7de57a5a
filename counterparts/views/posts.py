from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import MemberRequest
from activity import timeline
from counterparts import actions, rules
from counterparts.forms.posts import ChangePostForm, PostForm, SourceForm
from counterparts.models import Counterpart, Post
from diplomacy.lib.errors import Invalid, Stale

POST = ("title", "starts_on", "ends_on")


@require_http_methods(["GET", "HEAD", "POST"])
def hold_post(request: MemberRequest, reference: str) -> HttpResponse:
    person = _get(request, reference)
    rules.require_writer(request.acting)
    form = PostForm(request.POST or None, user=request.user)
    return _small(request, form, person, f"A post of {person}", partial(actions.hold_post, person))


@require_http_methods(["GET", "HEAD", "POST"])
def change_post(request: MemberRequest, reference: str, number: int) -> HttpResponse:
    """`number` counts the person's posts from 1, in the order in which they were added."""
    person = _get(request, reference)
    rules.require_writer(request.acting)
    post = _numbered(person, number)
    now = {name: getattr(post, name) for name in (*POST, "version")}
    form = ChangePostForm(request.POST or None, initial=now)
    title = f"{person} in {post.body}"
    try:
        return _small(request, form, person, title, partial(actions.change_post, post))
    except Stale:
        return _stale(request, form, person, _numbered(person, number))


def _stale(request: MemberRequest, form: ChangePostForm, person: Counterpart, post: Post) -> HttpResponse:
    """What they typed stays; beside it stands what is saved now, and who saved it."""
    said = form.cleaned_data
    differing = [
        (form[name].label, str(getattr(post, name) or ""), str(said[name] or ""))
        for name in POST
        if getattr(post, name) != said[name]
    ]
    form.refuse_stale(post.version)
    last = timeline.of(person, request.user)[0]
    return _page(request, form, person, f"{person} in {post.body}", 409, differing=differing, last=last)


@require_http_methods(["GET", "HEAD", "POST"])
def add_source(request: MemberRequest, reference: str) -> HttpResponse:
    counterpart = _get(request, reference)
    rules.require_writer(request.acting)
    form = SourceForm(request.POST or None)
    return _small(
        request, form, counterpart, f"A source about {counterpart}", partial(actions.add_source, counterpart)
    )


def _small(
    request: MemberRequest, form: forms.Form, counterpart: Counterpart, title: str, say: Callable[..., Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            say(by=request.acting, **form.cleaned_data)
        except Invalid as invalid:
            form.take(invalid)  # type: ignore[attr-defined]
        else:
            messages.success(request, "Your changes are saved.")
            return redirect(counterpart)
    return _page(request, form, counterpart, title, status=400 if form.errors else 200)


def _page(
    request: MemberRequest, form: forms.Form, counterpart: Counterpart, title: str, status: int, **more: Any
) -> HttpResponse:
    context = {"form": form, "counterpart": counterpart, "title": title, **more}
    return render(request, "counterparts/small_form.html", context, status=status)


def _numbered(person: Counterpart, number: int) -> Post:
    rows = person.posts.select_related("body").order_by("pk")
    found: list[Post] = list(rows[number - 1 : number]) if number else []
    if not found:
        raise Http404
    return found[0]


def _get(request: MemberRequest, reference: str) -> Counterpart:
    counterpart: Counterpart = get_object_or_404(
        Counterpart.objects.visible_to(request.user), reference=reference
    )
    return counterpart
