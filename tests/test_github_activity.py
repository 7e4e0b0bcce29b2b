"""What GitHub shows around an alert: failed runs and why, releases, merges since the last good state; from a server on loopback and its log storage."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from bot import wiring
from bot.config import DEFAULT_ENVIRONMENTS, Secret, Settings, parse
from bot.config.sources import GitHubActivity
from bot.core.alert.alert import alerts
from bot.errors import SourceError
from bot.model import Alert, Deploy, Evidence, Findings, Frame, Inquiry, LogEvent, Message, Permalink
from bot.sources.by_category import narrowed
from bot.sources.github.github_activity import GitHubActivitySource
from bot.sources.github.runs import MOST_CALLS, Access
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.fakes.github_state import TOKEN, refuse
from tests.fakes.loopback import Answer

pytestmark = pytest.mark.slow

ALERT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PERMALINK = Permalink("acme.slack.com", "C024BE91L", "1765962764.000100")
ODD_TIMES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 1765959164, 1765959164000, 1765959164000000000, "2999-01-01T00:00:00Z", "soon")
HANDLER = Frame("transfer", "/srv/app/transfers/handler.py", 12)


@pytest.fixture
def storage() -> Iterator[LogStorage]:
    """Where logs lie."""
    with LogStorage() as server:
        yield server


@pytest.fixture
def github(tmp_path: Path, storage: LogStorage) -> Iterator[GitHubWithActions]:
    """A deploy that went well yesterday, one that failed before the alert, and what was merged between them."""
    with GitHubWithActions(tmp_path, storage) as server:
        fill(server)
        yield server


def fill(server: GitHubWithActions) -> None:
    """What happened before the alert."""
    server.ran(ALERT - 30 * HOUR)
    server.ran(ALERT - 26 * HOUR)
    failed = server.ran(ALERT - 20 * MINUTE, "failure", display_title="Rename the leaf column (#12)")
    server.job(failed, "build", "", ALERT - 19 * MINUTE, conclusion="success")
    server.job(failed, "deploy", log(ALERT - 15 * MINUTE), ALERT - 15 * MINUTE)
    server.ran(ALERT - 2 * HOUR, file="lint.yml", event="pull_request", head_branch="topic")
    server.ran(ALERT - 3 * HOUR, "failure", file="lint.yml", event="pull_request", head_branch="topic")
    server.release("v1.3.0", ALERT - 40 * HOUR)
    server.release("v1.4.0", ALERT - HOUR, name="Leaves")
    server.release("v1.5.0", None)
    server.merge_pull(9, "Before the good deploy", ALERT - 27 * HOUR)
    server.merge_pull(11, "Say more in the log", ALERT - 5 * HOUR, "docs/log.md")
    server.merge_pull(12, "Rename the leaf column", ALERT - HOUR / 2, "src/transfers/handler.py", "migrations/0042.sql")
    server.merge_pull(13, "Given up", None)
    server.merge_pull(14, "Later", ALERT + HOUR)


def log(start: datetime) -> str:
    """What a job prints: a step before, the failing one, the cleaning up."""
    said = ((-60, "Set up"), (1, "applying 0042"), (2, 'column "leaf" does not exist'), (3, "##[error]Process completed with exit code 1."), (90, "Post"))
    return "\n".join(f"{start + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}.0000000Z {line}" for second, line in said)


def source(
    github: GitHubWithActions, *, token: str | None = TOKEN, seconds: float = 20, deploys_known: bool = False, **configured: object
) -> GitHubActivitySource:
    """The source for that repository; its logs may come from the loopback storage."""
    activity = GitHubActivity(**{"repository": github.repository, "workflows": ("deploy.yml",), "log_hosts": ("127.0.0.1",), **configured})  # type: ignore[arg-type]
    return GitHubActivitySource(activity, Access(github.url, github.url, Secret(token) if token else None), seconds, deploys_known=deploys_known)


def inquiry(text: str = "Error: transfers do not answer", **more: object) -> Inquiry:
    """Round one for an alert with that text."""
    (alert,) = alerts(Message(PERMALINK, text), DEFAULT_ENVIRONMENTS, "prod", 5)
    return msgspec.structs.replace(Inquiry(msgspec.structs.replace(alert, time=ALERT), ALERT - 5 * MINUTE, ALERT + MINUTE), **more)


def ask(github: GitHubWithActions, asked: Inquiry | None = None, **more: object) -> Findings:
    """The answer in round one."""
    return source(github, **more).gather(asked or inquiry())  # type: ignore[arg-type]


def starting(findings: Findings, words: str) -> Evidence:
    """The one piece that begins so."""
    (found,) = [one for one in findings.evidence if one.text.startswith(words)]
    return found


def test_the_failed_deploy_and_the_last_lines_of_its_failing_step(github: GitHubWithActions) -> None:
    """With the pages where a person can look; the line that explains it is a log event."""
    findings = ask(github)
    first, said = findings.evidence[:2]
    assert (first.kind, said.kind) == ("deploy", "log")
    assert first.text == (
        'The workflow "Deploy" (deploy.yml) ended with failure on 2025-12-17 09:02:44 UTC, begun on 2025-12-17 08:52:44 UTC, '
        'of main at aaaaaaa: "Rename the leaf column (#12)"'
    )
    assert first.place == f"{github.url}/acme/transfers/actions/runs/7000000002"
    assert said.text == (
        'The step "Run migrations" of the job "deploy" failed on 2025-12-17 08:58:44 UTC. Its last lines:\n'
        'applying 0042\ncolumn "leaf" does not exist\nerror: Process completed with exit code 1.'
    )
    assert isinstance(said.detail, LogEvent)
    assert (said.detail.level, said.detail.message) == ("ERROR", "error: Process completed with exit code 1.")
    assert findings.gaps == ()


def test_what_was_merged_since_the_last_good_state(github: GitHubWithActions) -> None:
    """The run before the failed one that ended well; neither what was merged before it, nor after the alert, nor closed unmerged."""
    merged = starting(ask(github), "2 pull requests were merged between the last run of deploy.yml before that ended well (2025-12-16T07:12:44Z)")
    assert merged.text.splitlines()[1:] == [
        '#12 "Rename the leaf column", merged into main on 2025-12-17 08:42:44 UTC',
        '#11 "Say more in the log", merged into main on 2025-12-17 04:12:44 UTC',
    ]
    assert "/compare/" in merged.place


def test_which_of_them_touch_the_failing_code(github: GitHubWithActions) -> None:
    """Asked when the stack is known, and once."""
    one = source(github)
    one.gather(inquiry())
    calls = len(github.requests)
    later = one.gather(inquiry(search=False, frames=(HANDLER,)))
    (found,) = later.evidence
    assert found.text == (
        'The pull request #12 "Rename the leaf column", merged on 2025-12-17 08:42:44 UTC, changed files that the stack trace names: '
        "src/transfers/handler.py (+3 -1)"
    )
    assert found.place == f"{github.url}/acme/transfers/pull/12"
    assert len(github.requests) - calls == 2
    assert one.gather(inquiry(search=False)) == Findings()


def test_releases_and_deploys(github: GitHubWithActions) -> None:
    """A release within the hours; a good run of a workflow that deploys is a deploy, unless another source tells of those."""
    found = ask(github)
    assert starting(found, "The release").text == 'The release v1.4.0 ("Leaves") was published on 2025-12-17 08:12:44 UTC'
    assert [one.detail for one in found.evidence if isinstance(one.detail, Deploy)] == [
        Deploy(
            "transfers",
            "",
            f"{7_000_000_001:x}".rjust(40, "a")[:12],
            ALERT - 26 * HOUR + 10 * MINUTE,
            f"{7_000_000_001:x}".rjust(40, "a"),
            f"{github.url}/acme/transfers/actions/runs/7000000001",
        )
    ]
    assert not any(isinstance(one.detail, Deploy) for one in ask(github, deploys_known=True).evidence)
    assert not any(isinstance(one.detail, Deploy | LogEvent) for one in ask(github, workflows=()).evidence)


def test_without_named_workflows_the_deploying_ones_are_known_by_name(github: GitHubWithActions) -> None:
    """All runs of the hours are looked at, the deploying before the others; the last good one is older and asked for."""
    findings = ask(github, workflows=())
    assert [one.place.rpartition("/")[2] for one in findings.evidence[:2]] == ["7000000002", "7000000004"]
    assert starting(findings, "2 pull requests were merged between the last run of deploy.yml")
    assert "→ 3 of 3, 2 of them failed" in findings.queries[0]


def test_a_run_that_the_alert_links_is_followed(github: GitHubWithActions) -> None:
    """However old, whatever kind of failure it seems to be; of another repository or host it is not."""
    old = github.ran(ALERT - 90 * HOUR, "failure", file="nightly.yml")
    github.job(old, "first", log(ALERT - 90 * HOUR), ALERT - 90 * HOUR)
    second = github.job(old, "second", log(ALERT - 90 * HOUR), ALERT - 90 * HOUR)
    (narrow,) = narrowed("github_activity", [one := source(github)], {}, one.points_here)
    there = inquiry(f"Workflow failed: {github.url}/acme/transfers/actions/runs/{old}/job/{second}", category="application")
    findings = narrow.gather(there)
    assert findings.evidence[0].query == "linked by the alert"
    assert 'of the job "second"' in next(one.text for one in findings.evidence if one.kind == "log")
    assert len(github.requests) <= MOST_CALLS
    github.requests.clear()
    for link in ("https://github.com/acme/transfers/actions/runs/1", f"{github.url}/acme/ledger/actions/runs/1"):
        assert narrow.gather(inquiry(f"Workflow failed: {link}", category="application")) == Findings()
    assert github.requests == []


def test_at_most_eight_calls_are_made(github: GitHubWithActions) -> None:
    """Whatever there is to see, in all rounds together; the log itself comes from elsewhere."""
    failed = github.ran(ALERT - 10 * MINUTE, "failure")
    for name in ("one", "two", "three"):
        github.job(failed, name, log(ALERT), ALERT)
    for number in range(20, 130):
        github.merge_pull(number, f"Change {number}", ALERT - HOUR, "transfers/handler.py")
    one = source(github, workflows=("deploy.yml", "lint.yml", "deploy.yml"))
    one.gather(inquiry(f"{github.url}/acme/transfers/actions/runs/{failed}"))
    one.gather(inquiry(search=False, frames=(HANDLER,)))
    assert len(github.requests) == MOST_CALLS
    assert {request.method for request in github.requests} == {"GET"}


def test_the_token_goes_to_github_only(github: GitHubWithActions, storage: LogStorage) -> None:
    """The storage gets the signed address as it was given, and nothing else."""
    ask(github)
    (request,) = storage.requests
    assert "authorization" not in request.headers
    assert request.query["sig"] == "a+b/c="


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:1/x.txt",
        "https://evil.example/x.txt?sig=1",
        "https://blob.core.windows.net.evil.example/x",
        "https://user:pw@store.blob.core.windows.net/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://[::1/x",
        "//evil.example/x",
        "x\n",
    ],
)
def test_a_log_is_fetched_from_no_other_host(github: GitHubWithActions, storage: LogStorage, address: str) -> None:
    """The redirect is followed for GitHub's own storage and the hosts that the configuration names."""
    github.logs = dict.fromkeys(github.logs, address.strip("\n"))
    findings = ask(github)
    assert storage.requests == []
    assert not any(one.kind == "log" for one in findings.evidence)
    (gap,) = findings.gaps
    assert "GitHub" in gap.remedy
    assert starting(findings, "2 pull requests"), "the rest is told"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Answer(403, b"AuthenticationFailed", {"Content-Type": "application/xml"}), "403"),
        (Answer(302, b"", {"Location": "https://evil.example/"}), "redirects"),
        (Answer(body=b"<!DOCTYPE html><html>Sign in</html>", headers={"Content-Type": "text/html"}), ""),
        (Answer(cut=True), ""),
    ],
)
def test_a_log_that_is_refused_costs_the_log_only(github: GitHubWithActions, storage: LogStorage, answer: Answer, cause: str) -> None:
    """Whatever the storage says instead."""
    storage.fail(lambda _: True, answer, times=9)
    findings = ask(github)
    (gap,) = findings.gaps
    assert gap.wanted == "the log of the failed job 'deploy'"
    assert cause in gap.cause
    assert starting(findings, "2 pull requests")


def test_a_log_that_has_expired_is_told_as_such(github: GitHubWithActions) -> None:
    """Nobody needs to mend that."""
    github.logs.clear()
    (gap,) = ask(github).gaps
    assert "90 days" in gap.remedy


def test_a_huge_log_is_read_in_part(github: GitHubWithActions, storage: LogStorage) -> None:
    """And the cut is told."""
    storage.logs = dict.fromkeys(storage.logs, log(ALERT - 15 * MINUTE).encode() + b"\nx" * 5_000_000)
    (gap,) = ask(github).gaps
    assert "larger than 8 MB" in gap.cause


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (refuse(403, "Resource not accessible by personal access token"), "answered 403", "`actions: read`"),
        (refuse(401, "Bad credentials"), "answered 401", "GITHUB_ACTIVITY_TOKEN"),
        (
            Answer(403, {"message": "API rate limit exceeded for user ID 1."}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}),
            "limit",
            "reset",
        ),
        (refuse(500, "Server Error"), "gave no answer", "minutes"),
        (Answer(body=b"<html>a proxy</html>", headers={"Content-Type": "text/html"}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body={"workflow_runs": {"a": 1}}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body={"workflow_runs": [{"id": "x"}, 7]}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body=[1]), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body=b'{"workflow_runs": [{"id": 1'), "not GitHub's", "GITHUB_API_URL"),
        (Answer(302, b"", {"Location": "https://login.example/"}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(cut=True), "no answer", "HTTPS_PROXY"),
    ],
)
def test_a_refusal_is_a_gap_with_its_remedy(github: GitHubWithActions, answer: Answer, cause: str, remedy: str) -> None:
    """Nothing that GitHub answers ends a diagnosis; what cannot get better is asked once."""
    github.fail(lambda _: True, answer, times=30)
    findings = ask(github)
    assert findings.evidence == ()
    assert cause in findings.gaps[0].cause
    assert remedy in findings.gaps[0].remedy
    assert len(findings.gaps) <= 3
    assert TOKEN not in repr(findings)
    assert not any(one.ok for one in source(github).examine())


def test_one_permission_that_is_missing_costs_its_part_only(github: GitHubWithActions) -> None:
    """The runs are there without the pull requests."""
    github.fail(lambda request: request.path.endswith("/pulls"), refuse(403, "Resource not accessible by integration"))
    findings = ask(github)
    (gap,) = findings.gaps
    assert gap.wanted == "the merged pull requests"
    assert "`pull-requests: read`" in gap.remedy
    assert findings.evidence[0].kind == "deploy"


def test_odd_rows_are_left_out(github: GitHubWithActions) -> None:
    """A row of another shape, control characters in names, a branch that plays an option."""
    github.ran(ALERT - 5 * MINUTE, "failure", name="De\x1b[31mploy\u202e", display_title="x" * 9_999, head_branch="--upload-pack=x", head_sha="../../x")
    github.runs += [{**github.runs[0], "id": "no number"}, {**github.runs[0], "created_at": "yesterday"}]
    findings = ask(github)
    assert all(one.text.replace("\n", " ").isprintable() and len(one.text) < 6_000 for one in findings.evidence)


def test_times_without_a_zone_or_of_no_calendar(github: GitHubWithActions) -> None:
    """Without a zone they are UTC; numbers, and moments before all time, cost their row; what is later than the alert is not shown."""
    github.runs[0]["created_at"] = (ALERT - 20 * MINUTE).replace(tzinfo=None).isoformat()
    github.jobs[7_000_000_002][1]["steps"][1]["completed_at"] = (ALERT - 14 * MINUTE).replace(tzinfo=None).isoformat()
    github.releases[:0] = [{**github.releases[0], "tag_name": f"v9.{n}", "published_at": time} for n, time in enumerate(ODD_TIMES)]
    github.merged[0]["updated_at"] = "2999-01-01T00:00:00.123456789Z"
    findings = ask(github)
    assert findings.gaps == ()
    assert "begun on 2025-12-17 08:52:44 UTC" in findings.evidence[0].text
    assert "failed on 2025-12-17 08:58:44 UTC" in findings.evidence[1].text
    assert starting(findings, "The release").text.startswith("The release v1.4.0")
    assert starting(findings, "2 pull requests")


def test_a_rate_limit_is_waited_for_within_the_deadline(github: GitHubWithActions) -> None:
    """As long as GitHub says; one that outlasts the deadline is a gap in time."""
    github.fail(lambda _: True, Answer(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "1"}))
    assert ask(github, seconds=8).gaps == ()
    github.fail(lambda _: True, Answer(429, {"message": "Too many requests"}, {"Retry-After": "50"}), times=99)
    begun = monotonic()
    (gap,) = ask(github, seconds=3).gaps
    assert (gap.cause, gap.remedy) == ("GitHub answered 429: Too many requests", "run this again in 50 seconds")
    assert monotonic() - begun < 25


def test_a_workflow_that_is_not_there_is_told_by_name(github: GitHubWithActions) -> None:
    """To doctor as well, with one call for each permission."""
    findings = ask(github, workflows=("ship.yml",))
    assert "`github_activity: workflows:`" in findings.gaps[0].remedy
    github.requests.clear()
    seen = {one.name: one for one in source(github, workflows=("ship.yml",)).examine()}
    assert [one.ok for one in seen.values()] == [False, True, True]
    assert len(github.requests) == 3
    assert all(one.ok for one in source(github).examine())


def test_without_a_token_one_sentence_says_what_to_set(github: GitHubWithActions) -> None:
    """And nothing is asked."""
    with pytest.raises(SourceError) as error:
        ask(github, token=None)
    assert "set GITHUB_ACTIVITY_TOKEN" in error.value.remedy
    assert github.requests == []
    (seen,) = source(github, token=None).examine()
    assert not seen.ok


def test_a_slow_github_costs_what_it_did_not_answer(github: GitHubWithActions) -> None:
    """What came before the deadline is kept."""
    github.fail(lambda request: request.path.endswith("/releases"), Answer(body=[], delay=2.5), times=3)
    findings = ask(github, seconds=5)
    assert findings.evidence[0].kind == "deploy"
    assert findings.gaps
    assert "what follows" in findings.gaps[0].wanted


def test_another_error_of_the_same_message_asks_nothing_again(github: GitHubWithActions) -> None:
    """Nor does an alert of a service that this repository does not build."""
    one = source(github)
    first = one.gather(inquiry())
    calls = len(github.requests)
    assert one.gather(inquiry()) == first
    assert source(github, services=("ledger",)).gather(inquiry("Error: down\nservice: transfers")) == Findings()
    assert len(github.requests) == calls


def test_it_is_built_for_each_repository_with_its_own_token(tmp_path: Path) -> None:
    """Evidence may link to the repository; deploys that the code's source tells are not told twice."""
    text = "github_activity: [{repository: acme/transfers}, {repository: acme/ledger}]"
    settings = Settings(tmp_path, parse(text), {"GITHUB_ACTIVITY_TOKEN": "a"})
    assert [one.name for one in wiring.sources(settings)] == ["github acme/transfers", "github acme/ledger"]
    assert "https://github.com/acme/ledger/" in wiring.addresses(settings)


def test_the_alert_keeps_links_to_runs() -> None:
    """Though they are no links to logs."""
    link = "https://github.com/acme/x/actions/runs/123"
    alert: Alert = alerts(Message(PERMALINK, "Deploy failed", (link,)), DEFAULT_ENVIRONMENTS, "prod", 5)[0]
    assert alert.log_links == (link,)
