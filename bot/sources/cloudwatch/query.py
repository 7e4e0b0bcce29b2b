"""What is asked of CloudWatch Logs: filter patterns and Insights queries; words of an alert stand in them quoted, never as syntax."""

import re
from collections.abc import Iterable, Sequence

from bot.core.logs.trace_id import is_trace_id
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.signature.signature import last_name
from bot.model import Alert
from bot.regex import regex

_NAME = regex(r"\w[\w.$-]{1,99}", re.ASCII)
# Neither quotes nor backslashes nor control characters: what is left means itself between quotes, in both languages.
_PLAIN_RUN = regex(r"[\w .,:;=@/+()#-]{4,400}")
_QUOTABLE = regex(r"\"[^\"\\\x00-\x1f\x7f]{1,400}\"")
_TERM = regex(r"\s{0,50}(?P<sign>[?-]?)(?:\"(?P<phrase>(?:[^\"\\]|\\.){1,400})\"|%(?P<regex>[^%]{1,400})%|(?P<word>[^\s\"%]{1,400}))")
_ESCAPED = regex(r"\\(.)")
_ESCAPED_SLASH = "\\/"
_LONGEST_PATTERN = 1_024
MOST_ROWS = 10_000


def words(alert: Alert) -> tuple[str, ...]:
    """What a line of this very error would hold: its type, and the longest plain part of its message."""
    kind = last_name(alert.error_type) if alert.error_type else ""
    head = one_line((alert.message or "").partition("\n")[0][:500])
    runs = sorted((run.strip() for run in _PLAIN_RUN.findall(head)), key=len)
    phrase = cut(runs[-1], 100).removesuffix("…") if runs else ""
    told = (kind if _NAME.fullmatch(kind) else "", phrase if sum(map(str.isalpha, phrase)) >= 4 else "")
    return tuple(dict.fromkeys(word for word in told if word))


def any_of(terms: Iterable[str]) -> str:
    """A filter pattern for lines that hold one of these; terms that do not fit in it are left out."""
    pattern = ""
    for term in terms:
        longer = f'{pattern} ?"{term}"'.lstrip()
        if len(longer) > _LONGEST_PATTERN:
            break
        pattern = longer
    return pattern.removeprefix("?") if pattern.count('?"') == 1 else pattern


def all_of(terms: Iterable[str]) -> str | None:
    """A filter pattern for lines that hold all of these; None where one holds what cannot stand between quotes, or they do not fit."""
    quoted = [f'"{term}"' for term in terms]
    pattern = " ".join(quoted)
    return pattern if len(pattern) <= _LONGEST_PATTERN and all(_QUOTABLE.fullmatch(one) for one in quoted) else None


def ids(trace_ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that may stand in a query: none holds a quote or white space."""
    return tuple(dict.fromkeys(one for one in trace_ids if is_trace_id(one)))


def condition(pattern: str) -> str | None:
    """What a filter pattern made of terms says, as a condition of Insights; None for patterns on JSON fields or columns.

    Terms must all be there, of those with `?` one, of those with `-` none; between `%` stands a regular expression.
    """
    if pattern.lstrip()[:1] in ("{", "["):
        return None
    signs: dict[str, list[str]] = {"": [], "?": [], "-": []}
    position = 0
    while position < len(pattern.rstrip()):
        match = _TERM.match(pattern, position)
        if match is None:
            return None
        signs[match["sign"]].append(_like(match))
        position = match.end()
    parts = [*signs[""], *(f"not {one}" for one in signs["-"])]
    if signs["?"]:
        parts.append(f"({' or '.join(signs['?'])})")
    return " and ".join(parts) or None


def one_of(terms: Sequence[str]) -> str:
    """A condition of Insights for lines that hold one of these."""
    return f"({' or '.join(f'@message like {_literal(term)}' for term in terms)})"


def lines_query(where: str, limit: int, *, newest_first: bool) -> str:
    """Whole lines, in the order of time."""
    return f"fields @timestamp, @message, @logStream, @log, @ptr | filter {where} | sort @timestamp {'desc' if newest_first else 'asc'} | limit {limit}"


def counts_query(where: str) -> str:
    """How many lines in each five minutes and stream."""
    return f"filter {where} | stats count(*) as lines by bin(5m) as begin, @log, @logStream | limit {MOST_ROWS}"


def _like(match: re.Match[str]) -> str:
    if match["regex"] is not None:
        return f"@message like /{match['regex'].replace('/', _ESCAPED_SLASH)}/"
    return f"@message like {_literal(match['word'] if match['phrase'] is None else _ESCAPED.sub(lambda one: one[1], match['phrase']))}"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
