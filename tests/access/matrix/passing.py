"""Referrals of the matrix's world: between offices and to desks, in every state, with engagements beside them."""

from typing import NamedTuple

from engagements import actions
from engagements.models import Referral, ReferralEngagement
from tests.access.matrix import oracle
from tests.access.matrix.known import Secret
from tests.access.matrix.world import Held, World


class Way(NamedTuple):
    """By whom to which office, who answers there, and how far it came."""

    name: str
    by: str
    to: str
    answers: str
    then: tuple[str, ...] = ()
    came_from: str = ""
    led_to: str = ""


REFERRALS = (
    Way("referred", "maria", "texas", "tom", came_from="filed"),
    Way("referred from restricted", "lee", "texas", "tess", came_from="restricted"),
    Way("referred from a draft", "maria", "texas", "tom", came_from="draft"),
    Way("taken up", "maria", "texas", "tom", ("take_up",), came_from="shared"),
    Way("declined", "maria", "texas", "tess", ("decline",)),
    Way("closed", "maria", "texas", "tom", ("take_up", "close"), came_from="public", led_to="texas filed"),
    Way("closed for restricted", "maria", "texas", "tess", ("take_up", "close"), led_to="texas restricted"),
    Way("withdrawn by us", "lee", "texas", "tom", ("withdraw",)),
    Way("referred to a desk", "maria", "desk_mexico", "liaison", came_from="filed"),
    Way("referred to a desk from restricted", "lee", "desk_mexico", "liaison", came_from="restricted"),
    Way("taken up by a desk", "tom", "desk_mexico", "desk_lead", ("take_up",), came_from="texas filed"),
    Way("closed by a desk", "maria", "desk_japan", "other_lead", ("take_up", "close")),
    Way("referred to us", "nora", "california", "lee"),
    Way("taken up by us", "nora", "california", "maria", ("take_up",), came_from="nevada shared"),
)


def build(world: World) -> None:
    for way in REFERRALS:
        _refer(world, way)


def _facts(world: World, way: Way) -> oracle.Referral:
    after = {"take_up": "taken_up", "decline": "declined", "close": "closed", "withdraw": "withdrawn"}
    return oracle.Referral(
        way.name,
        sender=world.cast[way.by].person.acting.office,
        receiver=way.to,
        is_to_desk=way.to.startswith("desk_"),
        status=after[way.then[-1]] if way.then else "sent",
    )


def _refer(world: World, way: Way) -> None:
    it = _facts(world, way)

    def said(part: str) -> str:
        return world.canaries.new(Secret(part, it))

    row = actions.refer(
        actions.Matter(
            receiver=world.houses.offices[way.to],
            subject=said("subject"),
            text=said("text"),
            counterparts=[world.records["counterpart"][0].row],
            counterpart_name=said("counterpart name"),
            engagement=world.held(way.came_from).row if way.came_from else None,
        ),
        by=world.by(way.by),
    )
    who = world.by(way.answers)
    for move in way.then:
        if move == "take_up":
            actions.take_up_referral(row, by=who)
        elif move == "decline":
            actions.decline_referral(row, by=who, reason=said("reason"))
        elif move == "withdraw":
            actions.withdraw_referral(row, by=world.by(way.by))
        else:
            plan = world.held(way.led_to).row if way.led_to else None
            outcome = "planned" if plan else "contact"
            actions.close_referral(row, by=who, outcome=outcome, text=said("outcome"), engagement=plan)
    world.add("referral", Held(it, {"reference": row.reference}, row))


def refresh(world: World) -> None:
    of_engagement = {held.row.pk: held.facts for held in world.records["engagement"]}
    for held in world.records["referral"]:
        held.row = Referral.objects.get(pk=held.row.pk)
        for link in ReferralEngagement.objects.filter(referral=held.row):
            it, plan = held.facts, of_engagement[link.engagement_id]
            assert isinstance(it, oracle.Referral)
            assert isinstance(plan, oracle.Engagement)
            world.add("referral engagement", Held(oracle.Beside(it.name, it, plan), {}, link))
