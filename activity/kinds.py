"""The log's vocabulary: each kind with the words a timeline and a notice use. Mail says no more than `notice`."""

from typing import NamedTuple


class Kind(NamedTuple):
    said: str
    """After the actor's name: "Maria Lopez *filed this engagement*"."""
    notice: str = ""
    """To a recipient, without content. Empty: nobody is notified of it."""
    is_urgent: bool = False
    is_watching: bool = False
    """What somebody looked at or tried. Not part of a record's timeline."""


KINDS = {
    "activity.refused": Kind("was refused", is_watching=True),
    "activity.missed": Kind("asked for what does not exist for them", is_watching=True),
    "activity.bulk_read": Kind(
        "Somebody read unusually many records.", "Somebody read unusually many records", is_urgent=True
    ),
    "activity.hold_placed": Kind("placed a legal hold"),
    "activity.hold_lifted": Kind("lifted a legal hold"),
    "activity.retention_set": Kind("The command line changed how long content is kept."),
    "activity.content_expired": Kind("Content that is no longer kept was removed."),
    "activity.log_exported": Kind("exported lines of the activity log"),
    "accounts.signed_in": Kind("signed in", is_watching=True),
    "accounts.signed_out": Kind("signed out", is_watching=True),
    "accounts.ended_by_provider": Kind(
        "was signed out by the organisation they signed in with", is_watching=True
    ),
    "accounts.sign_in_failed": Kind("A sign-in failed.", is_watching=True),
    "accounts.factor_failed": Kind("A passkey or code was refused.", is_watching=True),
    "accounts.proved_again": Kind("proved again who they are", is_watching=True),
    "accounts.proof_failed": Kind("failed to prove again who they are", is_watching=True),
    "accounts.factor_changed": Kind("changed how they sign in", is_watching=True),
    "accounts.reset_asked": Kind("A new password was asked for.", is_watching=True),
    "accounts.sign_in_unusual": Kind("was told of an unusual sign-in", is_watching=True),
    "accounts.token_used": Kind("had a program use a token, for the first time that day", is_watching=True),
    "activity.suspicious": Kind("Something was refused that looks like an attack.", is_watching=True),
    "accounts.sessions_ended": Kind("signed somebody out everywhere", "You were signed out everywhere"),
    "accounts.sessions_ended_by_command": Kind("The command line signed somebody out everywhere."),
    "accounts.recovery_started": Kind(
        "said that somebody lost every passkey and code",
        "Somebody is said to have lost every passkey and code",
        is_urgent=True,
    ),
    "accounts.recovery_withdrawn": Kind(
        "The setting up of signing in again was withdrawn.",
        "The setting up of signing in again was withdrawn",
        is_urgent=True,
    ),
    "accounts.recovery_used": Kind(
        "Somebody set up signing in again.", "Somebody set up signing in again", is_urgent=True
    ),
    "accounts.token_ending": Kind("A token for a program runs out soon.", "A token of yours runs out soon"),
    "accounts.invitation_ending": Kind(
        "An invitation runs out soon.", "An invitation that you sent runs out soon"
    ),
    "accounts.invited": Kind("invited somebody to the office"),
    "accounts.invited_again": Kind("sent an invitation again"),
    "accounts.invited_by_command": Kind(
        "The command line invited somebody to an office.", "The command line invited somebody to your office"
    ),
    "accounts.invitation_withdrawn": Kind("withdrew an invitation"),
    "accounts.invitation_accepted": Kind("accepted an invitation", "Somebody you invited joined your office"),
    "accounts.member_added": Kind("added a member", "You were made a member of an office"),
    "accounts.member_added_by_command": Kind(
        "The command line added a member.", "The command line added a member to an office of yours"
    ),
    "accounts.member_changed": Kind("changed a membership", "Your role or title in an office was changed"),
    "accounts.member_confirmed": Kind(
        "confirmed that a member still serves", "Your access to an office is back"
    ),
    "accounts.member_ended": Kind("ended a membership", "Your membership in an office was given an end"),
    "accounts.member_suspended": Kind(
        "Nobody confirmed that a member still serves. Their access is suspended.",
        "A membership in your office is suspended until somebody confirms it",
    ),
    "accounts.confirmation_due": Kind(
        "Members wait to be confirmed.", "Members of your office wait to be confirmed"
    ),
    "accounts.term_tied": Kind(
        "tied a membership to an official’s term", "Your access to an office now ends with a term"
    ),
    "accounts.term_untied": Kind(
        "untied a membership from an official’s term", "Your access to an office no longer ends with a term"
    ),
    "accounts.term_ending": Kind(
        "The term that a membership rests on ends within 30 days.",
        "The term that a membership in your office rests on ends soon",
    ),
    "accounts.grace_set": Kind("changed how long access lasts after a term"),
    "accounts.sign_in_set": Kind("changed what the office asks for at sign-in"),
    "accounts.delegated": Kind(
        "let a colleague act in their role", "A colleague lets you act in their role for some days"
    ),
    "accounts.delegation_ended": Kind(
        "ended a delegation", "A delegation that you are part of was ended early"
    ),
    "accounts.office_asked_for": Kind("An office was asked for.", "Somebody asks for an office"),
    "accounts.office_confirmed": Kind(
        "confirmed a request and opened an office", "A request for an office was confirmed"
    ),
    "accounts.office_declined": Kind(
        "declined a request for an office", "A request for an office was declined"
    ),
    "accounts.office_opened": Kind("opened an office"),
    "accounts.office_opened_by_command": Kind("The command line opened an office."),
    "accounts.office_changed": Kind("changed an office’s entry"),
    "accounts.identity_linked": Kind("An account of another organisation was linked."),
    "accounts.token_made": Kind("made a token for a program"),
    "accounts.token_revoked": Kind("took a token back"),
    "counterparts.added": Kind("added this counterpart"),
    "counterparts.changed": Kind("changed this counterpart"),
    "counterparts.post_added": Kind("added a post that this person holds"),
    "counterparts.post_changed": Kind("changed a post of this person"),
    "counterparts.source_added": Kind("added a source"),
    "counterparts.noted": Kind("added a note for their office"),
    "counterparts.guidance_published": Kind("published this guidance"),
    "counterparts.guidance_changed": Kind("published a new version of this guidance"),
    "counterparts.merged": Kind("merged another counterpart into this one"),
    "counterparts.merge_undone": Kind("undid a merge"),
    "counterparts.kept_apart": Kind("said that this and another counterpart are two"),
    "counterparts.hit_found": Kind("A possible match with a public list was found. It is not a finding."),
    "counterparts.hit_disposed": Kind("said what a possible match is"),
    "counterparts.list_asked": Kind("sent the files of this list"),
    "counterparts.list_loaded": Kind("loaded this list"),
    "counterparts.list_loaded_by_command": Kind("The command line loaded this list."),
    "counterparts.list_refused": Kind(
        "The list could not be loaded. The one before it stays.",
        "A public list that you sent could not be loaded",
    ),
    "records.asked": Kind("took in a request for records"),
    "records.marked": Kind("marked what of this record is exempt from disclosure"),
    "records.made": Kind("had a file of records made"),
    "records.disposal_confirmed": Kind("confirmed that old texts of the office’s records are disposed of"),
    "records.disposed": Kind("had old texts of the office’s records disposed of"),
    "records.downloaded": Kind("downloaded a file of records"),
    "engagements.desk_covers_by_command": Kind("The command line added to what a desk is asked about."),
    "engagements.drafted": Kind("started a draft"),
    "engagements.saved": Kind("saved the draft"),
    "engagements.filed": Kind("filed this engagement", "An engagement was filed"),
    "engagements.amended": Kind("amended this engagement", "An engagement you follow was amended"),
    "engagements.postponed": Kind("postponed this engagement", "An engagement you follow was postponed"),
    "engagements.resumed": Kind("set new dates", "A postponed engagement has new dates"),
    "engagements.cancelled": Kind("cancelled this engagement", "An engagement you follow was cancelled"),
    "engagements.held": Kind("marked this engagement as held"),
    "engagements.reported": Kind("filed the outcome report", "An outcome report was filed"),
    "engagements.shared": Kind("changed who may see this engagement", "An engagement was shared with you"),
    "engagements.opened": Kind("opened this restricted engagement", is_watching=True),
    "engagements.noted": Kind("added an office note"),
    "engagements.commitment_added": Kind("added a commitment"),
    "engagements.commitment_closed": Kind("closed a commitment"),
    "engagements.advice_requested": Kind("asked for advice", "Your desk has a new request for advice"),
    "engagements.advice_asked_again": Kind(
        "asked for advice again", "An office asks your desk for advice again"
    ),
    "engagements.advice_assigned": Kind(
        "took the request for advice", "A request for advice was given to you"
    ),
    "engagements.question_asked": Kind(
        "asked the office a question", "A federal desk asked your office a question"
    ),
    "engagements.question_answered": Kind("answered the desk's question", "An office answered your question"),
    "engagements.desk_noted": Kind("added a desk note"),
    "engagements.advice_drafted": Kind("drafted advice"),
    "engagements.advice_given": Kind("gave advice", "A federal desk gave your office advice"),
    "engagements.advice_responded": Kind("answered the advice", "An office answered your advice"),
    "engagements.advice_lapsed": Kind(
        "No advice came by the due date. The engagement proceeds.",
        "A request for advice passed its due date; the engagement proceeds",
    ),
    "engagements.overlap_found": Kind(
        "These plans were found to cross another office’s.", "Plans of another office may cross yours"
    ),
    "engagements.overlap_asked": Kind("asked to be introduced"),
    "engagements.overlap_was_asked": Kind(
        "The other office asked to be introduced.", "An office whose plans cross yours asks to be introduced"
    ),
    "engagements.overlap_introduced": Kind("let the other office know who you are"),
    "engagements.overlap_named": Kind(
        "The other office lets you know who it is.", "An office whose plans cross yours introduced itself"
    ),
    "engagements.overlap_unnamed": Kind(
        "The other office no longer lets you know who it is. What you wrote to each other shows again once both know the"
        " other.",
        "An office whose plans cross yours no longer lets you know who it is",
    ),
    "engagements.overlap_declined": Kind("did not introduce the office now"),
    "engagements.overlap_withdrawn": Kind("took the introduction back"),
    "engagements.overlap_wrote": Kind("wrote to the other office"),
    "engagements.overlap_answered": Kind(
        "The other office wrote.", "An office whose plans cross yours wrote to you"
    ),
    "engagements.overlap_set_aside": Kind("set this aside"),
    "engagements.overlap_taken_up": Kind("took this up again"),
    "engagements.coordinator_asked": Kind(
        "asked the federal coordinators", "An office asks your desk about crossing plans"
    ),
    "engagements.coordinator_was_asked": Kind("asked the federal coordinators"),
    "engagements.coordinator_answered": Kind("answered an office"),
    "engagements.coordinator_said": Kind(
        "answered as a federal coordinator", "A federal coordinator answered you about crossing plans"
    ),
    "engagements.referred": Kind("referred this", "Another office refers something to yours"),
    "engagements.referral_taken_up": Kind(
        "took this up", "What your office referred to another was taken up"
    ),
    "engagements.referral_declined": Kind(
        "declined this", "What your office referred to another was declined"
    ),
    "engagements.referral_closed": Kind(
        "said what came of it", "There is word of what came of a referral of your office"
    ),
    "engagements.referral_corrected": Kind(
        "corrected what came of it", "What came of a referral of your office was corrected"
    ),
    "engagements.referral_withdrawn": Kind("withdrew this", "A referral to your office was withdrawn"),
    "briefings.drafted": Kind("started a briefing"),
    "briefings.changed": Kind("changed the briefing"),
    "briefings.submitted": Kind(
        "asked for a second briefer's release", "A briefing waits for a second briefer"
    ),
    "briefings.returned": Kind("returned the briefing to its author", "A briefing was returned to you"),
    "briefings.released": Kind("released the briefing"),
    "briefings.delivered": Kind("sent a reader this copy", "A briefing was made for you"),
    "briefings.opened": Kind("opened the briefing"),
    "briefings.opened_again": Kind("opened the briefing again", is_watching=True),
    "briefings.opened_in_place": Kind("opened the briefing in the reader’s place"),
    "briefings.acknowledged": Kind("acknowledged the briefing"),
    "briefings.asked": Kind("asked the briefers", "A reader asked about a briefing"),
    "briefings.answered": Kind("answered the reader", "The briefers answered you"),
    "briefings.recalled": Kind("recalled the briefing", "A briefing was recalled"),
    "briefings.expired": Kind("The briefing expired."),
}
TEXTS = {
    "text.versions": "Earlier versions of engagements",
    "text.briefings": "Texts of briefings that are over",
}
"""What the schedule may name besides kinds of entries: texts of records, which go when a lead agrees (`records`)."""
WATCHING = [name for name, kind in KINDS.items() if kind.is_watching]
