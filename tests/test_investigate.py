"""An investigation follows what is known of the failing event, whichever round it was found in."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Configuration, Fields, Limits, LogFiles
from bot.core.entry.library import Library
from bot.diagnosers import clues
from bot.jobs.investigate import Desk, investigate
from bot.model import Case, Checkup, CodePlace, Deploy, Evidence, Findings, Inquiry, Message, Permalink, Trend
from bot.ports import Source
from bot.sources.logs.files import FileSource

PLACE = Permalink("acme.slack.com", "C1", "1765886400.000000")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
STACK = 'Traceback (most recent call last):\n  File "/app/stock/prices.py", line 12, in price_of\n    return prices[sku]\nKeyError: no price'


class Listening:
    """A source that has nothing to say, and remembers what it was asked."""

    name = "listening"

    def __init__(self) -> None:
        self.heard: list[Inquiry] = []

    def gather(self, inquiry: Inquiry) -> Findings:
        """Nothing."""
        self.heard.append(inquiry)
        return Findings()

    def examine(self) -> Iterable[Checkup]:
        """Nothing to examine."""
        return ()


class Deployed:
    """A source that knows of one deploy."""

    name = "deploys"

    def __init__(self, deploy: Deploy) -> None:
        self._deploy = deploy

    def gather(self, inquiry: Inquiry) -> Findings:
        """The deploy, once."""
        return Findings(evidence=(Evidence("deploy", self.name, "", "deployed", time=self._deploy.time, detail=self._deploy),) if inquiry.search else ())

    def examine(self) -> Iterable[Checkup]:
        """Nothing to examine."""
        return ()


def investigated(root: Path, text: str, lines: list[dict[str, object]], *others: Source) -> Case:
    """The case of an alert, with these lines in a log file; `before` counts seconds."""
    dated = [{"time": (PLACE.time - timedelta(seconds=float(str(line["before"])))).isoformat(), "level": "ERROR", **line} for line in lines]
    (root / "shop.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in dated))
    files = FileSource("files", root, (LogFiles(("shop.ndjson",)),), Fields(), Limits())
    desk = Desk((files, *others), Library.read({}), Configuration())
    (case,) = (closed.case for closed in investigate(Message(PLACE, text, ()), desk, lambda _: None))
    return case


def test_an_event_that_only_the_trace_leads_to_is_the_failing_one(tmp_path: Path) -> None:
    """It failed before the window began; what it tells is followed as if a search had brought it."""
    window = Configuration().window.minutes_before * 60
    line = {"before": window + 60, "service": "stock", "message": "KeyError: no price", "stack_trace": STACK, "trace_id": TRACE, "release": "v7"}
    other = {"before": 5, "service": "mail", "message": "the queue is full"}
    listening = Listening()
    case = investigated(tmp_path, f"Orders fail\ntrace_id: {TRACE}", [line, other], listening)

    assert (case.alert.error_type, case.alert.service, case.alert.release) == ("KeyError", "stock", "v7")
    assert case.signature.error_type == "KeyError"
    read = clues.read(case)
    assert read.failing is not None
    assert (read.failing.evidence.id, read.failing.detail.message) == ("E1", "KeyError: no price")
    assert [len(inquiry.frames) for inquiry in listening.heard] == [0, 0, 1]
    assert [inquiry.trace_ids for inquiry in listening.heard] == [(), (TRACE,), ()]


def test_an_event_that_a_search_brought_is_followed_once(tmp_path: Path) -> None:
    """The trace adds nothing that is more alike."""
    line = {"before": 5, "service": "stock", "message": "KeyError: no price", "stack_trace": STACK, "trace_id": TRACE}
    listening = Listening()
    case = investigated(tmp_path, "KeyError: no price", [line, {**line, "before": 6, "level": "INFO", "message": "asked", "stack_trace": ""}], listening)

    assert case.alert.trace_ids == (TRACE,)
    assert [inquiry.trace_ids for inquiry in listening.heard] == [(), (TRACE,)]


def test_what_only_a_trace_led_to_has_its_trend(tmp_path: Path) -> None:
    """First seen after the deploy, from the one event; and from before it, where the trace shows it earlier than the window does."""
    window = Configuration().window.minutes_before * 60
    line = {"before": window + 60, "service": "stock", "message": "KeyError: no price", "stack_trace": STACK, "trace_id": TRACE}
    assert _trends(tmp_path, line) == [
        "First seen 4 minutes after the deploy of v7 at 2025-12-16 11:50 UTC; "
        "no earlier occurrence is known, but the logs were searched only from 11:55 UTC on."
    ]
    assert _trends(tmp_path, {**line, "before": window + 360}, {**line, "before": 30}) == []


def _trends(root: Path, *lines: dict[str, object]) -> list[str]:
    """What the counts tell of an alert that names the trace, with a deploy five minutes before the window."""
    deploy = Deploy("stock", "prod", "v7", PLACE.time - timedelta(minutes=Configuration().window.minutes_before + 5))
    case = investigated(root, f"Orders fail\ntrace_id: {TRACE}", list(lines), Deployed(deploy))
    return [evidence.detail.statement for evidence in case.evidence if isinstance(evidence.detail, Trend)]


class Telling(Listening):
    """A source that answers the first question with this evidence."""

    def __init__(self, *evidence: Evidence) -> None:
        super().__init__()
        self._evidence = evidence

    def gather(self, inquiry: Inquiry) -> Findings:
        """The evidence, once."""
        return Findings(evidence=self._evidence) if inquiry.search else Findings()


def deployed(service: str) -> Evidence:
    """An hour before the alert."""
    detail = Deploy(service, "prod", "v7", PLACE.time - timedelta(hours=1), "7" * 40)
    return Evidence("deploy", "deployments", f"tags of {service}", f"{service} v7 was deployed", detail=detail)


@pytest.mark.parametrize(
    ("of", "service", "trends"),
    [("shop", "", 1), ("stock", "", 0), ("stock", "stock", 1)],
    ids=["of the failing code", "of another service", "of the named service"],
)
def test_an_error_of_an_unnamed_service_came_with_no_other_services_deploy(tmp_path: Path, of: str, service: str, trends: int) -> None:
    """Where nothing names the service, all deploys are asked for; only that of the code that failed says when it began."""
    place = CodePlace("shop", "7" * 40, "shop/prices.py", 12, "price_of", 11, "return prices[sku]")
    code = Evidence("code", "code", "shop/prices.py:12", "return prices[sku]", detail=place)
    line = {"before": 5, "message": "KeyError: no price", "service": service}
    case = investigated(tmp_path, "KeyError: no price", [line], Telling(deployed(of), code))

    assert sum(isinstance(evidence.detail, Trend) for evidence in case.evidence) == trends


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("environment: staging", ["the environment staging of the alert"]),
        ("environment: production", []),
        ("environment: prod", []),
        ("environment: dev", []),
        ("environment: n/a", []),
        ("refused for a bad environment: DATABASE_URL is missing", []),
        ("stage: build", []),
        ("no label", []),
    ],
)
def test_an_alert_of_an_environment_that_nobody_configured_says_so(tmp_path: Path, text: str, wanted: list[str]) -> None:
    """It is read as the default one, whose logs may have nothing to do with it."""
    case = investigated(tmp_path, f"KeyError: no price\n{text}", [])

    assert [gap.wanted for gap in case.gaps] == wanted


def test_an_alarm_is_named_by_the_error_that_its_description_tells(tmp_path: Path) -> None:
    """Its title is the same for whatever fails there, and would put different errors under one name."""
    failing = {"before": 30, "service": "ledger", "message": "transfer failed: credit account 5838: deadlock detected"}
    other = {"before": 5, "service": "ledger", "message": "snapshot upload failed: EOF"}
    case = investigated(tmp_path, "HighErrorRate checkout\n - summary = transfer failed: deadlock detected", [failing, other])

    assert case.alert.message == failing["message"]
    read = clues.read(case)
    assert read.failing is not None
    assert read.failing.detail.message == failing["message"]
