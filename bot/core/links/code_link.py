"""Where people read commits, requests and lines: addresses below that of a repository, and what of a resolution has one."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from bot.core.links.resolution_reference import commits, number_of, pull_requests, repository_of


class _Form(NamedTuple):
    """What a host puts behind the repository's address."""

    request: str = "/pull/"
    commit: str = "/commit/"
    line: str = "/blob/{commit}/{path}#L{line}"


_GITHUB = _Form()
"""Also GitLab's for commits and lines: it leads on from there."""
_AZURE = _Form("/pullrequest/", line="?path=/{path}&version=GC{commit}&line={line}&lineEnd={line}&lineStartColumn=1&lineEndColumn=999")
_FORMS = {"bitbucket": _Form("/pull-requests/", "/commits/", "/src/{commit}/{path}#lines-{line}"), "dev.azure.com": _AZURE, "visualstudio.com": _AZURE}
"""By a part of the host's name."""


def web_address(address: str) -> str | None:
    """The address of a repository as people browse it, without a slash at its end; None when it is no web address."""
    url = address.rstrip("/").removesuffix(".git")
    return url if re.fullmatch(r"https?://[\w.:-]+(?:/[\w.~%+-]+)*", url) else None


def commit_link(base: str, sha: str) -> str:
    """Where a commit is read."""
    return f"{base}{_form(base).commit}{sha}"


def request_link(base: str, number: str) -> str:
    """Where a request is read: `#1234`, or `!12` for a merge request."""
    return f"{base}{'/-/merge_requests/' if number[0] == '!' else _form(base).request}{number[1:]}"


def line_link(base: str, sha: str, path: str | bytes, line: int) -> str:
    """Where a line of a file is read as it stood at a commit; a path that is not UTF-8 is given in its bytes."""
    return base + _form(base).line.format(commit=sha, path=quote(path), line=line)


def _form(base: str) -> _Form:
    return next((form for host, form in _FORMS.items() if host in urlsplit(base).netloc), _GITHUB)


def resolution_links(words: str, own: Sequence[str], others: Sequence[str] = ()) -> dict[str, str]:
    """What a resolution names → where it is read.

    `own` are the web addresses of the code that failed, `others` further ones that a request may name with its repository. Each link is made
    of one of these and of a number or id; what may be read in two places has none.
    """
    links, named = dict[str, str](), list[str]()
    for reference in pull_requests(words):
        repository = repository_of(reference).casefold()
        bases = [base for base in dict.fromkeys((*own, *others)) if base.casefold().endswith(f"/{repository}")] if repository else list(dict.fromkeys(own))
        if len(bases) == 1:
            address = request_link(bases[0], number_of(reference))
            links |= {reference: address, address: address}
            named += bases if repository else []
    # A commit beside a request is of the request's repository.
    bases = list(dict.fromkeys(named or own))
    return links | ({sha: commit_link(bases[0], sha) for sha in commits(words)} if len(bases) == 1 else {})
