"""Who made a commit, where a sentence names both side by side: a real person of a real commit may still be the wrong one."""

from collections.abc import Iterator

from bot.core.grounding.case import Known
from bot.regex import regex

_SHA = r"`?\b(?=[0-9a-f]{0,39}\d)([0-9a-f]{7,40})\b`?"
# Stands in every commit below, and is found faster than any of them.
_HEX = regex(r"[0-9a-f]{7}")
_NAME = r"([^\W\d_a-z][^\W\d_]{1,30}(?: [^\W\d_a-z][^\W\d_]{1,30}){0,2})"
_MADE = r"(?:removed|added|changed|introduced|dropped|fixed|restored|deleted|reverted|wrote|refactored|made|committed|merged)"
_BY = regex(rf"{_SHA}(?: \([^()]{{1,60}}\))?,? (?:of|by|from|authored by|written by) {_NAME}")
_OF = regex(rf"{_NAME}(?:'s|’s)? (?:commit|change) {_SHA}")
_IN = regex(rf"{_NAME} {_MADE} [^.;:,]{{1,80}} (?:in|with) (?:commit )?{_SHA}")


def attributions(sentence: str, known: Known) -> Iterator[tuple[str, bool]]:
    """Commit and person, and whether the evidence says that it is theirs; commits and people that are not known are no matter of this."""
    if not _HEX.search(sentence):
        return
    found = [(match[1], match[2]) for match in _BY.finditer(sentence)]
    found += [(match[2], match[1]) for pattern in (_OF, _IN) for match in pattern.finditer(sentence)]
    if not found:
        return
    commits = {commit.sha: commit.author for commit in known.commits}
    everybody = {part for author in commits.values() for part in author.casefold().split()}
    for sha, name in found:
        authors = [author.casefold() for full, author in commits.items() if full.startswith(sha)]
        words = name.casefold().split()
        if authors and all(word in everybody for word in words):
            yield f"{sha} by {name}", any(all(word in author.split() for word in words) for author in authors)
