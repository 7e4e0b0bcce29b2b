"""The quick reader of front matters says what the slow one says, or nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.knowledge_entries import entry
from bot.core.entry import front_matter, own_front
from bot.core.entry.front_patch import front_of, quoted
from bot.core.entry.front_values import time_value
from bot.core.entry.meta import KEYS, EntryMeta

PLAIN = {"status": "diagnosed", "severity": "high", "category": "application", "first_seen": "2025-12-12T08:01:05Z", "last_seen": "2025-12-17T09:12:44Z"}
LINES = [line + "\n" for line in entry(3)[1].partition("\n---\n")[0].splitlines()[1:]]


def agrees(text: str) -> bool:
    """Whether the two readers agree where the quick one speaks; gives whether it spoke."""
    own, slow = own_front.read(text), front_matter.read(text)
    if own is None:
        return False
    assert slow.problems == ()
    assert slow.block is not None
    assert own == (slow.meta, slow.block.body)
    return True


def test_what_the_bot_writes_is_read_quickly() -> None:
    """Every entry that nobody edited by hand."""
    assert all(agrees(entry(number)[1]) for number in range(50))


@pytest.mark.parametrize(
    "line",
    [
        'title: "a" # a comment',
        "title: plain words",
        "title: 'single'",
        'title: "a\\u0041"',
        'title: "a", "severity": "low"',
        'title: "\x85"',
        'title: "a\tb"',
        'title: "twice"\ntitle: "twice"',
        "occurrences: 010",
        "occurrences: 1e3",
        "occurrences: -1",
        'first_seen: "2025-12-12"',
        'first_seen: "2025-W51-3T09:12:44Z"',
        'first_seen: "2025-02-30T09:12:44Z"',
        'first_seen: "２025-02-20T09:12:44Z"',
        "resolution:",
        "resolution: null",
        'unknown: "key"',
        'services: ["a",]',
        'services:\n- "a"',
        'services:\n  - "a"\n  - b',
        'threads: ["https://elsewhere.example/x"]',
        "...",
        "<<<<<<< ours",
        '? "title"',
    ],
)
def test_everything_else_is_left_to_the_slow_reader(line: str) -> None:
    """Nothing that YAML, or the schema, might see otherwise is taken."""
    key = line.partition(":")[0]
    block = "".join(
        [line + "\n" if one.startswith(f"{key}:") else one for one in LINES] + ([] if any(one.startswith(f"{key}:") for one in LINES) else [line + "\n"])
    )
    assert own_front.read(f"---\n{block}---\n\n# x\n") is None
    foreign = "".join('culprit: "é"\n' if one.startswith("culprit:") else f"{one}\n" for one in block[:-1].split("\n"))
    assert own_front.read(f"---\n{foreign}---\n\n# x\n") is None
    assert agrees(f"---\n{''.join(LINES)}---\n\n# x\n")


def test_other_ways_to_write_the_file_are_left_to_the_slow_reader() -> None:
    """A byte order mark, the line ends of Windows, a block without an end, one between other marks."""
    text = f"---\n{''.join(LINES)}---\n\n# x\n"
    for other in ("\ufeff" + text, text.replace("\n", "\r\n"), text.partition("\n---\n")[0], "--- \n" + text[4:], text[:-5] + "x" * 1_000_001):
        assert not agrees(other)
    assert not agrees("+++" + text[3:])


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.integers(1, 10**8), st.datetimes())
@settings(max_examples=150, deadline=None)
@pytest.mark.slow
def test_any_entry_that_the_bot_writes_reads_the_same(title: str, culprit: str, services: list[str], occurrences: int, time: object) -> None:
    """Whatever strangers put into it."""
    told = {**PLAIN, "title": title, "culprit": culprit, "services": tuple(services), "occurrences": occurrences, "last_seen": time_value(time)}
    meta = EntryMeta(**told, signature="x", error_type="E", environments=(), threads=(), schema=1)  # type: ignore[arg-type]
    agrees(front_of(meta) + "\n# x\n")


PIECES = st.sampled_from(
    ["\n", " ", '"', "\\", ":", ": ", "#", "[", "]", ",", "- ", "  - ", "---", "0", "1", "null", "é", "\x00", "\u2028", "\U0001f600", *KEYS, *LINES]
)


@given(st.lists(PIECES, max_size=40), st.integers(0, 1_000), st.integers(0, 3))
@settings(max_examples=250, deadline=None)
@pytest.mark.slow
def test_any_front_matter_reads_the_same_or_is_left(pieces: list[str], at: int, cut: int) -> None:
    """Pieces of front matters, put together, or put into a whole one."""
    block = "".join(LINES)
    for inner in ("".join(pieces), block[: at % len(block)] + "".join(pieces[:3]) + block[at % len(block) + cut :]):
        agrees(f"---\n{inner}---\n\n# x\n")


def test_quoting_is_what_both_readers_undo() -> None:
    """Backslashes and quotes come back as they were."""
    words = 'a "quoted" \\ path\\\\ é 漢 😀'
    text = "".join(f"title: {quoted(words)}\n" if line.startswith("title:") else line for line in LINES)
    own = own_front.read(f"---\n{text}---\n")
    assert own is not None
    assert own[0].title == words
    assert agrees(f"---\n{text}---\n")
