"""What PostgreSQL is asked while a list is compared and put in place. Sets, not rows: 50,000 names take seconds."""

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('counterparts.lists'), hashtext(%s))"

STAGE = """
DROP TABLE IF EXISTS pg_temp.staged_listing, pg_temp.staged_name, pg_temp.staged_country, pg_temp.staged_copy;
CREATE TEMPORARY TABLE staged_listing (
    reference text, row integer, file text, line integer, list_name text, entry text, kind text, name text,
    has_number boolean, programs text[], birth_years smallint[], title text, remarks text, url text, starts_on date,
    ends_on date, registration text, represented_by text,
    countries text[] NOT NULL DEFAULT '{}', digest text, listing_id bigint, standing text NOT NULL DEFAULT 'added'
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_name (row integer, kind text, name text, bare text) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_country (row integer, code text) ON COMMIT DROP
"""
COLUMNS = {
    "listing": (
        "staged_listing (reference, row, file, line, list_name, entry, kind, name, has_number, programs, birth_years,"
        " title, remarks, url, starts_on, ends_on, registration, represented_by)"
    ),
    "name": "staged_name (row, kind, name, bare)",
    "country": "staged_country (row, code)",
}
PREPARE = (
    "CREATE INDEX ON staged_listing (row)",
    "CREATE INDEX ON staged_listing (entry)",
    "CREATE INDEX ON staged_name (row)",
    "CREATE INDEX ON staged_country (row)",
    "ANALYZE staged_listing",
    "ANALYZE staged_name",
    # A row that stands twice is one entry, with the names and countries of both.
    """
CREATE TEMPORARY TABLE staged_copy ON COMMIT DROP AS SELECT row, first FROM (
    SELECT row, first_value(row) OVER (
        PARTITION BY entry, list_name, kind, name, programs, birth_years, title, remarks, starts_on, ends_on,
            registration, represented_by
        ORDER BY row
    ) AS first
    FROM staged_listing WHERE has_number
) same WHERE row <> first
""",
    "UPDATE staged_name n SET row = c.first FROM staged_copy c WHERE n.row = c.row",
    "UPDATE staged_country n SET row = c.first FROM staged_copy c WHERE n.row = c.row",
    """
UPDATE staged_listing s SET countries = c.codes
FROM (SELECT row, array_agg(DISTINCT code ORDER BY code) AS codes FROM staged_country GROUP BY row) c
WHERE c.row = s.row
""",
    # All that a person would call another entry: not its running text, which publishers reword, nor where it is published.
    """
UPDATE staged_listing s SET digest = encode(sha256(convert_to(jsonb_build_array(
    s.list_name, s.kind, s.name, s.programs, s.countries, s.birth_years, s.title, s.starts_on, s.ends_on,
    s.registration, s.represented_by, n.names
)::text, 'UTF8')), 'hex')
FROM (SELECT row, jsonb_agg(DISTINCT jsonb_build_array(kind, name)) AS names FROM staged_name GROUP BY row) n
WHERE n.row = s.row
""",
)
DROP_COPIES = """
WITH copies AS (
    SELECT row, row_number() OVER (PARTITION BY entry, digest ORDER BY row) AS number FROM staged_listing
    WHERE digest IS NOT NULL
    UNION ALL SELECT row, 2 FROM staged_copy
)
DELETE FROM staged_listing s USING copies c WHERE c.row = s.row AND c.number > 1
"""
DROP_CONTRADICTIONS = """
WITH same AS (
    SELECT row, first_value(line) OVER seen AS first, row_number() OVER seen AS number
    FROM staged_listing WHERE has_number WINDOW seen AS (PARTITION BY entry ORDER BY row)
)
DELETE FROM staged_listing s USING same WHERE same.row = s.row AND same.number > 1
RETURNING s.file, s.line, s.entry, same.first
"""
NUMBER_NAMESAKES = """
WITH same AS (
    SELECT row, row_number() OVER (PARTITION BY entry ORDER BY row) AS number FROM staged_listing WHERE NOT has_number
)
UPDATE staged_listing s SET entry = s.entry || '-' || same.number FROM same WHERE same.row = s.row AND same.number > 1
"""
FIND_LISTED = """
UPDATE staged_listing s SET
    listing_id = l.id,
    standing = CASE WHEN l.digest = s.digest AND l.delisted_on IS NULL THEN 'unchanged' ELSE 'changed' END
FROM counterparts_listing l WHERE l.source = %s AND l.entry = s.entry
"""
VANISHED = """
SELECT
    (SELECT count(*) FROM counterparts_listing l
     WHERE l.source = %s AND l.delisted_on IS NULL AND l.entry <> ALL(%s::text[])
       AND NOT EXISTS (SELECT FROM staged_listing s WHERE s.entry = l.entry)),
    (SELECT count(*) FROM counterparts_listing l WHERE l.source = %s AND l.delisted_on IS NULL),
    greatest(0, held.names - (SELECT count(*) FROM staged_name)),
    held.names
FROM (
    SELECT count(*) AS names FROM counterparts_listingname n JOIN counterparts_listing l ON l.id = n.listing_id
    WHERE l.source = %s AND n.is_live
) held
"""
ADD = """
INSERT INTO counterparts_listing (
    reference, source, list_name, entry, kind, name, programs, countries, birth_years, title, remarks, url, starts_on,
    ends_on, registration, represented_by, digest, first_edition_id, edition_id
)
SELECT reference, %(source)s, list_name, entry, kind, name, programs, countries, birth_years, title, remarks, url,
    starts_on, ends_on, registration, represented_by, digest, %(edition)s, %(edition)s
FROM staged_listing WHERE standing = 'added' ORDER BY row
"""
FIND_ADDED = """
UPDATE staged_listing s SET listing_id = l.id
FROM counterparts_listing l WHERE l.source = %(source)s AND l.entry = s.entry AND s.listing_id IS NULL
"""
CHANGE = """
UPDATE counterparts_listing l SET
    list_name = s.list_name, kind = s.kind, name = s.name, programs = s.programs, countries = s.countries,
    birth_years = s.birth_years, title = s.title, remarks = s.remarks, url = s.url, starts_on = s.starts_on,
    ends_on = s.ends_on, registration = s.registration, represented_by = s.represented_by, digest = s.digest,
    edition_id = %(edition)s, delisted_on = NULL
FROM staged_listing s WHERE s.listing_id = l.id AND s.standing = 'changed'
"""
TOUCH = """
UPDATE counterparts_listing l SET url = s.url, remarks = s.remarks, edition_id = %(edition)s
FROM staged_listing s WHERE s.listing_id = l.id AND s.standing = 'unchanged'
"""
DELIST = """
UPDATE counterparts_listing l SET delisted_on = %(day)s
WHERE l.source = %(source)s AND l.delisted_on IS NULL AND l.edition_id <> %(edition)s
    AND l.entry <> ALL(%(spared)s::text[])
"""
DROP_NAMES = """
DELETE FROM counterparts_listingname n USING staged_listing s
WHERE n.listing_id = s.listing_id
    AND NOT EXISTS (SELECT FROM staged_name g WHERE g.row = s.row AND g.kind = n.kind AND g.name = n.name)
"""
ADD_NAMES = """
INSERT INTO counterparts_listingname (listing_id, kind, name, bare, is_live)
SELECT DISTINCT ON (s.listing_id, g.kind, g.name) s.listing_id, g.kind, g.name, g.bare, true
FROM staged_name g JOIN staged_listing s ON s.row = g.row
WHERE NOT EXISTS (
    SELECT FROM counterparts_listingname n
    WHERE n.listing_id = s.listing_id AND n.kind = g.kind AND n.name = g.name
)
ORDER BY s.listing_id, g.kind, g.name
"""
# The words that are stripped from names may have changed since an entry was loaded that has not.
REFRESH_NAMES = """
UPDATE counterparts_listingname n SET bare = g.bare, is_live = true
FROM staged_name g JOIN staged_listing s ON s.row = g.row
WHERE n.listing_id = s.listing_id AND n.kind = g.kind AND n.name = g.name AND (n.bare <> g.bare OR NOT n.is_live)
"""
REST_NAMES = """
UPDATE counterparts_listingname n SET is_live = false
FROM counterparts_listing l
WHERE l.id = n.listing_id AND l.source = %(source)s AND l.delisted_on IS NOT NULL AND n.is_live
"""
