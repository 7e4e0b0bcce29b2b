"""opensearch-py with a deadline and patience: asked to slow down, it waits; refused, it says why and what to do."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from opensearchpy.exceptions import OpenSearchException, TransportError

from bot.errors import SourceError
from bot.sources.opensearch.connection import Credentials, connected
from bot.sources.opensearch.query import Json
from bot.sources.opensearch.refusal import Asked, refusal, status_of

_BUSY = (429, 502, 503, 504)
_ATTEMPTS = 3
_PAUSE = 1.0
"""Seconds to wait when the server does not say how many."""
_NO_MULTI_SEARCH = (400, 403, 404, 405, 501)
"""`_msearch` is a permission of its own (cluster_composite_ops_ro), proxies may not pass it, and one search that it cannot read refuses all."""


Search = tuple[str, Json, str]
"""What is being done, the body, and the indices."""


class OpenSearchClient:
    """One conversation with a cluster. `until` and `clock` are in seconds that only grow; every method raises SourceError."""

    def __init__(self, asked: Asked, credentials: Credentials, until: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.asked = asked
        self._until, self._clock, self._sleep = until, clock, sleep
        self._client = connected(asked, credentials)

    def field_capabilities(self, indices: str, names: Collection[str], *, ignore_missing: bool) -> Json:
        """`_field_caps`: how each name is mapped, by type and index."""
        params = {"fields": ",".join(names), "ignore_unavailable": str(ignore_missing).lower()}
        return self._object("reading the mapping", lambda timeout: self._client.field_caps(index=indices, params={**params, "request_timeout": timeout}))

    def search(self, doing: str, body: Json, indices: str | None = None, *, ignore_missing: bool = False) -> Json:
        """One search; `indices` is None when the body names a point in time. The answer has `hits.hits` and `_shards`."""
        params: dict[str, Any] = {"ignore_unavailable": "true"} if ignore_missing and indices else {}

        def request(timeout: float) -> Any:
            # The server gives up a little earlier than we do, and then answers with what it has.
            bounded = {**body, "timeout": f"{max(int(timeout * 800), 100)}ms"}
            return self._client.search(index=indices, body=bounded, params={**params, "request_timeout": timeout})

        answer = self._object(doing, request)
        return self._with_hits(doing, answer)

    def search_all(self, searches: Sequence[Search], *, ignore_missing: bool = False) -> list[Json | SourceError]:
        """Several searches, each (doing, body, indices), in one call where the cluster lets us; what each came to, an error only its own.

        The first is the one that matters: it is tried again when the cluster is busy. Raises SourceError when none was answered.
        """
        if len(searches) > 1:
            try:
                return self._multi_search(searches, ignore_missing=ignore_missing)
            except SourceError as error:
                if status_of(error) not in _NO_MULTI_SEARCH:
                    raise
        first = self._each(searches[0], ignore_missing=ignore_missing)
        if isinstance(first, SourceError) and len(searches) == 1:
            raise first
        return [first, *(self._each(search, ignore_missing=ignore_missing) for search in searches[1:])]

    def _each(self, search: Search, *, ignore_missing: bool) -> Json | SourceError:
        try:
            return self.search(*search, ignore_missing=ignore_missing)
        except SourceError as error:
            return error

    def _multi_search(self, searches: Sequence[Search], *, ignore_missing: bool) -> list[Json | SourceError]:
        doing = searches[0][0]

        def request(timeout: float) -> Any:
            lines: list[Json] = []
            for _, body, indices in searches:
                lines += [{"index": indices.split(","), "ignore_unavailable": ignore_missing}, {**body, "timeout": f"{max(int(timeout * 800), 100)}ms"}]
            answer = self._client.msearch(body=lines, params={"request_timeout": timeout})
            first = next(iter(_answers(answer)), None)
            if isinstance(first, dict) and first.get("status") in _BUSY:
                raise TransportError(first["status"], "busy", first)
            return answer

        found = _answers(self._object(doing, request))
        if len(found) != len(searches):
            remedy = f"check that {self.asked.cluster.url} is an OpenSearch cluster: `curl {self.asked.cluster.url}`"
            raise self.asked.refused(doing, f"{len(found)} answers to {len(searches)} searches", remedy)
        return [self._one_of_many(search[0], answer) for search, answer in zip(searches, found, strict=True)]

    def _one_of_many(self, doing: str, answer: object) -> Json | SourceError:
        try:
            if isinstance(answer, dict) and "error" in answer:
                status = answer.get("status")
                error = TransportError(status if isinstance(status, int) else 500, str(answer["error"])[:500], answer)
                raise refusal(doing, error, self.asked) from error
            return self._with_hits(doing, answer if isinstance(answer, dict) else {})
        except SourceError as error:
            return error

    def saved_objects(self, doing: str, body: Json) -> Json:
        """A search among what Dashboards keeps in the cluster (its index is called so on AWS, and so elsewhere)."""
        return self.search(doing, body, ".kibana,.opensearch_dashboards", ignore_missing=True)

    def _with_hits(self, doing: str, answer: Json) -> Json:
        hits = answer.get("hits")
        if not isinstance(hits, dict) or not isinstance(hits.get("hits"), list):
            remedy = f"check that {self.asked.cluster.url} is an OpenSearch cluster: `curl {self.asked.cluster.url}`"
            raise self.asked.refused(doing, "an answer without hits", remedy)
        return answer

    def count(self, body: Json, indices: str) -> int:
        """How many documents a query finds."""
        answer = self._object("counting errors", lambda timeout: self._client.count(index=indices, body=body, params={"request_timeout": timeout}))
        return answer["count"] if isinstance(answer.get("count"), int) else 0

    def open_point_in_time(self, indices: str, keep_alive: str) -> str:
        """The id of a point in time, which the caller must close."""
        answer = self._object(
            "opening a point in time", lambda timeout: self._client.create_pit(index=indices, params={"keep_alive": keep_alive, "request_timeout": timeout})
        )
        if not isinstance(answer.get("pit_id"), str):
            raise self.asked.refused(
                "opening a point in time", "an answer without an id", "see whether this cluster knows points in time (OpenSearch 2.4 and later)"
            )
        return str(answer["pit_id"])

    def close_point_in_time(self, pit_id: str) -> bool:
        """Whether it could be closed; else it ends with its keep-alive."""
        try:
            self._client.delete_pit(body={"pit_id": [pit_id]}, params={"request_timeout": 5})
        except OpenSearchException:
            return False
        return True

    def _object(self, doing: str, request: Callable[[float], Any]) -> Json:
        answer = self._patiently(doing, request)
        if not isinstance(answer, dict):
            raise self.asked.refused(doing, "an answer that is no JSON object", f"check that {self.asked.cluster.url} is an OpenSearch cluster")
        return answer

    def _patiently(self, doing: str, request: Callable[[float], Any]) -> Any:
        for attempt in range(1, _ATTEMPTS + 1):
            left = self._until - self._clock()
            if left <= 0:
                raise self.asked.too_late(doing)
            try:
                return request(left)
            except OpenSearchException as error:
                pause = _pause(error)
                if pause is None or attempt == _ATTEMPTS or pause >= self._until - self._clock():
                    raise refusal(doing, error, self.asked) from error
                self._sleep(pause)
            except RecursionError as error:
                raise self.asked.refused(doing, "an answer nested too deeply to be read", "look for a hostile document in these indices") from error
        raise self.asked.too_late(doing)


def _pause(error: OpenSearchException) -> float | None:
    """Seconds to wait before the same request may be sent again; None when waiting does not help."""
    if not isinstance(error, TransportError) or error.status_code not in _BUSY:
        return None
    told = error.info.get("retry_after") if isinstance(error.info, dict) else None
    return float(told) if isinstance(told, str) and told.isdecimal() and len(told) < 6 else _PAUSE


def _answers(answer: object) -> list[object]:
    found = answer.get("responses") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []
