"""The best statements that we could write for what each page shows. Several for one page: the fastest one counts."""

from collections.abc import Callable

from diplomacy.lib import readers

Statements = Callable[[frozenset[str]], list[str]]
MANY = 26
ORDER = "starts_on DESC NULLS FIRST, id DESC"
PARTS = """
SELECT e.reference, e.title, e.kind, e.status, e.starts_on, e.ends_on, o.name,
    (SELECT array_agg(c.name ORDER BY c.name) FROM engagements_engagement_counterparts m
        JOIN counterparts_counterpart c ON c.id = m.counterpart_id WHERE m.engagement_id = e.id),
    (SELECT array_agg((s.city, s.subdivision, s.country) ORDER BY s."order", s.id) FROM engagements_stop s
        WHERE s.engagement_id = e.id)
FROM ({rows}) e JOIN accounts_office o ON o.id = e.office_id ORDER BY {order}
"""


def keys(user_keys: frozenset[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{key}'" for key in sorted(user_keys)) + "]::varchar[]"


def _engagements(where: str) -> str:
    rows = f"SELECT * FROM engagements_engagement WHERE {where} ORDER BY {ORDER} LIMIT {MANY}"
    return PARTS.format(rows=rows, order="e.starts_on DESC NULLS FIRST, e.id DESC")


def own(office: int, user_keys: frozenset[str]) -> list[str]:
    return [_engagements(f"office_id = {office} AND readers && {keys(user_keys)}")]


def filed(user_keys: frozenset[str]) -> list[str]:
    sees = f"(federal_reads OR readers && {keys(user_keys)}) AND filed_at IS NOT NULL"
    return [_engagements(sees)]


def shared(office: int, user_keys: frozenset[str]) -> list[str]:
    return [_engagements(f"filed_at IS NOT NULL AND readers && {keys(user_keys)} AND office_id <> {office}")]


def narrowed(statements: Statements, *conditions: str) -> Statements:
    """The same list with one more condition on the engagement `e`, said in each of these ways."""

    def of(user_keys: frozenset[str]) -> list[str]:
        (sql,) = statements(user_keys)
        return [
            sql.replace("engagements_engagement WHERE", f"engagements_engagement e WHERE {condition} AND")
            for condition in conditions
        ]

    return of


def of_country(country: str, statements: Statements) -> Statements:
    """In the order of the list, and from the country."""
    touching = f"FROM engagements_engagementcountry k WHERE k.country = '{country}'"
    return narrowed(
        statements,
        f"EXISTS (SELECT {touching} AND k.engagement_id = e.id)",
        f"e.id IN (SELECT k.engagement_id {touching})",
    )


def titled(words: str, statements: Statements) -> Statements:
    """By the index, and by reading on until there are enough."""
    return narrowed(statements, f"e.title ILIKE '%{words}%'", f"e.title || '' ILIKE '%{words}%'")


def queue(desk: int, user_keys: frozenset[str]) -> list[str]:
    """With the number of all that is open, which the page says."""
    return [
        f"""
SELECT q.reference, (SELECT count(*) FROM engagements_advicerequest
    WHERE desk_id = {desk} AND status IN ('requested', 'assigned', 'question')
        AND (federal_reads OR readers && {keys(user_keys)})),
    q.status, q.due_on, q.paused_on, u.name, e.title, e.status, e.starts_on, o.name,
    (SELECT array_agg(f.label) FROM engagements_attentionflag f WHERE f.engagement_id = e.id),
    (SELECT array_agg(c.name) FROM engagements_engagement_counterparts m
        JOIN counterparts_counterpart c ON c.id = m.counterpart_id WHERE m.engagement_id = e.id)
FROM (
    SELECT * FROM engagements_advicerequest
    WHERE desk_id = {desk} AND status IN ('requested', 'assigned', 'question')
        AND (federal_reads OR readers && {keys(user_keys)})
    ORDER BY due_on, id LIMIT {MANY}
) q
JOIN engagements_engagement e ON e.id = q.engagement_id
JOIN accounts_office o ON o.id = e.office_id
LEFT JOIN accounts_member m ON m.id = q.assigned_to_id LEFT JOIN accounts_user u ON u.id = m.user_id
ORDER BY q.due_on, q.id
"""
    ]


def notices(user: int, user_keys: frozenset[str]) -> list[str]:
    """The unread ones, the newest first, with the titles of those subjects that the reader still sees."""
    federal = "s.federal_reads OR " if readers.FEDERAL in user_keys else ""
    unread = f"SELECT * FROM activity_notice WHERE recipient_id = {user} AND read_at IS NULL ORDER BY id DESC LIMIT {MANY}"
    return [
        f"""
SELECT n.delivery_key, n.read_at, n.mail, e.kind, e.at, a.name, o.name, s.reference, s.title
FROM ({unread}) n JOIN activity_entry e ON e.id = n.entry_id
LEFT JOIN accounts_user a ON a.id = e.actor_id LEFT JOIN accounts_office o ON o.id = e.office_id
LEFT JOIN engagements_engagement s ON s.id = e.subject_id AND ({federal}s.readers && {keys(user_keys)})
ORDER BY n.id DESC
"""
    ]


def register(user_keys: frozenset[str]) -> list[str]:
    return [
        f"""
SELECT c.reference, c.name, c.native_name, c.kind, c.country, c.subdivision, c.city, p.name
FROM counterparts_counterpart c LEFT JOIN counterparts_counterpart p ON p.id = c.parent_id
ORDER BY c.name, c.id LIMIT {MANY}
"""
    ]


def search(words: str, user_keys: frozenset[str]) -> list[str]:
    """Only what begins as typed; the page also looks inside words and for other spellings, where few are found."""
    begun = " & ".join(f"{word}:*" for word in words.split())
    return [
        f"""
SELECT c.reference, c.name, c.native_name, c.kind, c.country, c.subdivision, c.city, p.name
FROM counterparts_counterpart c LEFT JOIN counterparts_counterpart p ON p.id = c.parent_id
WHERE to_tsvector('simple', COALESCE(c.searched, '')) @@ to_tsquery('simple', '{begun}')
ORDER BY c.searched NOT LIKE '% | {words} | %', c.searched NOT LIKE '% | {words}%', c.name, c.id LIMIT 51
"""
    ]
