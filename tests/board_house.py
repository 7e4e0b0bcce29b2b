"""A dashboard with its desk, visited by the job."""

import re
from datetime import datetime

from msgspec.structs import replace

from bot.config import Configuration
from bot.config.knowledge import Dashboard, Requests
from bot.core.entry.library import Library
from bot.errors import BotError
from bot.jobs.board import BoardDesk, Visit, keep_board
from bot.jobs.remind import Reminding
from bot.model.review import ReviewRequest
from tests.fakes.upkeep_desk import FakeBoard, FakeForge, FakeRequests, FakeTranscript
from tests.upkeep import NOW, a_week


class House:
    """A board with its desk; `visit` is a run of the job."""

    def __init__(self, requests: list[ReviewRequest] | None = None, library: Library | None = None) -> None:
        entries, usual = a_week()
        self.board, self.forge = FakeBoard(), FakeForge()
        self.requests = FakeRequests(usual if requests is None else requests, NOW)
        self.library = library or Library(entries)
        self.configuration = Configuration(dashboard=Dashboard(gaps_from=2))
        self.log: list[str] = []

    def visit(self, by: str = "mira", now: datetime = NOW, *, trusted: bool = False, issue: str = "") -> tuple[BotError, ...]:
        """The job runs, because somebody changed the issue, or on a schedule (by nobody)."""
        reminding = Reminding(self.requests, self.requests, self.requests, FakeTranscript(self.requests), Requests(), "* @acme/reviewers\n")
        desk = BoardDesk(
            self.board, reminding, self.library, self.configuration, lambda path: f"https://github.com/acme/k/blob/main/{path}", self.forge.resolve
        )
        return keep_board(desk, Visit(now, by, trusted, issue), self.log.append)

    @property
    def text(self) -> str:
        """The board."""
        assert self.board.page is not None
        return self.board.page.text

    def section(self, title: str) -> str:
        """What stands under a heading; empty where there is none."""
        found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        return found[1] if found else ""

    def states(self) -> dict[int, str]:
        """Number → state of each request."""
        return {number: one.state for number, one in self.requests.known.items()}

    def say(self, text: str) -> None:
        """A person saves the issue with this text."""
        assert self.board.page is not None
        self.board.page = replace(self.board.page, text=text)
