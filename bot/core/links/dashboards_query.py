"""What a person typed into Discover's search bar becomes a bounded search: words, phrases, ranges and how they combine, nothing costly."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from bot.core.links.dashboards_filter import FIELD, phrase
from bot.core.links.dashboards_tokens import ESCAPED, Language, Token, Unreadable, plain, ppl_conditions, tokens

Json = dict[str, Any]

_LONGEST = 4_000
_MOST_CLAUSES, _DEEPEST = 100, 20
_FIXED = 2
"""So many characters must stand before a wildcard: a term that begins with one is looked for in the whole index."""
_MOST_WILDCARDS = 3
_COMPARED = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def search(text: str, language: Language, fields: Sequence[str]) -> Json | None:
    """The clause that a query comes to; words without a field are looked for in `fields`. None for a query that selects everything.

    Raises Unreadable for what is not taken over: regular expressions, fuzzy terms, boosts, terms that begin with a wildcard, nested objects,
    names of fields with wildcards, and queries that are longer or deeper than people write.
    """
    if len(text) > _LONGEST:
        raise Unreadable(f"it is longer than {_LONGEST:,} characters")
    if language == "PPL":
        parts = [found for part in ppl_conditions(text) if (found := _Reader(part, language, fields).read()) is not None]
        return _joined("filter", parts) if parts else None
    return _Reader(text, language, fields).read()


class _Reader:
    """Reads one query by descent: `or` binds least, then `and`, then `not`. The operators of the three languages differ only in their words."""

    def __init__(self, text: str, language: Language, fields: Sequence[str]) -> None:
        self._tokens = tokens(text, language)
        self._at, self._clauses = 0, 0
        self._language, self._fields = language, fields

    def read(self) -> Json | None:
        """The whole query."""
        if not self._tokens or [token.text for token in self._tokens] in (["*"], ["*", ":", "*"]):
            return None
        found = self._any(0, None)
        if self._at < len(self._tokens):
            raise Unreadable(f"{self._tokens[self._at].text[:40]!r} is not understood there")
        return found

    def _any(self, depth: int, field: str | None) -> Json:
        if depth > _DEEPEST:
            raise Unreadable("it is nested too deeply")
        wanted: dict[bool, list[Json]] = {True: [], False: []}
        wanted[self._takes("+")].append(self._every(depth, field))
        while self._takes_word("or", "||") or (self._language == "lucene" and self._begins_more()):
            wanted[self._takes("+")].append(self._every(depth, field))
        return _either(wanted[False], wanted[True]) if self._language == "lucene" else _joined("should", wanted[False])

    def _every(self, depth: int, field: str | None) -> Json:
        parts = [self._not(depth, field)]
        while self._takes_word("and", "&&"):
            parts.append(self._not(depth, field))
        return _joined("filter", parts)

    def _not(self, depth: int, field: str | None) -> Json:
        negated = False
        while self._takes_word("not", "!") or self._takes("-"):
            negated = not negated
        found = self._primary(depth, field)
        return {"bool": {"must_not": [found]}} if negated else found

    def _primary(self, depth: int, field: str | None) -> Json:
        if self._takes("("):
            found = self._any(depth + 1, field)
            self._needs(")")
            return found
        if field is None and (named := self._field()) is not None:
            return self._of_field(named, depth)
        return self._value(field)

    def _field(self) -> str | None:
        """The name before a colon or a comparison, which are taken too; None where there is none."""
        token = self._peek()
        if token is None or token.kind not in ("word", "quoted", "tick") or self._ahead() not in (":", "=", "==", "!=", *_COMPARED):
            return None
        name = plain(token)
        if not FIELD.fullmatch(name):
            raise Unreadable(f"{name[:40]!r} is no name of a field that is searched")
        self._at += 1
        return name

    def _of_field(self, name: str, depth: int) -> Json:
        sign = self._next().text
        # Lucene writes `field:>=5`.
        if sign == ":" and (following := self._peek()) is not None and following.kind == "op" and following.text in _COMPARED:
            sign = self._next().text
        if sign in _COMPARED:
            return {"range": {name: {_COMPARED[sign]: plain(self._literal())}}}
        if self._language == "PPL":
            found = phrase(plain(self._literal()), (name,))
            return {"bool": {"must_not": [found]}} if sign == "!=" else found
        if sign != ":":
            raise Unreadable(f"{sign!r} is no operator of this language")
        if self._language == "lucene" and (opening := self._peek()) is not None and opening.text in ("[", "{"):
            return self._between(name)
        if self._takes("("):
            found = self._any(depth + 1, name)
            self._needs(")")
            return found
        return self._value(name)

    def _between(self, name: str) -> Json:
        """`[a TO b]`, with braces where a bound is left out of the range."""
        opening = self._next().text
        lower, to, upper = plain(self._literal()), self._literal().text, plain(self._literal())
        closing = self._next().text
        if to != "TO" or closing not in ("]", "}"):
            raise Unreadable("a range is not closed")
        bounds = {"gte" if opening == "[" else "gt": lower, "lte" if closing == "]" else "lt": upper}
        return {"range": {name: {bound: value for bound, value in bounds.items() if value != "*"}}}

    def _value(self, field: str | None) -> Json:
        """A phrase, or words: in KQL all that follow each other are one value."""
        token = self._literal()
        fields = self._fields if field is None else (field,)
        if token.kind in ("quoted", "single"):
            return phrase(plain(token), fields)
        words = [token]
        while self._language == "kuery" and (more := self._peek()) is not None and more.kind == "word" and not self._is_operator(more) and not self._names():
            words.append(self._next())
        if "*" in ESCAPED.sub("", "".join(word.text for word in words)) or (self._language == "lucene" and "?" in token.text):
            return _wildcard(words, field, self._language)
        return {"multi_match": {"query": " ".join(plain(word) for word in words), "type": "best_fields", "fields": list(fields), "lenient": True}}

    def _literal(self) -> Token:
        token = self._next()
        if token.kind == "op" or self._is_operator(token):
            raise Unreadable(f"{token.text[:40]!r} is not understood there")
        self._clauses += 1
        if self._clauses > _MOST_CLAUSES:
            raise Unreadable(f"it has more than {_MOST_CLAUSES} terms")
        return token

    def _begins_more(self) -> bool:
        token = self._peek()
        return token is not None and (token.kind != "op" or token.text in ("(", "!", "+", "-")) and not (self._is_operator(token) and token.text != "NOT")

    def _names(self) -> bool:
        return self._ahead() in (":", *_COMPARED)

    def _is_operator(self, token: Token) -> bool:
        word = token.text if self._language == "lucene" else token.text.lower()
        return token.kind == "word" and word in (("AND", "OR", "NOT") if self._language == "lucene" else ("and", "or", "not"))

    def _takes_word(self, word: str, sign: str) -> bool:
        token = self._peek()
        if token is None or not ((self._is_operator(token) and token.text.lower() == word) or (self._language == "lucene" and token == ("op", sign))):
            return False
        self._at += 1
        return True

    def _takes(self, sign: str) -> bool:
        if self._peek() != ("op", sign):
            return False
        self._at += 1
        return True

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise Unreadable(f"{sign!r} is missing")

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _ahead(self) -> str:
        following = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None
        return following.text if following is not None and following.kind == "op" else ""

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            raise Unreadable("it ends too early")
        self._at += 1
        return token


def _wildcard(words: Sequence[Token], field: str | None, language: Language) -> Json:
    """`field:*` asks whether it is there; else enough must stand before the first wildcard, and not many may follow."""
    pattern = " ".join(word.text for word in words)
    if pattern == "*" and field is not None:
        return {"exists": {"field": field}}
    literal = re.split(r"[*?]" if language == "lucene" else r"\*", pattern)
    if len(words) != 1 or field is None or len(literal[0]) < _FIXED or len(literal) > _MOST_WILDCARDS + 1 or "\\" in pattern:
        raise Unreadable(f"the wildcard in {pattern[:40]!r} is too wide")
    # In KQL a question mark is only that; terms of analysed text are in lower case.
    value = pattern if language == "lucene" else pattern.replace("?", "\\?")
    return {"bool": {"should": [{"wildcard": {field: {"value": one}}} for one in dict.fromkeys((value, value.lower()))], "minimum_should_match": 1}}


_Joint = Literal["should", "filter"]


def _either(optional: Sequence[Json], required: Sequence[Json]) -> Json:
    """As Lucene reads terms that stand beside each other: those with `+` must match, those with `-` or NOT must not, of the others one."""
    refused = [one["bool"]["must_not"][0] for one in optional if set(one) == {"bool"} and set(one["bool"]) == {"must_not"}]
    plain = [one for one in optional if not (set(one) == {"bool"} and set(one["bool"]) == {"must_not"})]
    if not refused and not required:
        return _joined("should", plain)
    least = {"should": plain, "minimum_should_match": 0 if required else 1} if plain else {}
    return {"bool": {**({"filter": list(required)} if required else {}), **({"must_not": refused} if refused else {}), **least}}


def _joined(how: _Joint, parts: Sequence[Json]) -> Json:
    if len(parts) == 1:
        return parts[0]
    return {"bool": {how: list(parts), **({"minimum_should_match": 1} if how == "should" else {})}}
