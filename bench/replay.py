"""A storm of alerts against the whole house: out of order, doubled, side by side, with merges and thumbs-down in between.

    python -m bench.replay --alerts 1000 --signatures 60

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
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.figures import Figure, say, show
from bench.replay_alerts import CHANNEL, NOW, alerts
from bot.chat.slack import SlackChat
from bot.chat.slack_channels import SlackChannels
from bot.config import Configuration, Limits, Secret
from bot.core.alert import permalink
from bot.core.alert.identity import identities
from bot.core.entry.entry import Entry, parse
from bot.core.entry.library import Library
from bot.core.entry.meta import EntryMeta
from bot.core.recurrence.instant_answers import instant_answers
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
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import FakeSlack

ERRORS = "knowledge/errors/"
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
    failures: list[str] = field(default_factory=list)
    open_at_most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Replay:
    """The servers, and the jobs that run against them."""

    def __init__(self, slack: FakeSlack, github: FakeGitHub, folder: Path) -> None:
        self.slack, self.github, self.folder = slack, github, folder
        self.configuration = Configuration(channels=(CHANNEL,), limits=Limits(seconds_between_writes=0))
        self.diagnoser = Counted(self.configuration)
        self.storm = Storm()
        self._links: dict[str, threading.Lock] = {}
        self._publishing = threading.Lock()

    def handle(self, link: str) -> None:
        """Everything that diagnose.yml does for one link."""
        with self.storm.lock:
            lock = self._links.setdefault(link, threading.Lock())
        with lock:
            try:
                self._handle(link)
            except BotError as error:
                self.failed(error)

    def publish(self, numbers: list[int]) -> None:
        """People merge these requests, and publish.yml runs for each push."""
        for number in numbers:
            with self._publishing:
                before = self.github.git.head("main") or ""
                with self.github.lock:
                    self._reviewed(number)
                    self.github.squash(number)
                entries, pages = self.entries(), self._texts(("knowledge/README.md", "knowledge/index/"))
                adapters = Adapters(self._forge(), self._chat(), self._tracker())
                job = Publication(adapters, self.configuration, lambda path: f"https://github.com/acme/{path}", _quiet)
                for error in job.publish(before, self.github.git.head("main") or "", entries, pages):
                    self.failed(error)

    def score(self) -> None:
        """What the schedule starts: reactions become the records of entries."""
        history = GitHubRequests(Secret(self.github.token), self.github.repository, self.github.url)
        with self._publishing:
            job = Scoring(self._forge(), history, self._chat(), SlackChannels(Secret(self.slack.token), self.slack.base_url), _quiet)
            for error in job.score(self.entries(), NOW):
                self.failed(error)

    def entries(self) -> dict[str, str]:
        """Path → text of the entries of the default branch."""
        return self._texts((ERRORS,))

    def failed(self, error: BotError) -> None:
        """A job ended with an error."""
        with self.storm.lock:
            self.storm.failures.append(f"{error.doing}: {error.cause}")

    def _handle(self, link: str) -> None:
        library = Library.read(self.entries())
        recollection = Recollection(library, self.configuration, None, lambda: NOW)
        place, chat = permalink.parse(link), self._chat()
        desk = Desk(chat, (), library, self.configuration)
        proposed = diagnose(place, desk, self.diagnoser, _quiet, (), recollection)
        directory = self.folder / f"proposal-{place.ts}"
        write(directory, proposed, tuple("" for _ in proposed))
        # From here on as the other two jobs: the directory is read back, and the default branch may be another one by now.
        taken = read(directory)
        if any(one.diagnosis.recalled is not None and one.diagnosis.recalled.fits for one in taken):
            with self.storm.lock:
                self.storm.answered += 1
            times = dict.fromkeys(("critical", "high", "medium", "low"), "1 hour")
            for error in Answering(chat, recollection, lambda path: f"https://github.com/acme/{path}", times, _quiet).answer(taken, place):
                self.failed(error)
        run_ = Run(self._forge(), library, self.configuration, _quiet, recollection, wait=lambda seconds: time.sleep(seconds / 20))
        outcome = propose_all(taken, run_)
        for error in outcome.failures:
            self.failed(error)
        with self.github.lock:
            open_ = Counter(self.github.items[number]["head"] for number in self.github.pulls())
        with self.storm.lock:
            self.storm.open_at_most = max(self.storm.open_at_most, *open_.values(), 0)

    def _reviewed(self, number: int) -> None:
        """A person says what is behind it, where the bot could not tell."""
        branch = self.github.items[number]["head"]
        path = f"{ERRORS}{branch.removeprefix('kb/')}.md"
        text = self.github.text(path, branch) or ""
        known = text.replace(UNKNOWN, "The pool behind it has no room left; it frees itself after a restart.")
        if known != text:
            self.github.person_commits(branch, {path: known}, "Say what is behind it")

    def _texts(self, below: tuple[str, ...]) -> dict[str, str]:
        with self.github.lock:
            files = self.github.git.files(self.github.git.head("main"))
            return {path: self.github.git.content(blob).decode() for path, (_, blob) in files.items() if path.startswith(below)}

    def _chat(self) -> SlackChat:
        return SlackChat(Secret(self.slack.token), self.slack.base_url, channels=(CHANNEL,))

    def _forge(self) -> GitHubForge:
        return GitHubForge(Secret(self.github.token), self.github.repository, self.github.url, pace=None)

    def _tracker(self) -> GitHubTracker:
        return GitHubTracker(Secret(self.github.token), self.github.repository, self.github.url, pace=None)


@contextmanager
def replay(folder: Path) -> Iterator[Replay]:
    """A workspace and a repository without entries."""
    for kind in (Case, Diagnosis, Findings, PastEntry, Reply, IssueDraft, EntryMeta, Contents):
        # msgspec learns a type when it is first used; two threads that do so at once crashed the interpreter (0.22).
        msgspec.json.Decoder(kind)
    with FakeSlack() as slack, FakeGitHub(folder) as github:
        slack.scopes = (*slack.scopes, "reactions:read")
        slack.add_channel(CHANNEL)
        github.seed({"README.md": "# Knowledge\n"})
        yield Replay(slack, github, folder)


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


class Outcome:
    """What stands at the end, held against the alerts that were sent."""

    def __init__(self, house: Replay, links: Mapping[str, int]) -> None:
        self.house = house
        self.unmerged = Counter(house.github.items[number]["head"] for number in house.github.pulls())
        house.publish(house.github.pulls())
        self.entries: list[Entry] = [parse(text, path) for path, text in house.entries().items()]
        seen = Counter(identity for entry in self.entries for identity in identities(entry))
        wanted = {f"{CHANNEL}/{permalink.parse(link).ts}" for link in links}
        self.lost, self.doubled = len(wanted - set(seen)), sum(count > 1 for count in seen.values())
        self.occurrences = sum(entry.meta.occurrences for entry in self.entries)
        room = house.slack.channels[CHANNEL].messages.values()
        replies = Counter(one["thread_ts"] for one in room if one.get("metadata") and "#" not in one["metadata"]["event_payload"]["marker"])
        self.replies_doubled = sum(count > 1 for count in replies.values())
        self.unanswered = sum(identity.partition("/")[2] not in replies for identity in wanted)
        issues = Counter(one["title"] for one in house.github.items.values() if "head" not in one)
        self.issues_doubled = sum(count > 1 for count in issues.values())
        self.at_once = sum(len(instant_answers(entry)) for entry in self.entries)


def figures(house: Replay, links: Mapping[str, int], outcome: Outcome, seconds: float) -> Iterator[Figure]:
    """Each promise beside what was measured."""
    signatures = len(set(links.values()))
    yield Figure("alerts", len(links), None)
    yield Figure("runs that ended with an error", len(house.storm.failures), 0)
    yield Figure("entries for that many signatures", abs(len(outcome.entries) - signatures), 0)
    yield Figure("open requests of one signature, at most", max([house.storm.open_at_most, *outcome.unmerged.values()]), 1)
    yield Figure("alerts that no entry holds", outcome.lost, 0)
    yield Figure("alerts that are recorded twice", outcome.doubled, 0)
    yield Figure("occurrences counted too many or too few", abs(outcome.occurrences - len(links)), 0)
    yield Figure("threads without an answer", outcome.unanswered, 0)
    yield Figure("threads with two answers", outcome.replies_doubled, 0)
    yield Figure("tracking issues opened twice", outcome.issues_doubled, 0)
    yield Figure("runs answered at once", house.storm.answered, None)
    yield Figure("runs diagnosed", house.diagnoser.asked, None)
    yield Figure("entries with an answer that failed", sum(entry.meta.failed > 0 for entry in outcome.entries), 1, least=True)
    yield Figure("merges in which people had to resolve a conflict", house.github.conflicts, None)
    yield Figure("calls to Slack", len(house.slack.requests), None)
    yield Figure("calls to GitHub", len(house.github.requests), None)
    yield Figure("the whole replay", round(seconds), None, "s")


def _quiet(_: str) -> None:
    """What the jobs say is not shown."""


def main() -> int:
    """Print the table; exit code 1 when a promise is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--alerts", type=int, default=1000)
    options.add_argument("--signatures", type=int, default=60)
    options.add_argument("--workers", type=int, default=8)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, replay(Path(folder)) as house:
        started = time.perf_counter()
        links = run(house, chosen.alerts, chosen.signatures, chosen.workers)
        outcome = Outcome(house, links)
        held = show("A storm of alerts", figures(house, links, outcome, time.perf_counter() - started))
        say("\n".join(house.storm.failures[:10]))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
