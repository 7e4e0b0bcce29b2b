"""Every statement of a file through the whole program: a scripted model proposes it, somebody edits it into the request, `bot query` is told to run it.

On a real PostgreSQL as the role that the documentation describes, and on SQLite. Afterwards the databases are what they were.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.figures import Figure, say, show
from bot.core.sql.approvable_query import ApprovableQuery, queries_in
from bot.jobs.query import FILE
from bot.model import Case, Diagnosis, WantedQuery
from bot.ports import Probe
from bot.texts.markdown import fence
from tests.attack_minds import diagnosed_by
from tests.chain import Chain, Ground, chain, ground
from tests.fakes import transfer_case

AT_ONCE = 10
"""Queries that a request shows."""
_CONFIGURATION = """
databases:
  prod: {{driver: {driver}, address_in: SHOP_DATABASE, seconds: 1}}
"""


class Row(NamedTuple):
    """A statement, and whether it may run."""

    sql: str
    allow: bool


class _Scripted:
    """A model that proposes these statements."""

    name = "claude-scripted"

    def __init__(self, rows: Sequence[Row]) -> None:
        self._wanted = tuple(WantedQuery(purpose="To know more", sql=row.sql, expected_rows="a few rows") for row in rows)

    def diagnose(self, case: Case, probe: Probe) -> Diagnosis:  # noqa: ARG002 - the shape of a Diagnoser
        return msgspec.structs.replace(transfer_case.diagnosis(), diagnoser=self.name, wanted_queries=self._wanted)


class Shop(NamedTuple):
    """A database under attack: its driver, what the environment says of it, and a digest of all that it holds."""

    driver: str
    address: str
    state: Callable[[], str]


def offered(rows: Sequence[Row]) -> list[Row]:
    """Those of the statements that a request offers for approval when a model proposes them."""
    found = list[Row]()
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder) / "ground") as built:
        for at in range(0, len(rows), AT_ONCE):
            batch = rows[at : at + AT_ONCE]
            with _house(Path(folder) / f"house-{at}", built, batch) as (house, number):
                shown = {query.sql for query in queries_in(str(house.github.items[number]["body"]))}
            found += [row for row in batch if row.sql.strip("\n") in shown]
    return found


def ran(rows: Sequence[Row], shop: Shop) -> list[Row]:
    """Those that ran when somebody had edited them into a request, and a person who looked at nothing had approved them."""
    found, plain = list[Row](), [Row("SELECT id FROM orders ORDER BY id LIMIT 1", allow=True)]
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder) / "ground") as built, _house(Path(folder) / "house", built, plain) as (house, number):
        configuration = house.checkout / ".github" / "knowledge-bot.yml"
        configuration.write_text(configuration.read_text() + _CONFIGURATION.format(driver=shop.driver))
        body = str(house.github.items[number]["body"])
        for at, row in enumerate(rows):
            with _surroundings({"SHOP_DATABASE": shop.address}):
                found += [row] if _edited_and_run(house, number, body, row, Path(folder) / f"rows-{at}") else []
    return found


def measure(rows: Sequence[Row], shops: Sequence[Shop]) -> bool:
    """Print the figures; whether none is above its bar."""
    hostile = sum(not row.allow for row in rows)
    shown = offered(rows)
    figures = [
        Figure(f"hostile statements that a request offers for approval, of {hostile}", sum(not row.allow for row in shown), 0, ""),
        Figure(f"harmless ones that it offers, of {len(rows) - hostile}", sum(row.allow for row in shown), None, ""),
    ]
    for shop in shops:
        before, answered = shop.state(), ran(rows, shop)
        figures += [
            Figure(f"{shop.driver}: hostile statements that ran after an edit and an approval", sum(not row.allow for row in answered), 0, ""),
            Figure(f"{shop.driver}: harmless ones that ran", sum(row.allow for row in answered), None, ""),
            Figure(f"{shop.driver}: databases that hold something else afterwards", int(shop.state() != before), 0, ""),
        ]
        shown += answered
    for row in shown:
        if not row.allow:
            say(f"  {row.sql[:140]!r}")
    return show("Statements through the whole program", figures)


def sqlite_shop(folder: Path) -> Shop:
    """A SQLite file with the tables that statements speak of."""
    file = folder / "shop.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as made:
        made.executescript(
            "CREATE TABLE orders (id int, status text, user_id int, created_at text); INSERT INTO orders VALUES (1, 'paid', 7, '2025-12-17');"
            "CREATE TABLE logs (id int, message text); CREATE TABLE payments (id int, order_id int);"
        )

    def state() -> str:
        kept = sorted(one for one in folder.rglob("*") if one.is_file())
        return hashlib.sha256(b"".join(f"{one.name}\n".encode() + one.read_bytes() for one in kept)).hexdigest()

    return Shop("sqlite", str(file), state)


@contextlib.contextmanager
def _house(folder: Path, built: Ground, rows: Sequence[Row]) -> Iterator[tuple[Chain, int]]:
    """A house with a request whose diagnosis proposes these statements; nothing is printed."""
    quiet = io.StringIO()
    with chain(folder, built) as house, _surroundings(house.environment), contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        diagnosed_by(_Scripted(rows))(house)
        house.propose()
        (number,) = house.github.pulls()
        yield house, number


def _edited_and_run(house: Chain, number: int, body: str, row: Row, out: Path) -> bool:
    """Somebody puts the statement in the place of one that is shown, with its right digest; a person who looks at nothing approves it."""
    query = ApprovableQuery(row.sql, "prod")
    block = f"### Query 1: To know more\n\n- **Database:** `prod`\n- **Digest:** `{query.digest}`\n\n{fence(row.sql, 'sql')}\n"
    section = re.sub(r"(?ms)^### Query 1\b.*?(?=^## |\Z)", lambda _: block + "\n", body, count=1)
    house.github.items[number]["body"] = section
    house.run("query", f"--approve={query.digest}", "--by=alice", "--out", str(out), "--", str(number))
    left = out / FILE
    return left.exists() and json.loads(left.read_text("utf-8")).get("evidence") is not None


@contextlib.contextmanager
def _surroundings(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
