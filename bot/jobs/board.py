"""The dashboard: how everything stands becomes one issue, and the boxes that people ticked on it are followed."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from bot.config import Configuration
from bot.core.alert.response_time import length_of
from bot.core.entry.library import Library
from bot.core.entry.meta import SEVERITIES
from bot.core.entry.times import last_thread
from bot.core.redaction.redaction import Redactor
from bot.core.request.pull_request_marks import first_alert
from bot.core.upkeep import board_ticks
from bot.core.upkeep.board_figures import REMEMBERED, BoardFigures, Thresholds, figures
from bot.core.upkeep.board_ticks import Tick
from bot.errors import BotError, StaleBranch
from bot.jobs.remind import Reminding, remind_once
from bot.model.review import BoardPage, ReviewRequest
from bot.ports import Board, Say
from bot.texts import board as words
from bot.texts import board_log

TRIES = 5
MOST_TICKS = 25


class BoardDesk(NamedTuple):
    """The adapters. `resolve` proposes that an entry is resolved, by whom, and gives the address of the request."""

    board: Board
    reminding: Reminding
    library: Library
    configuration: Configuration
    entry_url: Callable[[str], str]
    resolve: Callable[[str, str], str]


class Visit(NamedTuple):
    """Why the job runs. `by` is the login of the person who changed the issue, empty where a schedule runs it or a person at their own machine;
    `trusted` says that ticks need no name; `issue` is the number of the issue that was changed, empty for no issue in particular."""

    now: datetime
    by: str = ""
    trusted: bool = False
    issue: str = ""


def keep_board(desk: BoardDesk, visit: Visit, say: Say) -> tuple[BotError, ...]:
    """Follow the ticks, then write the board anew where something changed. Returns what could not be done. Raises ForgeError."""
    if not desk.configuration.dashboard.enabled:
        say(board_log.disabled())
        return ()
    work = _Work(desk, visit, say)
    for left in reversed(range(TRIES)):
        page = desk.board.read()
        if page is not None and not page.open:
            say(board_log.closed(page))
            return ()
        if visit.issue and (page is None or page.reference != visit.issue):
            say(board_log.another_issue(visit.issue))
            return ()
        try:
            _write(desk, page, work.text(page), say)
        except StaleBranch:
            if not left:
                raise
            continue
        break
    return tuple(work.failures)


def _write(desk: BoardDesk, page: BoardPage | None, text: str, say: Say) -> None:
    if page is not None and _same(page.text, text):
        say(board_log.current(page))
        return
    say(board_log.written(desk.board.write(text, page)))


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


class _Work:
    """One run: what was followed already is not followed again when the board has to be written a second time."""

    def __init__(self, desk: BoardDesk, visit: Visit, say: Say) -> None:
        self._desk, self._visit, self._say = desk, visit, say
        self._followed: set[Tick] = set()
        self._lines: list[str] = []
        self.failures: list[BotError] = []

    def text(self, page: BoardPage | None) -> str:
        """What the board shall say, with every tick of `page` followed, refused, or kept for somebody with a name."""
        old = page.text if page is not None else ""
        requests, known = self._look()
        ticks = [tick for tick in board_ticks.ticked(old) if tick not in self._followed]
        kept = frozenset[Tick]()
        if ticks and not (self._visit.by or self._visit.trusted):
            kept = frozenset(ticks)
            self._say(board_log.kept(len(ticks)))
        elif ticks:
            self._follow(ticks, requests, known)
            requests, known = self._look()
        done = tuple(dict.fromkeys((*self._lines, *board_ticks.done(old))))
        room = words.LIMIT - board_ticks.outside(old)
        # The last door: titles and causes were written by people and by systems.
        part = Redactor().text(words.board(known, done, self._desk.entry_url, room=room, kept=kept))
        return board_ticks.merged(old, part)

    def _look(self) -> tuple[dict[int, ReviewRequest], BoardFigures]:
        configuration, library = self._desk.configuration, self._desk.library
        requests = self._desk.reminding.history.requests(self._visit.now - REMEMBERED)
        limits = {severity: length_of(configuration.severities.of(severity).response_time) for severity in SEVERITIES}
        board = configuration.dashboard
        thresholds = Thresholds(board.unreviewed_days, board.quiet_days, board.recurring_from, board.gap_days, board.gaps_from)
        metas = (entry.meta for entry in library.entries.values())
        return {one.number: one for one in requests}, figures(requests, metas, limits, thresholds, self._visit.now, len(library.broken))

    def _follow(self, ticks: list[Tick], requests: dict[int, ReviewRequest], known: BoardFigures) -> None:
        self._followed |= set(ticks)
        by = self._visit.by
        if by and not self._desk.reminding.conversation.may_write(by):
            self._tell(board_log.no_right(by, len(ticks)))
            return
        offered = words.offered(known)
        for tick in ticks[:MOST_TICKS]:
            if tick not in offered:
                self._tell(board_log.not_offered(tick))
                continue
            try:
                told = self._do(tick, requests)
            except BotError as error:
                self.failures.append(error)
                told = board_log.failed(tick, error)
            self._tell(board_log.followed(told, by))
        if len(ticks) > MOST_TICKS:
            self._tell(board_log.too_many(len(ticks) - MOST_TICKS))

    def _do(self, tick: Tick, requests: dict[int, ReviewRequest]) -> str:
        """What was done, as a clause in Markdown. Each can be done twice: a crash before the board is written does it again."""
        upkeep = self._desk.reminding.upkeep
        if tick.verb == "resolve":
            return board_log.resolving(tick.target, self._desk.resolve(tick.target, self._visit.by))
        if tick.verb == "diagnose":
            return board_log.diagnosing(tick.target, upkeep.rediagnose(self._alert(tick.target, requests)))
        request = requests[int(tick.target)]
        if tick.verb == "remind":
            remind_once(request, self._desk.reminding, self._visit.now, f"reminder/{self._visit.now:%Y-%m-%d}")
            return board_log.reminded(request)
        if tick.verb == "reopen":
            upkeep.reopen(request.number)
            return board_log.reopened(request)
        upkeep.decline(request.number)
        return board_log.declined(request)

    def _alert(self, target: str, requests: dict[int, ReviewRequest]) -> str:
        entry = self._desk.library.entries.get(target)
        if entry is not None:
            return last_thread(entry.meta)
        found = first_alert(requests[int(target)].body)
        return found[0] if found is not None else ""

    def _tell(self, words_: str) -> None:
        self._lines.insert(0, words.line(self._visit.now, words_))
        self._say(words_)
