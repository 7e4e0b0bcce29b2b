"""What moves an entry from one state to the next: resolved, opened again, withdrawn, replaced, under another name."""

from bot.core.entry.entry import Entry, amended, is_name
from bot.core.entry.front_patch import Setting
from bot.core.entry.outline import outline
from bot.core.entry.sections import RESOLUTIONS, ensured, insert, with_bullets
from bot.core.entry.standing_row import with_standing
from bot.core.links.resolution_reference import commits, pull_requests
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import BadCommand
from bot.model import Record
from bot.regex import regex

MAX_WORDS = 600
_BY_NAME = regex(r"(?:[\w.~-]{1,100}/){1,8}[\w.-]{1,100}[#!]\d{1,9}\Z|[#!]\d{1,9}\Z")


class Ending(Record, frozen=True):
    """What ended an error, and when (an ISO string in UTC). `commit` is an id, `pull_request` `#12`, `acme/transfers#12` or its address."""

    because: str
    time: str
    commit: str = ""
    pull_request: str = ""


def resolution(ending: Ending) -> str:
    """The words of `resolution:`, from which commit and pull request are read back by the regression proof. Raises BadCommand."""
    because = cut(one_line(ending.because), MAX_WORDS).rstrip(" .;,:")
    commit, request = _commit(ending.commit), _request(ending.pull_request)
    named = ", ".join(part for part in (f"commit {commit}" if commit else "", f"pull request {request}" if request else "") if part)
    if not named:
        return because
    for words in (f"{because}, {named}" if because else named, f"{named}: {because}"):
        if _reads_back(words, commit, request):
            return words
    raise BadCommand(
        "writing down what ended it", "the words name another commit or pull request first", "leave it out of the words, or give more digits of the commit"
    )


def _commit(given: str) -> str:
    if not given:
        return ""
    found = commits(given.strip().lower())
    if not found:
        raise BadCommand("reading the commit", f"{one_line(given)[:60]!r} is no commit id", "give 7 to 40 hex digits, as `git log` prints them")
    return found[0]


def _request(given: str) -> str:
    if not given:
        return ""
    found = pull_requests(given.strip())
    if not found or not _BY_NAME.match(found[0]):
        raise BadCommand("reading the pull request", f"{one_line(given)[:60]!r} names none", "give its address, `#12`, or `owner/name#12`")
    return found[0]


def _reads_back(words: str, commit: str, request: str) -> bool:
    first_commit, first_request = next(iter(commits(words)), ""), next(iter(pull_requests(words)), "")
    return (not commit or first_commit == commit) and (not request or first_request == request)


def resolved(entry: Entry, words: str, time: str, row: str, bullets: tuple[str, ...]) -> Entry:
    """The entry as resolved by these words. `row` heads the summary while that is the bot's, `bullets` go to the resolutions that worked."""
    body = ensured(entry.body, {}, entry.newline)
    body = with_bullets(with_standing(body, row, entry.newline), RESOLUTIONS, bullets, entry.newline)
    changes: dict[str, Setting] = {"status": "resolved", "resolution": words, "resolved_at": max(time, entry.meta.first_seen)}
    return amended(Entry(entry.meta, entry.front, body), changes)


def reopened(entry: Entry) -> Entry:
    """The entry as it stands when its tracking issue was opened again: what had been tried stays written down."""
    return amended(Entry(entry.meta, entry.front, with_standing(entry.body, "", entry.newline)), {"status": "diagnosed"})


def withdrawn(entry: Entry, notice: str) -> Entry:
    """The entry out of use, with a notice below its title."""
    return amended(Entry(entry.meta, entry.front, _announced(entry.body, notice, entry.newline)), {"status": "withdrawn"})


def renamed(entry: Entry, name: str) -> Entry:
    """The entry under a new name; the old one becomes an alias."""
    meta = entry.meta
    aliases = tuple(one for one in dict.fromkeys((*meta.aliases, meta.signature)) if one != name)
    return amended(entry, {"signature": name, "aliases": aliases, "related": tuple(one for one in meta.related if one != name)})


def stub(entry: Entry, target: str, body: str, *, keeps_fingerprint: bool) -> Entry:
    """What is left under an old name: the front matter, with where the entry went, and a page that says so."""
    changes: dict[str, Setting] = {"status": "withdrawn", "replaced_by": target, "aliases": (), "related": (), "tracking_issue": ""}
    if not keeps_fingerprint:
        changes["fingerprint"] = ""
    return amended(Entry(entry.meta, entry.front, body.replace("\n", entry.newline)), changes)


def new_name(name: str) -> str:
    """The name, when it can be a file's. Raises BadCommand."""
    if not is_name(name) or name.startswith("-") or ".." in name or name.endswith((".", ".lock")) or name.lower().endswith(".md"):
        cause = f"{one_line(name)[:60]!r} is no name for an entry"
        raise BadCommand("naming the entry", cause, "use 1 to 120 letters, digits, `.`, `_` or `-`; no dot at either end, no two in a row, no `.md`")
    return name


def _announced(body: str, notice: str, newline: str) -> str:
    title = next((heading for heading in outline(body).headings if heading.level == 1), None)
    return insert(body, title.end if title else 0, notice, newline)
