"""How the indices of a cluster map the configured fields, asked once; what is missing of them is told."""

from bot.errors import SourceError
from bot.model import Checkup, Gap
from bot.sources.opensearch import query as opensearch_query
from bot.sources.opensearch.client import OpenSearchClient
from bot.sources.opensearch.query import IndexFields, Json
from bot.sources.opensearch.refusal import Asked, is_missing_index, status_of


class KnownMapping:
    """Kept for the life of the source. `ignore_missing` is True once an index turned out to be missing."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._fields: IndexFields | None = None
        self.ignore_missing = False

    def known(self, client: OpenSearchClient) -> tuple[IndexFields, tuple[Gap, ...]]:
        """The mapping; an index that is missing is a gap, none at all a SourceError."""
        if self._fields is not None:
            return self._fields, ()
        gaps: list[Gap] = []
        try:
            capabilities = self._capabilities(client)
        except SourceError as error:
            if is_missing_index(error.__cause__):
                self.ignore_missing = True
                gaps.append(Gap(self._asked.name, "every index", error.cause, error.remedy))
                capabilities = self._capabilities(client)
            elif status_of(error) in (400, 403, 405):
                # Not everybody may read mappings. The search itself will tell whether anything may be read at all.
                self._fields = opensearch_query.unread_mapping(self._asked.cluster.fields)
                return self._fields, ()
            else:
                raise
        self._fields = self._checked(capabilities)
        return self._fields, (*gaps, *self._unleveled(self._fields))

    def checkup(self, client: OpenSearchClient) -> Checkup:
        """For doctor. Raises SourceError."""
        asked = self._asked
        mapping, gaps = self.known(client)
        if gaps:
            return Checkup(f"{asked.name} indices", False, gaps[0].cause, gaps[0].remedy)
        if mapping.known and not mapping.traced:
            gap = self.untraced()
            return Checkup(f"{asked.name} fields", False, gap.cause, gap.remedy)
        counted = ", ".join(f"{kind} in {name}" for kind, name in mapping.counted)
        read = f"time in {mapping.time}" if mapping.known else f"the mapping may not be read; {mapping.time} is taken as the time"
        return Checkup(f"{asked.name} fields", True, f"{read}{f', {counted}' if counted else ''}")

    def untraced(self) -> Gap:
        """What it means that no field of the mapping holds a trace id."""
        asked = self._asked
        cause = f"none of {', '.join(asked.cluster.fields.trace)} is in the mapping"
        return Gap(asked.name, "the trace", cause, f"set `{asked.key} fields: trace:` to the field that holds the trace id")

    def _unleveled(self, mapping: IndexFields) -> list[Gap]:
        asked = self._asked
        if asked.cluster.error_query or mapping.levels or mapping.severities:
            return []
        cause = f"none of {', '.join(asked.cluster.fields.level)} is in the mapping, so nothing tells errors from other lines"
        return [Gap(asked.name, "the errors", cause, f"set `{asked.key} error_query:`, or `fields: level:` to the field that holds the level")]

    def _capabilities(self, client: OpenSearchClient) -> Json:
        names = opensearch_query.asked_fields(self._asked.cluster.fields)
        return client.field_capabilities(",".join(self._asked.cluster.indices), names, ignore_missing=self.ignore_missing)

    def _checked(self, capabilities: Json) -> IndexFields:
        asked, fields = self._asked, self._asked.cluster.fields
        if capabilities.get("indices") == []:
            raise no_index("reading the mapping", asked)
        mapping = opensearch_query.read_mapping(capabilities, fields)
        if not mapping.timed:
            cause = f"none of {', '.join(fields.time)} is a date in {', '.join(asked.cluster.indices)}"
            raise asked.refused("reading the mapping", cause, f"set `{asked.key} fields: time:` to the field that holds the time")
        return mapping


def no_index(doing: str, asked: Asked) -> SourceError:
    """Nothing was searched, which is not the same as nothing found."""
    remedy = f"correct `{asked.key} indices:`; `GET /_cat/indices` lists what there is"
    return asked.refused(doing, f"no index matches {', '.join(asked.cluster.indices)}", remedy)
