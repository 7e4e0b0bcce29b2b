"""Where an error is raised, found by its words: the format of the message is searched for in the code, for alerts whose stack leads nowhere."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.core.code.enclosing import enclosing, lines_of
from bot.core.code.foreign_file import generated, of_test, vendored
from bot.core.code.languages import code_file
from bot.core.code.message_template import MAX_MESSAGE, Fit, fit, literals, windows
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Gap
from bot.regex import regex
from bot.sources.code.git_command import RefusedError
from bot.sources.code.places import Place, Places, Spot, place
from bot.sources.code.reading import SOURCE, Reading, text_of
from bot.sources.code.syntax_reading import syntax_of

NOTE = "found by searching for the message, not by a stack trace"
_TYPE_NOTE = "found by searching for the type of the error, not by a stack trace"
_MAX_FILES = 200
"""Files that are read, the likeliest of those that were found."""
_COMMON = 2000
"""Words that stand in more files than these say nothing."""
_MAX_TRIED = 600
"""Lines that are compared with the message, and of one file:"""
_MAX_TRIED_IN_FILE = 20
_BEFORE, _AFTER = 6, 8
_LONGEST_LINE = 500
_LISTED = 5
_MAX_PARTS = 4
_CODE = 3
"""What `standing` says of a line of code."""
_RAISES = regex(
    r"\b(?:raise|throw|throws|panic\w{0,10}|fatal\w{0,5}|\w{0,30}error\w{0,10}|err|exception|fail\w{0,6}|abort|bail|anyhow|ensure|expect|log\w{0,8}|warn\w{0,5}"
    r"|critical|reject|die|exit|require|check|printf?|println|fprintf|emit)\b",
    re.IGNORECASE,
)
_COMMENT = regex(r"\s{0,200}(?:#(?!\{|\[)|//|/\*|\*\s|--\s|;;|<!--|%%)")
_TYPE = regex(r"[A-Za-z_]\w{3,100}")
_ANY_ERROR = frozenset(("", "Error", "Exception"))
"""Types that are raised everywhere say nothing of the place."""
_NO_CODE = regex(
    r"\.(?:md|rst|txt|lock|adoc|log|csv|tsv|html?|svg|map|snap|po|pot|ipynb|diff|patch|sum)$|(?:^|/)(?:docs?|examples?|CHANGELOG|locales?)(?:[/.]|$)"
    r"|(?:package-lock|yarn-lock|pnpm-lock|composer)\.\w{1,5}$",
    re.IGNORECASE,
)
_TEXTS = regex(r"\.(?:properties|ya?ml|toml|json|xml|resx|strings|arb|ftl|ini|conf|erb|haml|jinja2?|tmpl|vue|svelte)$", re.IGNORECASE)


_File = tuple[Reading, str, list[str]]


@dataclass(frozen=True)
class _Hit:
    """A line whose text fits. `rank` compares hits: where it stands, how much it explains, whether an error is raised beside it."""

    reading: Reading
    path: str
    line: int
    rank: tuple[int, int, int, int, int]
    sought: str
    note: str = NOTE

    def __str__(self) -> str:
        return f"{self.reading.codebase.name}/{self.path}:{self.line}"


def raised(message: str, error_type: str | None, readings: Sequence[Reading], service: str = "") -> Places:
    """The one place that the message can come from; several equally good ones, or a search that could not be made, are gaps.

    Nothing is found, and nothing said, where no text of the code fits: libraries raise errors too. Strings of the message reach git only
    behind `-e`, each without a line end.
    """
    hits, gaps = _hits(message, error_type or "", readings, service)
    places = Places(gaps=gaps)
    best = _best(hits) if hits or gaps else _wrapping(message, readings, service)
    if len(best) == 1:
        found = _place(best[0])
        if isinstance(found, Gap):
            places.gaps.append(found)
        else:
            places.found.append(found)
    elif best:
        names = ", ".join(str(hit) for hit in best[:_LISTED])
        wanted = f"where “{cut(one_line(message), 80)}” is raised"
        more = f" and {len(best) - _LISTED} more" if len(best) > _LISTED else ""
        places.gaps.append(Gap(SOURCE, wanted, f"{len(best)} places fit equally well: {names}{more}", "log the stack trace, or tell their messages apart"))
    return places


def _hits(message: str, error_type: str, readings: Sequence[Reading], service: str) -> tuple[list[_Hit], list[Gap]]:
    hits: list[_Hit] = []
    gaps: list[Gap] = []
    for reading in readings:
        try:
            hits += _search(reading, message, error_type, service)
        except SourceError as error:
            remedy = f"{error.remedy}; `code.folder` makes the search smaller"
            gaps.append(Gap(SOURCE, f"where the message is raised in {reading.codebase.name}", error.cause, remedy))
    return hits, gaps


def _wrapping(message: str, readings: Sequence[Reading], service: str) -> list[_Hit]:
    """The one place in the code that put its own words before what came from below, as in `credit account 7: deadlock detected`, the innermost first."""
    parts = message[:MAX_MESSAGE].split(": ")
    for part in [part for part in reversed(parts) if " " in part.strip()][:_MAX_PARTS] if len(parts) > 1 else ():
        found, gaps = _hits(part, "", readings, service)
        best = _best(hit for hit in found if hit.rank[0] == _CODE and hit.rank[3])
        if len(best) == 1 or gaps:
            return best
    return []


def _best(hits: Iterable[_Hit]) -> list[_Hit]:
    """The hits of the highest rank, one a line."""
    ordered = sorted(hits, key=lambda hit: hit.rank, reverse=True)
    top = [hit for hit in ordered if hit.rank == ordered[0].rank]
    return list({str(hit): hit for hit in top}.values())


def _place(hit: _Hit) -> Place | Gap:
    text = text_of(hit.reading, hit.path)
    if isinstance(text, Gap):
        return text
    content, note = text
    spot = Spot(hit.reading, hit.path, hit.line, content, syntax_of(content, hit.path, hit.line), (hit.note, note), _query(hit))
    around = enclosing(content, hit.line, hit.path, spot.syntax)
    return place(spot, around) if around else Gap(SOURCE, str(hit), "the line is not there", "open it by hand")


def _query(hit: _Hit) -> str:
    return f"git grep -n --fixed-strings -e '{cut(one_line(hit.sought), 80)}' {hit.reading.commit[:12]}"


def _search(reading: Reading, message: str, error_type: str, service: str) -> list[_Hit]:
    name = _type_name(error_type)
    folder = folder_of(reading, service)
    long = windows(message, 3)
    for below in dict.fromkeys((folder, "")):
        if hits := _fitting(_files(reading, long, service, below), long, message, name, service):
            return hits
    # What is short stands in many files: one search for all of it, in the service's folder where it has one.
    short = tuple(dict.fromkeys((*windows(message, 2), *windows(message, 1))))
    files = _files(reading, (*short, name), service, folder)
    return _fitting(files, short, message, name, service) or (_by_type(files, name, service) if name not in _ANY_ERROR else [])


def folder_of(reading: Reading, service: str) -> str:
    """The part of the repository to search first: as configured, else the folder that is named as the service; empty for all of it."""
    if reading.codebase.folder or not service:
        return (reading.codebase.folder or "").strip("/")
    paths = (path for same in reading.tracked.values() for path in same if service in path)
    found = {path[: path.index(f"/{service}/") + len(service) + 1] if f"/{service}/" in path else service for path in paths if f"/{service}/" in f"/{path}"}
    return min(found, key=lambda folder: (folder.count("/"), folder)) if found else ""


def _type_name(error_type: str) -> str:
    last = re.split(r"[.:\\$/]", error_type[-300:])[-1]
    return last if _TYPE.fullmatch(last) else ""


def _fitting(files: Sequence[_File], sought: Sequence[str], message: str, error_type: str, service: str) -> list[_Hit]:
    found: list[_Hit] = []
    holding = ((file, number) for file in files for number in _lines_with(file[2], sought))
    for (reading, path, lines), number in islice(holding, _MAX_TRIED):
        first = max(0, number - 1 - _BEFORE)
        match = _fit_at(lines[first : number + _AFTER], number - 1 - first, message)
        if match is not None:
            line = first + 1 + match[0]
            rank = (standing(path, lines[line - 1]), match[1].words, *_signs(lines, line, error_type), nearness(path, service))
            found.append(_Hit(reading, path, line, rank, next(one for one in sought if one in lines[number - 1])))
    return found


def _by_type(files: Sequence[_File], name: str, service: str) -> list[_Hit]:
    """Where an error of that type is made, for messages that come from outside of the code."""
    kind = rf"(?<!\w){re.escape(name)}\b"
    makes = re.compile(
        rf"(?:\b(?:raise|throw|panic|Err|new|return|error)\b[^\n]{{0,80}}|[&(!]\s{{0,3}}){kind}(?:::\w{{1,80}})?\s{{0,3}}[({{,\"']|\braise\s{{1,3}}[\w.:]{{0,80}}{kind}"
    )
    found = [
        _Hit(reading, path, number, (standing(path, lines[number - 1]), 0, 1, 1, nearness(path, service)), name, _TYPE_NOTE)
        for reading, path, lines in files
        for number in _lines_with(lines, (name,))
        if makes.search(lines[number - 1][:_LONGEST_LINE]) and code_file(path)
    ]
    return [hit for hit in found if hit.rank[0] > 1]


def _fit_at(lines: Sequence[str], at: int, message: str) -> tuple[int, Fit] | None:
    """The literal over the line `at` that fits best: the line it begins on, counted from the first of `lines`."""
    cut_lines = [line[:_LONGEST_LINE] for line in lines]
    source = "\n".join(cut_lines)
    begin = sum(len(line) + 1 for line in cut_lines[:at])
    end = begin + len(cut_lines[at])
    fits = [(source.count("\n", 0, start), fit(message, content)) for start, stop, content in literals(source) if start <= end and stop >= begin]
    if not fits:  # a file of texts (`error.balance=insufficient leaf balance for {0}`) has no quotation marks
        fits = [(at, fit(message, re.split(r"[=:]\s{0,20}", cut_lines[at].strip(), maxsplit=1)[-1]))]
    good = [one for one in fits if one[1].good]
    return max(good, key=lambda one: (one[1].words, one[1].letters), default=None)


def standing(path: str, line: str) -> int:
    """3 for code, 2 for files of texts, 1 for comments, tests, documents and what nobody wrote."""
    if of_test(path) or vendored(path) or generated(path) or _NO_CODE.search(path) or _COMMENT.match(line):
        return 1
    return 3 if code_file(path) else 2 if _TEXTS.search(path) else 1


def _signs(lines: Sequence[str], line: int, error_type: str) -> tuple[int, int]:
    """Whether the type stands beside the text, and whether something is raised or logged there."""
    near = "\n".join(one[:_LONGEST_LINE] for one in lines[max(0, line - 4) : line + 2])
    typed = bool(error_type) and re.search(rf"\b{re.escape(error_type)}\b", near) is not None
    beside = "\n".join(one[:_LONGEST_LINE] for one in lines[max(0, line - 3) : line + 1])
    return int(typed), int(_RAISES.search(beside) is not None)


def nearness(path: str, service: str) -> int:
    """1 below a folder that is named as the service."""
    return int(bool(service) and service.lower().replace("-", "_") in {part.lower().replace("-", "_") for part in path.split("/")[:-1]})


def _lines_with(lines: Sequence[str], sought: Sequence[str]) -> list[int]:
    return [number for number, line in enumerate(lines, start=1) if any(one in line for one in sought)][:_MAX_TRIED_IN_FILE]


def grep(reading: Reading, arguments: Sequence[str]) -> str:
    """What `git grep` prints; nothing where nothing is found, which it tells by its exit code alone."""
    try:
        return reading.checkout.output("grep", *arguments)
    except RefusedError as error:
        if error.cause == "exit code 1":
            return ""
        raise


def _files(reading: Reading, sought: Sequence[str], service: str, below: str) -> list[_File]:
    """The files that hold one of the strings, the likeliest first, with their lines; `below` limits them to a folder."""
    wanted = [one for one in sought if one and not re.search(r"[\x00-\x1f\x7f]", one)]
    if not wanted:
        return []
    if not reading.checkout.complete(reading.commit, *([below] if below else [])):
        raise SourceError("searching the code", "the contents of some files are missing in the clone", "fetch the whole repository")
    strings = [word for one in wanted for word in ("-e", one)]
    # `git grep` knows no `--end-of-options`; what comes after the strings is a SHA that git itself gave, and a folder behind `--`.
    found = grep(reading, ("-I", "-l", "-z", "--no-textconv", "--fixed-strings", *strings, reading.commit, "--", *([below] if below else [])))
    paths = [name.partition(":")[2] for name in found.split("\0") if name]
    if len(paths) > _COMMON:
        return []
    paths.sort(key=lambda path: (-standing(path, ""), -nearness(path, service), path))
    blobs = reading.checkout.blobs([(reading.commit, reading.stored(path)) for path in paths[:_MAX_FILES]])
    return [(reading, path, lines_of(blob.decode("utf-8", "replace"))) for path, blob in zip(paths, blobs, strict=False) if blob]
