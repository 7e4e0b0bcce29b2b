"""Links to runs of GitHub Actions: which run of which repository they name."""

from collections.abc import Iterable, Iterator

from bot.model import Record
from bot.regex import regex

_RUN = regex(
    r"https?://(?P<host>[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)/(?P<repository>[A-Za-z0-9-]{1,39}/[A-Za-z0-9_.-]{1,100})"
    r"/actions/runs/(?P<run>[0-9]{1,19})(?:/attempts/[0-9]{1,4})?(?:/jobs?/(?P<job>[0-9]{1,19}))?(?![\w-])"
)
_MOST_READ = 20_000
_MOST_RUNS = 5


class RunLink(Record, frozen=True):
    """A run, and the job of it where the link names one. `host` and `repository` are in lower case."""

    host: str
    repository: str
    run: int
    job: int | None = None


def run_links(texts: Iterable[str]) -> tuple[RunLink, ...]:
    """The runs that links of an alert name, wherever they stand in its texts, at most five."""
    return tuple(dict.fromkeys(_found(texts)))[:_MOST_RUNS]


def _found(texts: Iterable[str]) -> Iterator[RunLink]:
    for text in texts:
        for match in _RUN.finditer(text[:_MOST_READ]):
            yield RunLink(match["host"].lower(), match["repository"].lower(), int(match["run"]), int(match["job"]) if match["job"] else None)
