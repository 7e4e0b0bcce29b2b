"""What a fix put into the code and what it took out: only lines that tell something, each with where it stood."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.core.code.text import CodeText, Passage
from bot.core.code.tokens import Tokens, tells, tokens
from bot.core.fix.lines import Gone, Standings, Stands, Wanted, Where
from bot.core.fix.rewording import essence
from bot.regex import regex

MOST_LINES = 30
"""Lines of one file that are followed."""
_MOST_REPLACED = 40
NO_CODE = regex(
    r"(?:^|/)(?:tests?|specs?|__tests__|__snapshots__|testing|fixtures|docs?|examples?|vendor|node_modules|third_party)/|(?:^|/)(?:test_|conftest\.)"
    r"|(?:_test|_spec|\.test|\.spec|Tests?|Spec)\.[A-Za-z]{1,6}$|\.(?:md|mdx|rst|txt|adoc|lock|sum|snap|svg|csv|po|pot|min\.js|map)$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|CHANGELOG|CHANGES|NEWS|LICENSE|README)(?:\.|$|$)"
)
SETTINGS = regex(
    r"\.(?:json|ya?ml|toml|ini|cfg|conf|properties|xml|env|mod|gradle)$|(?:^|/)(?:Dockerfile|Makefile|requirements[\w.-]*\.in|Gemfile|\.[\w.-]+)$",
    re.IGNORECASE,
)
_VERSION = regex(r"\bversion\b|\b\d+\.\d+\.\d+", re.IGNORECASE)

Followed = tuple[tuple[Wanted, ...], Standings]


def followed_lines(pairs: Sequence[tuple[CodeText | None, CodeText | None]], sha: str) -> Followed:
    """The lines to follow, from (before, after) of each file of the fix: the added ones, or the removed ones of a fix that only removes."""
    passages = [Passage(before or CodeText("", after.path if after else ""), after or CodeText("", before.path if before else "")) for before, after in pairs]
    chosen: list[tuple[Wanted, Where]] = [found for passage in passages for found in _added(passage, passages, sha)]
    chosen = chosen or [found for passage in passages for found in _removed(passage, passages)]
    return tuple(line for line, _ in chosen), tuple(where for _, where in chosen)


def _added(passage: Passage, all_files: Sequence[Passage], sha: str) -> list[tuple[Wanted, Stands]]:
    new, found = passage.new, list[tuple[Wanted, Stands]]()
    fresh = {new.lines[at].tokens for at in passage.inserted}
    for gone, came in _gaps(passage):
        replaced = tuple(passage.old.lines[at].tokens for at in gone)[:_MOST_REPLACED]
        for at in came:
            line = new.lines[at]
            if not _telling(line.text, new.path) or _growth(all_files, line.tokens) <= 0:
                continue
            near = new.beside(at, at, fresh)
            former = tuple(one for one in replaced if one != line.tokens and tells(" ".join(one)))
            wanted = Wanted(line.text, line.tokens, essence(line.tokens, _likest(line.tokens, replaced)), former, scope=new.scope(at)[0], near=near)
            found.append((wanted, Stands(new.path, at, at, line.tokens, sha)))
    return found[:MOST_LINES]


def _likest(line: Tokens, replaced: Sequence[Tokens]) -> Tokens:
    """Of the lines that a fix replaced, the one that became this line."""
    shared = [(sum((Counter(line) & Counter(one)).values()), one) for one in replaced]
    most, found = max(shared, key=lambda pair: pair[0], default=(0, ()))
    return found if most * 2 >= len(line) else ()


def _removed(passage: Passage, all_files: Sequence[Passage]) -> list[tuple[Wanted, Gone]]:
    old, found = passage.old, list[tuple[Wanted, Gone]]()
    if not passage.new.raw:
        return []
    for gone, _ in _gaps(passage):
        for at in gone:
            line = old.lines[at]
            if _telling(line.text, old.path) and _growth(all_files, line.tokens) < 0:
                scope = old.scope(at)[0]
                wanted = Wanted(line.text, line.tokens, line.tokens, absent=True, scope=scope)
                found.append((wanted, Gone(passage.new.path, passage.shifted(at), scope, line.tokens)))
    return found[:MOST_LINES]


def _gaps(passage: Passage) -> Iterator[tuple[range, range]]:
    """Old lines that went and new lines that came in their place."""
    a = c = 0
    kept = [(at, place) for at, place in enumerate(passage.places) if place >= 0]
    for at, place in [*kept, (len(passage.places), len(passage.new.lines))]:
        if at > a or place > c:
            yield range(a, at), range(c, place)
        a, c = at + 1, place + 1


def _growth(passages: Sequence[Passage], wanted: Tokens) -> int:
    return sum(passage.new.whole.count(wanted) - passage.old.whole.count(wanted) for passage in passages)


def _telling(text: str, path: str) -> bool:
    return tells(text) and not (SETTINGS.search(path) and _VERSION.search(text)) and bool(tokens(text.strip()))
