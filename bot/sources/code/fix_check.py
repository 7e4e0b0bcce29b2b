"""Whether an earlier fix still stands in what ran, and if not, which commit undid it.

1. The fix is the commit, or the pull request, that the entry's `resolution` names.
2. What it added or took out is followed in its files, the failing ones first: code where that tells something, else settings.
3. Where the commit that ran grew from the fix, its lines are traced from commit to commit. Where it did not, a copy of the fix there is
   looked for (a cherry-pick, a squash); without one, the fix was not deployed.
4. The verdict (`bot.core.fix.verdict`): stands, moved, reverted, partly lost and so on, with the commit that undid it.
"""

from collections.abc import Mapping, Sequence

from bot.core.fix.change import NO_CODE, SETTINGS, followed_lines
from bot.core.fix.verdict import Verdict, verdict
from bot.core.fix.walk import Fix
from bot.core.links.resolution_reference import number_of, repository_of
from bot.errors import SourceError
from bot.model import Commit, Evidence, FixCheck, FixState, Gap, PastFix, Relation
from bot.sources.code.fix_commits import Commits, shown_path
from bot.sources.code.fix_history import Message, Renamed, Versions, distance, message_of, messages_that_say
from bot.sources.code.fix_trace import Traced, later_bringer, traced, traced_copies
from bot.sources.code.reading import SOURCE, Reading, base_url, deepening
from bot.texts.fix_proof import proof

_CHECKED_FILES = 8
_CANDIDATES = 4
_FEW = 40


def check(fix: PastFix, readings: Sequence[Reading], failing: Sequence[str], relations: Mapping[str, Relation]) -> Evidence | Gap | None:
    """The state of one earlier fix as evidence. `failing` are the paths of the failing code, `relations` what is known of its commits.

    Its lines are followed commit by commit to the one that was read: through re-formatting, renames, moves, merges and reverts. What
    cannot be proved either way is a Gap. Raises SourceError when git does not answer.
    """
    reference = fix.commit or fix.pull_request
    if reference is None:
        return None
    wanted = f"whether the fix {reference[:80] if fix.commit is None else reference[:12]} of {fix.signature} still stands"
    found = origin(fix, readings)
    if found is None:
        what = "this commit" if fix.commit else "a commit of this pull request"
        return Gap(SOURCE, wanted, f"no checkout has {what}", "fetch the whole history, and name the merged commit in the entry's `resolution`")
    reading, sha = found
    if reading.shallow:
        return Gap(SOURCE, wanted, f"the clone of {reading.codebase.name} is shallow", deepening(reading.codebase))
    proved = _Proof(fix, reading, sha, failing, relations).result()
    return Gap(SOURCE, wanted, proved, "compare it by hand") if isinstance(proved, str) else proved


class _Proof:
    """The check of one fix in one codebase."""

    def __init__(self, fix: PastFix, reading: Reading, sha: str, failing: Sequence[str], relations: Mapping[str, Relation]) -> None:
        self._fix, self._reading, self._failing = fix, reading, [reading.stored(path) for path in failing]
        self._message, self._changes = message_of(reading.checkout, sha)
        self._versions = Versions(reading.checkout)
        self._commits = Commits(reading, self._versions, relations)

    def result(self) -> Evidence | str:
        """The evidence, or why nothing can be proved."""
        sha, reading = self._message.sha, self._reading
        apart = distance(reading.checkout, sha, reading.commit)
        lines, files = self._lines()
        if lines is None:
            return _nothing_to_prove(self._changes)
        if apart is None:
            return "git cannot compare it with the commit that was read"
        paths = _paths(files)
        if apart[0] == 0:
            found = traced(lines, reading, self._versions, paths)
        elif apart[1] == 0:
            return self._absent(lines, "not deployed", None)
        else:
            copy = traced_copies(lines, reading, self._versions, paths, self._message)
            if copy is None:
                return self._absent(lines, *later_bringer(lines, reading, self._versions, paths, self._message))
            found = copy
        return found if isinstance(found, str) else self._evidence(lines, found)

    def _lines(self) -> tuple[Fix | None, list[Renamed]]:
        """What is followed, and in which files: code if there is any that tells something, else settings."""
        parent = self._message.parents[0] if self._message.parents else ""
        ordinary = [file for file in self._changes if file.ordinary]
        failing = [file for file in ordinary if file.after in self._failing]
        code = [file for file in ordinary if not _is(NO_CODE, file) and not _is(SETTINGS, file) and file not in failing]
        settings = [file for file in ordinary if _is(SETTINGS, file) and not _is(NO_CODE, file) and file not in failing]
        for files in ([*failing, *code][:_CHECKED_FILES], settings[:_CHECKED_FILES]):
            self._load(files, parent)
            read = [(self._versions.text(parent, file.before or ""), self._versions.text(self._message.sha, file.after or "")) for file in files]
            wanted, standings = followed_lines([pair for pair in read if pair != (None, None)], self._message.sha)
            if wanted:
                return Fix(self._message.sha, wanted, standings), files
        return None, []

    def _load(self, files: Sequence[Renamed], parent: str) -> None:
        """The files before and after the fix; with them, when they are few, the later versions that are going to be needed."""
        sha, paths = self._message.sha, _paths(files)
        wanted = [(sha, file.after) for file in files if file.after] + [(parent, file.before) for file in files if file.before and parent]
        later = self._versions.messages(f"{sha}..{self._reading.commit}", paths) if paths else []
        if len(later) <= _FEW:
            wanted += [(one, path) for message in later for one in (message.sha, *message.parents) for path in paths]
        self._versions.load(wanted)

    def _absent(self, lines: Fix, state: FixState, later: Message | None) -> Evidence:
        missing = tuple(line.text for line in lines.wanted if not line.absent)
        carried_by = self._commits.bare(later, lines.standings[0].path) if later else None
        return self._told(FixCheck(self._fix.signature, self._change(lines, ""), False, missing, None, state, None, len(lines.wanted), carried_by))

    def _evidence(self, lines: Fix, found: Traced) -> Evidence:
        told: Verdict = verdict(lines.wanted, found.standings, found.copy.sha if found.copy else lines.sha)
        missing = tuple(lines.wanted[number].text for number in told.undone)
        removed_by = self._commits.remover(told.by, told.path, found) if told.by else None
        lost = lines.standings[told.undone[0]].path if told.undone else ""
        carried_by = self._commits.bare(found.copy, lost or lines.standings[0].path) if found.copy else None
        change = self._change(lines, lost)
        moved_to = shown_path(told.moved_to) if told.moved_to else None
        return self._told(FixCheck(self._fix.signature, change, told.stands, missing, removed_by, told.state, moved_to, told.followed, carried_by))

    def _change(self, lines: Fix, lost: str) -> Commit:
        """The fix's own change in one file: the one that lost it, else one that failed, else the first."""
        paths = list(dict.fromkeys(where.path for where in lines.standings))
        path = lost or next((path for path in paths if path in self._failing), paths[0])
        before = next((file.before for file in self._changes if file.after == path), None)
        parent = self._message.parents[0] if self._message.parents else ""
        return self._commits.change(self._message, path, (parent, before or ""), self._fix.pull_request)

    def _told(self, found: FixCheck) -> Evidence:
        reading, shown = self._reading, found.removed_by or found.fix
        place = shown.permalink or f"{reading.codebase.name}@{shown.sha[:7]}"
        query = f"git log -p {found.fix.sha[:12]}..{reading.commit[:12]} -- {found.fix.path}"
        return Evidence("fix", SOURCE, place, proof(found, reading.at), time=shown.time, query=query, detail=found)


def _paths(files: Sequence[Renamed]) -> list[str]:
    return list(dict.fromkeys(path for file in files if (path := file.after or file.before)))


def _is(pattern: object, file: Renamed) -> bool:
    return bool(pattern.search(file.after or file.before or ""))  # type: ignore[attr-defined]


def _nothing_to_prove(changes: Sequence[Renamed]) -> str:
    if changes and not any(file.ordinary for file in changes):
        return "it changed no file, only a submodule or a link"
    if changes and all(_is(NO_CODE, file) for file in changes):
        return "it changed only tests, documents or generated files"
    return "it has no line of code that could be looked for"


def origin(fix: PastFix, readings: Sequence[Reading]) -> tuple[Reading, str] | None:
    """The codebase and commit that the resolution means: by SHA, else by a commit that names that SHA as its origin, else by pull request.

    None where none of them has it. Raises SourceError.
    """
    if fix.commit:
        for reading in readings:
            if sha := reading.checkout.known_commit(fix.commit):
                return reading, sha
        for reading in readings:
            if sha := _picked_from(fix.commit, reading):
                return reading, sha
    if fix.pull_request:
        for reading in readings:
            if sha := _merged_as(fix.pull_request, reading):
                return reading, sha
    return None


def _picked_from(commit: str, reading: Reading) -> str | None:
    if len(commit) < 7 or not all(mark in "0123456789abcdef" for mark in commit.lower()):
        return None
    said = f"cherry picked from commit {commit.lower()}"
    return next((message.sha for message in messages_that_say(reading.checkout, [said], [reading.commit], 1)), None)


def _merged_as(reference: str, reading: Reading) -> str | None:
    """The merge or squash commit of a pull request; one that what ran descends from before any other."""
    named = repository_of(reference)
    if named and base_url(reading.codebase) and not (base_url(reading.codebase) or "").lower().endswith(f"/{named.lower()}"):
        return None
    number = number_of(reference)
    words = [f"({number})", f"pull request {number} ", f"pull request {number})", f"Merged PR {number[1:]}:"] if number[0] == "#" else [number]
    try:
        messages = messages_that_say(reading.checkout, words, [reading.commit, "--all"])
    except SourceError:
        return None
    own = [message for message in messages if message.pull_request == number][:_CANDIDATES]
    reachable = (message.sha for message in own if message.sha == reading.commit or reading.checkout.is_ancestor(message.sha, reading.commit))
    return next(reachable, own[-1].sha if own else None)
