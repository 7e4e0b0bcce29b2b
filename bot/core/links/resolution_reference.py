"""What the words of a resolution point to: commits and pull requests, on GitHub, GitLab, Bitbucket and Azure."""

import re

from bot.regex import regex

_SHA = regex(r"(?<![#/\w@.-])[0-9a-f]{7,40}\b(?!-|\.\w)|(?<=/commit/)[0-9a-f]{7,40}\b|(?<=/commits/)[0-9a-f]{7,40}\b")
_REQUEST = regex(
    r"https?://[\w.:-]{1,200}(?P<slug>(?:/[\w.~-]{1,100}){1,8}?)(?:/-)?/(?P<kind>pull|pulls|merge_requests|pull-requests|pullrequest)/(?P<number>\d{1,9})\b"
    r"|(?<![\w&/#!.-])(?P<repository>[A-Za-z0-9][\w.-]{0,99}(?:/[\w.-]{1,100}){1,5})?(?P<mark>[#!])(?P<short>\d{1,9})\b"
    r"|\b(?:GH-|PR[ -]?#?|MR[ -]?!?|(?:pull|merge) request[ -]?[#!]?)(?P<spoken>\d{1,9})\b",
    re.IGNORECASE,
)
_OWN = (
    regex(r"\AMerge pull request (?P<number>#\d{1,9}) from "),
    regex(r"\AMerge(?:d in)? [^\n]{1,300} \(pull request (?P<number>#\d{1,9})\)\s*\Z"),
    regex(r"\AMerged PR (?P<plain>\d{1,9}): "),
    regex(r"\((?:PR ?)?(?P<number>[#!]\d{1,9})\)\s*\Z"),
)
_SEE = regex(r"^See merge request [\w./~-]{0,300}(?P<number>!\d{1,9})\s*$", re.MULTILINE)
_LONGEST = 20_000


def commits(words: str) -> tuple[str, ...]:
    """The commit ids that a text names, as written, those with a letter first; a plain number is rarely one."""
    found = [sha for sha in dict.fromkeys(_SHA.findall(words[:_LONGEST])) if any(mark.isdigit() for mark in sha)]
    return tuple(sorted(found, key=str.isdigit))


def pull_requests(words: str) -> tuple[str, ...]:
    """The pull or merge requests that a text names: `#1234`, `!12`, or `acme/transfers#1234` where it says whose."""
    found = []
    for match in _REQUEST.finditer(words[:_LONGEST]):
        if match["number"]:
            sign = "!" if match["kind"].lower() == "merge_requests" else "#"
            found.append(f"{match['slug'].strip('/')}{sign}{match['number']}")
        elif match["short"]:
            found.append(f"{match['repository'] or ''}{match['mark']}{match['short']}")
        else:
            sign = "!" if "!" in match.group() or match.group()[:1] in "mM" else "#"
            found.append(f"{sign}{match['spoken']}")
    return tuple(dict.fromkeys(found))


def pull_request_of(subject: str, body: str = "") -> str | None:
    """The request that a commit came by, as its message says: the last number of a squash's subject, a merge's own; never one that it only quotes."""
    for pattern in _OWN:
        if match := pattern.search(subject[:1_000]):
            named = match.groupdict()
            return named.get("number") or f"#{named['plain']}"
    match = _SEE.search(body[:_LONGEST])
    return match["number"] if match else None


def number_of(reference: str) -> str:
    """`#1234` of `acme/transfers#1234`."""
    return reference[max(reference.rfind("#"), reference.rfind("!")) :]


def repository_of(reference: str) -> str:
    """`acme/transfers` of `acme/transfers#1234`; empty where it does not say."""
    return reference[: max(reference.rfind("#"), reference.rfind("!"))]
