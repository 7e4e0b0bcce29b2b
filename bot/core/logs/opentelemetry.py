"""OTLP as JSON: one object holds the records of several resources, each value wrapped in its type.

As the OpenTelemetry collector's file exporter writes it, a line for each batch (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding";
names in snake case are accepted by its readers, too).
"""

from collections.abc import Iterator, Mapping

_RESOURCES, _SCOPES, _RECORDS = ("resourceLogs", "resource_logs"), ("scopeLogs", "scope_logs", "instrumentationLibraryLogs"), ("logRecords", "log_records")
_DEEPEST = 8
_SCALARS = ("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue")


def is_batch(document: Mapping[str, object]) -> bool:
    """Whether a document is such a batch."""
    return any(isinstance(document.get(name), list) for name in _RESOURCES)


def records(batch: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Each record as a document of its own: its attributes by their names, its resource's under `resource.attributes`."""
    for resource in _objects(batch, _RESOURCES):
        owner = resource.get("resource")
        about = {"attributes": _named(owner.get("attributes"))} if isinstance(owner, Mapping) else {}
        for scope in _objects(resource, _SCOPES):
            for record in _objects(scope, _RECORDS):
                times = (record.get(name) for name in ("timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano"))
                time = next((time for time in times if time not in (None, "", 0, "0")), None)
                told = {"body": value(record.get("body")), "attributes": _named(record.get("attributes")), "resource": about}
                yield {**record, **told, "timeUnixNano": time}


def value(wrapped: object, depth: int = 0) -> object:
    """What an `AnyValue` holds; anything else as it is."""
    if not isinstance(wrapped, Mapping) or depth > _DEEPEST:
        return wrapped
    for name in _SCALARS:
        if name in wrapped:
            return wrapped[name]
    inner = wrapped.get("kvlistValue")
    if isinstance(inner, Mapping):
        return _named(inner.get("values"), depth + 1)
    inner = wrapped.get("arrayValue")
    if isinstance(inner, Mapping):
        listed = inner.get("values")
        return [value(one, depth + 1) for one in listed] if isinstance(listed, list) else []
    return wrapped


def _named(pairs: object, depth: int = 0) -> dict[str, object]:
    if not isinstance(pairs, list):
        return {}
    return {str(pair["key"]): value(pair.get("value"), depth) for pair in pairs if isinstance(pair, Mapping) and "key" in pair}


def _objects(holder: Mapping[str, object], names: tuple[str, ...]) -> Iterator[Mapping[str, object]]:
    listed = next((held for name in names if isinstance(held := holder.get(name), list)), [])
    return (one for one in listed if isinstance(one, Mapping))
