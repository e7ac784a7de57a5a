from counterparts import actions
from counterparts.models import Post
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import Row, rows

FIELDS = (
    *("kind", "name", "native_name", "country", "subdivision", "city", "profile", "website"),
    *("address", "precedence", "interpreters", "dietary"),
)


def register(cast: Cast) -> None:
    """Parents stand above their parts in the table."""
    for row in rows("counterparts"):
        by = cast.members[row["by"], row["for"]]
        fields = {name: row[name].strip() for name in FIELDS if name in row}
        parent = cast.counterparts[row["parent"]] if "parent" in row else None
        made = actions.add(by=by, aliases=row.get("aliases", []), parent=parent, **fields)
        cast.counterparts[row["key"]] = made
        if "posts" in row:
            _give_posts(cast, row)


def _give_posts(cast: Cast, row: Row) -> None:
    Post.objects.bulk_create(
        Post(
            person=cast.counterparts[row["key"]],
            body=cast.counterparts[post["body"]],
            title=post["title"],
            starts_on=cast.calendar.day(post["since"]),
            ends_on=cast.calendar.day(post["until"]) if "until" in post else None,
        )
        for post in row["posts"]
    )
