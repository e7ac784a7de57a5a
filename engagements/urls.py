from django.urls import URLPattern, URLResolver, include, path

from engagements import advice_urls
from engagements.actions.overlaps import ACTS
from engagements.views import coordination, detail, lists, outcomes, overlaps, plans, referrals, sharing

app_name = "engagements"
urlpatterns: list[URLPattern | URLResolver] = [
    path("advice/", include(advice_urls)),
    path("engagements/", lists.ours, name="list"),
    path("engagements/drafts/", lists.drafts, name="drafts"),
    path("engagements/shared/", lists.shared, name="shared"),
    path("engagements/with/<ref:reference>/", lists.with_counterpart, name="with_counterpart"),
    path("engagements/new/", plans.start, name="start"),
    path("engagements/lookup/parties/", sharing.find_parties, name="parties"),
    path("engagements/lookup/people/", sharing.find_people, name="people"),
    path("engagements/<ref:reference>/", detail.detail, name="detail"),
    path("engagements/<ref:reference>/versions/", detail.versions, name="versions"),
    path("engagements/<ref:reference>/draft/<slug:slug>/", plans.step, name="step"),
    path("engagements/<ref:reference>/file/", plans.check, name="check"),
    path("engagements/<ref:reference>/amend/", plans.amend, name="amend"),
    path("engagements/<ref:reference>/share/", sharing.share, name="share"),
    *(
        path(f"engagements/<ref:reference>/{move}/", outcomes.move, {"move": move}, name=move)
        for move in outcomes.QUESTIONS
    ),
    path("engagements/<ref:reference>/report/", outcomes.report, name="report"),
    path("engagements/<ref:reference>/note/", outcomes.note, name="note"),
    path("engagements/<ref:reference>/commitments/add/", outcomes.commit, name="commit"),
    path("commitments/<ref:reference>/close/", outcomes.close, name="close_commitment"),
    path("overlaps/", overlaps.listing, name="overlaps"),
    path("overlaps/<ref:reference>/", overlaps.show, name="overlap"),
    *(
        path(f"overlaps/<ref:reference>/{move}/", overlaps.move, {"move": move}, name=f"overlap_{move}")
        for move in ACTS
        if move != "withdraw"
    ),
    path("overlaps/<ref:reference>/withdraw/", overlaps.withdraw, name="overlap_withdraw"),
    path("overlaps/<ref:reference>/set-aside/", overlaps.set_aside, name="overlap_set_aside"),
    path("overlaps/<ref:reference>/write/", overlaps.write, name="overlap_write"),
    path("overlaps/<ref:reference>/coordinator/", overlaps.ask_coordinator, name="overlap_coordinator"),
    path("referrals/", referrals.received, name="referrals"),
    path("referrals/sent/", referrals.sent, name="referrals_sent"),
    path("referrals/new/", referrals.refer, name="refer"),
    path("referrals/lookup/offices/", referrals.find_offices, name="referral_offices"),
    path("referrals/lookup/engagements/", referrals.find_engagements, name="referral_engagements"),
    path("referrals/with/<ref:reference>/", referrals.about_counterpart, name="referrals_with"),
    path("referrals/<ref:reference>/", referrals.show, name="referral"),
    *(
        path(
            f"referrals/<ref:reference>/{move.replace('_', '-')}/",
            referrals.act,
            {"move": move},
            name=f"referral_{move}",
        )
        for move in referrals.FORMS
    ),
    path("coordination/", coordination.weeks, name="crossings"),
    path("coordination/calendar/", coordination.calendar, name="crossings_calendar"),
    path("coordination/map/", coordination.world, name="crossings_map"),
    path("coordination/<ref:reference>/", overlaps.coordination, name="coordination"),
    path("coordination/<ref:reference>/<ref:question>/", overlaps.answer, name="coordination_answer"),
]
