"""Queries that the configuration knows and nobody approved beforehand: a person may approve each of them on the pull request."""

from msgspec.structs import replace

from bot.config import Configuration
from bot.core.logs import error_counts
from bot.core.logs.error_counts import UNAPPROVED
from bot.core.sql import health_queries
from bot.model import Case, Diagnosis, WantedQuery

MOST = 10


def with_unapproved(diagnosis: Diagnosis, case: Case, configuration: Configuration) -> Diagnosis:
    """The diagnosis with those of the alert's database, and without any whose rows stand in the evidence already."""
    ran = {one.query for one in case.evidence if one.kind == "query result"}
    wanted = {query.sql: query for query in (*diagnosis.wanted_queries, *_known(diagnosis, case, configuration))}
    kept = tuple(query for sql, query in wanted.items() if sql not in ran)[:MOST]
    return diagnosis if kept == diagnosis.wanted_queries else replace(diagnosis, wanted_queries=kept)


def without_answered(case: Case, configuration: Configuration) -> Case:
    """The case without the gap of a database that nobody had approved reading, once every query behind that gap was approved and ran."""
    database, environment = configuration.databases.get(case.alert.environment), case.alert.environment
    if database is None:
        return case
    ran = {one.query for one in case.evidence if one.kind == "query result"}
    counts = error_counts.queries(database.error_events, case.end) if database.error_events else ()
    behind = {f"error events {environment}": counts, f"database {environment}": health_queries.POSTGRESQL}
    answered = {source for source, wanted in behind.items() if wanted and all(query.sql in ran for query in wanted)}
    return replace(case, gaps=tuple(gap for gap in case.gaps if gap.source not in answered or gap.cause != UNAPPROVED))


def _known(diagnosis: Diagnosis, case: Case, configuration: Configuration) -> tuple[WantedQuery, ...]:
    database = configuration.databases.get(case.alert.environment)
    if database is None:
        return ()
    errors = database.error_events
    counts = error_counts.queries(errors, case.end) if errors and not database.error_events_approved and not error_counts.misnamed(errors) else ()
    fails = diagnosis.category == "database" and database.driver == "postgresql" and not database.health_approved
    return (*counts, *(health_queries.POSTGRESQL if fails else ()))
