"""The code and its history: stack frames become places, places become the commits that changed them, earlier fixes are checked."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.config import Codebase
from bot.core.code.frame_path import suffixes
from bot.core.links.resolution_reference import repository_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Checkup, Commit, Evidence, Findings, Frame, Gap, Inquiry, PastFix, Relation
from bot.sources.code.checkup import examined
from bot.sources.code.clone import Clones
from bot.sources.code.commit_evidence import commit_evidence
from bot.sources.code.fix_check import check, origin
from bot.sources.code.lookups import CodeLookups, Opened
from bot.sources.code.owners import owned
from bot.sources.code.places import Places, locate
from bot.sources.code.reading import SOURCE, VERSION, Reading, open_all
from bot.sources.code.search import raised
from bot.sources.code.suspects import suspects
from bot.texts.fix_proof import headline

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
        """Code, suspects and fix checks; what cannot be read or believed is a Gap. Round one has nothing to follow yet."""
        if inquiry.search or inquiry.words or not (inquiry.frames or inquiry.past_fixes or inquiry.alert.message):
            return Findings()
        if not self._codebases:
            return Findings(gaps=(Gap(SOURCE, "the code of the failing frames", "no codebase is configured", "add `code:` to .github/knowledge-bot.yml"),))
        readings, places, gaps = self._located(inquiry)
        places, more = _with_owners(places)
        commits, doubts = suspects(places, inquiry)
        fixes, unproven = _fixes(inquiry, readings, places, commits)
        evidence = [place.evidence for place in places.found] + [commit_evidence(commit) for commit in commits] + fixes
        return Findings(evidence=tuple(evidence), gaps=tuple(dict.fromkeys([*gaps, *more, *doubts, *unproven])))

    def examine(self) -> Iterable[Checkup]:
        """Whether every codebase can be read, with its whole history; a repository is cloned or fetched on the way."""
        return [checkup for codebase in self._codebases for checkup in examined(self._root, codebase, self._seconds, self._clones)]

    def place(self, path: str, line: int, inquiry: Inquiry) -> Findings:
        """The function around a line of a file that is tracked at the commit that ran."""
        return self._lookups(inquiry).place(path, line)

    def find(self, text: str, inquiry: Inquiry) -> Findings:
        """The places where a literal text of one line stands, the likeliest first."""
        return self._lookups(inquiry).find(text)

    def history(self, path: str, line: int, inquiry: Inquiry) -> Findings:
        """Who changed a line last, and the last commits of the function around it."""
        return self._lookups(inquiry).history(path, line)

    def _lookups(self, inquiry: Inquiry) -> CodeLookups:
        service = inquiry.service or ""
        first = [codebase for codebase in self._codebases if service in codebase.services]
        rest = [codebase for codebase in self._codebases if codebase not in first]
        groups = (group for group in (first, rest) if group)
        return CodeLookups((Opened(len(group), *open_all(self._root, group, inquiry, self._seconds, self._clones)) for group in groups), service)

    def _located(self, inquiry: Inquiry) -> tuple[list[Reading], Places, list[Gap]]:
        """The failing service's own codebases first; the others only when those do not have the file."""
        service = inquiry.service or inquiry.alert.service or ""
        first = [codebase for codebase in self._codebases if service in codebase.services]
        rest = [codebase for codebase in self._codebases if codebase not in first]
        readings, gaps = open_all(self._root, first, inquiry, self._seconds, self._clones)
        places, theirs, foreign = locate(inquiry.frames, readings, service), list[Gap](), False
        if rest and (not readings or (inquiry.frames and not places.found and not places.gaps) or _unknown_fix(inquiry, readings)):
            others, theirs = open_all(self._root, rest, inquiry, self._seconds, self._clones)
            if not places.found and not places.gaps:
                places = locate(inquiry.frames, others, service)
            foreign = not places.found and _is_foreign(service, self._codebases)
            readings += others
        if not places.found:
            nowhere = _nowhere(places, readings)
            searched = raised(inquiry.alert.message or "", inquiry.alert.error_type, readings, service)
            places = Places(searched.found, [*places.gaps, *nowhere, *searched.gaps], places.unmatched)
        if theirs:
            gaps += [_foreign(service)] if foreign else _of_what_was_read(theirs, places, known=bool(first))
        return readings, places, [*gaps, *places.gaps]


def _is_foreign(service: str, codebases: Sequence[Codebase]) -> bool:
    """Whether every codebase says which services it holds, and none holds this one: what is not known of theirs says nothing of its failure."""
    return bool(service) and all(codebase.services and service not in codebase.services for codebase in codebases)


def _of_what_was_read(gaps: list[Gap], places: Places, *, known: bool) -> list[Gap]:
    """Of codebases that may not be the failing service's: the gaps of those that hold its code.

    Where none does, and no codebase is `known` to be its own, that nothing tells which versions ran is one gap.
    """
    if places.found:
        used = {place.reading.codebase.name for place in places.found}
        return [gap for gap in gaps if any(name in gap.wanted for name in used)]
    versions = [gap for gap in gaps if gap.wanted.startswith(VERSION)]
    if known or len(versions) < 2:
        return gaps
    cause = "none of them is known to be the failing service's or holds what the alert says, and what ran of each is not known"
    remedy = "name the service in the alert or in its log events (`fields.service`), and under `services:` of its codebase"
    one = Gap(SOURCE, f"which of {len(versions)} codebases failed", cause, remedy)
    return [one, *(gap for gap in gaps if gap not in versions)]


def _foreign(service: str) -> Gap:
    name = cut(one_line(service), 80)
    return Gap(SOURCE, f"the code of {name}", "no codebase of the configuration names it", "add its repository to `code:`, with the service under `services:`")


def _unknown_fix(inquiry: Inquiry, readings: Sequence[Reading]) -> bool:
    return any(not _holds(fix, readings) for fix in inquiry.past_fixes[:_FIXES])


def _holds(fix: PastFix, readings: Sequence[Reading]) -> bool:
    """Whether one of these codebases has the commit, or one that came by the pull request; where git does not say, others are asked too.

    A number alone is one of the failing service's own repositories: another one's pull request of that number would be another fix.
    """
    if not fix.commit and not repository_of(fix.pull_request or ""):
        return True
    try:
        return origin(fix, readings) is not None
    except SourceError:
        return False


def _nowhere(places: Places, readings: Sequence[Reading]) -> list[Gap]:
    """The gap of a stack that leads into no file: removed meanwhile, or of a codebase that is not configured."""
    if places.found or places.gaps or not places.unmatched or not readings:
        return []
    frame = places.unmatched[0]
    name = cut(one_line(f"{frame.file or frame.module or frame.function}:{frame.line or '?'}").replace("`", "'"), 160)
    if inside := _submodule(frame, readings):
        return [Gap(SOURCE, f"the code of `{name}`", f"{inside} is a submodule: its files are in another repository", "add that repository to `code:`")]
    for reading in readings:
        gone = reading.checkout.deletion(reading.commit, suffixes(frame.file or "")) if not reading.shallow else None
        if gone:
            cause = f"{headline(gone)} removed {gone.path}, which still ran"
            return [Gap(SOURCE, f"the code of `{name}`", cause, "log the release, so that its commit can be read")]
    where = ", ".join(reading.at for reading in readings[:5])
    return [Gap(SOURCE, f"the code of `{name}`", f"no such file in {where}", "add its repository to `code:`, or its folder to `source_roots`")]


def _submodule(frame: Frame, readings: Sequence[Reading]) -> str | None:
    """The submodule that a frame's file lies in, as `codebase/folder`."""
    paths = suffixes(frame.file or "")
    found = (f"{reading.codebase.name}/{folder}" for reading in readings for folder in reading.checkout.submodules(reading.commit) if _below(folder, paths))
    return next(found, None)


def _below(folder: str, paths: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for path in paths)


def _with_owners(places: Places) -> tuple[Places, list[Gap]]:
    try:
        found = owned(places)
        return found, found.gaps[len(places.gaps) :]
    except SourceError as error:
        return places, [Gap(SOURCE, "the owners of the failing code", error.cause, error.remedy)]


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
