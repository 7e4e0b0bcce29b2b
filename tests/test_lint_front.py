"""The linter's rules on front matter, each asked by itself of a small page: what it tells, and what it lets stand."""

import pytest

from bot.core.lint import front
from bot.core.lint.page import Page, PageCheck

FRONT = """\
signature: one
title: t
status: diagnosed
severity: high
category: application
error_type: E
culprit: c
services: []
environments: [prod]
first_seen: 2025-12-10
last_seen: 2025-12-17
occurrences: 2
threads: [https://a.slack.com/archives/C1/p1765526465120900]
schema: 1
"""


SEAL = "<!-- errata:occurrence C1/1765526465.120900 0123456789abcdef -->\n"


def page(name: str = "one", folder: str = "knowledge/errors", body: str = "", **keys: str) -> Page:
    """An entry with these keys, written as given."""
    lines = dict(line.split(": ", 1) for line in FRONT.splitlines()) | {"signature": name} | keys
    text = "---\n" + "".join(f"{key}: {value}\n" for key, value in lines.items()) + "---\n" + body
    return Page(f"{folder}/{name}.md", text, lambda _path: True, lambda _text: ())


def folder(*pages: Page) -> dict[str, Page]:
    """As a rule on all files sees them."""
    return {one.path: one for one in pages}


def gone(name: str, leads_to: str) -> Page:
    """An entry that was withdrawn for another."""
    return page(name, status="withdrawn", replaced_by=leads_to or '""')


@pytest.mark.parametrize(
    ("check", "keys", "told"),
    [
        (front.known_keys, {"alias": "x"}, [(16, "unknown key `alias`")]),
        (front.allowed_values, {"status": "urgent"}, [(4, "`status`: urgent is none of its values")]),
        (front.all_keys, {}, []),
        (front.known_keys, {"status": "urgent"}, []),
        (front.allowed_values, {"alias": "x"}, []),
        (front.readable, {"title": "[a"}, [(4, "not valid YAML: did not find expected ',' or ']'")]),
        (front.resolved_how, {"status": "resolved"}, [(4, "resolved without resolution and resolved_at")]),
        (front.resolved_how, {"status": "resolved", "resolution": "x"}, [(4, "resolved without resolved_at")]),
        (front.resolved_how, {"status": "resolved", "resolution": '" "', "resolved_at": "2025-12-18"}, [(4, "resolved without resolution")]),
        (front.resolved_how, {"status": "resolved", "resolution": "x", "resolved_at": "2025-12-18"}, []),
        (front.resolved_how, {"status": "regressed"}, []),
        (front.times_in_order, {}, []),
        (front.times_in_order, {"resolved_at": "2025-12-10"}, []),
        (front.times_in_order, {"last_seen": "2025-12-10"}, []),
        (front.times_in_order, {"last_seen": "2025-12-09"}, [(11, "first_seen (2025-12-10T00:00:00Z) is after last_seen (2025-12-09T00:00:00Z)")]),
        (front.times_in_order, {"resolved_at": "2025-12-09"}, [(16, "resolved_at (2025-12-09T00:00:00Z) is before first_seen (2025-12-10T00:00:00Z)")]),
        (front.counted, {"occurrences": "1"}, []),
        (
            front.counted,
            {"occurrences": "1", "threads": "[https://a.slack.com/archives/C1/p1765526465120900, https://a.slack.com/archives/C1/p1765526465120901]"},
            [(13, "1 occurrences, but 2 threads")],
        ),
        (
            front.counted,
            {"threads": "[https://a.slack.com/archives/C1/p1765526465120900, https://a.slack.com/archives/C1/p1765526465120900]"},
            [(14, "a thread is listed twice")],
        ),
        (front.file_name, {}, []),
        (front.file_name, {"signature": "other"}, [(2, "the file is named one, its signature is other")]),
    ],
)
def test_what_a_front_matter_is_told(check: PageCheck, keys: dict[str, str], told: list[tuple[int, str]]) -> None:
    """At the key, in words; each rule only of its own kind."""
    assert [(one.line, one.message) for one in check(page(**keys))] == told


def test_a_page_that_is_no_entry_is_not_asked() -> None:
    """Neither for its name nor for what its front matter would be."""
    other = page("x y", folder="knowledge")

    assert [list(check(other)) for check in (front.readable, front.file_name, front.times_in_order, front.counted, front.resolved_how)] == [[]] * 5


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ((page(aliases="[two]"), gone("two", "one")), []),
        ((page(aliases="[two]"), gone("two", "three"), gone("three", "one")), []),
        ((page(aliases="[two]"), gone("two", "three"), gone("three", "two")), ["one: aliases two also belongs to two"]),
        ((page(aliases="[two]"), gone("two", "")), ["one: aliases two also belongs to two"]),
        ((page(aliases="[two]"), page("two")), ["one: aliases two also belongs to two"]),
        ((page(aliases="[two]"), page("two", replaced_by="one")), ["one: aliases two also belongs to two"]),
        ((page(aliases="[two]"), gone("two", "three"), page("three", replaced_by="one")), ["one: aliases two also belongs to two"]),
        ((page(aliases="[two]"), page("three", aliases="[two]")), ["three: aliases two also belongs to one"]),
        ((page(aliases="[two, one]"),), []),
        ((page(fingerprint=f"v1:{'0' * 32}"), page("two", fingerprint=f"v1:{'0' * 32}")), [f"two: fingerprint v1:{'0' * 32} also belongs to one"]),
        ((page(fingerprint=f"v1:{'0' * 32}"), page("two", fingerprint=f"v1:{'1' * 32}"), page("three"), page("four")), []),
        ((page(fingerprint=f"v1:{'0' * 32}"), page("EXAMPLE", folder="knowledge", fingerprint=f"v1:{'0' * 32}")), []),
        ((page("One"), page("oNE")), ["oNE: only upper and lower case tell it from One"]),
        ((page("One"), page("oNE", folder="errors"), page("one", folder="knowledge")), []),
    ],
)
def test_who_owns_a_name(pages: tuple[Page, ...], told: list[str]) -> None:
    """An alias of an entry that leads here is ours; one of an entry that leads nowhere, in a circle, or stands, is not."""
    found = [f"{path}: {one.message}".replace("knowledge/errors/", "").replace(".md", "") for path, one in front.one_owner(folder(*pages))]

    assert found == told


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ((page(), gone("two", "one")), []),
        ((page(aliases="[three]"), gone("two", "three")), []),
        ((gone("two", "three"), gone("three", "four"), page("four")), []),
        ((gone("two", "x" * 130),), [f"two: replaced by {'x' * 120}, which leads to no entry"]),
        ((gone("two", "two"),), ["two: replaced by two, which leads in a circle"]),
        (
            (gone("two", "three"), gone("three", "gone")),
            ["three: replaced by gone, which leads to no entry", "two: replaced by three, which leads to no entry"],
        ),
        (
            (gone("two", "three"), gone("three", "four"), gone("four", "three")),
            [
                "four: replaced by three, which leads in a circle",
                "three: replaced by four, which leads in a circle",
                "two: replaced by three, which leads in a circle",
            ],
        ),
        ((page("EXAMPLE", folder="knowledge", status="withdrawn", replaced_by="gone"),), []),
        ((page("EXAMPLE", folder="knowledge"), gone("two", "EXAMPLE")), ["two: replaced by EXAMPLE, which leads to no entry"]),
        ((page(replaced_by="two"), page("two")), ["one: replaced by two, but diagnosed"]),
    ],
)
def test_where_an_entry_leads(pages: tuple[Page, ...], told: list[str]) -> None:
    """By a name or an alias, step by step, to one that stands; only entries of the folder are asked and found."""
    found = [f"{path}: {one.message}".replace("knowledge/errors/", "").replace(".md", "") for path, one in front.replaced_by_something(folder(*pages))]

    assert found == told


def test_an_entry_that_cannot_be_read_is_there() -> None:
    """What leads to it is no fault: what is wrong is told at the entry itself. One that is read is found by its signature, not by its file's name."""
    broken = page("three", severity="none of them")
    misnamed = page("three", signature="four")

    assert list(front.replaced_by_something(folder(gone("two", "three"), broken))) == []
    assert [one.message for _, one in front.replaced_by_something(folder(gone("two", "three"), misnamed))] == ["replaced by three, which leads to no entry"]


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ((page(body=SEAL), page("two", body=SEAL)), ["two: threads are copied from one"]),
        ((page(body=SEAL), page("two", body=SEAL), page("three", body=SEAL)), ["three: threads are copied from one", "two: threads are copied from one"]),
        ((page(body=SEAL), page("two")), []),
        ((page(body=SEAL), page("two", body=SEAL.replace("0123", "3210"))), []),
        ((page(body=SEAL), page("two", body=SEAL, status="withdrawn", replaced_by="one")), []),
        ((page(body=SEAL), page("two", folder="knowledge", body=SEAL)), []),
    ],
)
def test_a_copy_that_would_answer_threads_again(pages: tuple[Page, ...], told: list[str]) -> None:
    """One that holds another entry's occurrence, seal and all; two errors of one message have a seal each, and what was withdrawn answers nothing."""
    found = list(front.one_owner(folder(*pages)))

    assert sorted(f"{path}: {one.message}".replace("knowledge/errors/", "").replace(".md", "") for path, one in found) == told
    assert {(one.line, one.remedy) for _, one in found} <= {
        (14, "of a copy that is to tell of another error, take `threads` and the occurrences out: once merged, it would answer these threads again")
    }


def test_what_two_owners_are_to_do() -> None:
    """They are merged; only of a fingerprint it is likely that somebody copied the file."""
    shared = {"fingerprint": f"v1:{'0' * 32}", "aliases": "[x]"}
    fingerprint, alias = (one.remedy for _, one in front.one_owner(folder(page(**shared), page("two", **shared))))

    assert fingerprint == "merge the two entries: `bot merge ONE OTHER`; or, of a copy that is another error, take `fingerprint` out"
    assert alias == "merge the two entries: `bot merge ONE OTHER`"


def test_what_files_say_of_each_other_is_told_at_the_key() -> None:
    """Of the entry that says it, whichever stands first."""
    alone, one, two = gone("two", "three"), page(aliases="[two]", fingerprint=f"v1:{'0' * 32}"), page("two", fingerprint=f"v1:{'0' * 32}")

    assert [found.line for _, found in front.replaced_by_something(folder(alone))] == [16]
    assert [found.line for _, found in front.replaced_by_something(folder(page(replaced_by="one")))] == [16]
    assert [(path, found.line) for path, found in front.one_owner(folder(two, one))] == [("knowledge/errors/one.md", 16), ("knowledge/errors/two.md", 16)]


def test_a_name_may_be_of_every_safe_letter() -> None:
    """Letters, digits, point, underscore and dash; one other letter is too much, and so is the 121st."""
    every = "".join(sorted(front.SAFE - {"."})) + ".x"

    assert list(front.file_name(page(every))) == []
    assert list(front.file_name(page(every.ljust(120, "x")))) == []
    for name in (f"{every}+", every.ljust(121, "x"), f".{every}"):
        assert [found.message for found in front.file_name(page(name))] == [f"{name[:60]!r} is no name for an entry"]


def test_the_folder_holds_an_entry() -> None:
    """An example beside it is none."""
    assert [one.message for _, one in front.not_empty(folder(page(folder="knowledge")))] == ["no entry found"]
    assert list(front.not_empty(folder(page()))) == []
