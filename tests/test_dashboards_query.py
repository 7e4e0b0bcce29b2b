"""What stands in Discover's search bar becomes a bounded search, or is refused with a reason; and never reaches beyond the configured indices."""

import json
from contextlib import suppress
from typing import Any

import pytest

from bot.core.links import dashboards_filter, dashboards_query
from bot.core.links.dashboards_tokens import Language, Unreadable
from bot.core.links.index_pattern import covers, within

WORDS = ("message", "level")


def words(text: str, *fields: str) -> dict[str, Any]:
    """The clause that words come to."""
    return {"multi_match": {"query": text, "type": "best_fields", "fields": list(fields or WORDS), "lenient": True}}


def phrase(text: str, *fields: str) -> dict[str, Any]:
    """The clause that a phrase comes to."""
    return dashboards_filter.phrase(text, fields or WORDS)


def either(*clauses: dict[str, Any]) -> dict[str, Any]:
    """One of these."""
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def both(*clauses: dict[str, Any]) -> dict[str, Any]:
    """All of these."""
    return {"bool": {"filter": list(clauses)}}


def without(clause: dict[str, Any]) -> dict[str, Any]:
    """Not this."""
    return {"bool": {"must_not": [clause]}}


@pytest.mark.parametrize(
    ("text", "language", "clause"),
    [
        ("", "kuery", None),
        (" * ", "lucene", None),
        ("*:*", "lucene", None),
        ("pool exhausted", "kuery", words("pool exhausted")),
        ('level: ERROR and service:"a b"', "kuery", both(words("ERROR", "level"), phrase("a b", "service"))),
        ("message: pool exhausted or not user.id:*", "kuery", either(words("pool exhausted", "message"), without({"exists": {"field": "user.id"}}))),
        ("status >= 500 AND (a:1 OR b:2)", "kuery", both({"range": {"status": {"gte": "500"}}}, either(words("1", "a"), words("2", "b")))),
        ("level:(ERROR or FATAL)", "kuery", either(words("ERROR", "level"), words("FATAL", "level"))),
        ("path:/api/v1?x=1", "kuery", words("/api/v1?x=1", "path")),
        (r"message:a\:b", "kuery", words("a:b", "message")),
        ("host:web-1*", "kuery", either({"wildcard": {"host": {"value": "web-1*"}}})),
        ("pool exhausted", "lucene", either(words("pool"), words("exhausted"))),
        ("level:(ERROR OR FATAL) && !a:b", "lucene", both(either(words("ERROR", "level"), words("FATAL", "level")), without(words("b", "a")))),
        ("a:[5 TO *} b:>=2", "lucene", either({"range": {"a": {"gte": "5"}}}, {"range": {"b": {"gte": "2"}}})),
        ("+a -b", "lucene", {"bool": {"filter": [words("a")], "must_not": [words("b")]}}),
        ("a NOT b", "lucene", {"bool": {"must_not": [words("b")], "should": [words("a")], "minimum_should_match": 1}}),
        ("source = logs-* | where level = 'ERROR' and `a.b` != \"x\" | fields a | head 5", "PPL", both(phrase("ERROR", "level"), without(phrase("x", "a.b")))),
        ("source=logs-*", "PPL", None),
        ("", "PPL", None),
    ],
)
def test_a_query_becomes_a_bounded_search(text: str, language: Language, clause: dict[str, Any] | None) -> None:
    """Words, phrases, ranges, existence and how they combine, in each of the languages."""
    assert dashboards_query.search(text, language, WORDS) == clause


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("/.*(a|b)+/", "lucene"),
        ("a:/x/", "lucene"),
        ("quikc~2", "lucene"),
        ("a^5", "lucene"),
        ("*exhausted", "kuery"),
        ("?x*", "lucene"),
        ("a:*b", "kuery"),
        ("a:aa*b*c*d*e*", "kuery"),
        ("aaa*", "kuery"),
        ("a*:x", "kuery"),
        ("_source:x", "kuery"),
        ("user:{first:a}", "kuery"),
        ("(a", "kuery"),
        ("a)", "kuery"),
        ("a and", "kuery"),
        ('"a', "kuery"),
        ("(" * 40 + "a" + ")" * 40, "kuery"),
        ("not " * 3 + "(" * 21 + "a" + ")" * 21, "lucene"),
        (" or ".join("a" * 3 for _ in range(200)), "kuery"),
        ("x" * 5_000, "kuery"),
        ("source=a | stats count() by b", "PPL"),
        ("source=a | where like(b, '%c%')", "PPL"),
        ("source=a | eval x=1", "PPL"),
        ("describe a", "PPL"),
    ],
)
def test_a_query_that_is_costly_or_unknown_is_refused_whole(text: str, language: Language) -> None:
    """Half a query would find something else. The words say why."""
    with pytest.raises(Unreadable) as refused:
        dashboards_query.search(text, language, WORDS)
    assert str(refused.value)


@pytest.mark.parametrize(
    "text", ["(" * 3_999, "a:" * 2_000, '"' * 3_999, "\\" * 3_999, "a " * 2_000, "not " * 1_000, " " * 4_000, "a\x00b", "é:ü and 日本", "|" * 3_000]
)
@pytest.mark.parametrize("language", ["kuery", "lucene", "PPL"])
def test_no_text_breaks_the_reader(text: str, language: Language) -> None:
    """It reads or refuses."""
    found = None
    with suppress(Unreadable):
        found = dashboards_query.search(text, language, WORDS)
    assert found is None or json.dumps(found).isprintable()


@pytest.mark.parametrize(
    ("title", "configured", "expected"),
    [
        ("app-logs-*", ("app-logs-*",), ("app-logs-*",)),
        ("app-logs-prod-*", ("app-logs-*",), ("app-logs-prod-*",)),
        ("*", ("app-logs-*", "audit"), ("app-logs-*", "audit")),
        ("app-*", ("app-logs-*", "audit"), ("app-logs-*",)),
        ("secrets-*,app-logs-1", ("app-logs-*",), ("app-logs-1",)),
        ("app-logs-*", ("app-logs-*", "-app-logs-secret"), ("app-logs-*", "-app-logs-secret")),
        ("secrets", ("app-logs-*",), ()),
        ("-app-logs-*", ("app-logs-*",), ()),
        ("remote:app-logs-*", ("app-logs-*",), ()),
        ("app-logs-*/_search", ("app-logs-*",), ()),
        ("", ("app-logs-*",), ()),
    ],
)
def test_a_link_never_widens_the_indices(title: str, configured: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Where it asks for more, the configured ones are searched; where it asks for others, none."""
    assert within(title, configured) == expected


def test_patterns_are_compared_in_bounded_time() -> None:
    """However many stars there are."""
    assert not covers("*a" * 100 + "b", "a" * 2_000)
    assert covers("a*b*c", "a-b*-c")
