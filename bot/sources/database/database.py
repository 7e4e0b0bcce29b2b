"""A database as a source: its health and the application's own table of errors, asked only as far as a person approved it."""

from collections.abc import Iterable, Sequence
from time import monotonic

from bot.config.sources import Database, ErrorEvents
from bot.core.logs.error_counts import UNAPPROVED, misnamed, queries
from bot.core.plain_text.plain_text import one_line
from bot.core.sql.health_queries import POSTGRESQL
from bot.core.sql.query_result import table
from bot.errors import BotError, SourceError
from bot.model import Checkup, Evidence, Findings, Gap, Inquiry, WantedQuery
from bot.sources.database.drivers import Driver

_CORRECT = "correct `error_events` in the configuration"
_APPROVE = "approve its queries one by one on the pull request, or all of them beforehand: `{key}: true` for this database; docs/sources.md shows each"


class HealthSource:
    """The state of one environment's database, for failures that look like the database's."""

    def __init__(self, environment: str, database: Database, driver: Driver, seconds: float = 30) -> None:
        self._environment, self._database, self._driver, self._seconds = environment, database, driver, seconds

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"database {self._environment}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """The answers to the health queries, when they are approved beforehand; else a gap that says how to."""
        if not inquiry.search or inquiry.alert.environment != self._environment or self._database.driver != "postgresql":
            return Findings()
        if not self._database.health_approved:
            # Where the category is not known, not asking the database is no gap worth a reader's time.
            told = inquiry.category == "database"
            return Findings(gaps=(_unapproved(self.name, "the state of the database", "health_approved"),) if told else ())
        return _answers(self.name, self._driver, POSTGRESQL, self._seconds)

    def examine(self) -> Iterable[Checkup]:
        """Whether it can be reached, and only be read."""
        return self._driver.examine()


class ErrorEventSource:
    """An application's own table of errors: counts of the 24 hours before the alert's window ended."""

    def __init__(self, environment: str, errors: ErrorEvents, driver: Driver, seconds: float = 30, *, approved: bool) -> None:
        self._environment, self._errors, self._driver, self._seconds, self._approved = environment, errors, driver, seconds, approved

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"error events {self._environment}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """The counts, when they are approved beforehand; else a gap that says how to."""
        if not inquiry.search or inquiry.alert.environment != self._environment:
            return Findings()
        if wrong := misnamed(self._errors):
            return Findings(gaps=(Gap(self.name, "the table of errors", _misnamed(wrong), _CORRECT),))
        if not self._approved:
            return Findings(gaps=(_unapproved(self.name, f"what {self._errors.table} holds", "error_events_approved"),))
        return _answers(self.name, self._driver, queries(self._errors, inquiry.end), self._seconds)

    def examine(self) -> Iterable[Checkup]:
        """Whether the names fit into a query."""
        wrong = misnamed(self._errors)
        saw = _misnamed(wrong) if wrong else f"{self._errors.table} is asked by its configured columns"
        yield Checkup(self.name, wrong is None, saw, _CORRECT if wrong else "")


class UnreachableDatabase:
    """A database whose address is not in the environment: said once in a diagnosis that would have asked it."""

    def __init__(self, environment: str, database: Database) -> None:
        self._environment, self._database = environment, database

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"database {self._environment}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """One gap."""
        if not inquiry.search or inquiry.alert.environment != self._environment:
            return Findings()
        return Findings(gaps=(Gap(self.name, "the state of the database", self._missing, self._remedy),))

    def examine(self) -> Iterable[Checkup]:
        """What is missing."""
        yield Checkup(self.name, False, self._missing, self._remedy)

    @property
    def _missing(self) -> str:
        return f"{self._database.address_in} is not set"

    @property
    def _remedy(self) -> str:
        return f"pass the secret {self._database.address_in} to the diagnose job, or take `databases: {self._environment}:` out"


def _answers(name: str, driver: Driver, wanted: Sequence[WantedQuery], seconds: float) -> Findings:
    """Each query by itself: one that is refused costs its own answer only; a database that cannot be reached is asked once.

    Nothing is begun after four fifths of the time, so that what was answered is not lost.
    """
    until = monotonic() + 0.8 * seconds
    evidence: list[Evidence] = []
    gaps: list[Gap] = []
    asked: list[str] = []
    for query in wanted:
        if monotonic() > until:
            gaps.append(Gap(name, query.purpose, "the queries before it used up the time", "raise `limits.source_seconds`, or lower `seconds` of the database"))
            continue
        try:
            result = driver.run(query.sql)
        except SourceError as error:
            gaps.append(Gap(name, query.purpose, error.cause, error.remedy))
            asked.append(f"{query.purpose} → refused")
            if not evidence:
                break
            continue
        except BotError as error:
            gaps.append(Gap(name, query.purpose, error.cause, error.remedy))
            continue
        asked.append(f"{query.purpose} → {len(result.rows)} row{'' if len(result.rows) == 1 else 's'}{'' if result.complete else ', cut off'}")
        evidence.append(Evidence("query result", name, name, f"{query.purpose}\n{table(result)}", query=query.sql))
    return Findings(evidence=tuple(evidence), gaps=tuple(dict.fromkeys(gaps)), queries=tuple(asked))


def _misnamed(name: str) -> str:
    return f"`{one_line(name)[:60]}` is no plain name of a table or column"


def _unapproved(name: str, wanted: str, key: str) -> Gap:
    return Gap(name, wanted, UNAPPROVED, _APPROVE.format(key=key))
