"""Each call of `propose` and `publish` fails once, or the process is killed there: the next run ends where an undisturbed one does."""

import os
import signal
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from bot.core.entry.entry import amended, parse, render
from bot.core.entry.front_patch import Setting
from tests.chain import Chain, Ground, bring_up_to_date, chain, refs
from tests.crashing import ended
from tests.fakes.loopback import Answer, Loopback, Request
from tests.fakes.slack import Channel

pytestmark = pytest.mark.slow

CHANNEL = "C08RB8T6CNS"
ENTRY = "knowledge/errors/transfer_handler_ValidationError_848eac.md"
TWIN = "knowledge/errors/transfer_worker_ValidationError_1a2b3c.md"
LIMIT = {"message": "You have exceeded a secondary rate limit."}
INVALID = {"message": "Validation Failed", "errors": [{"message": "it is invalid"}]}
FAULTS = {
    "403": Answer(403, {"message": "Resource not accessible by integration"}),
    "422": Answer(422, INVALID),
    "502": Answer(502, {"message": "Bad Gateway"}),
    "secondary limit": Answer(403, LIMIT, {"Retry-After": "600"}),
    "lost answer": Answer(cut=True),
}

Call = tuple[str, str, str]


class Moment:
    """What the servers and the checkout hold; `restore` brings it back."""

    def __init__(self, house: Chain) -> None:
        self._house = house
        self._refs = refs(house)
        self._items = deepcopy(house.github.items)
        self._channels = deepcopy(house.slack.channels)

    def restore(self) -> None:
        """Undo whatever happened since."""
        house = self._house
        for name in refs(house):
            house.github.git.point(name, self._refs.get(name))
        for name, commit in self._refs.items():
            house.github.git.point(name, commit)
        house.github.items = deepcopy(self._items)
        house.slack.channels = deepcopy(self._channels)
        for server in servers(house):
            server.faults.clear()
            server.requests.clear()
        bring_up_to_date(house)


class Job:
    """A command of the bot, from a moment on which it is run again and again."""

    def __init__(self, house: Chain, *arguments: str) -> None:
        self.house, self.arguments, self.start = house, arguments, Moment(house)
        self.moments: tuple[bool, ...] = (True,)
        self.calls = self._undisturbed()
        self.wanted = state(house)

    def _undisturbed(self) -> list[Call]:
        self.start.restore()
        assert self.run() == 0
        return [call(server, request) for server in servers(self.house) for request in server.requests]

    def run(self) -> int:
        """In this process, in a checkout that is up to date."""
        bring_up_to_date(self.house)
        return self.house.run(*self.arguments)

    def again(self) -> int:
        """After a disturbed run, undisturbed."""
        for server in servers(self.house):
            server.faults.clear()
        return self.run()

    def disturbed(self, which: Call, answer: Answer, *, after: bool) -> int:
        """From the start, with one call failing, its repetitions too."""
        self.start.restore()
        for server in servers(self.house):
            server.fail(self._is(server, which), answer, times=20, after=after)
        return self.run()

    def killed(self, which: Call, *, after: bool) -> int:
        """From the start, killed when the call arrives; with `after` it has taken effect. The signal that ended it."""
        self.start.restore()
        running: list[int] = []
        for server in servers(self.house):
            server.fail(self._is(server, which, lambda: os.kill(running[0], signal.SIGKILL)), Answer(cut=True), times=20, after=after)
        return ended(self.run, running)

    @staticmethod
    def _is(server: Loopback, which: Call, then: Callable[[], None] = lambda: None) -> Callable[[Request], bool]:
        def matches(request: Request) -> bool:
            if call(server, request) != which:
                return False
            then()
            return True

        return matches


def servers(house: Chain) -> tuple[Loopback, Loopback]:
    """Those that a job writes to."""
    return house.github, house.slack


def call(server: Loopback, request: Request) -> Call:
    """What tells the calls of one job apart; of a GET its query too."""
    return type(server).__name__, request.method, request.path + (str(sorted(request.query.items())) if request.method == "GET" else "")


def writes(calls: list[Call]) -> list[Call]:
    """Those that leave something behind."""
    return [one for one in dict.fromkeys(calls) if (one[2].endswith(("chat.postMessage", "chat.update")) if one[0] == "FakeSlack" else one[1] != "GET")]


def state(house: Chain) -> dict[str, Any]:
    """What people see: the files and messages of every branch, requests and issues, threads; no times and no commit ids."""
    places = ("commits", "merge_commit_sha", "head_sha", "updated_at")
    items = {number: {key: value for key, value in item.items() if key not in places} for number, item in house.github.items.items()}
    for item in items.values():
        item["labels"] = sorted(item["labels"])
    return {
        "branches": {name: (house.github.commits(name), house.github.git.files(commit)) for name, commit in refs(house).items()},
        "items": items,
        "threads": {name: said(channel) for name, channel in house.slack.channels.items()},
    }


def said(channel: Channel) -> list[Any]:
    """The messages of a channel without their times."""
    return [{key: value for key, value in message.items() if key not in ("ts", "latest_reply")} for message in channel.messages.values()]


def first_proposal(house: Chain) -> Job:
    """Nothing stands there yet."""
    return Job(house, "propose", str(house.proposal))


def second_alert(house: Chain) -> None:
    """Of the same error, diagnosed."""
    text = "ValidationError in transfer_handler\nService: transfers\nHandler: transfer_handler\nValidationError: insufficient leaf balance"
    house.slack.post(CHANNEL, text, ts="1765962900.000100")
    link = f"https://acme.slack.com/archives/{CHANNEL}/p1765962900000100"
    assert house.run("diagnose", link, "--again", "--out", str(house.proposal)) == 0


def second_proposal(house: Chain) -> Job:
    """A second alert, while the request of the first is open."""
    assert house.propose() == 0
    second_alert(house)
    return Job(house, "propose", str(house.proposal))


def proposal_after_merge(house: Chain) -> Job:
    """The branch of a merged request is left behind."""
    merged_meanwhile = second_proposal(house)
    merged_meanwhile.start.restore()
    house.merge(1)
    return Job(house, *merged_meanwhile.arguments)


def publication(house: Chain) -> Job:
    """After the merge: issue, reply, index."""
    assert house.propose() == 0
    before, after = house.merge(1)
    job = Job(house, "publish", "--before", before, "--after", after)
    job.moments = (True, False)
    return job


def correction(house: Chain) -> Job:
    """A person corrects a published entry and adds one that is like it: the answer changes, the review is written, each leads to the other."""
    assert house.propose() == 0
    assert house.publish(*house.merge(1)) == 0
    text = house.github.text(ENTRY) or ""
    for ts in ("1765447511.203949", "1765524665.718823", "1765962900.000100"):
        house.slack.post(CHANNEL, "it fails", ts=ts)
    thread = f"https://acme.slack.com/archives/{CHANNEL}/p1765962900000100"
    other: dict[str, Setting] = {"fingerprint": "", "aliases": (), "related": (), "tracking_issue": "", "threads": (thread,), "occurrences": 1}
    twin = render(amended(parse(text, ENTRY), {"signature": "transfer_worker_ValidationError_1a2b3c", "reviewed_at": "", "reviewed_by": (), **other}))
    before = house.github.git.head("main") or ""
    corrected = text.replace("- **Why it happens:** ", "- **Why it happens:** It was the moon, not ", 1)
    after = house.github.person_commits("main", {ENTRY: corrected, TWIN: twin}, "Say more")
    job = Job(house, "publish", "--before", before, "--after", after)
    assert "transfer_worker_ValidationError_1a2b3c" in parse(house.github.text(ENTRY) or "", ENTRY).meta.related
    assert any(one[2].endswith("chat.update") for one in job.calls)
    return job


def regression(house: Chain) -> Job:
    """A second alert is merged after the tracking issue was closed: it is opened again."""
    assert house.propose() == 0
    assert house.publish(*house.merge(1)) == 0
    (issue,) = (item for item in house.github.items.values() if "head" not in item)
    issue |= {"state": "closed", "state_reason": "completed", "closed_at": "2025-12-17T09:14:00Z"}
    second_alert(house)
    assert house.propose() == 0
    job = Job(house, "publish", *(word for pair in zip(("--before", "--after"), house.merge(max(house.github.pulls())), strict=True) for word in pair))
    assert any(one[1] == "PATCH" and "/issues/" in one[2] for one in job.calls)
    return job


def is_answered(which: Call, kind: str, found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Two refusals are an answer of their own: a reviewer whom GitHub refuses (422), and a tracking issue that the thread does not wait for."""
    if kind == "422" and which[2].endswith("requested_reviewers"):
        return True
    return "/issues" in which[2] and outline(found) == outline(wanted)


def outline(moment: dict[str, Any]) -> list[Any]:
    """Files, issues, and which answers there are; not their words, nor in how many commits it came."""
    answers = [(message["bot_id"], message.get("metadata")) for message in moment["threads"][CHANNEL]]
    return [answers, moment["items"], {name: files for name, (_, files) in moment["branches"].items()}]


JOBS = (first_proposal, second_proposal, publication, proposal_after_merge, correction, regression)
MADE = [pytest.param(job, marks=pytest.mark.xdist_group(f"crashes of {job.__name__}"), id=job.__name__) for job in JOBS]
"""All tests of a job in one process, so that it is made once."""


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest, built: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    """The job, made once for all of its tests: its house's knowledge folder has an owner, and its alert is diagnosed."""
    with chain(tmp_path_factory.mktemp("house"), built) as house, pytest.MonkeyPatch.context() as patch:
        for name, value in house.environment.items():
            patch.setenv(name, value)
        house.github.seed({".github/CODEOWNERS": "knowledge/ @alice\n"})
        assert house.diagnose() == 0
        yield request.param(house)


@pytest.mark.parametrize("made", MADE[:3], indirect=True)
@pytest.mark.parametrize("kind", FAULTS)
def test_a_call_that_fails_is_made_good_by_the_next_run(made: Job, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whichever call of GitHub it is: a sentence and code 1, or nothing lost at all; then the state of a run without fault."""
    house, table, wrong = made.house, [], []
    for which in [one for one in dict.fromkeys(made.calls) if one[0] == "FakeGitHub" and (kind == "403" or one[1] != "GET")]:
        capsys.readouterr()
        code = made.disturbed(which, FAULTS[kind], after=kind == "lost answer")
        told = capsys.readouterr().err
        again = made.again()
        good = state(house) == made.wanted or is_answered(which, kind, state(house), made.wanted)
        table.append(f"{code} {again} {'same' if good else 'OTHER':6}{which[1]} {which[2][-90:]}")
        spoken = code == 0 or (code == 1 and "error: " in told and "\n  try: " in told and "Traceback" not in told)
        if not (good and spoken and again == 0):
            wrong.append(f"{table[-1]} {told}")

    assert not wrong, "\n".join(wrong)
    assert len(table) >= 4, table


@pytest.mark.parametrize("made", MADE, indirect=True)
def test_a_job_that_is_killed_is_finished_by_the_next_run(made: Job) -> None:
    """Killed at each write, after it took effect (publishing before it, too): nothing twice, nothing missing."""
    table: list[tuple[int, int, bool, tuple[str, ...]]] = []
    for which, after in [(which, after) for which in writes(made.calls) for after in made.moments]:
        code = made.killed(which, after=after)
        again = made.again()
        table.append((code, again, state(made.house) == made.wanted, which[1:]))

    assert [row for row in table if row[:3] != (signal.SIGKILL, 0, True)] == []
    assert len(table) >= 4
