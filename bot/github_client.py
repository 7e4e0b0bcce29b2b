"""One GitHub client for the forge and the tracker: paced, bounded in its waiting, and told in sentences when it is refused."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from github import Auth, BadAttributeException, Github, GithubException, GithubRetry
from github.Repository import Repository
from requests.exceptions import RetryError

from bot.config import Secret
from bot.core.systems.github_refusals import refusal
from bot.errors import BadConfiguration, BotError, ForgeError

LONGEST_WAIT = 60
"""Seconds to wait for a rate limit; a billed job that sleeps an hour helps nobody."""
_BETWEEN_CALLS = 60 / 900
"""Seconds between two calls of any kind: GitHub takes 900 points a minute, and a read costs one (docs.github.com, rate limits for the REST API)."""


def connect(token: Secret, repository: str, api_url: str, pace: float | None, *, patience: int = LONGEST_WAIT, timeout: int = 15) -> Repository:
    """The repository, without a call. Only GET is retried: a repeated POST may open a second request (PyGithub retries POST by itself).

    `pace` is the number of seconds between writes, which GitHub asks for; None for none. `patience` is how many seconds a rate limit is
    waited for, `timeout` how many one answer may take. Raises BadConfiguration.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", repository):
        raise BadConfiguration("connecting to GitHub", f"{repository!r} names no repository", "set GITHUB_REPOSITORY=owner/name")
    # PyGithub prints each refusal to stderr by itself; ours is the one sentence.
    logging.getLogger("github").setLevel(logging.CRITICAL)
    hub = Github(
        auth=Auth.Token(token.reveal()),
        base_url=api_url.rstrip("/"),
        timeout=timeout,
        retry=GithubRetry(
            total=2,
            backoff_factor=pace or 0,
            status_forcelist=[500, 502, 503, 504],
            allowed_methods={"GET"},
            secondary_rate_wait=0 if pace is None else patience,
            max_rate_limit_wait=patience,
            retry_after_max=patience,
        ),
        per_page=100,
        seconds_between_requests=pace and min(pace, _BETWEEN_CALLS),
        seconds_between_writes=pace,
        lazy=True,
    )
    return hub.get_repo(repository)


@contextmanager
def refused(doing: str, kind: type[BotError] = ForgeError) -> Iterator[None]:
    """Turns what PyGithub raises into an error of that kind. Only status and message are told: its `str()` holds the whole answer."""
    try:
        yield
    except GithubException as error:
        raise kind(doing, *refusal(error.status, error.data, error.headers)) from error
    except RetryError as error:
        # Tried as often as may be: the last answer itself is not handed on, only its status in words.
        limited = re.search(r"too many (403|429) error responses", str(error))
        if limited is None:
            raise kind(doing, "GitHub gave no answer (RetryError)", refusal(500, None).remedy) from error
        raise kind(doing, f"GitHub kept asking to wait for its rate limit (HTTP {limited[1]})", "wait some minutes, then run this again") from error
    except OSError as error:  # what requests raises when no answer came
        raise kind(doing, f"GitHub gave no answer ({type(error).__name__})", refusal(0, None).remedy) from error
    except (BadAttributeException, AssertionError, RuntimeError, ValueError) as error:
        cause = f"the answer was not GitHub's ({type(error).__name__})"
        raise kind(doing, cause, "check GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server") from error
