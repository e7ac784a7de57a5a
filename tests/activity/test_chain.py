"""The log that can be believed: what was sealed cannot be changed, removed or added to unnoticed."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Member
from activity import actions, anchors, chain
from activity.models import Entry, Seal
from benchmarks import log as benchmark
from benchmarks import tampering, writes

LINES = 24


def write(by: Member, count: int = LINES) -> None:
    for number in range(count):
        actions.record(
            "engagements.amended", by.office, by=by, readers=["everyone"], reason=f"Reason {number}"
        )


@pytest.fixture
def log(maria: Member) -> Member:
    write(maria)
    assert chain.seal() >= LINES
    return maria


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_log", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_an_empty_log_holds() -> None:
    assert chain.verify().fault is None
    assert chain.tip() is None


@pytest.mark.django_db
def test_what_is_sealed_is_numbered_without_gaps_and_holds(log: Member) -> None:
    numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, Entry.objects.count() + 1))
    report = chain.verify()
    assert (report.fault, report.checked, report.waiting) == (None, len(numbers), 0)
    assert chain.tip() == (len(numbers), report.tip)


@pytest.mark.django_db
def test_sealing_again_seals_only_what_is_new(log: Member) -> None:
    before = chain.tip()
    assert chain.seal() == 0
    assert chain.tip() == before
    write(log, 2)
    assert chain.verify().waiting == 2
    assert chain.seal() == 2
    assert chain.verify().fault is None


@pytest.mark.django_db
def test_every_sort_of_text_holds(maria: Member) -> None:
    for text in ('"quoted" \\ back', "tab\tline\nend", "Đà Nẵng حكومة", "", "\x7f" * 300):
        actions.record("engagements.amended", maria.office, by=None, readers=[text[:60]], reason=text)
    chain.seal()
    assert chain.verify().fault is None


@pytest.mark.django_db
def test_a_log_of_several_blocks_holds(maria: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 7)
    monkeypatch.setattr(chain, "CHUNK", 11)
    write(maria, 40)
    assert chain.seal() == 40
    report = chain.verify()
    assert (report.fault, report.checked) == (None, 40)


@pytest.mark.django_db
def test_an_entry_that_committed_late_is_sealed_behind_those_with_higher_ids(log: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_entry (id, kind, subject_type, subject_id, subject_reference, readers, data)"
            " VALUES (-5, 'engagements.held', 'accounts.office', 1, '', '{}', '{}')"
        )
    assert chain.seal(whole=True) == 1
    assert Seal.objects.latest("number").entry_id == -5
    assert chain.verify().fault is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sort", tampering.SORTS)
def test_tampering_is_found_at_the_line_where_it_was_done(log: Member, sort: str) -> None:
    drawn = random.Random(sort)  # noqa: S311 (the same in every run)
    for number in (1, drawn.randrange(2, LINES), LINES):
        kept = [anchors.now() or pytest.fail("nothing to anchor")]
        with tampering.as_owner() as run:
            tampering.SORTS[sort](run, number, drawn)
            fault = chain.verify(kept, using="owner").fault
            assert fault, f"{sort} at line {number} was not found"
            assert fault.number in {number, number - 1, number % LINES + 1}
    assert chain.verify(kept).fault is None, "the tampering was not taken back"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sort", tampering.WHOLE_CHAINS)
def test_a_whole_chain_that_is_another_is_found_by_its_anchor_and_only_by_it(log: Member, sort: str) -> None:
    anchor = anchors.now()
    assert anchor
    with tampering.as_owner() as run:
        tampering.WHOLE_CHAINS[sort](run, 9)
        assert chain.verify(using="owner").fault is None
        assert chain.verify([anchor], using="owner").fault


@pytest.mark.django_db(transaction=True)
def test_an_entry_put_in_later_with_an_early_date_is_found_by_the_anchor_before_it(log: Member) -> None:
    anchor = anchors.now()
    assert anchor
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_entry (at, kind, subject_type, subject_id, subject_reference, readers, data)"
            " VALUES (now() - interval '3 days', 'engagements.held', 'accounts.office', 1, '', '{}', '{}')"
        )
    chain.seal()
    assert chain.verify().fault is None
    fault = chain.verify([anchor]).fault
    assert fault and fault.number == LINES + 1
    assert "older" in fault.words


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_stays_without_a_seal_is_a_fault(log: Member) -> None:
    with tampering.as_owner() as run:
        run.execute("UPDATE activity_entry SET at = now() - interval '3 hours'")
        run.execute("DELETE FROM activity_seal")
        fault = chain.verify(using="owner").fault
        assert fault and f"{LINES} entries have no seal" in fault.words


@pytest.mark.django_db(transaction=True)
def test_sealing_waits_for_another_sealer_and_goes_on_from_its_tip(log: Member) -> None:
    """Two workers, or a worker that was thought dead: the numbers stay without gap and double."""
    import threading

    write(log, 200)

    def work() -> None:
        try:
            chain.seal()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = chain.verify()
    assert (report.fault, report.checked, report.waiting) == (None, LINES + 200, 0)


@pytest.mark.django_db(transaction=True)
def test_a_line_numbered_before_the_first_is_a_fault(log: Member) -> None:
    """It would stand outside the chain, and would not count as waiting either."""
    with tampering.as_owner() as run:
        tampering.slip_in_before_the_first(run)
        fault = chain.verify(using="owner").fault
        assert fault and "before the first" in fault.words


# In parts -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of two or three lines."""
    monkeypatch.setattr(chain, "CHUNK", 1)


@pytest.mark.django_db(transaction=True)
def test_a_log_read_in_parts_at_once_is_read_whole(log: Member, short: None) -> None:
    for parts in (2, 3, 9, 100):
        report = chain.verify([anchors.now() or pytest.fail("no tip")], parts=parts)
        assert (report.fault, report.checked, report.tip) == (None, LINES, chain.tip().hash)  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sort", [*tampering.SORTS, *tampering.WHOLE_CHAINS])
def test_what_is_found_in_parts_is_what_is_found_in_one(log: Member, short: None, sort: str) -> None:
    """At the first and the last line of a part too: each has five."""
    kept = [anchors.now() or pytest.fail("nothing to anchor")]
    for number in (1, 5, 6, 13, LINES):
        with tampering.as_owner() as run:
            if sort in tampering.SORTS:
                tampering.SORTS[sort](run, number, random.Random(sort))  # noqa: S311
            else:
                tampering.WHOLE_CHAINS[sort](run, number)
            whole = chain.verify(kept, using="owner")
            assert whole.fault, f"{sort} at line {number} was not found"
            assert chain.verify(kept, using="owner", parts=5).fault == whole.fault


@pytest.mark.django_db(transaction=True)
def test_an_entry_with_an_early_date_is_found_in_a_part_after_that_of_the_anchor(
    log: Member, short: None
) -> None:
    kept = [chain.Anchor(5, Seal.objects.get(number=5).hash.hex(), timezone.now() + timedelta(days=3))]
    faults = {chain.verify(kept, parts=parts).fault for parts in (1, 2, 8, 24)}
    assert [fault and fault.number for fault in faults] == [6]


# Anchors --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_anchors_are_appended_and_the_same_tip_only_once(
    log: Member, settings: Settings, tmp_path: Path
) -> None:
    settings.ANCHOR_FILE = str(tmp_path / "kept" / "anchors")
    assert anchors.write() == LINES
    assert anchors.write() == 0
    write(log, 1)
    assert anchors.write() == LINES + 1
    lines = anchors.read(Path(settings.ANCHOR_FILE))
    assert [anchor.number for anchor in lines] == [LINES, LINES + 1]
    assert "2 anchors" in said()
    assert "1 anchors" not in said()


@pytest.mark.django_db
def test_an_anchor_goes_to_a_mailbox_and_its_last_line_is_one_of_the_file(
    log: Member, settings: Settings, tmp_path: Path, mailoutbox: list[EmailMessage]
) -> None:
    settings.ANCHOR_EMAIL = "records@example.gov"
    assert anchors.send() == LINES
    (message,) = mailoutbox
    assert message.to == ["records@example.gov"]
    pasted = tmp_path / "pasted"
    pasted.write_text(str(message.body).strip().splitlines()[-1])
    assert anchors.read(pasted)[0][:2] == chain.tip()
    assert "1 anchors" in said("--anchors", str(pasted))


@pytest.mark.django_db
def test_nothing_is_anchored_without_a_place_for_it(
    log: Member, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ANCHOR_FILE = settings.ANCHOR_EMAIL = ""
    assert (anchors.write(), anchors.send(), mailoutbox) == (0, 0, [])


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_says_that_the_log_holds(log: Member) -> None:
    assert f"The log holds: {LINES} lines" in said()
    assert "Without anchors" in said()


@pytest.mark.django_db
def test_the_command_fails_with_the_first_line_that_does_not_hold(log: Member, tmp_path: Path) -> None:
    forged = tmp_path / "anchors"
    assert anchors.append(chain.Anchor(5, "0" * 64, timezone.now() - timedelta(days=1)), forged)
    with pytest.raises(CommandError, match="Line 5: the log was written anew"):
        said("--anchors", str(forged))


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["not json", "{}", '{"number": 1}'])
def test_the_command_says_when_a_file_of_anchors_cannot_be_read(content: str, tmp_path: Path) -> None:
    broken = tmp_path / "anchors"
    broken.write_text(content)
    with pytest.raises(CommandError, match="could not be read"):
        said("--anchors", str(broken))
    with pytest.raises(CommandError, match="could not be read"):
        said("--anchors", str(tmp_path / "absent"))


# The benchmark, in short ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_tampering_drawn_at_random_is_always_found(log: Member) -> None:
    found = benchmark.tamper(60, stretch=120, seed=7)
    assert found.missed == []
    assert chain.verify().checked == LINES, "the benchmark left something behind"


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_a_whole_log(log: Member) -> None:
    def write(_: int) -> int:
        member = Member.objects.select_related("office").first()
        assert member
        try:
            return sum(writes.act(member) for _ in range(25))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as writers:
        written = writers.map(write, range(2))
        chain.seal()
        assert sum(written) >= 50
    chain.seal(whole=True)
    report = chain.verify()
    assert (report.fault, report.waiting) == (None, 0)
    assert report.checked == Entry.objects.count() > LINES
