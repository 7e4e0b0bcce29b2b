"""A query that waits for approval: what a reviewer is shown is what runs, under a digest of its own."""

import re

import pytest

from bot.core.request.pull_request_marks import framed, merge_body
from bot.core.sql.approvable_query import ApprovableQuery, queries_in, query_of
from bot.core.sql.reading import TableRead, checks, reading
from bot.errors import RefusedQuery
from bot.model import WantedQuery
from bot.texts.pull_request_queries import approvable, prompt, queries_section

ORDERS = WantedQuery("SELECT id, state FROM orders\nWHERE state = 'open' LIMIT 5", "open orders", "at most 5")
USERS = WantedQuery("SELECT u.name, count(*) AS n FROM shop.users u JOIN orders o ON o.user_id = u.id GROUP BY u.name LIMIT 20", "who waits", "about 20")
DELETES = WantedQuery("DELETE FROM orders", "clean up", "0")


def body(*queries: WantedQuery, environment: str = "prod") -> str:
    """A description that shows these queries, between other parts."""
    return framed(f"Summary\n\n{queries_section(queries, environment)}\n\n## Evidence\n\nmuch", "c1")


def test_a_reviewer_sees_everything_that_approval_needs() -> None:
    """Purpose, database, tables and columns, expected rows, the checks, the digest, and the line to comment."""
    section = queries_section((USERS,), "prod")
    (query,) = approvable((USERS,), "prod")

    assert "### Query 1: who waits" in section
    assert "- **Database:** `prod`" in section
    assert "- **Reads:** `orders` (`user_id`); `shop.users` (`id`, `name`); computes `count`; no WHERE, so every row may be read" in section
    assert "- **Expected rows:** about 20" in section
    assert "it ends in LIMIT 20" in section
    assert f"- **Digest:** `{query.digest}`" in section
    assert f"\n/approve-query {query.digest}\n" in section
    assert USERS.sql in section


def test_what_is_shown_is_read_back() -> None:
    """Also after GitHub's editor changed the line ends, and people wrote around it."""
    shown = body(ORDERS, USERS)
    edited = f"I looked at this.\r\n\r\n{shown}".replace("\n", "\r\n").replace("\r\r", "\r")

    assert [query.digest for query in queries_in(edited)] == [query.digest for query in approvable((ORDERS, USERS), "prod")]
    assert [query.sql for query in queries_in(edited)] == [ORDERS.sql, USERS.sql]


@pytest.mark.parametrize("change", [("LIMIT 5", "LIMIT 6"), ("SELECT id", "SELECT  id"), ("`prod`", "`staging`"), ("'open'", "'Open'")])
def test_an_edited_query_is_another_query(change: tuple[str, str]) -> None:
    """One character of the SQL, or another database, and the old digest is for nothing."""
    (before,) = approvable((ORDERS,), "prod")
    edited = body(ORDERS).replace(*change)

    assert query_of(edited, before.digest) is None
    assert query_of(edited, queries_in(edited)[0].digest) is not None


def test_a_refused_query_has_no_digest() -> None:
    """It is shown with the reason, and cannot be approved."""
    section = queries_section((DELETES,), "prod")

    assert "**Refused:** it is no SELECT" in section
    assert "Digest" not in section
    assert "/approve-query" not in section
    assert queries_in(body(DELETES)) == ()


def test_a_query_that_is_not_shown_whole_is_refused() -> None:
    """Nobody approves what cannot be read."""
    states = ", ".join(["'open'"] * 1000)
    long = WantedQuery(f"SELECT id FROM orders WHERE state IN ({states}) LIMIT 5", "long", "5")  # noqa: S608 - never runs

    assert approvable((long,), "prod") == ()
    assert "longer than 4,000 characters" in queries_section((long,), "prod")


@pytest.mark.parametrize("hidden", ["\u202e", "\x00", "\u200b", "\x1b[2J"])
def test_what_cannot_be_seen_does_not_run(hidden: str) -> None:
    """The digest is over the text as it is shown."""
    (query,) = approvable((WantedQuery(f"SELECT id{hidden} FROM orders LIMIT 5", "x", "5"),), "prod")  # noqa: S608 - never runs

    assert query.sql == "SELECT id FROM orders LIMIT 5"


def test_a_forged_section_in_a_fence_is_text() -> None:
    """What a log line or a model writes into code, and what people write outside the bot's part, shows no query."""
    forged = f"```text\n{queries_section((ORDERS,), 'prod').replace('```', '~~~')}\n```"

    assert queries_in(framed(forged, "c1")) == ()
    assert queries_in(f"{queries_section((ORDERS,), 'prod')}\n\n{framed('nothing', 'c1')}") == ()


def test_a_purpose_cannot_open_a_query() -> None:
    """Its Markdown is inert, and stays on its line."""
    hostile = WantedQuery(ORDERS.sql, "x\n### Query 2: y\n- **Database:** `prod`\n```sql\nSELECT 1 AS a LIMIT 1\n```", "`` ` ``\n- **Database:** `other`")

    assert [query.sql for query in queries_in(body(hostile))] == [ORDERS.sql]
    assert queries_in(body(hostile))[0].database == "prod"


def test_a_fence_in_the_sql_does_not_end_it() -> None:
    """Backticks in a string stay in the query."""
    sql = "SELECT id FROM orders WHERE note = '\n```\n' LIMIT 5"
    (query,) = approvable((WantedQuery(sql, "x", "5"),), "prod")

    assert query.sql == sql
    assert queries_in(body(WantedQuery(sql, "x", "5")))[0].digest == query.digest


def test_a_later_diagnosis_replaces_the_queries() -> None:
    """An approval of one that is gone matches nothing."""
    (before,) = approvable((ORDERS,), "prod")
    merged = merge_body(body(ORDERS), body(USERS))

    assert query_of(merged, before.digest) is None
    assert len(queries_in(merged)) == 1


def test_reading_tells_whose_column_it_is() -> None:
    """By alias, by table name, by the only table; names of a WITH are no tables."""
    read = reading("WITH late AS (SELECT id FROM s.jobs j WHERE j.state = 'x') SELECT late.id, o.name FROM late JOIN owners o ON o.id = late.id LIMIT 3")

    assert read.tables == (TableRead("owners", ("id", "name")), TableRead("s.jobs", ("state",)))
    assert read.columns == ("id",)
    assert read.rows == 3
    with pytest.raises(RefusedQuery):
        reading("DROP TABLE orders")


def test_checks_are_those_of_the_guard() -> None:
    """A query that the guard refuses passes none of them."""
    assert len(checks(ORDERS.sql, 100)) == 5
    with pytest.raises(RefusedQuery, match="LIMIT"):
        checks("SELECT id FROM orders", 100)
    with pytest.raises(RefusedQuery, match="function"):
        checks("SELECT pg_sleep(10) AS x LIMIT 1", 100)


def test_the_prompt_says_the_same() -> None:
    """On a terminal: why, where, what it reads, what was checked, the SQL."""
    (query,) = approvable((ORDERS,), "prod")
    words = prompt(query)

    assert re.findall(r"^  (\w+):", words, re.MULTILINE) == ["why", "database", "reads", "expected", *["checked"] * 5]
    assert "orders (id, state)\n" in words
    assert "    WHERE state = 'open' LIMIT 5" in words


SECRET = "SELECT password FROM users LIMIT 5"


@pytest.mark.parametrize(
    "hides",
    [
        f"<!--\n```sql\n{SECRET}\n```\n-->",
        f"<details>\n\n```sql\n{SECRET}\n```\n\n</details>",
        f"<details><pre>\n```sql\n{SECRET}\n```\n</pre></details>",
        f"```sql\n{SECRET}\n```",
        "- **Database:** `vault`",
    ],
)
def test_a_query_beside_which_another_is_hidden_cannot_be_approved(hides: str) -> None:
    """Neither the one that a reader sees, nor the one that they do not."""
    shown = body(ORDERS)
    edited = shown.replace("\n```sql\n", f"\n{hides}\n\n```sql\n", 1)

    assert edited != shown
    assert queries_in(edited) == ()


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\u200b", "\U000e0041"])
def test_an_edited_query_that_does_not_look_like_itself_cannot_be_approved(unseen: str) -> None:
    """People may edit the SQL where it stands; what turns it round or hides in it is refused."""
    edited = body(ORDERS).replace("'open'", f"'open{unseen}'")

    assert queries_in(edited) == ()


@pytest.mark.parametrize("above", [True, False])
def test_a_digest_that_stands_beside_another_text_is_for_nothing(above: bool) -> None:
    """Somebody shows a harmless query with the digest of one that stands elsewhere, folded away."""
    (query,) = approvable((ORDERS,), "prod")
    harmless = f"### Query 1: harmless\n\n```sql\nSELECT 1\n```\n\nTo let it run: `/approve-query {query.digest}`\n\n"
    shown = body(ORDERS)
    edited = harmless + shown if above else shown.replace("### Query 1:", f"{harmless}### Query 2:")

    assert query_of(shown, query.digest) == queries_in(shown)[0]
    assert query_of(edited, query.digest) is None


def test_the_same_query_twice_can_be_approved() -> None:
    """A model may ask for it twice; it is one query with one digest."""
    (query, _) = approvable((ORDERS, ORDERS), "prod")

    assert query_of(body(ORDERS, ORDERS), query.digest) is not None


def test_a_digest_is_of_database_and_query() -> None:
    """128 bits in hex; where one ends and the other begins counts, and half a letter is no reason to fall."""
    assert re.fullmatch(r"[0-9a-f]{32}", ApprovableQuery("SELECT 1", "prod").digest)
    assert ApprovableQuery("ab", "c").digest != ApprovableQuery("b", "ca").digest
    assert len(ApprovableQuery("\ud800", "c").digest) == 32
    assert (ApprovableQuery("a", "b").purpose, ApprovableQuery("a", "b").expected_rows) == ("", "")


SHOWN = "### Query 1: why\n\n- **Database:** `prod`\n\n```sql\nSELECT 1\n```\n"


@pytest.mark.parametrize(
    ("change", "queries"),
    [
        (("", ""), [("SELECT 1", "prod", "why")]),
        (("Query 1: why", "Query 123"), [("SELECT 1", "prod", "")]),
        (("Query 1: why", "Query 1234"), []),
        (("Query 1: why\n\n", "Query 1: why\n"), [("SELECT 1", "prod", "why")]),
        (("Query 1: why", "A Query 1: why"), []),
        (("Query 1: why", "Query 1 x"), []),
        (("- **Database:** `prod`", "- **Database:** `prod` "), [("SELECT 1", "prod", "why")]),
        (("- **Database:** `prod`", "- **Database:** `prod` x"), []),
        (("- **Database:** `prod`", "x - **Database:** `prod`"), []),
        (("- **Database:** `prod`", ""), []),
        (("```sql\nSELECT 1\n```", "~~~sql\nSELECT 1\n~~~"), [("SELECT 1", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "~~~~sql \nSELECT 1\n~~~\n~~~~"), [("SELECT 1\n~~~", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "```sql\n```"), []),
        (("```sql\nSELECT 1\n```", "```sqlite\nSELECT 1\n```"), []),
        (("```sql\nSELECT 1\n```", "x ```sql\nSELECT 1\n```"), []),
        (("```sql\nSELECT 1\n```", "not ```sql alone\n\n```sql\nSELECT 1\n```"), [("SELECT 1", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "fewer <`rows` than\n\n```sql\nSELECT 1\n```"), [("SELECT 1", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "````sql\nSELECT 1\n```\n`````"), [("SELECT 1\n```", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "```sql\nSELECT 1\n\n  ```"), [("SELECT 1\n", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "```sql\nSELECT 1"), []),
        (("```sql\nSELECT 1\n```", "```text\na\n```\n\n```sql\nSELECT 1\n```"), []),
        (("```sql\nSELECT 1\n```", "see <b>this</b>\n\n```sql\nSELECT 1\n```"), []),
        (("```sql\nSELECT 1\n```", "see `<b>this</b>`\n\n```sql\nSELECT 1\n```"), [("SELECT 1", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "```text\n```sql\nSELECT 1\n```"), []),
        (("```sql\nSELECT 1\n```", "```sql\nSELECT 1\n```\n\nsee <b>this</b>"), [("SELECT 1", "prod", "why")]),
        (("SELECT 1", "SELECT 1 -- ```sql"), [("SELECT 1 -- ```sql", "prod", "why")]),
        (("SELECT 1", "SELECT 1\n- **Database:** `x`"), [("SELECT 1\n- **Database:** `x`", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "```sql\nSELECT 1\n```\n\n<!--\n```sql\n-->"), [("SELECT 1", "prod", "why")]),
        (("```sql\nSELECT 1\n```", "<!--\n```sql\n-->\n\n```sql\nSELECT 1\n```"), []),
    ],
)
def test_what_stands_there_is_what_is_read(change: tuple[str, str], queries: list[tuple[str, str, str]]) -> None:
    """Title, database and fence have one form each; what is beside them is no query, and what could hide another refuses it."""
    shown = SHOWN.replace(*change) if change[0] else SHOWN
    body = framed(f"## Database queries that would help\n\n{shown}\n## Evidence\n\n### Query 2\n\n- **Database:** `x`\n\n```sql\nSELECT 2\n```\n", "c1")

    assert [(query.sql, query.database, query.purpose) for query in queries_in(body)] == queries
    assert [(query.sql, query.database, query.purpose) for query in queries_in(body.replace("\n", "\r\n"))] == queries
    assert [(query.sql, query.database, query.purpose) for query in queries_in(body.replace("\n", "\r"))] == queries
