"""Commits and pull requests that a finished Markdown text names become links, where the evidence says where they are read."""

import re
from collections.abc import Iterable, Mapping

from bot.model import Commit
from bot.regex import regex
from bot.texts.markdown import link

_SHORTEST = 7
_LONGEST = 20_000
_REQUEST = regex(r"/(?P<form>pull|pulls|pull-requests|pullrequest|merge_requests)/(?P<number>\d{1,9})\Z")
# What must be passed over whole: an escaped sign, a link that stands already, a code span of any number of ticks.
_PIECES = regex(
    r"\\.|\[(?:\\.|`[^`\n]{1,2000}`|[^\]\\`\n]){1,2000}\]\([^)\s]{1,2100}\)|(?<!`)(?P<ticks>`{1,32})(?!`)(?P<code>[^\n]{1,2100}?)(?<!`)(?P=ticks)(?!`)"
)
_FENCE = regex(r"\s{0,8}(`{3,}|~{3,})")


def linked(markdown: str, commits: Iterable[Commit]) -> str:
    """The text with each code span that is a commit's id, or the address of its pull request, as a link; a span in a fence or a link stays.

    Ids and addresses are those of the evidence, so that no text from outside brings a link of its own. Applying it twice changes nothing.
    """
    return linked_to(markdown, _addresses(commits))


def linked_to(markdown: str, known: Mapping[str, str]) -> str:
    """The same for what is known by id, reference or address → where it is read, which may be no text from outside."""
    if not known:
        return markdown
    lines, fence = list[str](), ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]) else fence
            lines.append(line)
        elif mark:
            fence = mark[1]
            lines.append(line)
        else:
            lines.append(_PIECES.sub(lambda match: _piece(match, known), line) if len(line) <= _LONGEST else line)
    return "\n".join(lines)


def _addresses(commits: Iterable[Commit]) -> Mapping[str, str]:
    """Full id → permalink, and address of a pull request → itself."""
    known: dict[str, str] = {}
    for commit in commits:
        if commit.permalink and commit.permalink.startswith("https://"):
            known.setdefault(commit.sha, commit.permalink)
        for address in (commit.pull_request, commit.permalink):
            if address and address.startswith("https://"):
                known.setdefault(address, address)
    return known


def _piece(match: re.Match[str], known: Mapping[str, str]) -> str:
    named = match["code"] if match["ticks"] == "`" else None
    if named is None:
        return match.group()
    if named in known:
        return _made(_label(named), known[named], match.group())
    if len(named) < _SHORTEST or re.fullmatch(r"[0-9a-f]{7,64}", named) is None:
        return match.group()
    meant = [sha for sha in known if sha.startswith(named)]
    return _made(named, known[meant[0]], match.group()) if len(meant) == 1 else match.group()


def _made(label: str, address: str, otherwise: str) -> str:
    made = link(label, address)
    return made if made.startswith("[") else otherwise


def _label(named: str) -> str:
    request = _REQUEST.search(named)
    if request is None:
        return "commit" if named.startswith("https://") else named
    return f"merge request {request['number']}" if request["form"] == "merge_requests" else f"pull request {request['number']}"
