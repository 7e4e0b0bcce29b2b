"""A storm of alerts against the whole house: out of order, doubled, side by side, with merges and thumbs-down in between.

    python -m bench.replay --alerts 1000 --signatures 60
    python -m bench.replay --faults 1        # 5 % of all calls fail; a job that failed is run again, as a scheduler does

Diagnosis, answer, proposal, publishing and the reading of reactions are the real jobs; Slack and GitHub are the stateful servers of the tests, which
refuse what the real ones refuse. As in the workflows, one link is worked on by one run at a time, and publishing waits its turn.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.figures import say, show
from bench.replay_alerts import CHANNEL, NOW, alerts
from bench.replay_outcome import Outcome, figures
from bot.chat.slack import SlackChat
from bot.chat.slack_channels import SlackChannels
from bot.config import Configuration, Limits, Secret
from bot.core.alert import permalink
from bot.core.entry.entry import parse
from bot.core.entry.instant_answers import instant_answers
from bot.core.entry.library import Library
from bot.core.entry.meta import EntryMeta
from bot.diagnosers.rules import RulesDiagnoser
from bot.errors import BotError
from bot.forges.github import GitHubForge
from bot.forges.github_requests import GitHubRequests
from bot.jobs.answer import Answering
from bot.jobs.diagnose import diagnose
from bot.jobs.investigate import Desk
from bot.jobs.proposal_directory import Contents, read, write
from bot.jobs.propose import Run, propose_all
from bot.jobs.publish import Adapters, Publication
from bot.jobs.recall import Recollection
from bot.jobs.trust import Scoring
from bot.model import Case, Diagnosis, Findings, IssueDraft, PastEntry, Reply
from bot.ports import Probe
from bot.trackers.github import GitHubTracker
from tests.fakes.faults import weather
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import Conflict
from tests.fakes.slack import FakeSlack

ERRORS = "knowledge/errors/"
SHARE = 0.05
"""Of all calls, with `--faults`."""
TRIES = 20
PARTS = ("reading the reactions in", "reading how kb/", "looking for our answer in")
"""What keeps one entry from its record, and no other."""
UNKNOWN = "Not known yet. What was seen does not carry a cause."


class Counted(RulesDiagnoser):
    """The rules, with a count of how often they were asked: what a model would have been asked."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration.severities)
        self.asked = 0
        self._lock = threading.Lock()

    def diagnose(self, case: Case, probe: Probe | None = None) -> Diagnosis:
        """See `Diagnoser`."""
        with self._lock:
            self.asked += 1
        return super().diagnose(case, probe)


@dataclass
class Storm:
    """What happened, by counts."""

    answered: int = 0
    again: int = 0
    failures: list[str] = field(default_factory=list)
    open_at_most: int = 0
    conflicts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Replay:
    """The servers, and the jobs that run against them."""

    def __init__(self, slack: FakeSlack, github: FakeGitHub, folder: Path, tries: int = 1) -> None:
        self.slack, self.github, self.folder, self.tries = slack, github, folder, tries
        self.configuration = Configuration(channels=(CHANNEL,), limits=Limits(seconds_between_writes=0))
        self.diagnoser = Counted(self.configuration)
        self.storm = Storm()
        self._links: dict[str, threading.Lock] = {}
        self._publishing = threading.Lock()
        self._naps = (lambda _: None,) if tries > 1 else ()

    def handle(self, link: str) -> None:
        """Everything that diagnose.yml does for one link."""
        with self.storm.lock:
            lock = self._links.setdefault(link, threading.Lock())
        with lock:
            self._until_done(lambda: self._handle(link))

    def publish(self, numbers: list[int]) -> None:
        """People merge these requests, and publish.yml runs for each push."""
        for number in numbers:
            with self._publishing:
                before = self.github.git.head("main") or ""
                with self.github.lock:
                    self._merged(number)
                after = self.github.git.head("main") or ""
                self._until_done(lambda before=before, after=after: self._publish(before, after))  # type: ignore[misc]

    def score(self) -> None:
        """What the schedule starts: reactions become the records of entries."""
        history = GitHubRequests(Secret(self.github.token), self.github.repository, self.github.url)
        with self._publishing:
            channels = SlackChannels(Secret(self.slack.token), self.slack.base_url, *self._naps)
            self._until_done(lambda: Scoring(self._forge(), history, self._chat(), channels, _quiet).score(self.entries(), NOW), apart=True)

    def entries(self) -> dict[str, str]:
        """Path → text of the entries of the default branch."""
        return self._texts((ERRORS,))

    def failed(self, error: BotError) -> None:
        """A job ended with an error."""
        with self.storm.lock:
            self.storm.failures.append(f"{error.doing}: {error.cause}")

    def _until_done(self, job: Callable[[], Sequence[BotError]], *, apart: bool = False) -> None:
        """As often as a scheduler starts it; what it could not do in the end is a failure.

        `apart`: each part of the job is for itself, and only what failed in every one of the runs is a failure. So many parts never all go well at once.
        """
        undone: dict[str, BotError] | None = None
        failures: Sequence[BotError] = ()
        for _ in range(self.tries):
            try:
                failures = job()
                found = {error.doing: error for error in failures}
                if apart and not all(doing.startswith(PARTS) for doing in found):
                    continue
                undone = found if undone is None or not apart else {doing: error for doing, error in found.items() if doing in undone}
                if not undone:
                    return
            except BotError as error:
                failures = [error]
            finally:
                with self.storm.lock:
                    self.storm.again += bool(failures)
        for lasting in undone.values() if apart and undone else failures:
            self.failed(lasting)

    def _publish(self, before: str, after: str) -> Sequence[BotError]:
        entries, pages = self.entries(), self._texts(("knowledge/README.md", "knowledge/index/"))
        adapters = Adapters(self._forge(), self._chat(), self._tracker())
        job = Publication(adapters, self.configuration, lambda path: f"https://github.com/acme/{path}", _quiet)
        return job.publish(before, after, entries, pages)

    def _handle(self, link: str) -> Sequence[BotError]:
        library = Library.read(self.entries())
        recollection = Recollection(library, self.configuration, None, lambda: NOW)
        place, chat = permalink.parse(link), self._chat()
        desk = Desk((), library, self.configuration)
        proposed = diagnose((chat.read(place),), desk, self.diagnoser, _quiet, (), recollection)
        directory = self.folder / f"proposal-{place.ts}"
        write(directory, proposed, tuple("" for _ in proposed))
        # From here on as the other two jobs: the directory is read back, and the default branch may be another one by now.
        taken, failures = read(directory), list[BotError]()
        if any(one.diagnosis.recalled is not None and one.diagnosis.recalled.fits for one in taken):
            with self.storm.lock:
                self.storm.answered += 1
            times = dict.fromkeys(("critical", "high", "medium", "low"), "1 hour")
            failures += Answering(chat, recollection, lambda path: f"https://github.com/acme/{path}", times, _quiet).answer(taken, place)
        run_ = Run(self._forge(), library, self.configuration, _quiet, recollection, wait=lambda seconds: time.sleep(seconds / 20))
        outcome = propose_all(taken, run_)
        with self.github.lock:
            open_ = Counter(self.github.items[number]["head"] for number in self.github.pulls())
        with self.storm.lock:
            self.storm.open_at_most = max(self.storm.open_at_most, *open_.values(), 0)
        return (*failures, *outcome.failures)

    def _merged(self, number: int) -> None:
        """A person says what is behind it, where the bot could not tell, and merges: main into the branch first where GitHub refuses a conflict."""
        branch = self.github.items[number]["head"]
        path = f"{ERRORS}{branch.removeprefix('kb/')}.md"
        text = self.github.text(path, branch) or ""
        known = text.replace(UNKNOWN, "The pool behind it has no room left; it frees itself after a restart.")
        if known != text:
            self.github.person_commits(branch, {path: known}, "Say what is behind it")
        try:
            self.github.squash(number)
        except Conflict:
            self.storm.conflicts += 1
            self.github.bring_up_to_date(number)
            self.github.squash(number)

    def _texts(self, below: tuple[str, ...]) -> dict[str, str]:
        with self.github.lock:
            files = self.github.git.files(self.github.git.head("main"))
            return {path: self.github.git.content(blob).decode() for path, (_, blob) in files.items() if path.startswith(below)}

    def _chat(self) -> SlackChat:
        return SlackChat(Secret(self.slack.token), self.slack.base_url, *self._naps, channels=(CHANNEL,))

    def _forge(self) -> GitHubForge:
        return GitHubForge(Secret(self.github.token), self.github.repository, self.github.url, pace=None)

    def _tracker(self) -> GitHubTracker:
        return GitHubTracker(Secret(self.github.token), self.github.repository, self.github.url, pace=None)


@contextmanager
def replay(folder: Path, faults: int | None = None) -> Iterator[Replay]:
    """A workspace and a repository without entries. With `faults`, the seed of what fails, jobs are run again as often as a scheduler would."""
    for kind in (Case, Diagnosis, Findings, PastEntry, Reply, IssueDraft, EntryMeta, Contents):
        # msgspec learns a type when it is first used; two threads that do so at once crashed the interpreter (0.22).
        msgspec.json.Decoder(kind)
    with FakeSlack() as slack, FakeGitHub(folder) as github:
        slack.scopes = (*slack.scopes, "reactions:read")
        slack.add_channel(CHANNEL)
        github.seed({"README.md": "# Knowledge\n"})
        house = Replay(slack, github, folder, 1 if faults is None else TRIES)
        for server in (slack, github) if faults is not None else ():
            weather(server, random.Random(f"{faults} {type(server).__name__}"), SHARE)  # noqa: S311 - as in run
        yield house


def run(house: Replay, count: int, signatures: int, workers: int, seed: int = 6) -> dict[str, int]:
    """The storm: in waves, between which people merge what waits and react. Gives link → signature."""
    chance = random.Random(seed)  # noqa: S311 - an order that comes out the same each time
    links = alerts(house.slack, count, signatures, chance)
    sent = [*links, *chance.sample(list(links), len(links) // 4)]
    chance.shuffle(sent)
    waves = [sent[at::4] for at in range(4)]
    with ThreadPoolExecutor(workers) as pool:
        for number, wave in enumerate(waves):
            running = [pool.submit(house.handle, link) for link in wave]
            if number == 1:
                # In the middle of a wave, while runs are under way: those that wait are merged.
                house.publish(house.github.pulls()[: signatures // 2])
            for one in running:
                one.result()
            if number < len(waves) - 1:
                _between(house, number)
    return links


def _between(house: Replay, number: int) -> None:
    """After the first waves everything is merged; then somebody finds an answer wrong."""
    if number < 2:
        house.publish(house.github.pulls()[:: 1 if number else 2])
    if number == 1:
        return
    listed = {row.identity.partition("/")[2] for path, text in house.entries().items() for row in instant_answers(parse(text, path))}
    wrong = next((reply for ts, reply in _told_at_once(house) if ts in listed), None)
    if wrong is not None:
        house.slack.react(CHANNEL, wrong, "-1", "U0MIRA")
    house.score()
    house.score()


def _told_at_once(house: Replay) -> list[tuple[str, str]]:
    """The ts of alerts that were answered at once, and of their answers."""
    room = house.slack.channels[CHANNEL].messages.values()
    return sorted((str(one["thread_ts"]), str(one["ts"])) for one in room if one.get("metadata") and "Answered at once" in str(one["blocks"]))


def _quiet(_: str) -> None:
    """What the jobs say is not shown."""


def main() -> int:
    """Print the table; exit code 1 when a promise is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--alerts", type=int, default=1000)
    options.add_argument("--signatures", type=int, default=60)
    options.add_argument("--workers", type=int, default=8)
    options.add_argument("--faults", type=int, metavar="SEED", help="let calls to Slack and GitHub fail, other ones with each seed")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, replay(Path(folder), chosen.faults) as house:
        started = time.perf_counter()
        links = run(house, chosen.alerts, chosen.signatures, chosen.workers)
        outcome = Outcome(house, links)
        held = show("A storm of alerts", figures(house, links, outcome, time.perf_counter() - started))
        say("\n".join(house.storm.failures[:10]))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
