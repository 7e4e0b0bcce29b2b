"""The front matter of an entry: other people's forms are kept or refused, and no value is lost without a word."""

import pytest

from bot.core.entry.entry import amended, parse, path_of, render
from bot.errors import BadEntry
from bot.texts.entry_page import record_occurrence
from tests.entry_changes import NEW
from tests.occurrences import FIRST, SECOND, occurrence


def test_crlf_and_bom_stay() -> None:
    """A file that was saved on Windows is still one afterwards."""
    text = "\ufeff" + NEW.replace("\n", "\r\n")
    assert render(parse(text)) == text
    after = render(record_occurrence(parse(text), occurrence(SECOND)))
    assert after.startswith("\ufeff---\r\n")
    assert after.count("\n") == after.count("\r\n")
    assert render(record_occurrence(parse(text), occurrence(FIRST))) == text
    assert after == "\ufeff" + render(record_occurrence(parse(NEW), occurrence(SECOND))).replace("\n", "\r\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_key_is_added_with_the_line_end_of_a_file_that_has_no_body(newline: str) -> None:
    """Whose last line may end with none."""
    front = NEW[: NEW.index("\n---\n") + 4].replace("\n", newline)
    after = render(amended(parse(front), {"reviewed_by": ("ada",)}))
    assert after == front.removesuffix("---") + f'reviewed_by: ["ada"]{newline}---'


def test_comments_quotes_and_order_of_the_front_matter_stay() -> None:
    """Only values are replaced."""
    edited = (
        NEW.replace('severity: "high"', "severity: high   # Ada: because of the money")
        .replace('services: ["transfers"]', "services:\n- checkout # first\n- transfers")
        .replace("threads:\n  - ", "# the alerts\nthreads: # oldest first\n      - ")
    )
    edited = edited.replace("occurrences: 1\n", "").replace("---\n", "---\noccurrences: 1 # counted by the bot\n", 1)
    after = render(record_occurrence(parse(edited), occurrence(SECOND, severity="critical", service="ledger")))
    assert 'severity: "critical"   # Ada: because of the money' in after
    assert 'services:\n- checkout # first\n- transfers\n- "ledger"\n' in after
    assert "# the alerts\nthreads: # oldest first\n      - " in after
    assert parse(after).meta.threads == (occurrence(FIRST).permalink.url, occurrence(SECOND).permalink.url)
    assert after.split("\n")[1] == "occurrences: 2 # counted by the bot"


@pytest.mark.parametrize(
    "value",
    ["no", "0123", "12345e67", "1e3", "2025-12-16", "1765864885.835579", "~", 'say "hi"\\n', "a: b # c", "caf\u00e9 \U0001f600", "x\x85y\u2028z", "\ufeff"],
)
def test_texts_that_yaml_would_misread_come_back_as_they_are(value: str) -> None:
    """Whatever is written into the front matter is read again as the same text."""
    entry = amended(parse(NEW), {"resolution": value, "owners": (value, "b")})
    assert (entry.meta.resolution, entry.meta.owners) == (value, (value, "b"))
    assert parse(render(entry)) == entry


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-12-12", "2025-12-12T00:00:00Z"),
        ("2025-12-12T09:01:05+01:00", "2025-12-12T08:01:05Z"),
        ('"2025-12-12 08:01"', "2025-12-12T08:01:00Z"),
        ("2025-12-12 08:01:05", "2025-12-12T08:01:05Z"),
    ],
)
def test_a_date_that_a_person_typed_is_understood_and_left_as_typed(written: str, read: str) -> None:
    """With or without quotes, with another offset, without a time."""
    text = NEW.replace('first_seen: "2025-12-12T08:01:05Z"', f"first_seen: {written}")
    assert parse(text).meta.first_seen == read
    assert render(parse(text)) == text
    assert f"first_seen: {written}\n" in render(record_occurrence(parse(text), occurrence(SECOND)))


@pytest.mark.parametrize(
    ("old", "new", "line", "cause"),
    [
        (NEW[:4], "", 1, "the first line is not `---`"),
        ("---\n\n# ", "\n\n# ", 1, "the front matter is not closed"),
        ("---\n\n# ", "...\n\n# ", 24, "ends with `...`"),
        ('title: "', 'title: "x"\ntitle: "', 4, "the key `title` stands twice (first on line 3)"),
        ("occurrences: 1", "<<<<<<< HEAD\noccurrences: 1", 13, "a merge-conflict marker"),
        ("## In short", "<<<<<<< HEAD\n## In short", 28, "a merge-conflict marker"),
        ("occurrences: 1", 'occurrences: "1"', 13, "`occurrences`: no whole number"),
        ("schema: 1", "schema: 2", 23, "`schema`"),
        ("schema: 1\n", "", 1, "the key `schema` is missing"),
        ("schema: 1", "schema: 1\nhandler: x", 24, "unknown key `handler`"),
        ('title: "', "title: Error: ", 3, "not valid YAML"),
        ('severity: "high"', "severity: 'urgent'", 5, "`severity`"),
        ('first_seen: "2025-12-12T08:01:05Z"', "first_seen: 2025-13-45", 2, "not valid YAML: month must be in 1..12"),
        ('first_seen: "2025-12-12T08:01:05Z"', "first_seen: soon", 11, "`first_seen`: no time"),
        ('services: ["transfers"]', "services: transfers", 9, "`services`"),
        ('title: "', "title: &a [[1, 2]] #", 3, "a nested mapping, an anchor"),
        ('owners: []', "owners: !!python/object:os.system []", 20, "a nested mapping, an anchor, an alias or a tag"),
        ('culprit: "transfer_handler"', "culprit: no", 8, "`culprit`: no text"),
        ("https://acme.slack.com/archives/C0ALERTS1/p1765526465120900", "https://acme.example/thread", 14, "`threads`"),
    ],
)  # fmt: skip
def test_what_would_be_lost_without_a_word_is_refused_with_its_line(old: str, new: str, line: int, cause: str) -> None:
    """BadEntry names the line, what is wrong there, and what to do."""
    with pytest.raises(BadEntry) as caught:
        parse(NEW.replace(old, new, 1), "knowledge/errors/x.md")
    assert caught.value.cause.startswith(f"line {line}: ")
    assert cause in caught.value.cause
    assert caught.value.doing == "reading knowledge/errors/x.md"
    assert caught.value.remedy


@pytest.mark.parametrize(
    "front", ["- a\n- b", "just words", "{a: 1}", "", "[" * 5000, "a: &x 1\nb: *x", "? [a]\n: b", "a: |\n---\n b", "%YAML 1.2", "\x00", "title: \ud800"]
)
def test_other_shapes_of_front_matter_are_refused(front: str) -> None:
    """Lists, scalars, aliases, deep nesting and broken text are refused, never dropped and never expanded."""
    with pytest.raises(BadEntry):
        parse(f"---\n{front}\n---\nbody\n")


def test_a_file_larger_than_a_megabyte_is_refused() -> None:
    """Before YAML sees it."""
    with pytest.raises(BadEntry, match="larger than 1 MB"):
        parse(NEW + "é" * 600_000)


def test_wrong_types_name_the_remedy() -> None:
    """The remedy is what to write."""
    with pytest.raises(BadEntry) as caught:
        parse(NEW.replace('culprit: "transfer_handler"', "culprit: 0123"))
    assert caught.value.remedy == 'put it in double quotes: culprit: "0123"'


def test_an_empty_optional_value_is_no_value() -> None:
    """`resolution:` without anything is an empty text, and can be filled."""
    entry = parse(NEW.replace('resolution: ""', "resolution: # nothing yet").replace("owners: []", "owners:"))
    filled = amended(entry, {"resolution": "a lock", "owners": ("@acme/transfers",)})
    assert 'resolution: "a lock" # nothing yet' in filled.front
    assert 'owners: ["@acme/transfers"]' in filled.front


def test_an_optional_key_that_is_missing_is_added() -> None:
    """At the end of the front matter."""
    entry = parse(NEW.replace('tracking_issue: ""\n', ""))
    assert amended(entry, {"tracking_issue": "https://github.com/acme/x/issues/1"}).front.endswith(
        'tracking_issue: "https://github.com/acme/x/issues/1"\n---\n'
    )


def test_names_that_could_leave_the_folder_are_refused() -> None:
    """Only safe characters, no dot first, 120 at most."""
    assert path_of("a_B-1.c") == "knowledge/errors/a_B-1.c.md"
    for name in ("", "../x", "a/b", ".hidden", "a b", "é", "x" * 121, "a\n"):
        with pytest.raises(BadEntry):
            path_of(name)
