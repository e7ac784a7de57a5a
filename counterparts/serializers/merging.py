from rest_framework import serializers

from counterparts.models import Alike, Merge
from counterparts.serializers.register import CounterpartNameSerializer, choosable
from diplomacy.lib.api.shapes import Reference, Strict


class AlikeSerializer(serializers.ModelSerializer[Alike]):
    """Two counterparts that may be one. A person decides."""

    first = CounterpartNameSerializer(read_only=True)
    second = CounterpartNameSerializer(read_only=True)

    class Meta:
        model = Alike
        fields = ["first", "second", "score"]


class MergeSerializer(serializers.ModelSerializer[Merge]):
    kept = CounterpartNameSerializer(read_only=True)
    gone = CounterpartNameSerializer(read_only=True)

    class Meta:
        model = Merge
        fields = ["reference", "kept", "gone", "at", "undone_at"]


class MergeSaidSerializer(Strict):
    kept = Reference(choosable, help_text="The counterpart that stays.")
    gone = Reference(choosable, help_text="The one that becomes it.")
