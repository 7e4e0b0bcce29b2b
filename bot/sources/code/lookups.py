"""Questions about code while a case is diagnosed: a place, a text, who changed a place; only files that git tracks at the commit that ran."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from bot.core.code.enclosing import Enclosure, enclosing, lines_of
from bot.core.code.frame_path import acceptable
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Commit, Evidence, Findings, Frame, Gap, Relation
from bot.regex import regex
from bot.sources.code import blame
from bot.sources.code.commit_evidence import commit_evidence
from bot.sources.code.frame_files import File, files_of
from bot.sources.code.places import Place, Spot, place
from bot.sources.code.reading import SOURCE, Reading, deepening, text_of
from bot.sources.code.search import grep, nearness, standing
from bot.sources.code.syntax_reading import syntax_of

SHORTEST_TEXT, LONGEST_TEXT = 3, 200
"""Characters that are searched for."""
_HITS, _FILES, _IN_FILE = 12, 60, 3
"""Places that are shown, files that are read, places of one file."""
_CONTEXT = 2
_COMMITS, _LINES = 5, 60
_LOOKED_UP: Relation = "changed a place that was looked up"
_EVER = datetime(1980, 1, 1, tzinfo=UTC)
_CONTROL = regex(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Opened(NamedTuple):
    """Codebases that are asked together: how many there are, those that could be opened, and what stands in the way or in doubt."""

    asked: int
    readings: list[Reading]
    gaps: list[Gap]


class CodeLookups:
    """The codebases of one question, opened group by group: the service's own first, the others when those do not have it."""

    def __init__(self, groups: Iterable[Opened], service: str) -> None:
        self._groups, self._service = groups, service

    def place(self, path: str, line: int) -> Findings:
        """The function around the line."""
        found, gaps = self._spot(path, line)
        if found is None:
            return Findings(gaps=tuple(gaps))
        return Findings(evidence=(found.evidence,), gaps=tuple(gaps), queries=(f"{SOURCE}: {found.evidence.query} around line {line}",))

    def history(self, path: str, line: int) -> Findings:
        """The commit that last changed the line, then the last ones of the function around it."""
        found, gaps = self._spot(path, line)
        if found is None:
            return Findings(gaps=tuple(gaps))
        reading, span = found.reading, (found.enclosure.first, min(found.enclosure.last, found.enclosure.first + blame.LONGEST_SPAN))
        wanted, told = found.detail.path, f"git log -L{span[0]},{span[1]}:{found.detail.path} {reading.commit[:12]}"
        if reading.shallow:  # the doubt about it is among the gaps that opening it left
            return Findings(gaps=tuple(gaps) or (Gap(SOURCE, f"the history of {wanted}", "the clone is shallow", deepening(reading.codebase)),))
        try:
            commits = reading.checkout.line_log(reading.commit, wanted, span, _LOOKED_UP, _COMMITS)
            last = self._last_change(reading, wanted, line)
        except SourceError as error:
            return Findings(gaps=(*gaps, Gap(SOURCE, f"the history of {wanted}", error.cause, error.remedy)))
        ordered = [reading.linked(_shortened(commit)) for commit in _blamed_first(commits, last, line)]
        query = f"{SOURCE}: {told}, git blame -L{line},{line} → {len(ordered)} commits{', the last ones' if len(commits) == _COMMITS else ''}"
        return Findings(evidence=tuple(commit_evidence(commit) for commit in ordered), gaps=tuple(gaps), queries=(query,))

    def find(self, text: str) -> Findings:
        """The places of a literal text, code before tests and documents."""
        wanted = f"“{cut(one_line(text), 80)}” in the code"
        if not SHORTEST_TEXT <= len(text.strip()) <= LONGEST_TEXT or _CONTROL.search(text):
            cause = f"only {SHORTEST_TEXT} to {LONGEST_TEXT} characters of one line can be searched for"
            return Findings(gaps=(Gap(SOURCE, wanted, cause, "search for a part of it"),))
        evidence: list[Evidence] = []
        gaps: list[Gap] = []
        queries: list[str] = []
        for opened in self._groups:
            doubts = opened.gaps if len(opened.readings) == opened.asked else []
            gaps += [] if doubts else opened.gaps
            for reading in opened.readings:
                try:
                    found, query = self._found(reading, text.strip())
                except SourceError as error:
                    gaps.append(Gap(SOURCE, f"{wanted} of {reading.codebase.name}", error.cause, error.remedy))
                    continue
                evidence += found
                queries.append(query)
            if evidence:  # a doubt about the commit is one about what was found; where nothing was, that is the answer
                gaps += doubts
                break
        return Findings(evidence=tuple(evidence[:_HITS]), gaps=tuple(gaps), queries=tuple(queries))

    def _spot(self, path: str, line: int) -> tuple[Place | None, list[Gap]]:
        """The place of a path and line; None with the gap that says why there is none."""
        shown = cut(one_line(path).replace("`", "'"), 160) or "(no path)"
        if not acceptable(path) or _CONTROL.search(path):
            return None, [
                Gap(SOURCE, f"the code at `{shown}`", "the path climbs out of the repository or is malformed", "name a path as the evidence writes it")
            ]
        gaps: list[Gap] = []
        where: list[str] = []
        for opened in self._groups:
            gaps += opened.gaps
            where += [reading.at for reading in opened.readings]
            several = _files(path, opened.readings, self._service)
            if len(several) > 1:
                names = ", ".join(f"{reading.codebase.name}/{one}" for reading, one in several[:5])
                return None, [*gaps, Gap(SOURCE, f"the code at `{shown}`", f"{len(several)} files could be meant: {names}", "name the whole path")]
            if several:
                found = _placed(*several[0], line)
                return (None, [*gaps, found]) if isinstance(found, Gap) else (found, gaps)
        if where:
            gaps.append(Gap(SOURCE, f"the code at `{shown}`", f"no such file in {', '.join(where[:5])}", "name a path as the evidence writes it"))
        return None, gaps

    def _last_change(self, reading: Reading, path: str, line: int) -> Commit | None:
        sha = blame.blamed(reading, path, (line, line), _EVER, sorted(blame.ignored_revisions(reading))).get(line)
        if sha is None:
            return None
        changed = [msgspec.structs.replace(commit, relation=_LOOKED_UP) for commit in reading.checkout.change(sha)]
        return next((commit for commit in changed if commit.path == path), changed[0] if changed else None)

    def _found(self, reading: Reading, text: str) -> tuple[list[Evidence], str]:
        options = ("-I", "-l", "-z", "--no-textconv", "--fixed-strings", "-e", text, reading.commit, "--")
        paths = [name.partition(":")[2] for name in grep(reading, options).split("\0") if name]
        paths.sort(key=lambda path: (-standing(path, ""), -nearness(path, self._service), path))
        read = paths[:_FILES]
        query = f"git grep --fixed-strings -e '{cut(one_line(text), 80)}' {reading.commit[:12]}"
        evidence: list[Evidence] = []
        for path in read:
            if len(evidence) >= _HITS:
                break
            evidence += [_hit(reading, path, *hit, query) for hit in _lines_with(text_of(reading, path), text)]
        count = f"{len(paths):,} file{'s' * (len(paths) != 1)}"
        more = f", {min(len(evidence), _HITS)} places of the likeliest shown" if len(paths) > 1 else ""
        return evidence, f"{SOURCE}: {query} in {reading.codebase.name} → {count}{more}"


def _files(path: str, readings: Sequence[Reading], service: str) -> list[File]:
    """The tracked files that a path means: exactly, with its codebase's name before it, or as a stack frame writes it."""
    exact = [(reading, path) for reading in readings if reading.has(path)]
    named = [(reading, rest) for reading in readings if (rest := path.removeprefix(f"{reading.codebase.name}/")) != path and reading.has(rest)]
    return exact or named or files_of(Frame("", path), readings, service)


def _placed(reading: Reading, path: str, line: int) -> Place | Gap:
    text = text_of(reading, path)
    if isinstance(text, Gap):
        return text
    content, note = text
    count = len(lines_of(content))
    if not 1 <= line <= count:
        return Gap(SOURCE, f"{path}:{line}"[:300], f"the file has {count:,} line{'s' * (count != 1)} at {reading.at}", "name a line within it")
    syntax = syntax_of(content, path, line)
    around = enclosing(content, line, path, syntax)
    if around is None:
        return Gap(SOURCE, f"{path}:{line}", "the line is not there", "open it by hand")
    return place(Spot(reading, path, line, content, syntax, (note,)), around)


def _hit(reading: Reading, path: str, line: int, content: str, query: str) -> Evidence:
    """A found line with what stands around it, within its function."""
    around = enclosing(content, line, path, syntax_of(content, path, line)) or Enclosure("", line, line, (line, line))
    first, last = max(around.first, line - _CONTEXT), min(max(around.last, line), line + _CONTEXT)
    shown = msgspec.structs.replace(around, first=first, last=last, exact=True)
    return place(Spot(reading, path, line, content, None, ("found by searching for a text",), query), shown).evidence


def _lines_with(text: tuple[str, str] | Gap, sought: str) -> Iterator[tuple[int, str]]:
    if isinstance(text, Gap):
        return
    content = text[0]
    numbers = [number for number, line in enumerate(lines_of(content), start=1) if sought in line]
    yield from ((number, content) for number in numbers[:_IN_FILE])


def _shortened(commit: Commit) -> Commit:
    """The commit with the first of its lines: a commit may have brought a whole file."""
    removed, added = (tuple(cut(line, 400) for line in lines[:_LINES]) for lines in (commit.removed, commit.added))
    return msgspec.structs.replace(commit, removed=removed, added=added)


def _blamed_first(commits: Sequence[Commit], last: Commit | None, line: int) -> list[Commit]:
    if last is None:
        return list(commits)
    known = next((commit for commit in commits if commit.sha == last.sha), last)
    reason = (f"last changed line {line}",)
    return [msgspec.structs.replace(known, reasons=reason), *(commit for commit in commits if commit.sha != last.sha)]
