"""Long answers in pieces that Slack takes: nothing lost, nothing cut inside."""

import re

import pytest

from bot.texts import mrkdwn, slack_markdown
from bot.texts.mrkdwn_pieces import pieces

WORDS = "the lock was taken out of the selection of leaves "
CODE = "a line of code & more\n"
CHINESE = "x = y < z  # 你好\n"


def bare(text: str) -> str:
    """Without white space and fences, which pieces may move."""
    return re.sub(r"\s|```", "", text)


def whole(text: str) -> None:
    """No open code block, no open code span, no half entity or link."""
    assert text.count("```") % 2 == 0
    outside = "".join(text.split("```")[::2])
    assert all(line.count("`") % 2 == 0 for line in outside.split("\n"))
    rest = re.sub(r"<https://[^<>|]+\|[^<>]*>", "", text)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest)


def units(words: str) -> int:
    """Length as a client of Slack counts it: in UTF-16."""
    return len(words.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "markdown",
    [
        WORDS * 200,
        f"{WORDS * 20}\n\n```\n{CODE * 10}```\n\n{WORDS * 20}",
        f"```\n{CHINESE * 300}```",
        f"```\n{'x' * 3_000}\n```",
        "`code span with spaces` and more " * 60,
        "[a link](https://example.com/a?b=c&d=e) beside it " * 60,
        "&" * 2_000,
        "字" * 2_000,
        "👩🏽‍🚀🇩🇪é́ " * 400,
        f"- {WORDS * 30}\n- {WORDS * 30}",
        "`" * 900,
        "x" * 3_000,
    ],
    ids=["prose", "block among prose", "long block", "long line of code", "spans", "links", "entities", "cjk", "emoji", "list", "ticks", "one word"],
)
def test_nothing_is_lost_and_nothing_cut_inside(markdown: str) -> None:
    """Every piece is whole and within the limit, and together they say the same."""
    words = slack_markdown.text(markdown)
    made = pieces(words, 500)
    assert all(units(piece) <= 500 for piece in made)
    for piece in made:
        whole(piece)
    assert bare("".join(made)) == bare(words)


def test_words_and_short_code_blocks_stay_whole() -> None:
    """A cut is between words, at a line where one is near; a block that fits is moved whole to the next piece."""
    block = mrkdwn.fence("\n".join(f"line {number}" for number in range(30)))
    made = pieces(f"{WORDS * 8}\n{block}\n{WORDS * 8}", 500)
    assert any(block in piece for piece in made)
    assert {word for piece in made for word in piece.replace(block, "").split()} == set(WORDS.split())


def test_letters_that_belong_together_stay_together() -> None:
    """A flag and a skin tone are no two letters."""
    made = pieces("🇩🇪" * 100 + "👍🏽" * 100, 50)
    assert all(not piece.startswith("🏽") for piece in made)
    assert "".join(made) == "🇩🇪" * 100 + "👍🏽" * 100
    assert all(len(re.findall("[\U0001f1e6-\U0001f1ff]", piece)) % 2 == 0 for piece in made)


def test_nothing_makes_nothing() -> None:
    """White space alone is no piece."""
    assert pieces(" \n ", 500) == ()


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["`", "```", "<", "a`", "&amp;", "``` ", "`<", "🙂"])
def test_the_cost_grows_with_the_length(unit: str) -> None:
    """A hundred thousand marks that open and never close."""
    made = pieces(unit * 100_000, 2_900)
    assert all(units(piece) <= 2_900 for piece in made)
    assert sum(map(len, made)) > 0.99 * len(unit) * 100_000
