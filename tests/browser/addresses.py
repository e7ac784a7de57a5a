"""Every page, and who is shown it: (name of the address, name of the record in `world.py`). A new page fails the
suite until somebody here opens it."""

from typing import NamedTuple


class Look(NamedTuple):
    name: str
    record: str = ""
    query: str = ""
    slug: str = ""
    status: int = 200


COMMON = [
    Look("home"),
    Look("accounts:profile"),
    Look("accounts:office"),
    Look("activity:notices"),
    Look("activity:preferences"),
]
REGISTER = [Look("counterparts:list"), Look("counterparts:detail", "counterpart")]
STAFF = [
    Look("engagements:list"),
    Look("engagements:list", query="status=held"),
    Look("engagements:drafts"),
    Look("engagements:shared"),
    Look("engagements:start"),
    *(Look("engagements:step", "draft", slug=slug) for slug in ("what", "who", "when", "money", "sharing")),
    *(Look("engagements:step", "bare", slug=slug) for slug in ("who", "when")),
    Look("engagements:check", "draft"),
    Look("engagements:check", "bare"),
    *(
        Look("engagements:detail", name)
        for name in ("bare", "filed", "held", "postponed", "reported", "asked engagement", "given engagement")
    ),
    Look("engagements:versions", "filed"),
    Look("engagements:amend", "filed"),
    Look("engagements:share", "filed"),
    Look("engagements:postpone", "filed"),
    Look("engagements:cancel", "filed"),
    Look("engagements:resume", "postponed"),
    Look("engagements:hold", "today"),
    Look("engagements:report", "held"),
    Look("engagements:note", "filed"),
    Look("engagements:commit", "filed"),
    Look("engagements:close_commitment", "commitment"),
    Look("engagements:ask_desk", "filed"),
    Look("engagements:answer", "asked"),
    Look("engagements:respond", "given"),
    Look("engagements:with_counterpart", "counterpart"),
    Look("counterparts:add"),
    Look("counterparts:change", "counterpart"),
    Look("counterparts:list", query="q=zzzzz"),
]
DESK = [
    Look("engagements:queue"),
    Look("engagements:queue", query="tab=closed"),
    Look("engagements:queue", query="country=MX"),
    Look("engagements:list"),
    Look("engagements:detail", "filed"),
    *(Look("engagements:request", name) for name in ("requested", "asked", "working", "responded", "lapsed")),
]
BRIEFER = [
    Look("briefings:list"),
    Look("briefings:draft"),
    *(Look("briefings:detail", name) for name in ("written", "waiting", "released", "recalled")),
    Look("briefings:change", "written"),
    Look("briefings:audience", "written"),
    Look("briefings:preview", "written"),
    Look("briefings:cut", "cut"),
    Look("briefings:answer", "question"),
    Look("briefings:recall", "released"),
    Look("briefings:return", "waiting"),
]
PAGES: dict[str, list[Look]] = {
    "anonymous": [
        Look("account_login"),
        Look("account_reset_password"),
        Look("account_reset_password_done"),
        Look("account_reset_password_from_key_done"),
        Look("account_signup"),
        Look("account_inactive"),
        Look("signin:signed_out"),
        Look("accounts:join", status=404),
        Look("accounts:recover", status=404),
        Look("accounts:ask"),
        Look("accounts:asked"),
    ],
    "maria": [
        *COMMON,
        *REGISTER,
        *STAFF,
        Look("account_change_password"),
        Look("account_reauthenticate"),
        Look("mfa_index"),
        Look("mfa_list_webauthn"),
        Look("mfa_add_webauthn"),
        Look("mfa_activate_totp"),
        Look("signin:tokens"),
    ],
    "lee": [
        Look("records:list"),
        Look("records:disposal"),
        Look("records:request", "records"),
        Look("records:request", "records in the making"),
        Look("records:request", "records made"),
        Look("records:mark", "filed"),
        Look("activity:holds"),
        Look("activity:alarms"),
        Look("home"),
        Look("engagements:detail", "filed"),
        Look("account_logout"),
        Look("accounts:office"),
        Look("accounts:confirm_members"),
        Look("accounts:settings"),
        Look("accounts:invite"),
        Look("accounts:withdraw", "invitation"),
        Look("accounts:office_requests"),
        Look("accounts:office_request", "office_request"),
        Look("accounts:member", "member"),
        Look("accounts:term", "member"),
        Look("accounts:end_member", "member"),
        Look("accounts:sign_out_member", "member"),
        Look("accounts:start_recovery", "member"),
        Look("accounts:withdraw_recovery", "recovery"),
        Look("accounts:delegate"),
        Look("accounts:end_delegation", "delegation"),
        Look("mfa_index"),
        Look("mfa_list_webauthn"),
        Look("mfa_edit_webauthn", "passkey"),
        Look("mfa_remove_webauthn", "passkey"),
        Look("mfa_deactivate_totp"),
        Look("mfa_view_recovery_codes"),
        Look("mfa_generate_recovery_codes"),
        Look("mfa_reauthenticate"),
        Look("mfa_reauthenticate_webauthn"),
        Look("signin:sessions"),
        Look("signin:tokens"),
        Look("signin:make_token"),
        Look("signin:revoke_token", "token"),
    ],
    "gov": [
        *COMMON,
        *REGISTER,
        Look("engagements:list"),
        Look("engagements:detail", "filed"),
        Look("briefings:mine"),
        *(Look("briefings:read", name) for name in ("copy", "new copy", "gone copy")),
    ],
    "liaison": [*COMMON, *REGISTER, *DESK, Look("briefings:mine")],
    "desk_lead": [Look("home"), Look("engagements:queue"), Look("engagements:request", "working")],
    "other_liaison": [
        Look("home"),
        Look("engagements:queue"),
        Look("engagements:queue", query="tab=closed"),
        Look("engagements:request", "given"),
        Look("activity:notices"),
    ],
    "briefer": [*COMMON, *REGISTER, *BRIEFER],
    "second_briefer": [
        Look("home"),
        Look("briefings:release", "waiting"),
        Look("briefings:detail", "waiting"),
    ],
    "lone_briefer": [Look("home"), Look("briefings:list"), Look("briefings:mine")],
    "auditor": [
        *COMMON,
        Look("activity:log"),
        Look("activity:log", query="person=maria&kind=engagements.filed"),
        Look("activity:log", query="since=2030-01-02&until=2030-01-01"),
        Look("activity:holds"),
        Look("activity:lift_hold", "hold"),
        Look("activity:alarms"),
        Look("activity:alarm", "alarm"),
    ],
    "tom": [
        *COMMON,
        Look("engagements:list"),
        Look("engagements:drafts"),
        Look("engagements:shared"),
        Look("briefings:mine"),
        Look("counterparts:list"),
    ],
    "texan": [Look("home"), Look("briefings:mine"), Look("engagements:list")],
    "operator": [Look("home", status=403), Look("admin:index")],
    "outsider": [Look("home", status=403)],
}
"""Who opens what."""

NOT_PAGES = {
    "accounts:act_for",
    "accounts:bring_back",
    "accounts:open_invitation",
    "accounts:open_recovery",
    "accounts:send_again",
    "activity:export",
    "records:download",
    "records:make",
    "activity:open",
    "activity:read_all",
    "activity:read_one",
    "briefings:acknowledge",
    "briefings:ask",
    "briefings:lookup",
    "briefings:lookup_engagements",
    "content_policy",
    "search",
    "counterparts:lookup",
    "counterparts:lookup_people",
    "counterparts:regions",
    "engagements:advise",
    "engagements:ask_office",
    "engagements:changes_read",
    "engagements:desk_note",
    "engagements:give_to",
    "engagements:parties",
    "engagements:people",
    "engagements:take",
    "mfa_login_webauthn",
    "signin:elsewhere",
    "signin:elsewhere_done",
    "signin:elsewhere_ended",
    "signin:elsewhere_leave",
    "signin:end_other_sessions",
    "signin:end_session",
    "signin:state_answer",
    "signin:state_begin",
    "signin:state_done",
    "signin:state_metadata",
}
"""They answer to a button or to a script, and lead back to a page that is in the table."""

SHADOWED = {
    "account_confirm_email",
    "account_email",
    "account_email_verification_sent",
    "account_set_password",
    "mfa_download_recovery_codes",
}
"""Pages of the sign-in library that answer here as if they were not there."""

ELSEWHERE = {
    "account_confirm_login_code",
    "account_reset_password_from_key",
    "mfa_authenticate",
    "signin:state",
}
"""No code is ever sent; a link to reset a password carries a key, a second step follows a first, and states sign in only
where a file names them: tests of their own."""
