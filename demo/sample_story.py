"""The story that the samples tell: three alerts diagnosed, reviewed, merged and answered, through the real jobs, with clocks that stand where the story is."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec

from bot import wiring
from bot.config import Settings, load
from bot.core.alert.slack_message import collect
from bot.core.entry.entry import amended, parse, render
from bot.core.upkeep.review_period import named
from bot.diagnosers.claude import ClaudeDiagnoser, Clocks
from bot.diagnosers.claude_client import connect
from bot.errors import BotError
from bot.forges.local import LocalForge
from bot.forges.local_requests import LocalRequests
from bot.jobs import postmortem
from bot.jobs.answer import Answering
from bot.jobs.diagnose import diagnose
from bot.jobs.incident import Incidents
from bot.jobs.investigate import Desk
from bot.jobs.propose import Run, propose_all
from bot.jobs.publish import Adapters, Publication
from bot.jobs.recall import Recollection
from bot.jobs.weekly_review import review
from bot.model import IssueDraft, MergedEntry, Permalink, PullRequest, Severity, TrackingIssue
from bot.model.review import ReviewRequest
from bot.ports import Diagnoser
from bot.trackers.local import LocalTracker
from demo import sample_alerts as alerts
from demo.log_story import ALERT
from demo.scripted import Json, Model, Slack, serving
from demo.world import World, build

PAGES = "https://github.com/acme/knowledge-base"
_CONFIGURATION = """\
channels: [C08RB8T6CNS]
forge: local
tracker: local
diagnoser: rules
files:
  - paths: ["logs/*.ndjson"]
    environment: prod
code:
  - name: transfers
    path: ../transfers
    services: [transfers]
    url: https://github.com/acme/transfers
"""
_PEOPLE = {"Mira Okafor": "mira@acme.example", "Jonas Lind": "jonas@acme.example"}


class Told(NamedTuple):
    """What one alert became: its message, the request's text, the entry as it was published, and each message that Slack was sent."""

    alert: str
    request: str
    entry: str
    replies: list[Json]


class OnGitHub(LocalForge):
    """The local forge, whose requests bear the addresses that GitHub would give them."""

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """See `Forge.merged`."""
        return tuple(
            msgspec.structs.replace(one, pull_request=f"{PAGES}/pull/{one.pull_request.rpartition('/')[2].removesuffix('.md')}" if one.pull_request else None)
            for one in super().merged(before, after)
        )


class Story:
    """A knowledge base at work. `now` is where the clock of the story stands."""

    def __init__(self, world: World, address: str, slack: Slack, turns: Model) -> None:
        self.world, self.slack, self.turns = world, slack, turns
        self.now = ALERT
        environment = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_API_URL": f"{address}/api/", "ANTHROPIC_API_KEY": "sk-made-up", "ANTHROPIC_BASE_URL": address}
        self.settings: Settings = load(world.knowledge_base, environ=environment)
        self.forge = OnGitHub(world.knowledge_base, now=lambda: self.now)
        self.history = LocalRequests(world.knowledge_base, now=lambda: self.now)
        self.said: list[str] = []

    def model(self) -> Diagnoser:
        """The model at the scripted server, with the rules behind it; it takes nine seconds for each turn."""
        clocks = Clocks(lambda: self.now, lambda: 9.0 * self.turns.taken)
        return ClaudeDiagnoser(self.settings, wiring.diagnoser(self.settings), connect(self.settings), clocks=clocks)

    def diagnosed(self, posted: datetime, diagnoser: Diagnoser) -> PullRequest:
        """The open request of the alert that was posted then."""
        self.now = posted + timedelta(minutes=3)
        known, settings = wiring.knowledge(self.settings), self.settings
        chat = wiring.chat(settings, open(os.devnull, "w"))  # noqa: SIM115
        desk = Desk(wiring.sources(settings), wiring.library(settings), settings.configuration, shelf=known, rules=wiring.rules(settings))
        place = Permalink("acme.slack.com", alerts.CHANNEL, alerts.ts_of(posted))
        recollection = Recollection(desk.library, settings.configuration, desk.rules, lambda: self.now)
        proposed = diagnose((chat.read(place),), desk, diagnoser, self.said.append, wiring.addresses(settings), recollection)
        times = {severity: settings.configuration.severities.of(severity).response_time for severity in get_args(Severity)}
        failures = Answering(chat, recollection, _page, times, self.said.append).answer(proposed, place)
        _whole(failures)
        told_as = msgspec.structs.replace(settings.configuration, forge="github")  # the words for a request there
        run = Run(self.forge, desk.library, told_as, self.said.append, recollection, Incidents(self.history, self.said.append))
        outcome = propose_all(proposed, run)
        _whole(outcome.failures)
        (request,) = outcome.requests
        return request

    def published(self, request: PullRequest, reviewer: str, after: timedelta = timedelta(minutes=50)) -> Told:
        """The request merged by a person, and what the bot does on the push."""
        self.now += after
        pull = self._pull(request)
        before = self._git("rev-parse", "main")
        self._git("merge", "--quiet", "--no-ff", "--no-gpg-sign", "-m", f"Merge {pull.branch}", pull.branch, by=reviewer)
        posted = len(self.slack.posted)
        folder = wiring.knowledge(self.settings)
        chat = wiring.chat(self.settings, open(os.devnull, "w"))  # noqa: SIM115
        adapters = Adapters(self.forge, chat, Issues(self.world.knowledge_base / "issues"))
        publication = Publication(adapters, self.settings.configuration, _page, self.said.append)
        failures = publication.publish(before, self._git("rev-parse", "main"), folder.entries(), folder.index())
        _whole(failures)
        return self._told(pull, self.slack.posted[posted:])

    def answered(self, posted: datetime, diagnoser: Diagnoser) -> Told:
        """An alert that its entry answers at once: the answer, and the request that counts it."""
        before = len(self.slack.posted)
        request = self.diagnosed(posted, diagnoser)
        return self._told(self._pull(request), self.slack.posted[before:])

    def edited(self, request: PullRequest, by: str, changes: Mapping[str, str]) -> None:
        """The entry as a reviewer left it on the request's branch: each line that begins so says what the reviewer wrote."""
        self.now += timedelta(minutes=20)
        pull = self._pull(request)
        path = self.world.knowledge_base / "knowledge" / "errors" / f"{pull.branch.removeprefix('kb/')}.md"
        self._git("checkout", "--quiet", pull.branch)
        lines = path.read_text(encoding="utf-8").split("\n")
        for begin, words in changes.items():
            at = next(number for number, line in enumerate(lines) if line.startswith(begin))
            lines[at] = f"{begin} {words}"
        path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        self._git("commit", "--quiet", "--all", "--no-verify", "--no-gpg-sign", "-m", "Say what we know of it", by=by)
        self._git("checkout", "--quiet", "main")

    def _pull(self, request: PullRequest) -> ReviewRequest:
        (pull,) = (one for one in self.history.requests(self.now - timedelta(days=1)) if one.number == request.number)
        return pull

    def _told(self, pull: ReviewRequest, posted: list[Json]) -> Told:
        entry = self.text(f"knowledge/errors/{pull.branch.removeprefix('kb/')}.md")
        parent = self.slack.threads[posted[0]["thread_ts"]][0]
        return Told(collect(parent)[0], pull.body, entry, posted)

    def text(self, path: str, ref: str = "main") -> str:
        """A file as it stands on a branch."""
        return self._git("show", f"{ref}:{path}", strip=False)

    def name_of(self, posted: datetime) -> str:
        """The signature of the entry that holds this alert."""
        link = Permalink("acme.slack.com", alerts.CHANNEL, alerts.ts_of(posted)).url
        return next(name for name, entry in wiring.library(self.settings).entries.items() if link in entry.meta.threads)

    def issue(self) -> str:
        """The tracking issue that was opened."""
        (issue,) = (self.world.knowledge_base / "issues").glob("*.md")
        return issue.read_text(encoding="utf-8")

    def postmortem(self, posted: datetime, signature: str) -> str:
        """The page that the post-mortem of that occurrence proposes."""
        place = Permalink("acme.slack.com", alerts.CHANNEL, alerts.ts_of(posted))
        entry = postmortem.entry_of(signature, wiring.library(self.settings))
        words = wiring.threads(self.settings).said(place)
        request = postmortem.propose(postmortem.told_of(entry, place.url, (), words, self.settings.configuration.code), self.forge, self.said.append)
        return self._proposed(request)

    def review(self, week: str) -> str:
        """The page that the review of that week proposes."""
        self.now = datetime(2025, 12, 22, 6, 0, tzinfo=UTC)
        request = review(named(week), self.history, wiring.library(self.settings), self.forge, self.settings.configuration, self.said.append)
        return self._proposed(request)

    def _proposed(self, request: PullRequest | None) -> str:
        (pull,) = (pull for pull, _ in self.forge.states() if request is not None and pull.number == request.number)
        return self.text(pull.paths[0], pull.branch)

    def _git(self, *arguments: str, by: str = "Mira Okafor", strip: bool = True) -> str:
        """Git as a reviewer, at the story's time, and without the settings of whoever runs this."""
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        who = {"NAME": by, "EMAIL": _PEOPLE[by], "DATE": self.now.isoformat()}
        environment |= {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in who.items()}
        done = subprocess.run(
            ["git", "-C", str(self.world.knowledge_base), *arguments], check=True, capture_output=True, text=True, encoding="utf-8", env=environment
        )
        return done.stdout.strip() if strip else done.stdout


class Issues(LocalTracker):
    """The local tracker, whose issues bear the addresses that GitHub would give them."""

    def find(self, *markers: str) -> TrackingIssue | None:
        """See `Tracker.find`."""
        found = super().find(*markers)
        return _on_github(found) if found else None

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`."""
        return _on_github(super().open(draft))


def _whole(failures: tuple[BotError, ...]) -> None:
    """A story of which something could not be done is not told."""
    if failures:
        raise failures[0]


def _on_github(issue: TrackingIssue) -> TrackingIssue:
    number = str(int(issue.reference.partition("-")[0]))
    return msgspec.structs.replace(issue, reference=f"#{number}", url=f"{PAGES}/issues/{number}")


def _page(path: str) -> str:
    return f"{PAGES}/blob/main/{path}"


@contextmanager
def begun(folder: Path) -> Iterator[Story]:
    """The story before its first alert, in an empty folder."""
    world = build(folder)
    base = world.knowledge_base
    (base / ".github" / "knowledge-bot.yml").write_text(_CONFIGURATION, encoding="utf-8")
    more = alerts.unknown_logs(world.release[:12], world.transfers) | alerts.later_logs() | alerts.older_entries()
    for name, text in more.items():
        (base / name).write_text(text, encoding="utf-8", newline="\n")
    threads = {}
    came_back, known = (json.loads((base / "messages" / f"{name}.json").read_text(encoding="utf-8"))["message"] for name in ("alert", "known"))
    for message in (came_back, known, alerts.unknown_message(), {**known, "ts": alerts.ts_of(alerts.LATER)}):
        threads[message["ts"]] = [message]
    for entry in (base / "knowledge" / "errors").glob("sync_handler_*.md"):  # merged before reviews were recorded
        text = entry.read_text(encoding="utf-8")
        entry.write_text(render(amended(parse(text), {"reviewed_at": "", "reviewed_by": ()})), encoding="utf-8", newline="\n")
    threads[alerts.ts_of(ALERT)] += alerts.thread_words(alerts.ts_of(ALERT))
    slack = Slack(threads)
    turns = Model(alerts.model_turns())
    with serving(slack, turns) as address:
        story = Story(world, address, slack, turns)
        story.now = datetime(2025, 12, 16, 18, 0, tzinfo=UTC)
        story._git("add", "--all")
        story._git("commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", "What we learned since")
        yield story
