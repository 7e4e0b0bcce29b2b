"""What Loki gives away: streams with their labels, and in each the lines as they were shipped.

The forms: an answer of its API and what is pushed to it (grafana.com/docs/loki/latest/reference/loki-http-api), lines of `logcli -o jsonl`
(`labels`, `line`, `timestamp`), and the download of Grafana's Explore (`fields` for `labels`).
"""

from collections.abc import Iterator, Mapping

_SERVICES = ("service_name", "service", "app", "app_kubernetes_io_name", "container", "job")
_LEVELS = ("detected_level", "level", "severity")
_TRACES = ("trace_id", "traceID", "traceId")
_LABELS = ("labels", "fields")
_PAIR = 2


def is_answer(document: Mapping[str, object]) -> bool:
    """Whether a document holds streams."""
    return next(_streams(document), None) is not None


def entries(answer: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Each line of each stream in the form of `logcli`; what is known of one line only (structured metadata) is among its labels."""
    for stream in _streams(answer):
        labels, values = stream["stream"], stream["values"]
        for one in values if isinstance(values, list) else ():
            if isinstance(one, list) and len(one) >= _PAIR and isinstance(labels, Mapping):
                own = one[2] if len(one) > _PAIR and isinstance(one[2], Mapping) else {}
                yield {"labels": {**labels, **own}, "line": one[1], "timestamp": one[0]}


def labels_of(entry: Mapping[str, object]) -> Mapping[str, object] | None:
    """The labels of a line; None for a document of another kind."""
    if not isinstance(entry.get("line"), str) or "timestamp" not in entry:
        return None
    return next((held for name in _LABELS if isinstance(held := entry.get(name), Mapping)), None)


def service(labels: Mapping[str, object]) -> str:
    """The label that names what logged; empty where none does. A job is `<namespace>/<name>`."""
    return _first(labels, _SERVICES).rpartition("/")[2]


def level(labels: Mapping[str, object]) -> str:
    """The level as a label says it; Loki writes `unknown` where it found none."""
    word = _first(labels, _LEVELS)
    return "" if word == "unknown" else word


def trace_id(labels: Mapping[str, object]) -> str:
    """The trace as structured metadata names it."""
    return _first(labels, _TRACES)


def _first(labels: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((held for name in names if isinstance(held := labels.get(name), str) and held), "")


def _streams(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    data = document.get("data")
    listed = document.get("streams") or (data.get("result") if isinstance(data, Mapping) else None)
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping) and "stream" in one and "values" in one:
            yield one
