from accounts import actions
from accounts.actions.divisions import make_divisions
from accounts.models import Division, Member, Official, Term, User
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import Row, rows
from engagements import actions as engagements


def open_offices(cast: Cast) -> None:
    table = rows("offices")
    make_divisions(row["division"] for row in table if "division" in row)
    for row in table:
        cast.offices[row["key"]] = actions.open_office(
            row["name"],
            short_name=row["short"],
            level=row["level"],
            division=Division.objects.get(ocd_id=row["division"]) if "division" in row else None,
            is_desk="covers" in row,
            time_zone=row.get("zone", "America/New_York"),
        )
        _set_coverage(cast, row)


def _set_coverage(cast: Cast, row: Row) -> None:
    for rule in row.get("covers", []):
        engagements.cover(
            cast.offices[row["key"]],
            country=rule.get("country", ""),
            topic=rule.get("topic", ""),
            division=Division.objects.get(ocd_id=rule["division"]) if "division" in rule else None,
            is_fallback=rule.get("fallback", False),
        )


def bring_people(cast: Cast) -> None:
    for row in rows("people"):
        user = cast.people[row["key"]] = _user(row)
        for office, role, title in row.get("serves", []):
            cast.members[row["key"], office] = _seat(cast, user, office, role, title)
        if "term" in row:
            _take_office(cast, user, row)


def _seat(cast: Cast, user: User, office: str, role: str, title: str) -> Member:
    """Their office said of everyone three weeks ago that they still serve."""
    member = actions.add_member(user, cast.offices[office], role, by=None, title=title)
    member.attested_on = cast.calendar.day(-21)
    member.save(update_fields=["attested_on"])
    return member


def _user(row: Row) -> User:
    user = User(
        email=f"{row['key']}@{row['mail']}.example",
        name=row["name"],
        time_zone=row.get("zone", "America/New_York"),
    )
    user.is_staff = user.is_superuser = row.get("operator", False)
    user.set_unusable_password()
    user.save()
    return user


def _take_office(cast: Cast, user: User, row: Row) -> None:
    office = cast.offices[row["serves"][0][0]]
    assert office.division is not None
    official = Official.objects.create(
        name=user.name, family_name=user.name.split()[-1], email=user.email, user=user
    )
    Term.objects.create(
        official=official,
        role=row["term"],
        division=office.division,
        jurisdiction=f"{office.division.ocd_id.replace('division', 'jurisdiction', 1)}/government",
        office=office,
        starts_on=cast.calendar.day(-500),
        ends_on=cast.calendar.day(960),
    )


def form_coalitions(cast: Cast) -> None:
    for row in rows("coalitions"):
        offices = [cast.offices[key] for key in row["offices"]]
        cast.coalitions[row["key"]] = actions.form_coalition(
            row["name"], lead=cast.offices[row["lead"]], offices=offices
        )
