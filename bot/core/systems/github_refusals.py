"""GitHub's refusals in plain words: status and message become a cause and a remedy.

Source: docs.github.com/en/rest (troubleshooting, rate limits) and the messages that the API was seen to give.
"""

from collections.abc import Mapping
from typing import NamedTuple

ALLOW_PULL_REQUESTS = "Settings → Actions → General → Workflow permissions → Allow GitHub Actions to create and approve pull requests"
# GraphQL answers 200 with errors, which PyGithub raises as 400: only the words tell what they are.
_NOT_ALLOWED = "resource not accessible"
_BROKEN = "something went wrong"
SECONDARY = ("secondary rate limit", "please retry your request again later", "please wait a few minutes before you try again", "abuse detection")


class Refusal(NamedTuple):
    """What came back, and what to do about it."""

    cause: str
    remedy: str


def messages(data: object) -> str:
    """GitHub's message and its `errors[].message`, in one line of at most 400 characters."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    parts = [data.get("message"), *(error.get("message") if isinstance(error, dict) else error for error in (errors if isinstance(errors, list) else []))]
    return " ".join(": ".join(part for part in parts if isinstance(part, str) and part).split())[:400]


def refusal(status: int, data: object, headers: Mapping[str, object] | None = None) -> Refusal:
    """Cause and remedy for a status of 400 and above, or 0 when no answer came."""
    said = messages(data)
    lower = said.lower()
    limited = status == 429 or "rate limit" in lower or any(words in lower for words in SECONDARY)
    remedies = (
        (status == 401, "set GITHUB_TOKEN to a token that is still valid; `gh auth token` prints yours"),
        (limited, _when_to_retry(headers or {})),
        ("not permitted to create or approve pull requests" in lower, f"turn on {ALLOW_PULL_REQUESTS}, then run this again"),
        (is_protected(data), "let the bot pass the branch's protection (Settings → Rules → Rulesets → Bypass list), or protect the branch without it"),
        (status == 403 or _NOT_ALLOWED in lower, "give the token write access to contents, pull requests and issues (in a workflow: under `permissions:`)"),
        (status == 404, "check GITHUB_REPOSITORY (owner/name) and that the token may see this repository; `bot doctor` looks at both"),
        (status == 409 and "empty" in lower, "push a first commit to the default branch"),
        (status == 410, "turn on Settings → General → Features → Issues, or set `tracker: none`"),
        (status == 0, "check the network, HTTPS_PROXY, GITHUB_API_URL and https://www.githubstatus.com, then run this again"),
        (status >= 500 or _BROKEN in lower, "run this again in a few minutes; https://www.githubstatus.com says whether GitHub is well"),
        (True, "mend what the message names and run this again; `bot doctor` checks the token and the repository's settings"),
    )
    cause = f"GitHub answered {status}" + (f": {said}" if said else "")
    return Refusal(cause, next(remedy for applies, remedy in remedies if applies))


def is_protected(data: object) -> bool:
    """Whether a refused write says that a branch protection or a ruleset stands in its way."""
    lower = messages(data).lower()
    return any(words in lower for words in ("protected branch", "repository rule violations", "must be made through a pull request"))


def _when_to_retry(headers: Mapping[str, object]) -> str:
    wait = str({name.lower(): value for name, value in headers.items()}.get("retry-after", ""))
    if not wait.isdecimal():
        return "run this again in some minutes; `gh api rate_limit` says when the limit is reset"
    return f"run this again in {wait} {'second' if wait == '1' else 'seconds'}"
