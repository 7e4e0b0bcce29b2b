"""Requests that hold nothing but counted alerts are merged by policy; what a person had a hand in waits for a person."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.core.entry.entry import parse, path_of
from bot.core.entry.instant_answers import only_counts
from bot.core.entry.library import Library
from bot.errors import BotError
from bot.model import PullRequest
from bot.ports import Forge, Merging, Say
from bot.texts import recall

PREFIX = "kb/"


class CountMerge(NamedTuple):
    """What the step needs; `library` holds the entries of the default branch."""

    forge: Forge
    merging: Merging
    library: Library
    say: Say


def merge_counts(requests: Iterable[PullRequest], step: CountMerge) -> None:
    """Merge those of the requests that only count. A refusal (a ruleset, a head that moved) is told, and the request waits for a person."""
    for request in requests:
        try:
            _merge(request, step)
        except BotError as error:
            step.say(recall.not_merged(request.url, f"{error.cause} → {error.remedy}"))


def _merge(request: PullRequest, step: CountMerge) -> None:
    name = request.branch.removeprefix(PREFIX)
    entry = step.library.entries.get(name)
    if not request.branch.startswith(PREFIX) or entry is None:
        return
    standing = step.forge.standing(request.branch, path_of(name))
    if standing.open is None or standing.text is None or not only_counts(entry, parse(standing.text, path_of(name))):
        return
    # Whose commits the branch holds, `merge` looks at that very commit.
    sha = step.merging.merge(standing.open.number, standing.head, path_of(name))
    step.say(recall.merged(name, sha))
