"""Every page address, and who may open it. A new address fails the suite until it has a line here.

`ANYONE` answers without signing in; `SIGNED_IN` answers everyone with a place in an office; the rest name a record and
the people who may see it, and answer everybody else as if it did not exist.
"""

from typing import NamedTuple

OFFICE = frozenset({"maria", "lee", "gov"})
WRITERS = frozenset({"maria", "lee"})
DESK = frozenset({"liaison", "desk_lead"})
FEDERAL = DESK | {"other_liaison"}
BRIEFERS = frozenset({"briefer", "second_briefer"})
EVERYBODY = OFFICE | FEDERAL | BRIEFERS | {"tom", "ana", "auditor"}


REGISTRARS = WRITERS | FEDERAL | {"tom", "ana"}
"""Who writes the register of counterparts."""


class Record(NamedTuple):
    """A page about one record: the record by its name in `records.py`, who may see it, who may write through it."""

    record: str
    seen_by: frozenset[str]
    written_by: frozenset[str] = frozenset()


class Role(NamedTuple):
    """A page that only some roles have; it answers others 403 with a reason, because it hides no record."""

    open_to: frozenset[str]


ANYONE = "anyone"
SIGNED_IN = "signed in"

FILED = OFFICE | FEDERAL
"""Who sees a filed engagement that is shared with nobody else."""

PAGES: dict[str, str | Record | Role] = {
    "home": SIGNED_IN,
    "search": SIGNED_IN,  # only to a post, and leads to a list
    "accounts:act_for": SIGNED_IN,
    "accounts:profile": SIGNED_IN,
    "accounts:office": SIGNED_IN,
    "accounts:confirm_members": Role(frozenset({"lee", "gov", "desk_lead"})),
    "accounts:settings": Role(frozenset({"lee", "desk_lead"})),
    "accounts:invite": Role(frozenset({"lee", "desk_lead"})),
    "accounts:delegate": Role(frozenset({"lee", "gov", "desk_lead"})),
    "accounts:send_again": Record("invitation", frozenset({"lee"}), frozenset({"lee"})),
    "accounts:withdraw": Record("invitation", frozenset({"lee"}), frozenset({"lee"})),
    "accounts:member": Record("member", OFFICE, frozenset({"lee"})),
    "accounts:term": Record("member", OFFICE, frozenset({"lee"})),
    "accounts:end_member": Record("member", OFFICE, frozenset({"lee"})),
    "accounts:sign_out_member": Record("member", OFFICE, frozenset({"lee"})),
    "accounts:start_recovery": Record("member", OFFICE, frozenset({"lee"})),
    "accounts:withdraw_recovery": Record("recovery", frozenset({"lee"}), frozenset({"lee"})),
    "accounts:office_requests": Role(frozenset({"lee", "desk_lead"})),
    "accounts:bring_back": SIGNED_IN,  # only to a post, and only for desk leads
    "accounts:office_request": Record(
        "office_request", frozenset({"lee", "desk_lead"}), frozenset({"lee", "desk_lead"})
    ),
    "accounts:end_delegation": Record("delegation", frozenset({"lee", "gov"}), frozenset({"lee", "gov"})),
    "signin:sessions": SIGNED_IN,
    "signin:end_other_sessions": SIGNED_IN,
    "signin:tokens": SIGNED_IN,
    "signin:make_token": SIGNED_IN,
    "activity:notices": SIGNED_IN,
    "activity:read_all": SIGNED_IN,
    "activity:preferences": SIGNED_IN,
    "activity:log": Role(frozenset({"auditor"})),
    "activity:export": SIGNED_IN,  # only to a post, and only for auditors
    "activity:holds": Role(frozenset({"auditor", "lee", "desk_lead"})),
    "activity:lift_hold": Record("hold", frozenset({"auditor", "lee"}), frozenset({"auditor", "lee"})),
    "activity:alarms": Role(frozenset({"auditor", "lee", "desk_lead"})),
    "activity:alarm": Record("alarm", frozenset({"auditor", "lee"})),
    "activity:open": Record("notice", frozenset({"liaison"})),
    "activity:read_one": Record("notice", frozenset({"liaison"})),
    "counterparts:list": SIGNED_IN,
    "counterparts:add": Role(REGISTRARS),
    "counterparts:lookup": SIGNED_IN,
    "counterparts:lookup_people": SIGNED_IN,
    "counterparts:regions": SIGNED_IN,
    "counterparts:lists": SIGNED_IN,
    "counterparts:load_list": Role(frozenset({"desk_lead"})),
    "counterparts:edition": Record("edition", EVERYBODY),
    "counterparts:listings": SIGNED_IN,
    "counterparts:listing": Record("listing", EVERYBODY),
    "counterparts:detail": Record("counterpart", EVERYBODY),
    "counterparts:change": Record("counterpart", EVERYBODY, REGISTRARS),
    "counterparts:hits": SIGNED_IN,
    "counterparts:alike": SIGNED_IN,
    "counterparts:already_here": SIGNED_IN,
    "counterparts:compare": Record("alike", EVERYBODY, REGISTRARS),
    "counterparts:undo_merge": Record("merge", EVERYBODY, FEDERAL | {"lee"}),
    "counterparts:guidance_list": SIGNED_IN,
    "counterparts:publish_guidance": Role(FEDERAL),
    "counterparts:guidance": Record("guidance", EVERYBODY),
    "counterparts:change_guidance": Record("guidance", EVERYBODY, DESK),
    "counterparts:end_guidance": Record("guidance", EVERYBODY, DESK),
    "counterparts:hold_post": Record("person", EVERYBODY, REGISTRARS),
    "counterparts:change_post": Record("post", EVERYBODY, REGISTRARS),
    "counterparts:add_source": Record("counterpart", EVERYBODY, REGISTRARS),
    "counterparts:note": Record("counterpart", EVERYBODY, REGISTRARS),
    "counterparts:hit": Record("hit", EVERYBODY, REGISTRARS),
    "engagements:list": SIGNED_IN,
    "engagements:drafts": SIGNED_IN,
    "engagements:shared": SIGNED_IN,
    "engagements:parties": SIGNED_IN,
    "engagements:people": SIGNED_IN,
    "engagements:with_counterpart": Record("counterpart", EVERYBODY),
    "engagements:start": Role(WRITERS | {"tom", "ana"}),
    "engagements:detail": Record("filed", FILED),
    "engagements:versions": Record("filed", FILED),
    "engagements:step": Record("draft", OFFICE, WRITERS),
    "engagements:check": Record("draft", OFFICE, WRITERS),
    "engagements:amend": Record("filed", FILED, WRITERS),
    "engagements:share": Record("filed", FILED, WRITERS),
    "engagements:postpone": Record("filed", FILED, WRITERS),
    "engagements:resume": Record("filed", FILED, WRITERS),
    "engagements:cancel": Record("filed", FILED, WRITERS),
    "engagements:hold": Record("filed", FILED, WRITERS),
    "engagements:report": Record("filed", FILED, WRITERS),
    "engagements:note": Record("filed", FILED, WRITERS),
    "engagements:commit": Record("filed", FILED, WRITERS),
    "engagements:close_commitment": Record("commitment", FILED, WRITERS),
    "engagements:ask_desk": Record("filed", FILED, WRITERS),
    "engagements:queue": Role(FEDERAL),
    "engagements:request": Record("request", FILED),
    "engagements:advise": Record("request", FILED, DESK),
    "engagements:ask_office": Record("request", FILED, DESK),
    "engagements:desk_note": Record("request", FILED, DESK),
    "engagements:take": Record("request", FILED, DESK),
    "engagements:give_to": Record("request", FILED, DESK),
    "engagements:changes_read": Record("request", FILED),
    "engagements:answer": Record("request", FILED, WRITERS),
    "engagements:respond": Record("advised", FILED, WRITERS),
    "engagements:overlaps": SIGNED_IN,
    "engagements:overlap": Record("side", OFFICE),
    "engagements:overlap_ask": Record("side", OFFICE, WRITERS),
    "engagements:overlap_introduce": Record("side", OFFICE, WRITERS),
    "engagements:overlap_decline": Record("side", OFFICE, WRITERS),
    "engagements:overlap_withdraw": Record("side", OFFICE, WRITERS),
    "engagements:overlap_set_aside": Record("side", OFFICE, WRITERS),
    "engagements:overlap_take_up": Record("side", OFFICE, WRITERS),
    "engagements:overlap_write": Record("side", OFFICE, WRITERS),
    "engagements:overlap_coordinator": Record("side", OFFICE, WRITERS),
    "engagements:crossings": Role(FEDERAL),
    "engagements:crossings_calendar": Role(FEDERAL),
    "engagements:crossings_map": Role(FEDERAL),
    "engagements:referrals": SIGNED_IN,
    "engagements:referrals_sent": SIGNED_IN,
    "engagements:refer": Role(WRITERS | {"tom", "ana"}),
    "engagements:referral_offices": SIGNED_IN,
    "engagements:referral_engagements": SIGNED_IN,
    "engagements:referrals_with": Record("counterpart", EVERYBODY),
    "engagements:referral": Record("referral", OFFICE | DESK),
    "engagements:referral_take_up": Record("referral", OFFICE | DESK, DESK),
    "engagements:referral_decline": Record("referral", OFFICE | DESK, DESK),
    "engagements:referral_close": Record("referral", OFFICE | DESK, DESK),
    "engagements:referral_correct": Record("referral", OFFICE | DESK, DESK),
    "engagements:referral_plan": Record("referral", OFFICE | DESK, WRITERS),
    "engagements:referral_withdraw": Record("referral", OFFICE | DESK, WRITERS),
    "engagements:coordination": Record("overlap", FEDERAL),
    "engagements:coordination_answer": Record("coordinator_question", FEDERAL, FEDERAL),
    "records:disposal": Role(frozenset({"lee", "desk_lead"})),
    "records:list": Role(frozenset({"lee"})),
    "records:request": Record("records", frozenset({"lee"})),
    "records:make": Record("records", frozenset({"lee"}), frozenset({"lee"})),
    "records:download": Record("records", frozenset({"lee"}), frozenset({"lee"})),
    "records:mark": Record("filed", frozenset({"lee"}), frozenset({"lee"})),
    "records:mark_referral": Record("referral", frozenset({"lee"}), frozenset({"lee"})),
    "briefings:list": SIGNED_IN,
    "briefings:mine": SIGNED_IN,
    "briefings:read": Record("delivery", frozenset({"gov"})),
    "briefings:acknowledge": Record("delivery", frozenset({"gov"}), frozenset({"gov"})),
    "briefings:ask": Record("delivery", frozenset({"gov"}), frozenset({"gov"})),
    "briefings:draft": Role(BRIEFERS),
    "briefings:lookup": SIGNED_IN,  # finds nothing for others than briefers
    "briefings:lookup_engagements": SIGNED_IN,
    "briefings:detail": Record("briefing", BRIEFERS),
    "briefings:change": Record("briefing", BRIEFERS, BRIEFERS),
    "briefings:audience": Record("briefing", BRIEFERS, BRIEFERS),
    "briefings:preview": Record("briefing", BRIEFERS, BRIEFERS),
    "briefings:cut": Record("briefing", BRIEFERS),
    "briefings:release": Record("briefing", BRIEFERS, BRIEFERS),
    "briefings:return": Record("briefing", BRIEFERS, BRIEFERS),
    "briefings:recall": Record("briefing", BRIEFERS, BRIEFERS),
    "briefings:answer": Record("reader_question", BRIEFERS, BRIEFERS),
}

PUBLIC = {
    "content_policy",
    "accounts:ask",
    "accounts:asked",
    "accounts:join",
    "accounts:open_invitation",
    "accounts:recover",
    "accounts:open_recovery",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "account_confirm_email",
    "account_email_verification_sent",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "signin:elsewhere",
    "signin:elsewhere_done",
    "signin:elsewhere_leave",
    "signin:elsewhere_ended",
    "signin:signed_out",
    "signin:state",
    "signin:state_begin",
    "signin:state_answer",
    "signin:state_done",
    "signin:state_metadata",
}
"""They answer without signing in, and show nothing of anybody's."""

OWN_ACCOUNT = {
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "account_email",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_reauthenticate_webauthn",
    "signin:end_session",
    "signin:revoke_token",
}
"""Each person's own account, and nothing else."""
