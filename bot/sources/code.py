"""The code and its history: stack frames become places, places become the commits that changed them, earlier fixes are checked."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.config import Codebase
from bot.core.frame_path import suffixes
from bot.core.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Checkup, Commit, Evidence, Findings, Gap, Inquiry
from bot.sources.code_checkup import examined
from bot.sources.code_clone import Clones
from bot.sources.code_places import Place, Places, locate
from bot.sources.code_reading import SOURCE, Reading, open_all
from bot.sources.fix_check import changed_lines, check, headline
from bot.sources.git_history import Relation

_COMMITS = 5
_FIXES = 5


class CodeSource:
    """Answers every inquiry that brings frames or past fixes. `root` is where `code.path` starts; `seconds` limits one git command.
    `clones` keeps the repositories that are configured by their address."""

    def __init__(self, root: Path, codebases: tuple[Codebase, ...], seconds: float = 10, clones: Clones | None = None) -> None:
        self._root, self._codebases, self._seconds, self._clones = root, codebases, seconds, clones

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return SOURCE

    def gather(self, inquiry: Inquiry) -> Findings:
        """Code, commits and fix checks; what cannot be read or believed is a Gap."""
        if not inquiry.frames and not inquiry.past_fixes:
            return Findings()
        if not self._codebases:
            return Findings(gaps=(Gap(SOURCE, "the code of the failing frames", "no codebase is configured", "add `code:` to .github/knowledge-bot.yml"),))
        readings, places, gaps = self._located(inquiry)
        evidence = [place.evidence for place in places.found]
        commits: tuple[Commit, ...] = ()
        if places.found:
            commits, more = _history(places.found[0])
            gaps += more
            evidence += [_commit_evidence(commit, places.found[0]) for commit in commits]
        fixes, more = _fixes(inquiry, readings, places, commits)
        return Findings(evidence=(*evidence, *fixes), gaps=tuple(dict.fromkeys([*gaps, *more])))

    def examine(self) -> Iterable[Checkup]:
        """Whether every codebase can be read, with its whole history; a repository is cloned or fetched on the way."""
        return [checkup for codebase in self._codebases for checkup in examined(self._root, codebase, self._seconds, self._clones)]

    def _located(self, inquiry: Inquiry) -> tuple[list[Reading], Places, list[Gap]]:
        """The failing service's own codebases first; the others only when those do not have the file."""
        service = inquiry.service or inquiry.alert.service
        first = [codebase for codebase in self._codebases if service in codebase.services]
        rest = [codebase for codebase in self._codebases if codebase not in first]
        readings, gaps = open_all(self._root, first, inquiry, self._seconds, self._clones)
        places = locate(inquiry.frames, readings)
        if rest and (not readings or (inquiry.frames and not places.found and not places.gaps) or _unknown_fix(inquiry, readings)):
            others, more = open_all(self._root, rest, inquiry, self._seconds, self._clones)
            if not places.found and not places.gaps:
                places = locate(inquiry.frames, others)
            used = {place.reading.codebase.name for place in places.found}
            gaps += [gap for gap in more if not places.found or any(name in gap.wanted for name in used)]
            readings += others
        return readings, places, [*gaps, *places.gaps, *_nowhere(places, readings)]


def _unknown_fix(inquiry: Inquiry, readings: Sequence[Reading]) -> bool:
    return any(fix.commit and not any(reading.checkout.known_commit(fix.commit) for reading in readings) for fix in inquiry.past_fixes)


def _nowhere(places: Places, readings: Sequence[Reading]) -> list[Gap]:
    """The gap of a stack that leads into no file: removed meanwhile, or of a codebase that is not configured."""
    if places.found or places.gaps or not places.unmatched or not readings:
        return []
    frame = places.unmatched[0]
    name = cut(one_line(f"{frame.file or frame.module or frame.function}:{frame.line or '?'}").replace("`", "'"), 160)
    for reading in readings:
        gone = reading.checkout.deletion(reading.commit, suffixes(frame.file or "")) if not reading.shallow else None
        if gone:
            cause = f"{headline(gone)} removed {gone.path}, which still ran"
            return [Gap(SOURCE, f"the code of `{name}`", cause, "log the release, so that its commit can be read")]
    where = ", ".join(reading.at for reading in readings[:5])
    return [Gap(SOURCE, f"the code of `{name}`", f"no such file in {where}", "add its repository to `code:`, or its folder to `source_roots`")]


def _history(place: Place) -> tuple[tuple[Commit, ...], list[Gap]]:
    """The last commits on the failing function, the failing lines told apart; filled up with those on its file."""
    reading, path, around = place.reading, place.detail.path, place.enclosure
    if reading.shallow:
        return (), []
    checkout, commit = reading.checkout, reading.commit
    try:
        at_lines = {one.sha for one in checkout.line_log(commit, path, around.statement, "changed the failing lines", _COMMITS)}
        found = list(checkout.line_log(commit, path, (around.first, around.last), "changed the failing function", _COMMITS))
        in_file = checkout.file_log(commit, path, _COMMITS)
    except SourceError as error:
        return (), [Gap(SOURCE, f"the history of {path}", error.cause, error.remedy)]
    seen = {one.sha for one in found}
    found += [one for one in in_file if one.sha not in seen]
    return tuple(reading.linked(_related(one, at_lines)) for one in found[:_COMMITS]), []


def _related(commit: Commit, at_lines: set[str]) -> Commit:
    if commit.sha not in at_lines:
        return commit
    return Commit(
        commit.repository, commit.sha, commit.author, commit.time, commit.subject, commit.path, "changed the failing lines", commit.removed, commit.added
    )


def _commit_evidence(commit: Commit, place: Place) -> Evidence:
    around = place.enclosure
    text = "\n".join([headline(commit), f"{commit.relation}: {commit.path}", *changed_lines(commit)])
    shown = commit.permalink or f"{commit.repository}@{commit.sha[:7]}"
    query = f"git log -L {around.first},{around.last}:{place.detail.path} {place.detail.commit[:12]}"
    return Evidence("commit", SOURCE, shown, text, time=commit.time, query=query, detail=commit)


def _fixes(inquiry: Inquiry, readings: Sequence[Reading], places: Places, commits: Sequence[Commit]) -> tuple[list[Evidence], list[Gap]]:
    relations: dict[str, Relation] = {commit.sha: commit.relation for commit in commits}
    failing = [place.detail.path for place in places.found]
    evidence: list[Evidence] = []
    gaps: list[Gap] = []
    for fix in dict.fromkeys(inquiry.past_fixes[:_FIXES] if readings else ()):
        try:
            found = check(fix, readings, failing, relations)
        except SourceError as error:
            found = Gap(SOURCE, f"whether the fix of {fix.signature} still stands", error.cause, error.remedy)
        if isinstance(found, Evidence):
            evidence.append(found)
        elif found is not None:
            gaps.append(found)
    return evidence, gaps
