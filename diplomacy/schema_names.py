"""What the description of the API calls the closed lists of answers. For the settings, which it fills by itself."""

SCHEMA_NAMES = {
    "EngagementKind": "engagements.choices.Kind",
    "EngagementStatus": "engagements.choices.Status",
    "EngagementMode": "engagements.choices.Mode",
    "Topic": "engagements.choices.Topic",
    "Visibility": "engagements.choices.Visibility",
    "Coordination": "engagements.choices.Coordination",
    "Payer": "engagements.choices.Payer",
    "Side": "engagements.choices.Side",
    "AdviceStatus": "engagements.choices.AdviceStatus",
    "Position": "engagements.choices.Position",
    "ResponseKind": "engagements.choices.ResponseKind",
    "CounterpartKind": "counterparts.models.Counterpart.Kind",
    "OfficeLevel": "accounts.models.Office.Level",
    "Role": "accounts.models.Member.Role",
    "OfficeRequestStatus": "accounts.models.OfficeRequest.Status",
    "NoticeChannel": "activity.models.Preference.Channel",
    "NoticeMail": "activity.models.Notice.Mail",
    "BriefingStatus": "briefings.choices.Status",
    "Label": "briefings.choices.Label",
}
