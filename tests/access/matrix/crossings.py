"""Plans of the matrix's world that cross: the rows are taken as found, who reads them is asked of the oracle."""

from engagements import actions
from engagements.models import CoordinatorQuestion, Overlap, OverlapMessage, OverlapSide
from tests.access.matrix import oracle
from tests.access.matrix.known import Secret
from tests.access.matrix.world import Held, World

TRIED = (
    ("introduces", "texas introduces"),
    ("introduces", "texas filed"),
    ("filed", "texas introduces"),
    ("filed", "texas filed"),
    ("blind", "texas introduces"),
    ("filed", "texas blind"),
)
"""Of the pairs those that are asked for at every address: each sort of cell."""
Facts = tuple[oracle.Side, oracle.Side]


def build(world: World) -> None:
    """A thread, a question that waits and one that is answered, and an end with and without a thread."""
    tom, maria = world.by("tom"), world.by("maria")
    ours, theirs = sides(world, "introduces", "texas introduces")
    first, second = facts(world, "introduces", "texas introduces")
    words = world.canaries.new(Secret("message", oracle.Thread("thread", (first, second))))
    actions.write_to_other(row(ours), by=maria, text=words)
    asked = oracle.ToCoordinators("asked by Texas", second)
    actions.ask_coordinator(
        row(theirs), by=tom, text=world.canaries.new(Secret("coordinator question", asked))
    )
    own, _ = sides(world, "filed", "texas blind")
    assert row(own).readers == []
    theirs = sides(world, "texas blind", "filed")[0]
    it = oracle.ToCoordinators("asked by the blind", facts(world, "texas blind", "filed")[0])
    question = actions.ask_coordinator(
        row(theirs), by=tom, text=world.canaries.new(Secret("coordinator question", it))
    )
    answer = world.canaries.new(Secret("coordinator answer", it))
    actions.answer_office(question, by=world.by("liaison"), text=answer)
    reason = world.canaries.new(Secret("set aside", facts(world, "texas filed", "filed")[0]))
    actions.set_aside(row(sides(world, "texas filed", "filed")[0]), by=tom, reason=reason)
    actions.take_up(row(sides(world, "texas filed", "filed")[0]), by=tom)


def row(pk: int) -> OverlapSide:
    found: OverlapSide = OverlapSide.objects.select_related("engagement").get(pk=pk)
    return found


def sides(world: World, own: str, other: str) -> tuple[int, int]:
    ids = [world.held(name).row.pk for name in (own, other)]
    overlap = Overlap.objects.get(first=min(ids), second=max(ids))
    found = {side.engagement_id: side.pk for side in OverlapSide.objects.filter(overlap=overlap)}
    return found[ids[0]], found[ids[1]]


def facts(world: World, own: str, other: str) -> Facts:
    one, two = world.held(own).facts, world.held(other).facts
    assert isinstance(one, oracle.Engagement)
    assert isinstance(two, oracle.Engagement)
    return oracle.Side(f"{own} with {other}", one, two), oracle.Side(f"{other} with {own}", two, one)


def refresh(world: World) -> None:
    """Every side and every pair, for what looks at rows; a few of them, for what asks at addresses."""
    names = {held.row.pk: held.name for held in world.records["engagement"]}
    asked = {question.side_id for question in CoordinatorQuestion.objects.filter(answered_at=None)}
    for side in OverlapSide.objects.select_related("overlap").order_by("pk"):
        ids = {side.overlap.first_id, side.overlap.second_id} - {side.engagement_id}
        it = facts(world, names[side.engagement_id], names[ids.pop()])[0]
        it = oracle.Side(it.name, it.own, it.other, side.pk in asked)
        held = Held(it, {"reference": side.reference}, side)
        world.add("every side", held)
        both = Held(oracle.Both(it.name, it), {"reference": side.overlap.reference}, side.overlap)
        if side.engagement_id == side.overlap.first_id:
            world.add("every pair", both)
        if any({it.own.name, it.other.name} == set(pair) for pair in TRIED):
            world.add("side", held)
            if side.engagement_id == side.overlap.first_id:
                world.add("both", both)
    of_side = {held.row.pk: held.facts for held in world.records["every side"]}
    for question in CoordinatorQuestion.objects.select_related("overlap"):
        known = of_side[question.side_id]
        assert isinstance(known, oracle.Side)
        name, is_answered = question.reference, question.answered_at is not None
        params = {"reference": question.overlap.reference, "question": question.reference}
        desk = oracle.ToCoordinators(name, known, at_desk=True, is_answered=is_answered)
        world.add("to coordinators", Held(desk, params, question))
        world.add("question to coordinators", Held(oracle.ToCoordinators(name, known), params, question))
    for message in OverlapMessage.objects.all():
        pair = [it for pk, it in of_side.items() if _overlap_of(world, pk) == message.overlap_id]
        world.add("message", Held(oracle.Thread("thread", (pair[0], pair[1])), {}, message))  # type: ignore[arg-type]


def _overlap_of(world: World, side: int) -> int:
    found: int = next(held.row.overlap_id for held in world.records["every side"] if held.row.pk == side)
    return found
