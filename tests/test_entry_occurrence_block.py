"""The seals of what the bot wrote: where its summary begins and ends, what a block says, and what breaks a seal."""

import pytest

from bot.core.entry.occurrence_block import MARK, block_text, in_short, in_short_span, in_short_words, numbered, occurrence_blocks, sealed_in_short
from bot.core.entry.sections import digest
from tests.numbered_alerts import note

HISTORY = "## Diagnosis History\n\n"


@pytest.mark.parametrize("before", ["", "\n", "\n\n\n", " \n\t\n"])
@pytest.mark.parametrize("after", ["", "\n", "\n\n\n", "\n \n"])
def test_the_summary_is_known_from_its_mark_to_its_last_word(before: str, after: str) -> None:
    """Blank lines around it are a person's; the words are given without the mark."""
    sealed = sealed_in_short("one\n\ntwo")
    body = f"# t\n\n## In short\n{before}{sealed}{after}"

    for whole in (body, body.replace("\n", "\r\n"), f"{body}\n## Mine\n\nx\n"):
        start, end = in_short_span(whole) or (0, 0)
        assert whole[start:end].replace("\r\n", "\n") == sealed
        assert in_short_words(whole) == "one\n\ntwo"


@pytest.mark.parametrize(
    ("old", "new"),
    [("two", "Two"), ("in-short ", "in-short C1/1.2 x"), ("errata:in-short", "errata:occurrence"), ("<!--", "x <!--"), ("## In short", "## In brief")],
)
def test_a_summary_that_somebody_changed_is_theirs(old: str, new: str) -> None:
    """A word is enough, or the mark."""
    body = f"## In short\n\n{sealed_in_short('one two')}\n".replace(old, new, 1)

    assert in_short_span(body) is None
    assert in_short_words(body) is None


def test_a_block_is_written_with_its_seal() -> None:
    """Heading, mark, words without the blank lines around them; read back as it was."""
    one = note(2, text="\nWords.\n\nMore.\n\n", in_short=" Short. ")
    seal = digest("### Occurrence 7 - T\n\nWords.\n\nMore.")
    text = f"### Occurrence 7 - T\n<!-- errata:occurrence {one.identity} {seal} -->\n\nWords.\n\nMore."
    (block,) = occurrence_blocks(f"{HISTORY}{text}\n\n## Mine\n")

    assert block_text(one, 7, "T") == text
    assert (block.number, block.time, block.identity, block.intact) == (7, "T", one.identity, True)
    assert in_short(one) == f"<!-- errata:in-short {digest(' Short. ')} -->\n\nShort."


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        ("Words.", "Word.", [False]),
        ("Occurrence 7", "Occurrence 8", [False]),
        (" - T", " - U", [False]),
        ("Words.", "Words.\n", [True]),
        ("\n\nWords.", "\n \n\nWords.", [True]),
        (" -->", " --> ", [True]),
        ("\n<!--", "\n\n\n<!--", [True]),
        ("\n<!--", "\nx\n<!--", []),
        (" -->", " --> x", []),
        ("Occurrence 7", "Occurrence seven", []),
        (" - T", " - T U", []),
        ("errata:occurrence C0ALERTS1/1764720000.000100", "errata:occurrence", []),
    ],
)
def test_what_breaks_the_seal_of_a_block(old: str, new: str, known: list[bool]) -> None:
    """A word does, of the heading too; blank lines do not. Without its mark or heading it is a person's block."""
    body = f"{HISTORY}{block_text(note(2), 7, 'T')}\n".replace("Words 2.", "Words.")
    sealed = body.replace(str(MARK.search(body)["seal"]), digest("### Occurrence 7 - T\n\nWords."))  # type: ignore[index]

    assert [block.intact for block in occurrence_blocks(sealed)] == [True]
    assert [block.intact for block in occurrence_blocks(sealed.replace(old, new, 1))] == known


def test_blocks_stand_in_the_history_only() -> None:
    """In the order of the page, each up to the next."""
    two = f"{block_text(note(2), 2, 'T')}\n\n### mine\n\nx\n\n{block_text(note(1), 1, 'S')}\n"
    found = occurrence_blocks(f"{HISTORY}{two}\n## Mine\n\n{block_text(note(3), 3, 'U')}\n")

    assert [(block.number, block.intact) for block in found] == [(2, True), (1, True)]
    assert occurrence_blocks(f"## Mine\n\n{two}") == []


def test_a_block_is_given_another_number() -> None:
    """Once, in its heading, with a new seal while it is the bot's own; its blank lines and line ends stay."""
    for newline in ("\n", "\r\n"):
        text = f"{HISTORY}{block_text(note(2, text='Occurrence 1 was like it.'), 1, 'T')}\n\n\n".replace("\n", newline)
        (block,) = occurrence_blocks(text)
        made = numbered(text, block, 12)
        assert made == f"{block_text(note(2, text='Occurrence 1 was like it.'), 12, 'T')}\n\n\n".replace("\n", newline)
        edited = text.replace("like it", "like this")
        (block,) = occurrence_blocks(edited)
        assert numbered(edited, block, 12) == edited[len(HISTORY.replace("\n", newline)) :].replace("Occurrence 1 -", "Occurrence 12 -")
