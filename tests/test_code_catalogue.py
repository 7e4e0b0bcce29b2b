"""The team's list of error codes: both forms, every fault with its line; which codes an alert names, and which look like new ones."""

from pathlib import Path

import pytest

from bot.core.knowledge.code_catalogue import family_of, look_up, parse
from bot.core.knowledge.code_sightings import gap, new_code, sighted
from bot.core.knowledge.error_codes import meanings
from bot.errors import BadEntry
from bot.model import Gap
from bot.sources.knowledge.knowledge import KnowledgeFolder
from tests.conftest import project

# Codes that teams of the kind we serve use: of a service, of deploys and databases, of a payment provider.
SERVICE = (  # noqa: SIM905 - read as a list of words
    "LLM_AUTH_FAILED LLM_RATE_LIMITED LLM_TIMEOUT LLM_CONTEXT_TOO_LONG ATS_AUTH_FAILED ATS_NOT_FOUND ATS_RATE_LIMITED SKILL_NOT_FOUND SKILL_DISABLED "
    "SKILL_MISSING_CAPABILITY SCRAPE_TIMEOUT SCRAPE_BLOCKED SCRAPE_NOT_LOGGED_IN INTEGRATION_NOT_CONNECTED INTEGRATION_TOKEN_EXPIRED "
    "NETWORK_ERROR VALIDATION_ERROR"
).split()
OPERATIONS = (  # noqa: SIM905 - read as a list of words
    "BASE_IMAGE_DRIFT WKHTMLTOPDF_MISMATCH TEST_FAILURE REGISTRY_AUTH_FAILURE DB_CONNECTION_LEAK DB_CONNECTION_TIMEOUT DB_SLOW_QUERY DB_DEADLOCK IMPORT_ERROR "
    "ATTRIBUTE_ERROR MEMORY_ERROR CPU_THROTTLING STEP_FAILURE"
).split()
PAYMENTS = "card_declined insufficient_funds expired_card incorrect_cvc processing_error rate_limit TokenExpiredError JsonWebTokenError".split()  # noqa: SIM905
OWN = parse((project() / "knowledge" / "codes.yml").read_text(encoding="utf-8"))


def test_the_list_that_comes_with_the_bot_is_whole() -> None:
    """Every code by its name, each with category, severity, causes and resolution; and the families of the service."""
    assert (len(SERVICE), len(OPERATIONS), len(PAYMENTS)) == (17, 13, 8)
    for code in (*SERVICE, *OPERATIONS, *PAYMENTS):
        known = OWN[code]
        assert known.severity is not None, code
        assert known.causes, code
        assert known.resolution, code
        assert known.source, code
    assert {"LLM_*", "ATS_*", "SKILL_*", "SCRAPE_*", "INTEGRATION_*"} <= set(OWN)


def test_both_forms_are_legal() -> None:
    """One line of text, or a record; a bare number stays what is written."""
    found = parse('E1042: no leaf is free\n0815: on\nDB_X:\n  meaning: full\n  category: database\n  severity: high\n  causes: [a, b]\n  resolution: ["c."]\n')
    assert (found["E1042"].told, found["0815"].told) == ("no leaf is free", "on")
    assert found["DB_X"].told == "full. Usual causes: a; b. What usually resolves it: c. Usually of the category database. Usually of severity high."
    assert parse("") == parse("# nothing yet\n") == {}


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("A1: x\nA1: y\n", 2, "`A1` stands twice (first on line 1)"),
        ("AB: x\nab: y\n", 2, "are one code"),
        ("A1: x\nB1:\n  meaning: y\n  severty: high\n", 4, "unknown field `severty`"),
        ("B1:\n  meaning: y\n  severity: grave\n", 3, "Invalid enum value 'grave'"),
        ("B1:\n  severity: high\n", 1, "missing required field `meaning`"),
        ("B1:\n  meaning: y\n  causes: [[a]]\n", 3, "Expected `str`, got `array`"),
        ("- a\n", 1, "no list of"),
        ("A1: [x]\n", 1, "is a list"),
        ("A1: x\nB1: [\n", 3, "no YAML"),
        ("A1: &x y\nB1: *x\n", 1, "an anchor"),
        ("? [a, b]\n: c\n", 1, "a key that is no word"),
        ("A1: {a: {b: {c: {d: {e: f}}}}}\n", 1, "nested more than"),
        ("'a`b': x\n", 1, "is no code"),
        ("A1: ''\n", 1, "Expected `str` of length >= 1"),
        ("A: " + "{" * 100_000, 1, "nested more than"),
    ],
)
def test_a_broken_list_says_where(text: str, line: int, cause: str) -> None:
    """The line, what is wrong there, and what to do."""
    with pytest.raises(BadEntry) as refused:
        parse(text)
    assert refused.value.cause.startswith(f"line {line}: ")
    assert cause in refused.value.cause
    assert refused.value.remedy


def test_a_huge_list_is_refused() -> None:
    """By its size, and by its number of codes; neither takes long."""
    with pytest.raises(BadEntry, match="larger than 400 kB"):
        parse("A: " + "y" * 400_000)
    with pytest.raises(BadEntry, match="more than 5,000 codes"):
        parse("".join(f"C{number}: x\n" for number in range(5_001)))


def test_a_code_is_looked_up_by_its_name_and_by_its_family() -> None:
    """Whatever its case; the family says something of a code that has no record of its own."""
    found = look_up("db_deadlock", OWN)
    assert found is not None
    assert found[0] == "DB_DEADLOCK"
    family = look_up("LLM_OVERLOADED", OWN)
    assert family is not None
    assert family[0] == "LLM_*"
    assert look_up("NOPE", OWN) is None
    assert [one.catalogue for one in meanings("23514", OWN)] == ["knowledge/codes.yml", "SQLSTATE"]
    assert (family_of("DB_X", OWN["DB_DEADLOCK"]), family_of("DB_X", parse("DB_X: y")["DB_X"])) == ("database", "db")


@pytest.mark.parametrize(
    ("text", "known", "new"),
    [
        ("psycopg: DB_DEADLOCK: two waited", ("DB_DEADLOCK",), ()),
        ('{"code":"card_declined","amount":12}', ("card_declined",), ()),
        ("StripeError: rate_limit", ("rate_limit",), ()),
        ("jwt: TokenExpiredError: jwt expired", ("TokenExpiredError",), ()),
        ("VALIDATION_ERROR and NETWORK_ERROR", ("VALIDATION_ERROR", "NETWORK_ERROR"), ()),
        ("login refused, error code AUTH-001", (), ("AUTH-001",)),
        ("[AUTH-001]: token bad", (), ("AUTH-001",)),
        ("E1042: no leaf is free", (), ("E1042",)),
        ("ValueError: E1042: no leaf", (), ("E1042",)),
        ("it said ERR_XYZ_001", (), ("ERR_XYZ_001",)),
        ("code=ATS_SYNC_FAILED in the log", (), ("ATS_SYNC_FAILED",)),
        ("LLM_OVERLOADED_ERROR from the provider", (), ("LLM_OVERLOADED_ERROR",)),
    ],
)
def test_codes_in_an_alert(text: str, known: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Those of the list as it writes them, and those that stand where software puts a code."""
    found = sighted(text, OWN)
    assert (found.known, found.new) == (known, new)


@pytest.mark.parametrize(
    "text",
    [
        "SKU-1042 sold out; order ORD-55812 failed: invoice INV-2024: late",
        "PROJ-123: fix this, see US-1234: and T1234: too",
        "postal code AB-123, country code DE_AT, zip code: CA-9021, promo code SAVE_20",
        "status code 503, exit code 137, error code: 42P01, code review done",
        "SHA-256 mismatch, UTF-16 text, ISO-8601 date, AES-128 key, CVE-2024-12345",
        "DB_HOST missing, DB_PASSWORD=x, MAX_RETRIES_EXCEEDED, the rate_limit column",
        "4bf92f3577b34da6a3ce929d0e0e4736 C0ALERTS1: x; NullPointerException at Foo.java:1042",
        "GET /v1/ERR_XYZ/1 and https://x.example/ERR_XYZ_001/y",
        "ECONNREFUSED, HTTP_500",
    ],
)
def test_what_is_no_code(text: str) -> None:
    """Articles, tickets, orders, standards, settings, ids, addresses, and codes that standards define."""
    assert sighted(text, OWN) == sighted("", OWN)


def test_a_new_code_travels_as_a_gap() -> None:
    """And only such a gap is read as one: a source may say what it likes."""
    assert new_code(gap("AUTH-001")) == "AUTH-001"
    assert new_code(Gap("knowledge", "what the error code `x` means", "", "")) is None
    assert new_code(Gap("opensearch prod", "what the error code AUTH-001 means", "", "")) is None


def test_a_folder_without_a_list_has_no_codes(tmp_path: Path) -> None:
    """Everything works without one."""
    assert KnowledgeFolder(tmp_path).codes() == {}
