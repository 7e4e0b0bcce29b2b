"""A house under attack: the same hostile words in everything that outsiders write, and all that leaves the house afterwards."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.core.alert import permalink
from bot.core.entry.entry import amended, parse, path_of, render
from bot.core.plain_text.plain_text import cut
from tests.chain import Chain, Ground, chain, git

HANDLER = "transfers/handlers/transfer_handler.py"
NAME = "transfer_handler_ValidationError_848eac"
TRACE = "7d1f3c5a9b2e4860a1c3d5e7f9024681"
FILES = """
files:
  - paths: ["logs/*.ndjson"]
"""


Mode = Literal["known", "told", "only"]
"""The error is the one that an entry knows, and everything beside its message is hostile; its message too; its names and types too."""


@dataclass
class Outcome:
    """What left the house: pages by name, each job's output, the files that a workflow reads."""

    codes: list[int] = field(default_factory=list)
    told: str = ""
    summary: str = ""
    output: str = ""
    proposal: dict[str, str] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    index: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    sent: str = ""

    def everything(self) -> str:
        """All of it as one text."""
        parts = (self.told, self.summary, self.output, *self.proposal, *self.proposal.values(), json.dumps(self.requests, ensure_ascii=False))
        return "\n".join(
            (
                *parts,
                *self.branches,
                *self.commits,
                *self.entries.values(),
                *self.pages.values(),
                self.index,
                json.dumps(self.posts, ensure_ascii=False),
                self.sent,
            )
        )


@contextmanager
def besieged(folder: Path, on: Ground, said: str, *, mode: Mode) -> Iterator[Chain]:
    """A house whose alert, logs, code, history, past entry, CODEOWNERS and files hold `said`."""
    with chain(folder, on) as house:
        _code(house, said)
        _knowledge(house, said, mode)
        _alert(house, said, mode)
        yield house


def assault(house: Chain, capture: Any, folder: Path, said: str, diagnose: Callable[[Chain], int] = Chain.diagnose) -> Outcome:
    """Every job once, with a person's words in the pull request before it is merged. `capture` is pytest's capsys (or alike)."""
    seen = Outcome()
    seen.codes.append(diagnose(house))
    if house.proposal.exists():
        seen.proposal = {file.relative_to(house.proposal).as_posix(): file.read_text("utf-8") for file in sorted(house.proposal.rglob("*")) if file.is_file()}
        seen.codes.append(house.propose())
    for number in house.github.pulls():
        seen.branches.append(house.github.items[number]["head"])
        seen.requests.append(_shown(house.github.items[number]))
    # What looks after requests that wait, twice: the second time what was said before is there already.
    seen.codes += [house.run(*command) for command in (("board",), ("board",), ("remind",), ("escalate",))]
    for number in house.github.pulls():
        head = house.github.items[number]["head"]
        seen.commits += house.github.commits(head)[:1]
        seen.entries[path_of(head.removeprefix("kb/"))] = house.github.text(path_of(head.removeprefix("kb/")), head) or ""
        house.github.review(number, _login(said))
        seen.codes.append(house.publish(*house.merge(number)))
    seen.codes += [house.run("postmortem", NAME, "--case", str(house.proposal)), house.run("review", "--month", "2025-12"), house.run("board")]
    for number in house.github.pulls():
        head = house.github.items[number]["head"]
        seen.branches.append(head)
        seen.requests.append(_shown(house.github.items[number]))
        seen.commits += house.github.commits(head)[:1]
        seen.pages |= _pages(house, head)
    seen.requests += [_shown(item) for number, item in house.github.items.items() if "head" not in item]
    seen.pages |= _pages(house, "main")
    seen.commits += [commit for commit in house.github.commits() if commit.startswith("Update the index")]
    seen.index = house.github.text("knowledge/README.md") or ""
    seen.posts = [request.json or request.form for request in house.slack.calls("chat.postMessage")]
    seen.sent = "\n".join(request.body.decode("utf-8", "replace") for request in (*house.github.requests, *house.slack.requests))
    told = capture.readouterr()
    seen.told = f"{told.out}\n{told.err}"
    for name, variable in (("summary", "GITHUB_STEP_SUMMARY"), ("output", "GITHUB_OUTPUT")):
        file = folder / variable
        setattr(seen, name, file.read_text("utf-8") if file.exists() else "")
    return seen


def _pages(house: Chain, ref: str) -> dict[str, str]:
    """Everything that is kept beside the entries and the index's first page."""
    listed = house.github.git.files(house.github.git.resolve(ref))
    rooms = ("knowledge/index/", "knowledge/reviews/", "knowledge/postmortems/")
    return {path: house.github.text(path, ref) or "" for path in listed if path.startswith(rooms) and path.endswith(".md")}


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "reviews"}


def _login(said: str) -> str:
    return cut(said, 100) or "alice"


def _code(house: Chain, said: str) -> None:
    """A commit by an outsider that touches the failing function, and a file named as the words are."""
    handler = house.world.transfers / HANDLER
    lines = handler.read_text("utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if "insufficient leaf balance" in line)
    plain = said.replace("\0", "").encode("utf-8", "replace").decode()
    lines.insert(at, f"        # {plain.splitlines()[0] if plain.splitlines() else ''}")
    handler.write_text("\n".join(lines), "utf-8")
    name = plain.replace("/", "∕").strip(".")[:60] or "x"
    named = house.world.transfers / "transfers" / name
    try:
        named.write_text(f"def f():\n    raise ValueError({plain!r})\n", "utf-8")
    except OSError:
        named = handler
    environment = {
        **os.environ,
        "GIT_AUTHOR_NAME": (" ".join(plain.split()).strip("<>.,:;'\"\\") and plain.replace("\n", " ").replace("<", "(").replace(">", ")")[:200]) or "Eve",
        "GIT_AUTHOR_EMAIL": "eve@evil.example",
        "GIT_AUTHOR_DATE": "2025-12-17T08:00:00+00:00",
        "GIT_COMMITTER_DATE": "2025-12-17T08:00:00+00:00",
    }
    git(house.world.transfers, "add", "--all")
    message = house.world.folder / "message"
    message.write_text(plain[:2000] or "x", "utf-8")
    command = ["git", "-C", str(house.world.transfers), "commit", "--quiet", "--cleanup=verbatim", "--allow-empty-message", "-F", str(message)]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode:
        subprocess.run(command, env={**environment, "GIT_AUTHOR_NAME": "Eve"}, capture_output=True, check=True)


def _knowledge(house: Chain, said: str, mode: Mode) -> None:
    """The past entry as people left it, CODEOWNERS, and logs beside them."""
    github = house.github
    path = path_of(NAME)
    entry = parse(github.text(path) or "", path)
    plain = said.encode("utf-8", "replace").decode()
    told = amended(entry, {"resolution": f"{entry.meta.resolution} {' '.join(plain.split())[:300]}"})
    configuration = github.text(".github/knowledge-bot.yml") or ""
    owners = f"* @alice\n{plain[:5000]}\n/knowledge {plain[:5000]}\n"
    github.person_commits(
        "main",
        {
            path: render(told),
            ".github/CODEOWNERS": owners,
            ".github/knowledge-bot.yml": configuration + FILES,
            "logs/hostile.ndjson": _log(house, plain, mode),
        },
    )
    git(house.checkout, "pull", "--quiet")


def _log(house: Chain, said: str, mode: Mode) -> str:
    """Lines of the failing second, with the words in every field."""
    whole, message = mode == "only", "insufficient leaf balance" + ("" if mode == "known" else f" {said}")
    link = permalink.parse(house.alert)
    stamp = link.time.replace(microsecond=200_000).isoformat()
    handler = (house.world.transfers / HANDLER).read_text("utf-8").split("\n")
    number = 1 + next(n for n, line in enumerate(handler) if "insufficient leaf balance" in line)
    stack = "\n".join(
        (
            "Traceback (most recent call last):",
            f'  File "/app/{said}", line 3, in {said}',
            f"    {said}",
            f'  File "{said}", line 7, in f',
            f'  File "/app/{HANDLER}", line {number}, in select_leaves_for_transfer',
            f"    {said}",
            f"transfers.errors.ValidationError: {message}",
        )
    )
    event = {
        "@timestamp": stamp,
        "level": said if whole else "ERROR",
        "service": said if whole else "transfers",
        "message": f"ValidationError: {message}",
        "trace_id": said if whole else TRACE,
        "release": said,
        "error": {"type": said if whole else "ValidationError", "stack_trace": stack},
    }
    elsewhere = {"type": said, "stack_trace": f"{said}: {said}\n    at {said} ({said}:1:2)"}
    other = {**event, "service": said, "level": "ERROR", "message": said, "trace_id": TRACE, "error": elsewhere}
    return "".join(f"{json.dumps(one)}\n" for one in (event, other)) + f"{stamp} ERROR {said}\n"


def _alert(house: Chain, said: str, mode: Mode) -> None:
    """The alert again, with the words in text, blocks, rich text, attachments and files."""
    link = permalink.parse(house.alert)
    message = house.slack.channels[link.channel].messages[link.ts]
    whole, words = mode == "only", "insufficient leaf balance" + ("" if mode == "known" else f" {said}")
    kind = said if whole else "ValidationError"
    message["text"] = f"{kind}: {words}\n{said}" if whole else f":rotating_light: ValidationError in transfer_handler\n{said}"
    message["username"] = said
    keys = ("Release", "trace_id", "Environment", *(() if mode == "known" else ("Job",)))
    hostile = [
        {"type": "header", "text": {"type": "plain_text", "text": f"{kind} in {said if whole else 'transfer_handler'}"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": f"*{key}:* {said}"} for key in keys]},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"```{kind}: {words}```"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": said}, {"type": "plain_text", "text": said}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": said}, "url": f"https://logs.example/_dashboards/{said}"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": said}, {"type": "link", "url": said}]}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": f'File "{said}", line 1, in {said}'}]}]},
    ]
    first = [] if whole else message["blocks"][:2]
    message["blocks"] = [*first, *(hostile[:-1] if mode == "known" else hostile)]
    attachment = {"title": said, "title_link": said, "text": said, "footer": said, "author_name": said, "fields": [{"title": said, "value": said}]}
    message["attachments"] = [attachment, *message["attachments"]]
    trace = f'Traceback (most recent call last):\n  File "{said}", line 1, in {said}\n{kind}: {said}'
    message["files"] = [{"name": said, "title": said, "preview": said if mode == "known" else trace}]
