"""Two small entries as one, part by part: what is written where, what is left out, how both are counted and numbered."""

import pytest
from msgspec.structs import replace

from bot.core.entry.earlier import HEADER, row_text, rows
from bot.core.entry.joining import joined, renumbered
from bot.core.entry.splitting import Apart, split
from tests.joined_entries import GONE, META, entry


def section(kept: str, gone: str) -> str:
    """What stands below `title` of both as one, each given from its heading on."""
    both = joined(entry(gone, GONE), entry(kept)).body
    return both.partition(kept.partition("\n")[0])[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("title", "kept", "gone", "made"),
    [
        ("Common Causes", "- a\n", "- b\n- a\n- c\n", "- a\n- b\n- c\n"),
        ("Resolution Patterns", "_None recorded yet._\n", "- b\n", "- b\n"),
        ("Related Errors", "- a\n", "- b\nc\n", "- a\n\n### From gone\n\n- b\nc\n"),
        ("Common Causes", "- a\n", "b\n", "- a\n\n### From gone\n\nb\n"),
        ("Common Causes", "- a\nb\n", "b\n", "- a\nb\n"),
        ("Common Causes", "- a\n", "_None recorded yet._\n", "- a\n"),
        ("Error Signature", "- a\n", "- b\n", "- a\n\n### From gone\n\n- b\n"),
        ("Error Signature", "x\n", "y\n```\nz\n", "x\n\n### From gone\n\ny\n```\nz\n```\n"),
    ],
)
def test_a_section_of_both(title: str, kept: str, gone: str, made: str) -> None:
    """Lines of a list join it, once; other words come below a heading with the name of their entry."""
    head = f"## {title}\n\n"

    assert section(head + kept, head + gone).strip("\n") == made.strip("\n")
    assert section(head + kept, head.lower() + gone).strip("\n") == made.strip("\n")


@pytest.mark.parametrize(
    ("gone", "tail"),
    [
        ("## In short\n\nwords\n", "## In short, of gone\n\nwords\n"),
        ("## in short\n\nwords\n", "## In short, of gone\n\nwords\n"),
        ("## Runbook\n\nwords\n", "## Runbook\n\nwords\n"),
        ("## Runbook\n", "## Runbook\n\n\n"),
        ("words\n", "## From gone\n\nwords\n"),
        ("# Title\n\nwords\n", "# Title\n\nwords\n"),
        ("own line\n# Title\n", "## From gone\n\nown line\n# Title\n"),
        ("## Related Errors\n\n# Title\n\nwords\n", "# Title\n\nwords\n"),
        ("own line\n", ""),
        ("\n", ""),
        ("## In short\n", ""),
        ("_None recorded yet._\n", ""),
    ],
)
def test_what_has_no_section_stands_at_the_end(gone: str, tail: str) -> None:
    """Under its own heading, or one with the entry's name; what the bot wrote, and nothing, is left out."""
    kept = "".join(
        f"## {title}\n\nx\n\n" for title in ("In short", "Error Signature", "Diagnosis History", "Common Causes", "Resolution Patterns", "Related Errors")
    )
    both = joined(entry(gone, GONE), entry(kept), ("own line",)).body

    assert both.removeprefix(kept).strip("\n") == tail.strip("\n")
    assert both.startswith(kept.rstrip("\n"))


@pytest.mark.parametrize(
    ("counts", "links", "made"),
    [((1, 1), (0, 1), 2), ((4, 9), (0, 1), 13), ((1, 1), (0, 0), 1), ((4, 3), (0, 0), 6), ((1, 9), (0, 1), 10)],
)
def test_occurrences_are_added(counts: tuple[int, int], links: tuple[int, int], made: int) -> None:
    """An alert of both counts once; never fewer than the alerts."""
    threads = [(f"https://a.slack.com/archives/C1/p176552646512090{number}",) for number in links]
    both = joined(entry("", replace(GONE, occurrences=counts[0], threads=threads[0])), entry("", replace(META, occurrences=counts[1], threads=threads[1])))

    assert (both.meta.occurrences, len(both.meta.threads)) == (made, len({*links}))


def test_rows_are_numbered_by_time() -> None:
    """Up to the count of all, also where a number grows longer; a row of an alert that nobody knows keeps its number, and other lines stay."""
    stamps = ("1765526465.120901", "1765526465.120900", "1765526464.000000")
    table = "\n".join(row_text(number, f"| T | said | `C1/{stamp}`") for number, stamp in zip((3, 2, 7), stamps, strict=True))
    body = f"## Diagnosis History\n\n### Earlier occurrences\n\n{HEADER}\n{table}\n\n## Common Causes\n"
    for newline in ("\n", "\r\n"):
        made = renumbered(entry(body, replace(META, occurrences=11, threads=(*META.threads, *GONE.threads)), newline)).body

        assert [(row.number, row.identity) for row in rows(made)] == [(11, f"C1/{stamps[0]}"), (10, f"C1/{stamps[1]}"), (7, f"C1/{stamps[2]}")]
        assert made.replace(newline, "\n").endswith(" |\n\n## Common Causes\n")
        assert made.count(newline) == body.count("\n") == made.count("\n")


def test_an_entry_is_split() -> None:
    """What goes has its own count, times and links; what stays is never without one, and names the other."""
    whole = entry(
        "## Diagnosis History\n\nwords\n",
        replace(META, occurrences=5, threads=(*META.threads, *GONE.threads), aliases=("new", "old"), related=("r",), held=2),
        "\r\n",
    )
    left, made = split(whole, Apart("new", "## Diagnosis History\n", GONE.threads, replace(whole.meta, fingerprint=f"v1:{'0' * 32}")))

    assert (left.meta.occurrences, left.meta.threads, left.meta.aliases, left.meta.related) == (4, META.threads, ("old",), ("r", "new"))
    assert (left.meta.first_seen, left.body) == (META.first_seen, whole.body)
    assert (made.meta.occurrences, made.meta.threads, made.meta.related, made.meta.held, made.meta.aliases) == (1, GONE.threads, ("kept",), 0, ())
    assert (made.meta.first_seen, made.meta.last_seen, made.meta.fingerprint) == ("2025-12-12T08:01:05Z", "2025-12-12T08:01:05Z", f"v1:{'0' * 32}")
    assert split(entry("", META), Apart("new", "", META.threads))[0].meta.occurrences == 1
