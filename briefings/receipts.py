"""What became of each copy: told, opened, acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass

from activity.models import Notice
from briefings.models import Delivery
from diplomacy.lib.rls import system
from engagements import clock

MAIL = {
    Notice.Mail.UNWANTED: "In the application",
    Notice.Mail.DUE: "E-mail waits to be sent",
    Notice.Mail.SENT: "E-mail sent",
    Notice.Mail.WITHHELD: "E-mail held back: no longer theirs to read",
    Notice.Mail.FAILED: "E-mail could not be delivered",
}


@dataclass(frozen=True)
class Receipt:
    delivery: Delivery
    notice: Notice | None

    @property
    def told(self) -> str:
        """None: the releaser's own copy is not announced to them."""
        return MAIL[Notice.Mail(self.notice.mail)] if self.notice else "Released it themselves"

    @property
    def has_left(self) -> bool:
        """The membership has ended, and with it the reading."""
        ended = self.delivery.member.ends_on
        return not self.delivery.recipient.is_active or (ended is not None and ended <= clock.today())

    @property
    def is_late(self) -> bool:
        due = self.delivery.briefing.acknowledge_by
        return due is not None and due < clock.today() and not self.delivery.acknowledged_at


@system("briefings.receipts")
def of(deliveries: Iterable[Delivery]) -> list[Receipt]:
    copies = list(deliveries)
    announced = Notice.objects.filter(
        entry__kind="briefings.delivered",
        entry__subject_type="briefings.delivery",
        entry__subject_id__in=[copy.pk for copy in copies],
    )
    notices = {notice.entry.subject_id: notice for notice in announced.select_related("entry")}
    return [Receipt(copy, notices.get(copy.pk)) for copy in copies]
