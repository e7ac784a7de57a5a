"""Who there is: offices, coalitions, divisions, officials, colleagues and oneself."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions, rules
from accounts.models import (
    Coalition,
    Delegation,
    Division,
    Invitation,
    Member,
    Office,
    OfficeRequest,
    Official,
    Recovery,
)
from accounts.serializers import (
    ChangeMemberSerializer,
    ChangeOfficeSettingsSerializer,
    CoalitionSerializer,
    ColleagueSerializer,
    DeclineSerializer,
    DelegateSerializer,
    DelegationSerializer,
    DivisionQuery,
    DivisionSerializer,
    EndMemberSerializer,
    InvitationSerializer,
    InviteSerializer,
    MeSerializer,
    OfficeQuery,
    OfficeRequestQuery,
    OfficeRequestSerializer,
    OfficeSerializer,
    OfficeSettingsSerializer,
    OfficialQuery,
    OfficialSerializer,
    OpenOfficeSerializer,
    ProfileSerializer,
    RecoverSerializer,
    RecoverySerializer,
)
from accounts.signin.step_up import require_step_up
from activity import actions as activity
from diplomacy.lib.api.views import Route


class OfficeRoute(Route):
    order = ("name", "id")
    takes = {"change_rules": ChangeOfficeSettingsSerializer}
    gives = {
        "list": OfficeSerializer,
        "retrieve": OfficeSerializer,
        "own_rules": OfficeSettingsSerializer,
        "change_rules": OfficeSettingsSerializer,
    }
    queries = {"list": OfficeQuery}
    examples = {"change_rules": {"sign_in": "passkey"}}

    def visible(self) -> QuerySet[Office]:
        return Office.objects.visible_to(self.request.user).select_related("division")

    def list(self, request: Request) -> Response:
        """Offices and desks."""
        asked, rows = self.asked(), self.visible()
        if asked.get("desks"):
            rows = rows.desks()  # type: ignore[attr-defined]
        if under := asked.get("under"):
            rows = rows.filter(division__in=Division.objects.visible_to(request.user).under(under))
        return self.page(_named(rows, asked, "level"))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One office."""
        return self.answer(self.found())

    @action(detail=True, url_path="settings", url_name="settings")
    def own_rules(self, request: Request, reference: str) -> Response:
        """What an office asks of its people. For those who manage it."""
        held = self.found()
        rules.require_manager(self.by, held.pk)
        return self.answer(held)

    @own_rules.mapping.patch
    def change_rules(self, request: Request, reference: str) -> Response:
        """Ask more of them, or less, but never less than the product does. It holds from their next request on."""
        require_step_up(request)
        held, said = self.found(), self.said(partial=True)
        rules.require_manager(self.by, held.pk)
        if "sign_in" in said:
            actions.set_sign_in(held, by=self.by, sign_in=said["sign_in"])
        if "term_grace_days" in said:
            actions.set_term_grace(held, by=self.by, days=said["term_grace_days"])
        return self.answer(self.found())


class CoalitionRoute(Route):
    order = ("name", "id")
    gives = {"list": CoalitionSerializer, "retrieve": CoalitionSerializer}

    def visible(self) -> QuerySet[Coalition]:
        rows = Coalition.objects.visible_to(self.request.user).select_related("lead_office")
        return rows.prefetch_related("memberships__office")

    def list(self, request: Request) -> Response:
        """Coalitions, each with the offices that belong to it today."""
        self.asked()
        return self.page(self.visible())

    def retrieve(self, request: Request, reference: str) -> Response:
        """One coalition."""
        return self.answer(self.found())


class DivisionRoute(Route):
    lookup_field = "ocd_id"
    lookup_value_regex = r"ocd-division/country:us[^?#\x00-\x1f]{0,180}?"
    order = ("ocd_id",)
    gives = {"list": DivisionSerializer, "retrieve": DivisionSerializer}
    queries = {"list": DivisionQuery}

    def visible(self) -> QuerySet[Division]:
        return Division.objects.visible_to(self.request.user).select_related("parent")

    def list(self, request: Request) -> Response:
        """Political divisions, by their Open Civic Data ids."""
        asked, rows = self.asked(), self.visible()
        if under := asked.get("under"):
            rows = rows.under(under)  # type: ignore[attr-defined]
        if parent := asked.get("parent"):
            rows = rows.filter(parent__ocd_id=parent)
        return self.page(_named(rows, asked, "kind"))

    def retrieve(self, request: Request, ocd_id: str) -> Response:
        """One division."""
        return self.answer(self.one(self.visible(), ocd_id=ocd_id))


class OfficialRoute(Route):
    lookup_field = "ocd_id"
    lookup_value_regex = "ocd-person/[0-9a-f-]{36}"
    order = ("name", "id")
    gives = {"list": OfficialSerializer, "retrieve": OfficialSerializer}
    queries = {"list": OfficialQuery}

    def visible(self) -> QuerySet[Official]:
        return Official.objects.visible_to(self.request.user).prefetch_related("terms__division")

    def list(self, request: Request) -> Response:
        """Public office-holders, with their terms."""
        asked, rows = self.asked(), self.visible()
        if asked.get("current"):
            rows = rows.in_office()  # type: ignore[attr-defined]
        if division := asked.get("division"):
            rows = rows.filter(terms__division__ocd_id=division).distinct()
        return self.page(_named(rows, asked))

    def retrieve(self, request: Request, ocd_id: str) -> Response:
        """One official."""
        return self.answer(self.one(self.visible(), ocd_id=ocd_id))


class ColleagueRoute(Route):
    lookup_field = "key"
    lookup_value_regex = "[0-9a-fA-F-]{36}"
    order = ("id",)
    takes = {
        "partial_update": ChangeMemberSerializer,
        "end": EndMemberSerializer,
        "recover": RecoverSerializer,
    }
    gives = {
        **dict.fromkeys(
            ("list", "retrieve", "partial_update", "end", "confirm", "sign_out"), ColleagueSerializer
        ),
        "recover": RecoverySerializer,
    }
    replaces = frozenset({"partial_update", "end", "confirm"})
    tagged = frozenset({"retrieve", "partial_update", "end", "confirm"})
    examples = {
        "partial_update": {"role": "reader", "title": "Observer"},
        "end": {"on": "2027-03-01"},
        "recover": {"proof": "in_person"},
    }

    def visible(self) -> QuerySet[Member]:
        rows = Member.objects.visible_to(self.request.user)
        rows = rows.current() if self.action == "list" else rows.not_over()
        return rows.select_related("user", "office", "delegation__seat__user")

    def found(self) -> Member:
        member: Member = self.one(self.visible(), key=_uuid(self.kwargs["key"]))
        return member

    def list(self, request: Request) -> Response:
        """Who else serves in your offices."""
        self.asked()
        return self.page(self.visible())

    def retrieve(self, request: Request, key: str) -> Response:
        """One membership. Its ETag is what changes to it ask for."""
        return self.record(self.found())

    def partial_update(self, request: Request, key: str) -> Response:
        """Another role, or another title, for somebody else. For those who manage the office."""
        require_step_up(request)
        held, version = self.found(), self.version()
        now = {"role": held.role, "title": held.title}
        actions.change_member(held, by=self.by, version=version, **(now | self.said(partial=True)))
        return self.record(self.found())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, key: str) -> Response:
        """Let a membership end on a day: somebody else's by those who manage the office, or your own."""
        require_step_up(request)
        held = actions.end_member(self.found(), by=self.by, version=self.version(), **self.said())
        return self.record(held)

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, key: str) -> Response:
        """Say that they still serve. Whom nobody confirms loses access until somebody does."""
        require_step_up(request)
        (held,) = actions.confirm_members([(self.found(), self.version())], by=self.by)
        return self.record(held)

    @action(detail=True, methods=["post"], url_path="sign-out")
    def sign_out(self, request: Request, key: str) -> Response:
        """End their sessions and tokens. For those who manage the office."""
        require_step_up(request)
        held = self.found()
        actions.end_sessions(held, by=self.by)
        return self.answer(held)

    @action(detail=True, methods=["post"])
    def recover(self, request: Request, key: str) -> Response:
        """Say that they lost every passkey and code. They get a link with which they set up signing in again."""
        require_step_up(request)
        return self.answer(actions.start_recovery(self.found(), by=self.by, **self.said()))


class RecoveryRoute(Route):
    order = ("-id",)
    gives = dict.fromkeys(("list", "retrieve", "withdraw"), RecoverySerializer)

    def visible(self) -> QuerySet[Recovery]:
        return Recovery.objects.visible_to(self.request.user).open().select_related("user", "office")

    def list(self, request: Request) -> Response:
        """Links for setting up signing in again that hold now: your own, and those of people whom you manage."""
        self.asked()
        return self.page(self.visible())

    def retrieve(self, request: Request, reference: str) -> Response:
        """One link that holds now."""
        return self.answer(self.found())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """The link stops working at once."""
        held = self.found()
        actions.withdraw_recovery(held, by=self.by)
        return self.answer(held)


def _uuid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Http404 from None


class InvitationRoute(Route):
    order = ("-id",)
    takes = {"create": InviteSerializer}
    gives = dict.fromkeys(("list", "create", "retrieve", "send_again", "withdraw"), InvitationSerializer)
    once = frozenset({"create"})
    examples = {"create": {"email": "nia@example.gov", "role": "staff"}}

    def visible(self) -> QuerySet[Invitation]:
        return Invitation.objects.visible_to(self.request.user).waiting().select_related("office")

    def list(self, request: Request) -> Response:
        """Invitations to the offices you manage that nobody has accepted yet."""
        self.asked()
        return self.page(self.visible())

    def create(self, request: Request) -> Response:
        """Invite a person to the office you act for. They get a link by e-mail that works once."""
        require_step_up(request)
        said = self.said()
        pk, is_new = self.create_once(
            activity.once, lambda: actions.invite(office=self.by.office, by=self.by, **said)
        )
        return self.created(self.one(self.visible(), pk=pk), is_new=is_new)

    def retrieve(self, request: Request, reference: str) -> Response:
        """One invitation that nobody has accepted yet."""
        return self.answer(self.found())

    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, reference: str) -> Response:
        """Send a new link. The old one is dead."""
        require_step_up(request)
        return self.answer(actions.send_again(self.found(), by=self.by))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """The link stops working at once."""
        return self.answer(actions.withdraw(self.found(), by=self.by))


class DelegationRoute(Route):
    order = ("id",)
    takes = {"create": DelegateSerializer}
    gives = dict.fromkeys(("list", "create", "retrieve", "end"), DelegationSerializer)
    once = frozenset({"create"})
    examples = {
        "create": {
            "to": "00000000-0000-4000-8000-000000000000",
            "first_day": "2027-03-01",
            "last_day": "2027-03-05",
        }
    }

    def visible(self) -> QuerySet[Delegation]:
        rows = Delegation.objects.visible_to(self.request.user).not_over()
        return rows.select_related("seat__user", "seat__office", "to__user", "to__office", "membership")

    def list(self, request: Request) -> Response:
        """Who acts in whose place: yours, and those of the offices you manage."""
        self.asked()
        return self.page(self.visible())

    def create(self, request: Request) -> Response:
        """Let a colleague act in the role you act in now, for some days."""
        require_step_up(request)
        said = self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.delegate(by=self.by, **said))
        return self.created(self.one(self.visible(), pk=pk), is_new=is_new)

    def retrieve(self, request: Request, reference: str) -> Response:
        """Who acts in whose place."""
        return self.answer(self.found())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, reference: str) -> Response:
        """End it now."""
        held = self.found()
        actions.revoke_delegation(held, by=self.by)
        return self.answer(held)


class OfficeRequestRoute(Route):
    order = ("-id",)
    takes = {"open": OpenOfficeSerializer, "decline": DeclineSerializer}
    gives = dict.fromkeys(("list", "retrieve", "open", "decline"), OfficeRequestSerializer)
    queries = {"list": OfficeRequestQuery}
    examples = {
        "open": {"name": "Fresno", "short_name": "Fresno", "time_zone": "America/Los_Angeles"},
        "decline": {"reason": "Nobody there knows them."},
    }

    def visible(self) -> QuerySet[OfficeRequest]:
        return OfficeRequest.objects.visible_to(self.request.user).select_related("office")

    def list(self, request: Request) -> Response:
        """Requests for offices that are yours to answer."""
        return self.page(self.visible().filter(**self.asked()))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One request."""
        return self.answer(self.found())

    @action(detail=True, methods=["post"])
    def open(self, request: Request, reference: str) -> Response:
        """Confirm it: the office opens, and whoever asked is invited to lead it."""
        require_step_up(request)
        actions.confirm_office(self.found(), by=self.by, **self.said())
        return self.answer(self.found())

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, reference: str) -> Response:
        """Decline it."""
        require_step_up(request)
        actions.decline_office(self.found(), by=self.by, **self.said())
        return self.answer(self.found())


class MeRoute(Route):
    lists = frozenset()
    takes = {"change": ProfileSerializer}
    gives = {"me": MeSerializer, "change": MeSerializer}
    examples = {"change": {"name": "Maria Lopez", "time_zone": "America/Los_Angeles"}}

    @action(detail=False, url_path="me")
    def me(self, request: Request) -> Response:
        """Who you are, whom you act for and could act for."""
        return self.answer(request.user)

    @me.mapping.patch
    def change(self, request: Request) -> Response:
        """Change your name or your clock."""
        now = {"name": request.user.name, "time_zone": request.user.time_zone}  # type: ignore[union-attr]
        actions.change_profile(request.user, **(now | self.said(partial=True)))  # type: ignore[arg-type]
        return self.answer(request.user)


def _named(rows: QuerySet[Any], asked: dict[str, Any], *columns: str) -> QuerySet[Any]:
    for word in asked.get("q", "").split()[:8]:
        rows = rows.filter(name__icontains=word)
    return rows.filter(**{column: asked[column] for column in columns if column in asked})
