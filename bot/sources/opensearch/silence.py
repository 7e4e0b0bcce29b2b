"""No error in the window: whether the indices hold lines of that time at all, since a silence that nobody looked at is no peace."""

from bot.core.logs.document import ERROR_NUMBERS
from bot.errors import SourceError
from bot.model import Gap
from bot.sources.opensearch import query as opensearch_query
from bot.sources.opensearch.client import OpenSearchClient
from bot.sources.opensearch.paging import Pages
from bot.sources.opensearch.query import IndexFields, Json
from bot.sources.opensearch.refusal import Asked


def heard(client: OpenSearchClient, window: Json, mapping: IndexFields, asked: Asked, *, ignore_missing: bool) -> tuple[str, Gap | None]:
    """What the search without an error adds to its count, and what could not be seen. One call; an error of it only leaves the count alone."""
    try:
        answer = client.search("counting lines", opensearch_query.any_line(window), ",".join(asked.cluster.indices), ignore_missing=ignore_missing)
    except SourceError:
        return "", None
    pages = Pages(asked.name)
    pages.take(answer, "the lines of the window")
    told = f" of {pages.matched} line{'' if pages.total == 1 else 's'}"
    if not pages.total:
        cause = f"{', '.join(asked.cluster.indices)} hold no line of that time"
        remedy = f"see whether the logs are shipped to these indices, not deleted by now, and dated in `{mapping.time}`; else correct `{asked.key} indices:`"
        return told, Gap(asked.name, "the lines of the window", cause, remedy)
    if mapping.numbered and not asked.cluster.error_query:
        names, numbers = ", ".join(mapping.levels), " and ".join(ERROR_NUMBERS)
        cause = f"{names} is a number; {numbers} are taken for errors, as pino and Monolog write them, and no line has one"
        remedy = f"set `{asked.key} error_query:` if yours counts otherwise, such as {mapping.levels[0]}:[0 TO 3] for syslog's"
        return told, Gap(asked.name, "the errors", cause, remedy)
    return told, None
