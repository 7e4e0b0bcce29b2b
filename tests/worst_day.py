"""A job of the bot before servers that fail: from one moment on it is run again and again, and what people see afterwards is compared."""

import functools
import io
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.chain import Chain, bring_up_to_date, refs
from tests.fakes.bare_repository import BareRepository
from tests.fakes.faults import strike
from tests.fakes.loopback import Loopback, Request

_NOT_KEPT = {"requests", "faults", "lock", "git", "token"}
_ISSUE = re.compile(r"(/issues/|#|'number': )(\d+)\b")
_TIMES = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|\+00:00)?)?|\b[0-9a-f]{40}\b|\b\d{10}\.\d{6}\b")
_READ_BY_POST = ("conversations.history", "conversations.replies", "conversations.info", "auth.test", "reactions.get", "chat.getPermalink", "/graphql")
_DIGESTS = re.compile(r"<!-- errata:(?:case|content)=[0-9a-f]+ -->")
_SHAPES = (
    (re.compile(r"/repos/[\w.-]+/[\w.-]+"), ""),
    (re.compile(r"/branches/.+"), "/branches/{branch}"),
    (re.compile(r"/git/ref(s?)/heads/.+"), r"/git/ref\1/heads/{branch}"),
    (re.compile(r"/git/refs/(?!heads/).+"), "/git/refs/{ref}"),
    (re.compile(r"/contents/.+"), "/contents/{path}"),
    (re.compile(r"/compare/.+"), "/compare/{from}...{to}"),
    (re.compile(r"/(collaborators|users|assignees)/[^/]+"), r"/\1/{login}"),
    (re.compile(r"/labels/[^/]+$"), "/labels/{name}"),
    (re.compile(r"/[0-9a-f]{40}\b"), "/{sha}"),
    (re.compile(r"/\d+\b"), "/{number}"),
)


class Shape(NamedTuple):
    """What tells calls apart: the service, the method, the path without names."""

    service: str
    method: str
    path: str


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


@dataclass
class Job:
    """The commands of one job, in a house that is ready for it. `made` are folders that it writes; `others` are servers beside Slack and GitHub."""

    name: str
    house: Chain
    commands: Sequence[Sequence[str]]
    made: tuple[Path, ...] = ()
    others: dict[str, Loopback] = field(default_factory=dict)
    told: bool = False
    """Whether what the run prints is its work."""

    printed: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """One run without a fault says which calls there are, and how the end looks."""
        self.start = Moment(self)
        self.start.restore()
        first = self.run()
        assert first.code == 0, f"{self.name}: {first.err}"
        self.seen = first
        self.calls = list(dict.fromkeys(shape(name, request) for name, server in self.servers.items() for request in server.requests))
        self.wanted = state(self)

    @property
    def servers(self) -> dict[str, Loopback]:
        """By the name of their service."""
        return {"Slack": self.house.slack, "GitHub": self.house.github, **self.others}

    def run(self) -> Ran:
        """In this process, in a checkout as a new run of a workflow finds it; what comes after a failure is not run."""
        bring_up_to_date(self.house)
        said, told, code = io.StringIO(), io.StringIO(), 0
        with redirect_stdout(said), redirect_stderr(told):
            for command in self.commands:
                code = code or self.house.run(*command)
        self.printed = said.getvalue() if self.told else ""
        return Ran(code, said.getvalue(), told.getvalue())

    def state(self) -> dict[str, Any]:
        """What people see now."""
        return state(self)

    def disturbed(self, which: Shape, fault: str) -> Ran:
        """From the start, while every call of that shape fails."""
        self.start.restore()
        strike(self.servers[which.service], self.is_(which), fault)
        return self.run()

    def again(self) -> Ran:
        """The next run, everything well."""
        for server in self.servers.values():
            server.mend()
        return self.run()

    @staticmethod
    def is_(which: Shape, then: Callable[[], None] = lambda: None) -> Callable[[Request], bool]:
        """Whether a request is of that shape; `then` is called when one is."""

        def matches(request: Request) -> bool:
            if shape(which.service, request) != which:
                return False
            then()
            return True

        return matches


class Place(NamedTuple):
    """A house, the servers and the folders of it that a moment holds."""

    house: Chain
    servers: dict[str, Loopback]
    made: tuple[Path, ...]


class Moment:
    """What the servers, the checkout and the job's folders hold; `restore` brings it back."""

    def __init__(self, job: Job | Place) -> None:
        self._job = job
        self._refs = refs(job.house)
        self._kept = [(server, deepcopy(_plain(server))) for server in job.servers.values()]
        self._folders = {folder: _copy(folder) for folder in job.made}

    def restore(self) -> None:
        """Undo whatever happened since."""
        house = self._job.house
        for name in refs(house).keys() | self._refs.keys():
            house.github.git.point(name, self._refs.get(name))
        for server, kept in self._kept:
            server.mend()
            server.requests.clear()
            vars(server).update(deepcopy(kept))
        for folder, files in self._folders.items():
            shutil.rmtree(folder, ignore_errors=True)
            for path, content in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        bring_up_to_date(house)


def shape(service: str, request: Request) -> Shape:
    """Of a request: names, numbers and hashes are all the same."""
    path = request.path
    for pattern, replacement in _SHAPES:
        path = pattern.sub(replacement, path, count=1)
    return Shape(service, request.method, f"{path or '/'}{_asked(request)}")


def is_write(which: Shape) -> bool:
    """Whether a call leaves something behind."""
    return which.method != "GET" and not which.path.endswith(_READ_BY_POST)


def _asked(request: Request) -> str:
    """What is asked where one address takes every question."""
    target = request.headers.get("x-amz-target", "")
    if target:
        return f" {target.rpartition('.')[2]}"
    if request.path == "/graphql":
        named = re.match(r"\s*(?:query|mutation)\s+(\w+)", request.json["query"])
        return f" {named[1]}" if named else ""
    if request.path == "/jsonrpc":
        asked = request.json["params"]
        return f" {' '.join(map(str, asked['args'][3:5]))}" if asked["method"] == "execute_kw" else f" {asked['method']}"
    return ""


def state(job: Job) -> dict[str, Any]:
    """What people see: the files of every branch, requests and issues, threads, what the job wrote; no times and no commit ids.

    Issues that were opened in another order are the same issues: they are numbered by their titles.
    """
    house = job.house
    items = house.github.items
    issues = sorted(number for number, item in items.items() if not item.get("head"))
    numbers = dict(zip(sorted(issues, key=lambda number: str(items[number]["title"])), issues, strict=True))
    found = _renumbered(_state(job), {str(number): str(new) for number, new in numbers.items() if number != new})
    return {**found, "items": {numbers.get(number, number): text for number, text in found["items"].items()}}


def _renumbered(value: Any, numbers: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renumbered(one, numbers) for key, one in value.items()} if numbers else value
    if isinstance(value, list):
        return [_renumbered(one, numbers) for one in value]
    return _ISSUE.sub(lambda match: match[1] + numbers.get(match[2], match[2]), value) if isinstance(value, str) else value


def _state(job: Job) -> dict[str, Any]:
    house = job.house
    return {
        "branches": {name: _files(house, commit) for name, commit in refs(house).items()},
        "items": {number: _timeless(_item(item)) for number, item in house.github.items.items()},
        "dispatched": _timeless(house.github.dispatched),
        "threads": {name: [_timeless(_said(one)) for one in channel.messages.values()] for name, channel in house.slack.channels.items()},
        "reactions": sorted(map(str, house.slack.reactions)),
        "printed": _TIMES.sub("…", job.printed),
        "others": {name: _timeless(_plain(server)) for name, server in job.others.items()},
        "made": {str(path): _TIMES.sub("…", content.decode(errors="replace")) for folder in job.made for path, content in _copy(folder).items()},
    }


def _files(house: Chain, commit: str) -> dict[str, str]:
    return {path: _timeless_file(house.github.git, blob) for path, (_, blob) in house.github.git.files(commit).items()}


@functools.cache
def _timeless_file(hub: BareRepository, blob: str) -> str:
    return _TIMES.sub("…", hub.content(blob).decode(errors="replace"))


def _item(item: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in item.items() if key not in ("commits", "merge_commit_sha", "head_sha", "updated_at", "closed_at")}
    if str(item.get("head", "")).startswith("errata/resolve/"):  # what is resolved by hand is resolved now, and the marks are made of that too
        kept["body"] = _DIGESTS.sub("", item["body"])
    return {**kept, "labels": sorted(item["labels"])}


def _said(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key not in ("ts", "latest_reply")}


def _timeless(value: object) -> str:
    return _TIMES.sub("…", repr(value))


def _plain(server: Loopback) -> dict[str, Any]:
    """What a server keeps, as far as it is data."""
    return {name: value for name, value in vars(server).items() if name not in _NOT_KEPT and isinstance(value, (dict, list, set, int, str, tuple))}


def _copy(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
