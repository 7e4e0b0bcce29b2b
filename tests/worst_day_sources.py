"""Sources of evidence and the model, each asked by itself: what it finds, what it names as a gap, and what the next run finds."""

from collections.abc import Callable
from typing import Any

import boto3

from bot.errors import SourceError
from bot.model import Findings
from tests import github_runs as activity
from tests import slack_past as history
from tests.chain import Chain
from tests.claude_room import GOOD, Desk, room
from tests.cloudwatch_account import Account, given_request
from tests.cloudwatch_account import inquiry as logs_inquiry
from tests.cluster_asking import a_pod, an_event, app, inquiry, namespace
from tests.fakes import transfer_case
from tests.fakes.anthropic_server import FakeAnthropic, says
from tests.fakes.cloudwatch import CloudWatch
from tests.fakes.clusters import FakeDigitalOcean, FakeKubernetes
from tests.fakes.faults import strike
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.fakes.loopback import Loopback, Request
from tests.fakes.sentry import FakeSentry
from tests.fakes.slack import FakeSlack
from tests.sentry_asking import inquiry as issue_inquiry
from tests.sentry_asking import link
from tests.sentry_asking import source as sentry_source
from tests.sentry_fixtures import fill
from tests.worst_day import Ran, Shape, shape


class Asking:
    """One source, asked again and again. `gather` gives what it finds; a source that cannot answer at all becomes a gap, as in every diagnosis."""

    def __init__(self, service: str, server: Loopback, gather: Callable[[], Findings]) -> None:
        self.name = f"evidence of {service}"
        self.others = {service: server}
        self._service, self._server, self._gather = service, server, gather
        self._found: dict[str, Any] = {}
        self.seen = self.again()
        assert not self.seen.err, self.seen.err
        self.calls = list(dict.fromkeys(shape(service, request) for request in server.requests))
        self.wanted = self.state()

    def state(self) -> dict[str, Any]:
        """What was found last."""
        return self._found

    def disturbed(self, which: Shape, fault: str) -> Ran:
        """While every call of that shape fails."""

        def matches(request: Request) -> bool:
            return shape(self._service, request) == which

        strike(self._server, matches, fault)
        return self._run()

    def again(self) -> Ran:
        """Everything well."""
        self._server.mend()
        return self._run()

    def _run(self) -> Ran:
        try:
            found = self._gather()
        except SourceError as error:
            self._found = {}
            return Ran(0, "", f"warning: {error.doing}: {error.cause}\n  try: {error.remedy}\n")
        self._found = {"events": found.events, "evidence": found.evidence}
        return Ran(0, "\n".join(sorted(found.queries)), "".join(f"warning: {gap.wanted}: {gap.cause}\n  try: {gap.remedy}\n" for gap in found.gaps))


def sentry(_: Chain) -> Asking:
    """An issue with everything around it."""
    server = FakeSentry(prefix="/sentry").__enter__()
    fill(server)
    return Asking("Sentry", server, lambda: sentry_source(server).gather(issue_inquiry(link(server))))


def cloudwatch(_: Chain) -> Asking:
    """The log of a request."""
    server = CloudWatch().__enter__()
    account = Account(server, boto3.Session(aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="made-up", region_name="us-west-2"))
    given_request(server)
    return Asking("CloudWatch", server, lambda: account.source().gather(logs_inquiry()))


def kubernetes(_: Chain) -> Asking:
    """A pod in trouble."""
    server = FakeKubernetes().__enter__()
    server.pods, server.events = [a_pod()], [an_event("transfers-6d5f8c9b4-x2x1z")]
    server.logs = {"transfers-6d5f8c9b4-x2x1z": "2025-12-17T09:12:39Z about to allocate\nKilled\n"}
    return Asking("Kubernetes", server, lambda: namespace(server).gather(inquiry()))


def digitalocean(_: Chain) -> Asking:
    """A deployment that failed."""
    server = FakeDigitalOcean().__enter__()
    server.deployments = [{"id": "d-3", "phase": "ERROR", "created_at": "2025-12-17T09:00:00Z", "services": [{"source_commit_hash": "f" * 40}]}]
    server.logs = {"BUILD": "step 1\nERROR: health check failed\n"}
    return Asking("DigitalOcean", server, lambda: app(server).gather(inquiry()))


def github_activity(house: Chain) -> Asking:
    """Runs, releases and merges before the alert."""
    storage = LogStorage().__enter__()
    folder = house.checkout.parent / "activity"
    folder.mkdir()
    server = GitHubWithActions(folder, storage).__enter__()
    activity.fill(server)
    return Asking("GitHub (activity)", server, lambda: activity.source(server).gather(activity.inquiry()))


def slack_history(house: Chain) -> Asking:
    """What was posted and said of the same error before."""
    server = FakeSlack().__enter__()
    server.add_channel(history.CHANNEL)
    earlier = history.alert(server, history.NOW - history.DAY)
    history.say(server, earlier, "The lock is gone again.")
    posted = history.alert(server)
    turns = iter(range(100_000))
    cache = house.checkout.parent / "history"
    return Asking("Slack (history)", server, lambda: history.source(server, cache / str(next(turns))).gather(history.inquiry(server, posted)))


def claude(_: Chain) -> Asking:
    """A model that diagnoses; the rules stand behind it."""
    server = FakeAnthropic([says(GOOD)]).__enter__()

    def gather() -> Findings:
        desk = Desk(transfer_case.case())
        made = room(server).diagnose(desk.case, desk)
        if made.fallback:
            raise SourceError("asking the model", made.fallback, "the rules have answered; diagnose again for the model's answer")
        return Findings(evidence=transfer_case.case().evidence)

    return Asking("Anthropic", server, gather)


SOURCES: dict[str, Callable[[Chain], Asking]] = {
    one.__name__.replace("_", "-"): one for one in (sentry, cloudwatch, kubernetes, digitalocean, github_activity, slack_history, claude)
}
