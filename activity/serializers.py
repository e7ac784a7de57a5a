"""Notices and timelines, as the API shows them."""

from typing import Any

from rest_framework import serializers

from activity.inbox import Line as NoticeLine
from activity.kinds import KINDS
from activity.models import Entry, Notice, Preference
from diplomacy.lib.api.shapes import Choice, Flag, Query, Strict

CHOOSABLE = sorted(name for name, kind in KINDS.items() if kind.notice and not kind.is_urgent)


class NoticeSerializer(serializers.Serializer[NoticeLine]):
    """`kind`, `title` and `about` are empty when the subject is no longer yours to see."""

    key = serializers.UUIDField(source="notice.delivery_key")
    kind = serializers.CharField()
    words = serializers.CharField()
    title = serializers.CharField()
    about = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField(source="notice.created_at")
    read_at = serializers.DateTimeField(source="notice.read_at", allow_null=True)
    mail = serializers.ChoiceField(source="notice.mail", choices=Notice.Mail.choices)

    def get_about(self, line: NoticeLine) -> str:
        return line.notice.entry.subject_reference if line.subject else ""


class ReadSerializer(Strict):
    """Which notices were read: by key, or all of them."""

    keys = serializers.ListField(child=serializers.UUIDField(), max_length=100, required=False)
    all = Flag(required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if bool(said.get("keys")) == bool(said.get("all")):
            raise serializers.ValidationError("Send either keys or all.")
        return said


class ReadCountSerializer(serializers.Serializer[dict[str, int]]):
    read = serializers.IntegerField(help_text="How many were unread until now.")


class NoticeQuery(Query):
    unread = Flag(required=False)


class PreferenceSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    words = serializers.CharField()
    channel = serializers.ChoiceField(choices=Preference.Channel.choices)


class PreferSerializer(Strict):
    kind = Choice(choices=CHOOSABLE)
    channel = Choice(choices=Preference.Channel.choices)


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """One line of a timeline: "Maria Lopez *filed this engagement*"."""

    actor = serializers.CharField(source="actor.name", default="")
    office = serializers.CharField(source="office.name", default="")
    said = serializers.CharField(source="words.said")

    class Meta:
        model = Entry
        fields = ["at", "kind", "actor", "office", "said", "data"]


class LogLineSerializer(EntrySerializer):
    """For auditors: who, when and what kind, without content."""

    about = serializers.CharField(source="subject_reference")

    class Meta(EntrySerializer.Meta):
        fields = ["at", "kind", "actor", "office", "about"]
