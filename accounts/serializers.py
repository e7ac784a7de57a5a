"""Offices, divisions, officials and oneself, as the API shows them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import rules, time_zones
from accounts.models import (
    Coalition,
    CoalitionMember,
    Delegation,
    Division,
    Invitation,
    Member,
    Office,
    OfficeRequest,
    Official,
    Recovery,
    Term,
    User,
)
from accounts.rules import LONGEST_GRACE
from diplomacy.lib import washington
from diplomacy.lib.api.shapes import Choice, Day, Email, Flag, Line, Query, Strict, Whole
from diplomacy.lib.errors import Invalid


class OfficeNameSerializer(serializers.ModelSerializer[Office]):
    """An office where another record names it."""

    class Meta:
        model = Office
        fields = ["reference", "name", "short_name"]


class OfficeSerializer(serializers.ModelSerializer[Office]):
    division = serializers.SlugRelatedField[Division](slug_field="ocd_id", read_only=True, allow_null=True)

    class Meta:
        model = Office
        fields = [
            "reference",
            "name",
            "short_name",
            "level",
            "division",
            "is_desk",
            "time_zone",
            "opened_on",
            "closed_on",
        ]


class OfficeSettingsSerializer(serializers.ModelSerializer[Office]):
    class Meta:
        model = Office
        fields = ["sign_in", "term_grace_days"]


class ChangeOfficeSettingsSerializer(Strict):
    sign_in = Choice(
        choices=Office.SignIn.choices,
        required=False,
        help_text="What everybody in the office signs in with, when their role does not ask for more.",
    )
    term_grace_days = Whole(
        min_value=0,
        max_value=LONGEST_GRACE,
        required=False,
        help_text="Days of access after an official's term.",
    )


class CoalitionSerializer(serializers.ModelSerializer[Coalition]):
    lead_office = OfficeNameSerializer(read_only=True)
    offices = serializers.SerializerMethodField()

    class Meta:
        model = Coalition
        fields = ["reference", "name", "lead_office", "offices"]

    @extend_schema_field(OfficeNameSerializer(many=True))
    def get_offices(self, coalition: Coalition) -> list[dict[str, Any]]:
        current = [held.office for held in coalition.memberships.all() if _holds(held)]
        return list(OfficeNameSerializer(current, many=True).data)


def _holds(held: CoalitionMember) -> bool:
    today = washington.today()
    return held.starts_on <= today and (held.ends_on is None or held.ends_on > today)


class DivisionSerializer(serializers.ModelSerializer[Division]):
    parent = serializers.SlugRelatedField[Division](  # type: ignore[assignment]
        slug_field="ocd_id", read_only=True, allow_null=True
    )

    class Meta:
        model = Division
        fields = ["ocd_id", "name", "kind", "parent"]


class TermSerializer(serializers.ModelSerializer[Term]):
    division = serializers.SlugRelatedField[Division](slug_field="ocd_id", read_only=True, allow_null=True)
    is_over = serializers.BooleanField(read_only=True)

    class Meta:
        model = Term
        fields = ["role", "jurisdiction", "division", "district", "starts_on", "ends_on", "is_over"]


class OfficialSerializer(serializers.ModelSerializer[Official]):
    terms = TermSerializer(many=True, read_only=True)

    class Meta:
        model = Official
        fields = ["ocd_id", "name", "family_name", "email", "terms"]


class MemberNameSerializer(serializers.ModelSerializer[Member]):
    """A person as others read of them: the name, the title and the office they acted for."""

    name = serializers.CharField(source="user.name", read_only=True)
    office = OfficeNameSerializer(read_only=True)

    class Meta:
        model = Member
        fields = ["name", "title", "office"]


class ColleagueSerializer(MemberNameSerializer):
    email = serializers.EmailField(source="user.email", read_only=True)
    in_place_of = serializers.SerializerMethodField(help_text="The colleague in whose role they act.")

    def get_in_place_of(self, member: Member) -> str:
        return member.delegation.seat.user.name if member.delegation else ""

    class Meta(MemberNameSerializer.Meta):
        fields = [
            *MemberNameSerializer.Meta.fields,
            "key",
            "email",
            "role",
            "starts_on",
            "ends_on",
            "in_place_of",
        ]


class MembershipSerializer(serializers.ModelSerializer[Member]):
    """One's own. `acting_for` is what the header Acting-For takes."""

    office = OfficeNameSerializer(read_only=True)
    acting_for = serializers.SerializerMethodField()

    class Meta:
        model = Member
        fields = ["office", "role", "title", "starts_on", "ends_on", "acting_for"]

    def get_acting_for(self, member: Member) -> str:
        return f"{member.office.reference}/{member.role}"


class MeSerializer(serializers.ModelSerializer[User]):
    acting = serializers.SerializerMethodField()
    memberships = MembershipSerializer(source="standing", many=True, read_only=True)
    unread_notices = serializers.IntegerField(read_only=True)

    class Meta:
        model = User
        fields = ["name", "email", "time_zone", "acting", "memberships", "unread_notices"]

    @extend_schema_field(MembershipSerializer)
    def get_acting(self, user: User) -> dict[str, Any]:
        return dict(MembershipSerializer(self.context["request"].acting).data)


class ProfileSerializer(Strict):
    name = Line(max_length=200)
    time_zone = Line(max_length=60)

    def validate_time_zone(self, name: str) -> str:
        return known_zone(name)


def known_zone(name: str) -> str:
    try:
        time_zones.require_zone(name)
    except Invalid as refused:
        raise serializers.ValidationError(refused.fields["time_zone"]) from None
    return name


class OfficeQuery(Query):
    q = Line(max_length=100, required=False, help_text="Words in the name.")
    level = Choice(choices=Office.Level.choices, required=False)
    desks = Flag(required=False, help_text="Only open federal desks.")
    under = Line(max_length=200, required=False, help_text="A division, and everything below it.")


class DivisionQuery(Query):
    q = Line(max_length=100, required=False, help_text="Words in the name.")
    kind = Line(max_length=40, required=False, help_text="state, county, place…")
    parent = Line(max_length=200, required=False)  # type: ignore[assignment]
    under = Line(max_length=200, required=False, help_text="A division, and everything below it.")


class OfficialQuery(Query):
    q = Line(max_length=100, required=False, help_text="Words in the name.")
    division = Line(max_length=200, required=False)
    current = Flag(required=False, help_text="Only those with a term that holds today.")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """The link is in the message alone. `mailed_at` is empty until the mail server has taken it."""

    office = OfficeNameSerializer(read_only=True)

    class Meta:
        model = Invitation
        fields = [
            "reference",
            "office",
            "email",
            "name",
            "role",
            "title",
            "made_at",
            "mailed_at",
            "expires_at",
        ]


class InviteSerializer(Strict):
    email = Email(max_length=254)
    role = Choice(choices=Member.Role.choices)
    name = Line(max_length=200, required=False, allow_blank=True, default="")
    title = Line(max_length=120, required=False, allow_blank=True, default="")


class ChangeMemberSerializer(Strict):
    role = Choice(choices=Member.Role.choices)
    title = Line(max_length=120, allow_blank=True)


class EndMemberSerializer(Strict):
    on = Day(help_text="The first day without access. Today ends it at once.")


class RecoverSerializer(Strict):
    proof = Choice(
        choices=[choice for choice in Recovery.Proof.choices if choice[0] in rules.PROOFS],
        help_text="How you made sure that it is them.",
    )


class RecoverySerializer(serializers.ModelSerializer[Recovery]):
    """The link is in the message alone. `mailed_at` is empty until a worker has sent it."""

    office = OfficeNameSerializer(read_only=True, allow_null=True)
    person = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Recovery
        fields = ["reference", "person", "office", "proof", "asked_at", "mailed_at", "expires_at"]


class DelegationSerializer(serializers.ModelSerializer[Delegation]):
    """`seat` is whose role it is, `to` the colleague who acts in it."""

    seat = MemberNameSerializer(read_only=True)
    to = MemberNameSerializer(read_only=True)
    role = serializers.ChoiceField(source="membership.role", choices=Member.Role.choices, read_only=True)
    first_day = serializers.DateField(source="membership.starts_on", read_only=True)
    last_day = serializers.DateField(read_only=True)

    class Meta:
        model = Delegation
        fields = ["reference", "seat", "to", "role", "first_day", "last_day", "reason"]


def colleagues_for(user: Any) -> QuerySet[Member]:
    return Member.objects.visible_to(user).current().in_their_own_right()


class DelegateSerializer(Strict):
    to = serializers.UUIDField(help_text="The key of a colleague's own membership.")
    first_day = Day()
    last_day = Day()
    reason = Line(max_length=200, required=False, allow_blank=True, default="")

    def validate_to(self, key: Any) -> Member:
        found = colleagues_for(self.context["request"].user).filter(key=key).first()
        if found is None:
            raise serializers.ValidationError("There is no such colleague here that you may see.")
        return found


class OfficeRequestSerializer(serializers.ModelSerializer[OfficeRequest]):
    office = OfficeNameSerializer(read_only=True, allow_null=True)

    class Meta:
        model = OfficeRequest
        fields = [
            "reference",
            "status",
            "office_name",
            "level",
            "state",
            "place",
            "name",
            "title",
            "email",
            "authority",
            "asked_at",
            "decided_at",
            "reason",
            "office",
        ]


class OpenOfficeSerializer(Strict):
    name = Line(max_length=200)
    short_name = Line(max_length=60)
    time_zone = Line(max_length=60)
    division = Line(max_length=200, required=False, allow_null=True, default=None)

    def validate_time_zone(self, name: str) -> str:
        return known_zone(name)

    def validate_division(self, ocd_id: str | None) -> Division | None:
        if ocd_id is None:
            return None
        rows = Division.objects.visible_to(self.context["request"].user)
        found: Division | None = rows.filter(ocd_id=ocd_id).first()
        if found is None:
            raise serializers.ValidationError("There is no such division.")
        return found


class DeclineSerializer(Strict):
    reason = Line(max_length=500)


class OfficeRequestQuery(Query):
    status = Choice(choices=OfficeRequest.Status.choices, required=False)
