"""Readers of what logs, traces and the APIs of other systems hold."""

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bot.config import Fields, Limits, LogFiles
from bot.core.knowledge.code_sightings import sighted
from bot.core.logs import compaction, form, lambda_lines
from bot.core.logs.document import MAX_TEXT, event
from bot.core.logs.job_log import MOST_CHARACTERS, last_lines
from bot.core.logs.lines import lines_to_events
from bot.core.logs.templates import templates
from bot.core.logs.time import Dating, moment
from bot.core.rules.codes import codes
from bot.core.rules.sight import sight_of
from bot.core.signature import signature
from bot.core.signature.normalization import normalised
from bot.core.stacktrace import stacktrace, v1
from bot.core.suspects.culprit import named, suspects
from bot.core.suspects.release_name import lineage, shas, tags_of
from bot.core.systems import pods, sentry_counts, sentry_event
from bot.core.systems.github_refusals import refusal
from bot.model import Frame, LogEvent
from bot.sources.cloudwatch.lines import events as cloudwatch_events
from bot.sources.cloudwatch.paging import Line
from bot.sources.logs.files import FileSource
from bot.sources.opensearch import frequency
from tests import (
    sentry_events,
    test_stacktrace_carried,
    test_stacktrace_compiled,
    test_stacktrace_managed,
    test_stacktrace_native,
    test_stacktrace_python_php,
    test_stacktrace_script,
)
from tests.cloudwatch_account import inquiry
from tests.cluster_asking import a_pod, an_event
from tests.fuzzing import Reader, bounded, decoded, seen

NOON = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
FIELDS = Fields()
TRACES = {
    module.__name__.rpartition("stacktrace_")[2]: tuple(case.text for case in module.CASES)
    for module in (test_stacktrace_compiled, test_stacktrace_managed, test_stacktrace_native, test_stacktrace_python_php, test_stacktrace_script)
}
IN_JSON = (
    *map(json.dumps, (test_stacktrace_carried.SENTRY, test_stacktrace_carried.STRUCTLOG, test_stacktrace_carried.ELEMENTS)),
    '{"message":"down","context":{"exception":{"class":"StoreError","message":"down","file":"/srv/a.php:4","trace":["/srv/a.php:7","/srv/b.php:9"]}}}',
)
LINES = (
    "2025-12-17T09:12:43.296Z ERROR [http-1] c.a.Transfers - trace_id=0af7651916cd43dd8448eb211c80319c boom\n  at a.B.c(B.java:1)\nCaused by: x\n",
    '{"@timestamp":"2025-12-17T09:12:43Z","level":"error","message":"boom","service":{"name":"transfers"},"trace.id":"0af7651916cd43dd8448eb211c80319c"}\n',
    '2025-12-17T09:12:43.296Z stderr F {"ts":1765962763,"msg":"a"}\n{"log":"x\\n","stream":"stderr","time":"2025-12-17T09:12:43Z"}\n',
    'time="2025-12-17T09:12:43Z" level=error msg="a b" service=transfers\n<11>1 2025-12-17T09:12:43Z host app 1 - [a b="c"] boom\n',
    "E1217 09:12:43.000001       1 main.go:1] boom\nDec 17 09:12:43 host app[1]: x\nDec 17, 2025 @ 09:12:43.296 a\n",
    '127.0.0.1 - ada [17/Dec/2025:09:12:43 +0000] "GET /x HTTP/1.1" 500 12 "-" "curl"\nINFO: 17-12-25 09:12:43,123 x\n12/17/2025 9:12:43 PM x\n',
)
LAMBDA = (
    "START RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95 Version: $LATEST\n2025-12-17T09:12:43.296Z\t8f507cfc-1111-4697-b07a-ac58fc914c95\tERROR\tboom",
    "REPORT RequestId: 8f507cfc-1111-4697-b07a-ac58fc914c95\tDuration: 12.3 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t"
    "Init Duration: 1 ms\tXRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tStatus: timeout",
    "2025-12-17T09:12:43Z 8f507cfc-1111-4697-b07a-ac58fc914c95 Task timed out after 3.00 seconds",
    '{"time":"2025-12-17T09:12:43Z","type":"platform.report","record":{"requestId":"8f507cfc-1111-4697-b07a-ac58fc914c95","metrics":{"durationMs":1}}}',
)
EXPORTS = (
    'timestamp,level,message\n2025-12-17T09:12:43Z,ERROR,"a ""b""\nc"\n',
    '[{"@timestamp":"2025-12-17T09:12:43Z","level":"ERROR","message":"boom"},\n {"time":1765962763}]',
    '{"hits":{"hits":[{"_source":{"@timestamp":"2025-12-17T09:12:43Z","message":"ERROR boom"}}]}}',
    '{"events":[{"timestamp":1765962763000,"message":"ERROR boom","logStreamName":"s"}]}',
)
COUNTS = json.dumps(
    {
        "hits": {"total": {"value": 7, "relation": "eq"}},
        "aggregations": {
            "window": {"doc_count": 5, "service": {"buckets": [{"key": "transfers", "doc_count": 5}]}, "users": {"value": 2}},
            "before": {"doc_count": 1, "release": {"buckets": [{"key": "1.2", "doc_count": 1}]}, "users": {"value": 1}},
            "first": {"value": 1765962764000.0},
            "last": {"value": 1765962765000.0},
            "day": {"hours": {"buckets": [{"key": 1765962000000, "doc_count": 5}]}},
            "service": {"doc_count": 5, "bg_count": 40, "buckets": [{"key": "transfers", "doc_count": 5, "bg_count": 6}]},
            "sample": {"words": {"doc_count": 5, "bg_count": 40, "buckets": [{"key": "deadlock", "doc_count": 5, "bg_count": 6}]}},
        },
    }
)
JOB = (
    "2025-12-17T09:12:40.1234567Z ##[group]Run pytest\n2025-12-17T09:12:43.0Z ##[error]Process completed with exit code 1.\n2025-12-17T09:12:44Z ##[endgroup]\n"
)


def _events(found: list[LogEvent]) -> None:
    for one in found:
        bounded((one.message, one.stack), 2 * MAX_TEXT + 2_000)
        bounded((one.level, one.service, one.error_type, one.trace_id, one.release), 2_000)
        seen(one.message, one.stack, one.service)
    evidence = compaction.evidence_of(found[0] if found else None, found, found, "files")
    bounded((one.text for one in evidence), 60_000)


def _lines(text: str) -> None:
    numbered = list(enumerate(text.split("\n"), 1))
    read = [one for one in lines_to_events(numbered, FIELDS, "a.log", dating=Dating(around=NOON)) if isinstance(one, LogEvent)]
    _events(read)
    assert len(templates([one.message for one in read])) == len(read)
    for line in text.split("\n")[:5]:
        form.form_of(line, FIELDS, Dating(around=NOON))


def _document(text: str) -> None:
    document = decoded(text)
    if isinstance(document, dict):
        found = event(document, FIELDS, "p", NOON)
        assert found is not None
        _events([found])


def _file(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "api.log").write_bytes(text.encode("utf-16" if "\ufeff" in text else "utf-8"))
        found = FileSource("files", Path(folder), (LogFiles(("api.log",)),), FIELDS, Limits()).gather(inquiry())
    _events(list(found.events))


def _lambda(text: str) -> None:
    lines = text.split("\n")
    assert len(lambda_lines.requests(lines)) == len(lines)
    for line in lines:
        lambda_lines.usage(line)
        lambda_lines.mark(line)
        lambda_lines.ended_badly(line)
        assert len(lambda_lines.without_request(line)) <= len(line)
    told = [Line(NOON + timedelta(milliseconds=number), line, "g", "s", f"{number}") for number, line in enumerate(lines)]
    _events(cloudwatch_events(told, FIELDS, "eu-west-1", contiguous=True))


def _trace(text: str) -> None:
    found = stacktrace.read(text)
    bounded((found.error_type, found.message), 10_000)
    assert len(found.frames) <= 2_000
    for frame in found.frames:
        bounded((frame.function, frame.file, frame.module), 2_000)
        assert msgspec.json.decode(msgspec.json.encode(frame), type=Frame) == frame
    suspects(found)
    named(found)
    v1.read(text)


def _name(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    seen(once)
    signature.last_name(text)
    signature.place(text)
    codes(text)
    sight_of(text)
    assert sighted(text, {}) == sighted(text, {})


def _release(text: str) -> None:
    tags = tuple(text.split())
    assert set(tags_of(text, tags, ("transfers",), trusted=True)) <= set(tags)
    assert set(lineage(tags, ("transfers",))) <= set(tags)
    bounded(shas(text), 200)


def _job(text: str) -> None:
    for times in ((None, None), (NOON - timedelta(seconds=5), NOON)):
        found = last_lines(text, *times)
        assert sum(map(len, found.lines)) <= MOST_CHARACTERS
        seen(*found.lines, *found.errors)


def _of_system(look: Callable[[Any], object]) -> Callable[[str], None]:
    def read(text: str) -> None:
        document = decoded(text)
        if isinstance(document, dict):
            look(document)

    return read


def _sentry(document: dict[str, Any]) -> None:
    for one in (sentry_event.log_event(document, "p", "transfers"), sentry_event.occurrence(document, "p", "transfers")):
        _events([one] if one else [])
    told = (sentry_event.told_tags(document), sentry_event.request(document), *sentry_event.breadcrumbs(document), sentry_event.release(document))
    bounded(told, 10_000)
    seen(*told, sentry_event.transaction(document), sentry_event.trace_id(document))
    sentry_event.breadcrumb_count(document)
    sentry_counts.trend((document, document), NOON, NOON + timedelta(hours=1), cut=False)
    sentry_counts.hourly(document, NOON)
    sentry_counts.nearest((document,), NOON)


def _pod(document: dict[str, Any]) -> None:
    if (found := pods.pod(document)) is not None:
        bounded(pods.pod_line(found), 10_000)
        seen(*pods.pod_line(found))
    if (happened := pods.happening(document)) is not None:
        seen(happened.kind, happened.reason, happened.pod, happened.message)
    pods.selector(str(document.get("kind")), {})


def _refused(document: dict[str, Any]) -> None:
    found = refusal(403, document, document)
    bounded((found.cause, found.remedy), 1_000)


def _counted(document: dict[str, Any]) -> None:
    asked = frequency.Asked(inquiry(), "opensearch prod", "https://logs.acme.example")
    found = (*frequency.frequency(document, asked, {}), frequency.apart(document, asked, ("leaf",)))
    bounded((one.text for one in found if one is not None), 10_000)
    frequency.told(asked.inquiry, document, document)


READERS = (
    *(Reader(f"traces of {kind} runtimes", _trace, seeds) for kind, seeds in TRACES.items()),
    Reader("traces in JSON", _trace, IN_JSON, documents=True),
    Reader("a name of an error", _name, (*LINES[:2], "E1042 SQLSTATE[23505] HTTP 503 user ada failed attempt 3 of 5 at 10.0.0.1:5432 in 12.5 ms")),
    Reader("lines of a log", _lines, LINES),
    Reader(
        "a document of a log",
        _document,
        (LINES[1], '{"time":1765962763,"msg":{"a":["b"]},"error":{"stack_trace":"x","type":"y"},"severity":17}'),
        documents=True,
    ),
    Reader("a time", lambda text: moment(text, Dating(around=NOON)), tuple(line[:30] for line in LINES)),
    Reader("a file of logs", _file, (*LINES, *EXPORTS)),
    Reader("lines of Lambda", _lambda, LAMBDA, longest=4_000),
    Reader(
        "a release",
        _release,
        ("transfers@2.14.0+sha.abcdef1 v2.14.0 transfers-v2.14.0-rc.1", "registry/transfers:2.14@sha256:0af7651916cd43dd8448eb211c80319c"),
    ),
    Reader("the log of a job", _job, (JOB,)),
    Reader(
        "an event of Sentry",
        _of_system(_sentry),
        tuple(json.dumps({**sentry_events.event(1), "platform": platform}) for platform in ("python", "java", "javascript", "ruby")),
        documents=True,
    ),
    Reader("counts of OpenSearch", _of_system(_counted), (COUNTS, COUNTS.replace('"bg_count": 40', f'"bg_count": {10**400}')), documents=True),
    Reader("pods", _of_system(_pod), (json.dumps(a_pod()), json.dumps(an_event("transfers-1"))), documents=True),
    Reader("a refusal of GitHub", _of_system(_refused), ('{"message":"Validation Failed","errors":[{"message":"x"},"y"],"Retry-After":"5"}',), documents=True),
)
