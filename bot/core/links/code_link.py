"""Where people read commits and requests: addresses below that of a repository, and what of a resolution has one."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.core.links.resolution_reference import commits, number_of, pull_requests, repository_of

_FORMS = (("bitbucket", "/pull-requests/"), ("dev.azure.com", "/pullrequest/"), ("visualstudio.com", "/pullrequest/"))
"""How hosts that are not GitHub's put a pull request's number behind the repository's address."""


def web_address(address: str) -> str | None:
    """The address of a repository as people browse it, without a slash at its end; None when it is no web address."""
    url = address.rstrip("/").removesuffix(".git")
    return url if re.fullmatch(r"https?://[\w.:-]+(?:/[\w.~%+-]+)*", url) else None


def commit_link(base: str, sha: str) -> str:
    """Where a commit is read."""
    return f"{base}/commit/{sha}"


def request_link(base: str, number: str) -> str:
    """Where a request is read: `#1234`, or `!12` for a merge request."""
    form = "/-/merge_requests/" if number[0] == "!" else next((form for host, form in _FORMS if host in urlsplit(base).netloc), "/pull/")
    return f"{base}{form}{number[1:]}"


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
