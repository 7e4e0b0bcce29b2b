"""The whole house on loopback: a Slack, a GitHub and an OpenSearch that keep state, real git, and the bot's own command line."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from osmem_server import OsmemServer

from bot.__main__ import main
from bot.core.alert import permalink
from demo.world import World, build
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import FakeSlack

CONFIGURATION = """
channels: [C08RB8T6CNS]
opensearch:
  prod:
    url: {url}
    indices: ["logs-*"]
code:
  - name: transfers
    path: ../transfers
    services: [transfers]
    url: https://github.com/acme/transfers
limits:
  seconds_between_writes: 0
  source_seconds: 10
"""


@dataclass
class Chain:
    """The servers, and a checkout of the knowledge base that the bot runs in."""

    world: World
    slack: FakeSlack
    github: FakeGitHub
    search: FaultProxy
    checkout: Path
    proposal: Path
    environment: dict[str, str] = field(default_factory=dict)
    behind: dict[tuple[str, str | None], Callable[[], None]] = field(default_factory=dict)
    """What brings back how the house stood after a step, from a commit of the default branch on."""

    @property
    def alert(self) -> str:
        """The permalink of the alert."""
        return self.world.alert

    def run(self, *arguments: str) -> int:
        """One command of the bot in the checkout; its exit code."""
        return main(["--root", str(self.checkout), *arguments])

    def diagnose(self) -> int:
        """From the alert to the proposal directory."""
        return self.run("diagnose", self.alert, "--out", str(self.proposal))

    def propose(self) -> int:
        """From the proposal directory to the pull request."""
        return self.run("propose", str(self.proposal))

    def publish(self, before: str, after: str) -> int:
        """What a push to main starts: the checkout brought up to date, then the job."""
        git(self.checkout, "pull", "--quiet")
        return self.run("publish", "--before", before, "--after", after)

    def merge(self, number: int) -> tuple[str, str]:
        """A person merges; the commits before and after."""
        before = self.github.git.head("main")
        self.github.merge(number)
        after = self.github.git.head("main")
        assert before
        assert after
        return before, after

    def answers(self) -> list[dict[str, object]]:
        """The replies in the alert's thread."""
        link = permalink.parse(self.alert)
        return [message for message in self.slack.thread(link.channel, link.ts) if message["ts"] != link.ts]


@dataclass
class Ground:
    """What houses are built on: the demo's world, and a search server that holds its logs. Made once, copied for each."""

    world: World
    server: OsmemServer


@contextmanager
def own_environment() -> Iterator[None]:
    """What is set in the environment meanwhile is gone afterwards: the next test of this process must not find a key that it did not set."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Build the world, start the server, index the logs."""
    world = build(folder)
    server = OsmemServer.start(japanese=False)
    try:
        _index(server.url, world.knowledge_base / "logs")
        yield Ground(world, server)
    finally:
        server.close()


@contextmanager
def chain(folder: Path, on: Ground, hub: type[FakeGitHub] = FakeGitHub) -> Iterator[Chain]:
    """A new house in `folder`: the demo's alert posted, its logs indexed, its knowledge base on GitHub."""
    shutil.copytree(on.world.folder, folder, dirs_exist_ok=True)
    world = replace(on.world, folder=folder, transfers=folder / "transfers", knowledge_base=folder / "knowledge-base")
    with ExitStack() as stack:
        slack = stack.enter_context(FakeSlack())
        github = stack.enter_context(hub(folder))
        search = stack.enter_context(FaultProxy(on.server.url))
        _post_alert(slack, world)
        github.seed(_knowledge(world, search.url))
        checkout = folder / "checkout"
        git(folder, "clone", "--quiet", str(folder / "github.git"), str(checkout))
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-made-up",
            "SLACK_API_URL": slack.base_url,
            "GITHUB_TOKEN": github.token,
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": github.repository,
        }
        yield Chain(world, slack, github, search, checkout, folder / "proposal", environment)


def git(folder: Path, *arguments: str) -> str:
    """Real git."""
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


def _knowledge(world: World, search: str) -> dict[str, str]:
    names = git(world.knowledge_base, "ls-files", "knowledge", ".github").split()
    files = {name: (world.knowledge_base / name).read_text(encoding="utf-8") for name in names}
    return {**files, ".github/knowledge-bot.yml": CONFIGURATION.format(url=search)}


def _post_alert(slack: FakeSlack, world: World) -> None:
    link = permalink.parse(world.alert)
    slack.add_channel(link.channel)
    message = json.loads((world.knowledge_base / "messages" / "alert.json").read_text(encoding="utf-8"))["message"]
    slack.post(link.channel, **{**message, "ts": link.ts})


def _index(url: str, logs: Path) -> None:
    """The demo's log lines as documents of an index for each service."""
    lines = []
    for file in sorted(logs.glob("*.ndjson")):
        for line in file.read_text(encoding="utf-8").splitlines():
            lines += [json.dumps({"index": {"_index": f"logs-{file.stem}-2025.12.17"}}), line]
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port)
    connection.request("POST", "/_bulk?refresh=true", "\n".join(lines) + "\n", {"Content-Type": "application/x-ndjson"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer["errors"] is False, answer


def bring_up_to_date(house: Chain) -> None:
    """The checkout as a new run of a workflow finds it."""
    if (house.checkout / ".git" / "refs" / "heads" / "main").read_text().strip() != house.github.git.head("main"):
        git(house.checkout, "fetch", "--quiet", "--prune")
        git(house.checkout, "reset", "--quiet", "--hard", "origin/main")


def refs(house: Chain) -> dict[str, str]:
    """Branches on GitHub and their commits."""
    folder = house.github.git.path / "refs" / "heads"
    return {file.relative_to(folder).as_posix(): file.read_text().strip() for file in folder.rglob("*") if file.is_file()}
