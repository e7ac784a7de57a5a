"""Small public lists in the formats of their publishers, of invented people and bodies."""

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from counterparts.lists import actions
from counterparts.lists.csl import COLUMNS as CSL_COLUMNS
from counterparts.lists.rows import File
from counterparts.models import ListEdition, Listing

NOTHING = "-0- "
REMARKS = (
    "DOB 05 Mar 1961; alt. DOB 1962; POB Tver, Russia; nationality Russia; citizen Belarus; Gender Male; "
    "a.k.a. 'THE BEAVER'."
)
SDN = (
    (101, "RIVER TRADING COMPANY, LTD.", NOTHING, "RIVERS", NOTHING, "a.k.a. 'RTC'."),
    (
        *(102, "EXAMPLOV, Ivan Petrovich", "individual", "RIVERS] [SDGT", "Minister of Dams"),
        REMARKS,
    ),
    (103, "LEAKY BOAT", "vessel", "RIVERS", NOTHING, "Vessel Registration Identification IMO 9999999."),
)
ALT = ((102, 1, "aka", "PRIMEROV, Ivan"), (101, 2, "fka", "STREAM TRADING"))
ADD = ((101, 1, "Dam Street 1", "Tver", "Russia"), (102, 2, NOTHING, NOTHING, "Korea, North"))
PRINCIPALS_HEAD = (
    "Foreign_Principal_Termination_Date", "Foreign_Principal", "Foreign_Principal_Registration_Date",
    "Country/Location_Represented", "Registration_Number", "Registrant_Date", "Registrant_Name", "Address_1",
    "Address_2", "City", "State", "Zip",
)  # fmt: skip
REGISTRANTS_HEAD = (
    "Registration_Number", "Registration_Date", "Termination_Date", "Name", "Business_Name", "Address_1", "Address_2",
    "City", "State", "Zip",
)  # fmt: skip


def lines(rows: Sequence[Sequence[object]], *, quote_all: bool = False) -> str:
    text = io.StringIO()
    csv.writer(
        text, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\r\n"
    ).writerows(rows)
    return text.getvalue()


def sdn(rows: Sequence[Sequence[object]] = SDN) -> bytes:
    whole = [(*row[:5], *[NOTHING] * 6, row[5]) for row in rows]
    return f"{lines(whole)}\x1a".encode()


def alt(rows: Sequence[Sequence[object]] = ALT) -> bytes:
    return f"{lines([(*row, NOTHING) for row in rows])}\x1a".encode()


def add(rows: Sequence[Sequence[object]] = ADD) -> bytes:
    return f"{lines([(*row, NOTHING) for row in rows])}\x1a".encode()


def csl_row(**fields: str) -> list[str]:
    said = {"source": "Entity List (EL) - Bureau of Industry and Security", "name": "River Optics"} | fields
    return [said.get(column, "") for column in CSL_COLUMNS]


def csl(*rows: dict[str, str]) -> bytes:
    made = [csl_row(**row) for row in rows or ({},)]
    return lines([CSL_COLUMNS, *made]).replace("\r\n", "\n").encode()


def principal(name: str = "Ministry of Rivers", **fields: str) -> list[str]:
    said = {
        "Foreign_Principal": name,
        "Foreign_Principal_Registration_Date": "06/27/2020",
        "Country/Location_Represented": "KOREA, SOUTH",
        "Registration_Number": "6653",
        "Registrant_Date": "03/22/2019",
        "Registrant_Name": "Flow & Partners, LLC",
    } | fields
    return [said.get(column, "") for column in PRINCIPALS_HEAD]


def principals(*rows: Sequence[str]) -> bytes:
    return lines([PRINCIPALS_HEAD, *(rows or [principal()])], quote_all=True).encode()


def registrants(*rows: Sequence[str]) -> bytes:
    row = [
        "6653",
        "03/22/2019",
        "",
        "Flow & Partners, LLC",
        "Flow Public Affairs",
        "1 Street",
        "",
        "New York",
        "NY",
        "",
    ]
    return lines([REGISTRANTS_HEAD, *(rows or [row])], quote_all=True).encode()


PERSON = """
<INDIVIDUAL><DATAID>7001</DATAID><FIRST_NAME>IVAN</FIRST_NAME><SECOND_NAME>EXAMPLOV</SECOND_NAME>
<UN_LIST_TYPE>Rivers</UN_LIST_TYPE><REFERENCE_NUMBER>RVi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>
<NAME_ORIGINAL_SCRIPT>Иван Примеров</NAME_ORIGINAL_SCRIPT><COMMENTS1>Dams rivers.</COMMENTS1>
<TITLE><VALUE>Dr.</VALUE></TITLE><DESIGNATION><VALUE>Minister of Dams</VALUE></DESIGNATION>
<NATIONALITY><VALUE>Russian Federation</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Ivan Primerov; I. Primerov</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>‘The Beaver’</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><COUNTRY>Iran (Islamic Republic of)</COUNTRY></INDIVIDUAL_ADDRESS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1961-03-05</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1963</FROM_YEAR><TO_YEAR>1965</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>"""
ENTITY = """
<ENTITY><DATAID>7002</DATAID><FIRST_NAME>RIVER BANK</FIRST_NAME><UN_LIST_TYPE>Rivers</UN_LIST_TYPE>
<LISTED_ON>2014-01-02</LISTED_ON><COMMENTS1/>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>STREAM BANK</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ADDRESS><COUNTRY>Democratic People's Republic of Korea</COUNTRY></ENTITY_ADDRESS></ENTITY>"""


def un(*, people: str = PERSON, entities: str = ENTITY, day: str = "2026-02-27", before: str = "") -> bytes:
    head = f'<CONSOLIDATED_LIST dateGenerated="{day}T00:00:09.554Z">'
    body = f"<INDIVIDUALS>{people}</INDIVIDUALS><ENTITIES>{entities}</ENTITIES>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{before}{head}{body}</CONSOLIDATED_LIST>'.encode()


WHOLE: dict[str, tuple[bytes, ...]] = {
    "ofac": (sdn(), alt(), add()),
    "csl": (csl(),),
    "un": (un(),),
    "fara": (principals(), registrants()),
}


def files(folder: Path, *contents: bytes) -> list[File]:
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, content in enumerate(contents):
        path = folder / f"file-{number}"
        path.write_bytes(content)
        made.append(File(path))
    return made


def loaded(source: str = "ofac", *contents: bytes, on: str = "2026-01-31", **more: Any) -> ListEdition:
    with tempfile.TemporaryDirectory() as folder:
        given = actions.Given(
            source, files(Path(folder), *(contents or WHOLE[source])), date.fromisoformat(on), **more
        )
        return actions.load(given)


def listing() -> Listing:
    """One that is listed, of a list that is loaded."""
    rows = Listing.objects.filter(entry="102", source="ofac")
    if not rows.exists():
        loaded("ofac", is_forced=True)
    found: Listing = rows.get()
    return found
