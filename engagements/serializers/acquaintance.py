"""Who in the country knows a counterpart."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import MemberNameSerializer, OfficeNameSerializer
from counterparts.serializers import CounterpartNameSerializer


class AcquaintanceSerializer(serializers.Serializer[Any]):
    """An office that has met it, or is to."""

    office = OfficeNameSerializer()
    times = serializers.IntegerField(help_text="Engagements filed, held or reported.")
    last = serializers.DateField(allow_null=True)
    next = serializers.DateField(allow_null=True)
    engagement = serializers.CharField(source="latest.reference", help_text="The one furthest on.")
    contact = MemberNameSerializer(
        allow_null=True, help_text="Whom to ask about it. Null where nobody is left to ask."
    )


class AcquaintancesSerializer(serializers.Serializer[Any]):
    offices = AcquaintanceSerializer(many=True)
    bodies = CounterpartNameSerializer(many=True, help_text="Of a person: where they hold a post today.")
    through_bodies = AcquaintanceSerializer(many=True, help_text="Offices that know one of these bodies.")
