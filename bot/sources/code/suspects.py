"""The commits that most likely made it fail: blame, the function's last commits and those of the release, ranked with their reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from bot.core.code.enclosing import lines_of
from bot.core.code.frame_path import candidates as tracked_paths
from bot.core.code.hunks import Hunk
from bot.core.code.words import Basis, basis, names_of
from bot.core.suspects.change_nature import file_kind, is_import, meaningless
from bot.core.suspects.failure_scene import Candidate, Scene, Site
from bot.core.suspects.suspicion import DAYS, Suspicion, ranked
from bot.errors import SourceError
from bot.model import Commit, Frame, Gap, Inquiry
from bot.sources.code import blame, change_log
from bot.sources.code.change_log import ChangeLog, Entry
from bot.sources.code.places import Place, Places
from bot.sources.code.reading import SOURCE, Reading, text_of

_OLDER_DAYS = 180
"""How far back the failing function's own commits are shown."""
_OF_FUNCTION = 6
_FRAMES = 40
_SWEEPING = 60
"""Files of a commit above which only those of the trace are read."""
_MOST_PATHS, _MOST_SHAS = 800, 200
_KEPT_LINES, _MOST_HUNKS = 60, 300


@dataclass
class _Search:
    """One diagnosis: where it failed and what was found so far."""

    reading: Reading
    places: list[Place]
    time: datetime
    began: datetime
    """When the error came first: long before `time` where it was never ended."""
    files: tuple[str, ...]
    log: ChangeLog = field(default_factory=lambda: ChangeLog((), True))
    released: frozenset[str] | None = None
    """What first went out with this release; None when no deploy before it is known."""
    entries: dict[str, Entry] = field(default_factory=dict)
    blamed: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    hunks: dict[str, tuple[Hunk, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """What a file was called earlier → what it is called today."""
    gaps: list[Gap] = field(default_factory=list)


def suspects(places: Places, inquiry: Inquiry) -> tuple[tuple[Commit, ...], list[Gap]]:
    """At most five commits in the order of suspicion, each with its reasons; never one that is later than the alert.

    Nothing for a stack that leads into no file, and nothing from a shallow clone, whose history names the wrong commits.
    """
    if not places.found or places.found[0].reading.shallow:
        return (), []
    reading = places.found[0].reading
    own = [place for place in places.found if place.reading.codebase.name == reading.codebase.name]
    search = _Search(reading, own, inquiry.alert.time, inquiry.began or inquiry.alert.time, _other_files(reading, inquiry.frames, own))
    _collect(search)
    scene = _scene(search, inquiry)
    found = ranked(scene, _candidates(search))
    merges = search.log.brought_in()
    return tuple(_commit(search, one, merges) for one in found), search.gaps


def _collect(search: _Search) -> None:
    """What git knows, each part on its own: where one fails, a gap says so and the others still count."""
    reading, failing = search.reading, search.places[0]
    window = search.time - timedelta(days=DAYS)
    older = search.began - timedelta(days=_OLDER_DAYS)
    try:
        _read_log(search, window)
    except SourceError as error:
        search.gaps.append(_gap(f"the commits before {reading.at}", error))
    search.entries = {entry.sha: entry for entry in search.log.entries}
    ignored = blame.ignored_revisions(reading)
    span = (failing.enclosure.first, failing.enclosure.last)
    try:
        entries, hunks = change_log.of_span(reading, failing.detail.path, span, older, _OF_FUNCTION)
        search.entries = {**{entry.sha: entry for entry in entries}, **search.entries}
        search.hunks |= hunks
    except SourceError as error:
        search.gaps.append(_gap(f"the last commits of {failing.enclosure.function} in {failing.detail.path}", error))
    _blame(search, search.places, older, ignored)
    _read_lines(search)
    styled = frozenset(sha for sha in search.blamed if meaningless(search.hunks.get(sha, ())))
    if styled:  # whoever wrote the failing line is behind the formatter
        _blame(search, search.places[:1], older, ignored | styled)


def _read_log(search: _Search, window: datetime) -> None:
    """The last two weeks, and what came with this release when that is longer; of a busy repository at least what touched the trace.

    Of an error that is older, the two weeks before it came first, too: a release of later is no witness against what was made before the error.
    """
    reading, previous = search.reading, search.reading.previous
    search.log = log = change_log.read(reading, window)
    old = log.before(previous) if previous else None
    if previous and old is None:
        release = change_log.read(reading, previous)
        search.released = frozenset(entry.sha for entry in release.entries)
        search.log = log = log.joined(release)
    elif old is not None:
        search.released = frozenset(entry.sha for entry in log.entries) - old
    if not log.whole and old is None:
        trace = [*(place.detail.path for place in search.places), *search.files]
        search.log = log.joined(change_log.read(reading, window, trace))
        since = f"{previous[:12]}.." if previous else "--since=2.weeks "
        cause = f"there are more than {change_log.MOST}: the newest were looked at, and those that touch the files of the trace"
        search.gaps.append(Gap(SOURCE, f"all commits before {reading.at}", cause, f"run `git log {since}{reading.commit[:12]}` there"))
    if search.released and any(entry.time > search.began for entry in search.log.entries if entry.sha in search.released):
        search.released = None
    if search.began < search.time:
        begin, trace = search.began - timedelta(days=DAYS), [*(place.detail.path for place in search.places), *search.files]
        earlier = change_log.read(reading, begin, until=search.began)
        search.log = search.log.joined(earlier if earlier.whole else earlier.joined(change_log.read(reading, begin, trace, search.began)))


def _blame(search: _Search, places: Sequence[Place], since: datetime, ignored: frozenset[str]) -> None:
    known = sorted(ignored & search.entries.keys())
    for depth, place in enumerate(places):
        try:
            begin = since if depth == 0 else search.began - timedelta(days=DAYS)
            found = blame.blamed(search.reading, place.detail.path, (place.enclosure.first, place.enclosure.last), begin, known)
        except SourceError as error:
            search.gaps.append(_gap(f"who changed {place.detail.path}:{place.detail.line}", error))
            continue
        for lines in search.blamed.values():
            lines -= {one for one in lines if one[0] == depth}
        for line, sha in found.items():
            search.blamed.setdefault(sha, set()).add((depth, line))
    unknown = [sha for sha in search.blamed if sha not in search.entries][:_OF_FUNCTION]
    try:
        search.entries |= {entry.sha: entry for entry in change_log.named(search.reading, unknown)}
    except SourceError as error:
        search.gaps.append(_gap(f"who changed {search.places[0].detail.path}", error))


def _read_lines(search: _Search) -> None:
    """The lines of all candidates; when that is refused or takes too long, at least those in the files of the trace."""
    trace = {*(place.detail.path for place in search.places), *search.files}
    search.names = _former_names(search.log.entries, trace)
    there = {*trace, *search.names}
    shas = [entry.sha for entry in search.log.entries if entry.time <= search.time and not entry.merge and _readable(entry, there)][:_MOST_SHAS]
    shas += [sha for sha in search.blamed if sha not in shas and _is_candidate(search, sha)]
    everything = _paths(search, there)
    for paths in (everything, sorted(there)):
        try:
            search.hunks = {**search.hunks, **change_log.lines_of(search.reading, shas, paths)}
        except SourceError as error:
            gap = _gap(f"the lines that the last commits changed in {search.reading.codebase.name}", error)
            continue
        return
    search.gaps.append(gap)


def _readable(entry: Entry, there: set[str]) -> bool:
    """The first commit of all brings everything, and so tells nothing."""
    return bool(entry.parents) or len(entry.files) <= _SWEEPING or any(file.path in there for file in entry.files)


def _is_candidate(search: _Search, sha: str) -> bool:
    return sha not in search.hunks and sha in search.entries


def _paths(search: _Search, there: set[str]) -> list[str]:
    paths = dict.fromkeys(sorted(there))
    for entry in search.log.entries:
        if len(entry.files) <= _SWEEPING:
            paths |= dict.fromkeys(file.path for file in entry.files if file_kind(file.path) not in {"tests", "docs", "generated"} and '"' not in file.path)
    return list(paths)[:_MOST_PATHS]


def _former_names(entries: Iterable[Entry], trace: set[str]) -> dict[str, str]:
    """Earlier paths of the trace's files: the deleted file of the same content, or of the same name, when a commit added one."""
    names = {path: path for path in trace}
    for entry in entries:
        gone = [file for file in entry.files if file.status == "D"]
        for file in entry.files:
            if file.status != "A" or file.path not in names or not gone:
                continue
            base = file.path.rpartition("/")[2]
            alike = [one.path for one in gone if one.before == file.after] or [one.path for one in gone if one.path.rpartition("/")[2] == base]
            near = alike or [one.path for one in gone if one.path.rpartition("/")[0] == file.path.rpartition("/")[0] and len(gone) == 1]
            if near:
                names.setdefault(near[0], names[file.path])
    return {former: today for former, today in names.items() if former != today}


def _scene(search: _Search, inquiry: Inquiry) -> Scene:
    alert = inquiry.alert
    texts = [lines_of(text[0]) if not isinstance(text := text_of(search.reading, place.detail.path), Gap) else [] for place in search.places]
    sites = tuple(_site(place, lines) for place, lines in zip(search.places, texts, strict=True))
    imports = frozenset(name for line in texts[0][:300] if is_import(line) for name in names_of(line))
    said = alert.message or alert.text
    since = search.reading.previous[:7] if search.reading.previous else ""
    return Scene(search.time, f"{alert.error_type or ''}: {said}", said, sites, search.files, imports, tuple(texts[0][:5000]), since, search.began)


def _site(place: Place, lines: Sequence[str]) -> Site:
    around = place.enclosure
    last = min(around.last, around.first + blame.LONGEST_SPAN)
    inside = lines[around.first - 1 : last]
    function = around.function.rpartition(".")[2]
    statement = around.statement if around.statement[0] >= around.first else (place.detail.line, place.detail.line)
    rests = basis(inside, around.first, statement, place.detail.line) if place.line_known else Basis()
    return Site(place.detail.path, function, rests, dict(enumerate(inside, start=around.first)))


def _candidates(search: _Search) -> Iterable[Candidate]:
    ignored = blame.ignored_revisions(search.reading)
    trace = {*(place.detail.path for place in search.places), *search.files}
    for sha in dict.fromkeys([*search.entries, *search.blamed]):
        entry = search.entries.get(sha)
        if entry is None or (entry.merge and sha not in search.blamed):
            continue
        changed = sorted((_today(hunk, search.names) for hunk in search.hunks.get(sha, ())), key=lambda hunk: hunk.path not in trace)[:_MOST_HUNKS]
        yield Candidate(
            sha,
            entry.time,
            entry.subject,
            tuple(changed),
            frozenset(search.blamed.get(sha, ())),
            sha in search.released if search.released is not None else None,
            entry.undoes,
            sha in ignored,
            max(1, len(entry.files)),
            tuple(file.path for file in entry.files),
            _brought(entry, search.names),
        )


def _brought(entry: Entry, names: dict[str, str]) -> frozenset[str]:
    """The files that began with a commit, by today's paths: not those it moved, and all of them for the first commit of a repository."""
    moved = {names[file.path] for file in entry.files if file.status == "D" and file.path in names}
    return frozenset(names.get(file.path, file.path) for file in entry.files if file.status == "A") - moved


def _today(hunk: Hunk, names: dict[str, str]) -> Hunk:
    path = names.get(hunk.path) or (names.get(hunk.old_path) if hunk.old_path != hunk.path else None)
    return replace(hunk, path=path) if path else hunk


def _commit(search: _Search, found: Suspicion, merges: dict[str, Entry]) -> Commit:
    entry, reading = search.entries[found.candidate.sha], search.reading
    removed = tuple(line for hunk in found.hunks for line in hunk.removed)[:_KEPT_LINES]
    added = tuple(line for hunk in found.hunks for line in hunk.added)[:_KEPT_LINES]
    plain = Commit(reading.codebase.name, entry.sha, entry.author, entry.time, entry.subject, found.path, found.relation, removed, added)
    made = msgspec.structs.replace(plain, reasons=found.reasons, login=entry.login, merge=entry.merge)
    merge = merges.get(entry.sha)
    return reading.linked(made, entry.pull_request or (merge.pull_request if merge else None))


def _other_files(reading: Reading, frames: Sequence[Frame], own: Sequence[Place]) -> tuple[str, ...]:
    """The tracked files of the frames that no place was cut out of, the nearest to the failure first."""
    found: dict[str, None] = {}
    for frame in dict.fromkeys(frame for frame in reversed(frames) if frame.in_app):
        paths = tracked_paths(frame, reading.tracked, reading.codebase.source_roots)
        if len(paths) == 1:
            found.setdefault(paths[0])
        if len(found) >= _FRAMES:
            break
    return tuple(path for path in found if path not in {place.detail.path for place in own})


def _gap(wanted: str, error: SourceError) -> Gap:
    return Gap(SOURCE, wanted, error.cause, error.remedy)
