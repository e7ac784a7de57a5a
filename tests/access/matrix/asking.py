"""Asking as somebody, and what the answer amounts to."""

import json
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.urls.exceptions import NoReverseMatch

from accounts.requests import ACTING_FOR
from accounts.signin import limits
from tests.access.matrix import oracle, states
from tests.access.matrix.people import Met
from tests.access.matrix.routes import KEYS, QUERIES, ROUTES, Ask, absent
from tests.access.matrix.world import Held, Params, World

TOKEN = re.compile(
    rb'((csrfmiddlewaretoken|token|key)" value="|X-CSRFToken&quot;: &quot;|X-CSRFToken": "|data-token=")[A-Za-z0-9-]+'
)
"""What every form gets anew: the CSRF token, and the key against sending twice."""
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = {"GET", "HEAD", "OPTIONS"}
WRITES = """SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
            WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"""
LEFT_BY_REFUSALS = {"django_session", "activity_entry", "activity_creation"}
"""A session is renewed, the log may keep refusals, and a form's key is given back with what it did not make."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]
    written: frozenset[str] = frozenset()
    """Tables that changed."""

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def told(self) -> tuple[int, bytes, dict[str, str]]:
        """All that a caller can see, without what is random by design."""
        return self.status, TOKEN.sub(b"", self.body), self.headers


@dataclass
class Asker:
    """A person's browser. Every request starts from the same cookies, and leaves the database as it was."""

    met: Met
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    cookies: str = ""
    signed_in_at: float = 0

    def sign_in(self) -> None:
        if self.met.user is None:
            return
        self.client.force_login(self.met.user)
        session = self.client.session
        limits.start(session)
        if self.met.member:
            session[ACTING_FOR] = self.met.member.pk
        session.save()
        self.cookies = self.client.cookies[settings.SESSION_COOKIE_NAME].value
        self.signed_in_at = time.time()

    def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        if abs(time.time() - self.signed_in_at) > limits.PRECISION / 2:
            # An older session is renewed with some answers and not with others, and ends while a long run goes on.
            # By the clock that sessions go by: it jumps where a module of tests has stopped it for an hour.
            self.sign_in()
        self.client.cookies = SimpleCookie()
        if self.cookies:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies
        with transaction.atomic():
            before = changed() if method not in SAFE else {}
            response = self._send(method, path, body or {}, headers or {})
            after = changed() if method not in SAFE and not connection.needs_rollback else {}
            transaction.set_rollback(True)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        written = frozenset(name for name, count in after.items() if count != before.get(name, 0))
        return Answer(response.status_code, content, kept(response), written)

    def json(self, path: str) -> Any:
        return json.loads(self.ask("GET", path).body)

    def _send(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        if path.startswith("/api/"):
            data = "" if method in SAFE else json.dumps(body)
            kind = "application/json"
            return self.client.generic(method, path, data, kind, headers=headers)
        if method == "POST":
            return self.client.post(path, body)
        return self.client.generic(method, path)


def kept(response: Any) -> dict[str, str]:
    """Headers, with the names of cookies: their values are random."""
    cookies = ",".join(sorted(response.cookies))
    return dict(response.items()) | ({"Set-Cookie": cookies} if cookies else {})


def changed() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return dict(cursor.fetchall())


def address(name: str, params: Params) -> str:
    for keys in KEYS:
        try:
            path = reverse(name, kwargs={key: params[key] for key in keys if key in params})
            return path + QUERIES.get(name, "")
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} takes other parameters than {sorted(params)}")


# What an answer amounts to -------------------------------------------------------------------------------------------

LOGIN = "/sign-in/login/"
NOWHERE_WORDS = b"no place in an office"


def meant(answer: Answer, method: str, *, is_api: bool) -> str:
    """The word of the oracle for it."""
    status = answer.status
    if status == 401 or (status == 302 and answer.location.startswith(LOGIN)):
        return oracle.SIGN_IN
    if status in {409, 412}:
        return oracle.CONFLICT
    by_status = {404: oracle.ABSENT, 403: oracle.REFUSED, 405: oracle.NOT_OFFERED, 400: oracle.INVALID}
    if status in by_status:
        return by_status[status]
    is_file = "attachment" in answer.headers.get("Content-Disposition", "")
    if (method in SAFE or is_file) and status in {200, 302}:
        return oracle.READ
    is_done = status in {200, 201, 204} if is_api else status == 302
    if is_done:
        return oracle.WRITTEN
    return oracle.INVALID if status == 200 else f"status {status}"


@dataclass(frozen=True)
class Case:
    person: str
    route: str
    method: str
    held: Held | None

    def __str__(self) -> str:
        about = f" of {self.held.name}" if self.held and self.held.name else ""
        return f"{self.person} {self.method} {self.route}{about}"


def expected(case: Case, world: World) -> frozenset[str]:
    """The oracle's answer, widened where a door may be shut in more than one way."""
    route = ROUTES[case.route]
    ask, person = route.ask(case.method), world.cast[case.person].person
    facts = case.held.facts if case.held else None
    kind = {"own_write": "own", "read_or_gone": "read"}.get(ask.kind, ask.kind)
    is_move = kind in {"door", "write"} and facts is not None
    state = states.of(ask.act, facts) if is_move else oracle.YES
    said = oracle.answers(person, kind, ask.act, facts, state)
    if said == {oracle.NOWHERE}:
        return frozenset({oracle.REFUSED})
    return said | _also(said, ask, facts, is_api=route.is_api)


def _also(said: frozenset[str], ask: Ask, facts: Any, *, is_api: bool) -> frozenset[str]:
    also: set[str] = set()
    if oracle.REFUSED in said:
        also |= {oracle.ABSENT}  # shut without a word: it tells less
    if ask.act == "give_to":
        also |= {
            oracle.CONFLICT,
            oracle.INVALID,
        }  # the form, and whether it is over, are looked at before the role
    if oracle.READ in said and ask.kind == "own_write":
        also |= {oracle.WRITTEN, oracle.INVALID, oracle.REFUSED, oracle.ABSENT}
    if oracle.READ in said and ask.kind == "read_or_gone":
        also |= {oracle.ABSENT, oracle.CONFLICT, oracle.INVALID}
    if oracle.CONFLICT in said and (ask.kind == "door" or not is_api):
        also |= (
            {oracle.ABSENT, oracle.READ, oracle.WRITTEN}
            if ask.kind == "door"
            else {oracle.ABSENT, oracle.INVALID}
        )
    if ask.is_rough and oracle.WRITTEN in said:
        also |= {oracle.INVALID, oracle.CONFLICT}
    return frozenset(also)


def body_of(case: Case, world: World) -> dict[str, Any]:
    ask = ROUTES[case.route].ask(case.method)
    return ask.body(world, case.held) if ask.body else {}


def headers_of(case: Case) -> dict[str, str]:
    ask, held = ROUTES[case.route].ask(case.method), case.held
    if not ask.tag or held is None:
        return {}
    if ask.tag == "draft":
        draft = held.row.advice.filter(released_at=None).first()
        return {"If-Match": f'"{draft.version}"'} if draft else {"If-None-Match": "*"}
    return {ask.tag: f'"{held.row.version}"'}


def put(case: Case, world: World, askers: dict[str, Asker], *, is_absent: bool = False) -> Answer:
    params = case.held.params if case.held else {}
    path = address(case.route, absent(params) if is_absent else params)
    return askers[case.person].ask(case.method, path, body_of(case, world), headers_of(case))
