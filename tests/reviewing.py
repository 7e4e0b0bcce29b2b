"""What revise.yml does with a comment, job after job, each with its own folder of outputs."""

import json
from pathlib import Path

import pytest

from tests.chain import Chain
from tests.fakes import github_comments

NAME = "transfer_handler_ValidationError_848eac"
ENTRY = f"knowledge/errors/{NAME}.md"
BRANCH = f"kb/{NAME}"
DATABASE = """
databases:
  prod:
    driver: sqlite
    address_in: SHOP_DATABASE
    error_events: {table: failures, time: at, time_form: text, code: code, category: ""}
"""


class Review:
    """A pull request of the bot, and people who comment on it."""

    def __init__(self, house: Chain, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house, self.folder, self._patch = house, folder, monkeypatch
        self.outputs: dict[str, str] = {}
        self.comments = 0

    def propose(self) -> int:
        """Diagnose and propose; the number of the request."""
        assert self.house.diagnose() == 0
        assert self.house.propose() == 0
        return max(self.house.github.pulls())

    def comment(self, number: int, text: str, login: str = "alice") -> int:
        """Somebody comments, and the jobs of the workflow run; the id of the comment."""
        identifier = github_comments.comment(self.house.github, number, login, text)
        self.run(number, identifier)
        return identifier

    def run(self, number: int, identifier: int) -> None:
        """The jobs for one comment, as revise.yml has them."""
        self.comments += 1
        here = self.folder / f"run-{self.comments}"
        here.mkdir(parents=True)
        event = here / "event.json"
        event.write_text(json.dumps(github_comments.event(self.house.github, number, identifier)))
        heard = self._job(here / "hear", "hear", "--event", str(event))
        self.outputs = heard
        kind = heard.get("kind", "")
        if not kind:
            return
        said = (f"--request={heard['request']}", f"--comment={heard['command']}", f"--remark={heard['remark']}", f"--by={heard['author']}")
        rows, proposal, ran = str(here / "rows"), str(here / "proposal"), "false"
        if kind == "approve-query":
            ran = self._job(here / "query", "query", f"--approve={heard['argument']}", f"--by={heard['author']}", "--out", rows, "--", heard["request"])["ran"]
        if kind == "rediagnose" or ran == "true":
            self._job(here / "revise", "revise", *said, "--result", rows, "--out", proposal)
        self._job(here / "respond", "respond", *said, "--proposal", proposal, "--result", rows)

    def answers(self, number: int) -> list[str]:
        """What the bot has said, oldest first."""
        return github_comments.comments(self.house.github, number)

    def body(self, number: int) -> str:
        """The description."""
        return str(self.house.github.items[number]["body"])

    def entry(self, branch: str = BRANCH) -> str:
        """The entry on the branch."""
        return self.house.github.text(ENTRY, branch) or ""

    def _job(self, outputs: Path, *arguments: str) -> dict[str, str]:
        self._patch.setenv("GITHUB_OUTPUT", str(outputs))
        self.house.run(*arguments)
        lines = iter(outputs.read_text().splitlines() if outputs.exists() else [])
        found = {}
        for line in lines:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(iter(lines.__next__, end))
        return found
