"""What counts as a command in a comment, and what does not."""

import pytest

from bot.core.request.slash_commands import LONGEST_HINT, Command, read
from tests.growth import in_proportion

DIGEST = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("comment", "command"),
    [
        ("/rediagnose the deploy of 9:00", Command("rediagnose", "the deploy of 9:00")),
        ("/rediagnose", Command("rediagnose")),
        (f"/approve-query {DIGEST}", Command("approve-query", DIGEST)),
        (f"/approve-query `{DIGEST.upper()}`", Command("approve-query", DIGEST)),
        ("/withdraw it is noise", Command("withdraw")),
        ("/merge-into pay_worker_TimeoutError_a1b2c3.md", Command("merge-into", "pay_worker_TimeoutError_a1b2c3")),
        ("/help", Command("help")),
        ("/Withdraw", Command("withdraw")),
        ("Thanks!\r\n\r\n/rediagnose see the pool\r\n", Command("rediagnose", "see the pool")),
        ("Thanks!\n/rediagnose see the pool", Command("rediagnose", "see the pool")),
        ("/lgtm\n/withdraw", Command("withdraw")),
        ("> quoted\n\n/withdraw", Command("withdraw")),
        ("`code`\n/withdraw", Command("withdraw")),
        ("<!-- note -->\n\n/withdraw", Command("withdraw")),
        ("\u200b/withdraw", Command("withdraw")),
    ],
)
def test_a_command_at_the_start_of_a_line(comment: str, command: Command) -> None:
    """Whatever stands around it, whatever the line ends; its case and a code span around the argument do not matter."""
    assert read(comment) == command


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "looks good",
        "please /withdraw",
        "  /withdraw",
        "- /withdraw",
        "> /withdraw",
        "> quoted\n/withdraw",
        "```\n/withdraw\n```",
        "~~~~ md\n```\n/withdraw\n~~~~",
        "    /withdraw",
        "text `code\n/withdraw\ncode` text",
        "``two ` ticks\n/withdraw\n``",
        "<!-- hidden\n/withdraw\n-->",
        "text <!-- hidden\n/withdraw\n--> text",
        "<!--\n/withdraw",
        "<details>\n/withdraw\n</details>",
        "/usr/bin/withdraw",
        "/withdraw/now",
        "/withdraw, please",
        "/lgtm",
        "/assign @mira",
        "//withdraw",
        "/",
    ],
)
def test_what_is_only_shown_is_not_said(comment: str) -> None:
    """Code, quotations, comments of HTML, the middle of a line, and the commands of others are passed over."""
    assert read(comment) is None


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("/rediagnoze again", "did you mean `/rediagnose`?"),
        ("/aprove-query x", "did you mean `/approve-query`?"),
        ("/approve x", "did you mean `/approve-query`?"),
        ("/merge x", "did you mean `/merge-into`?"),
        ("/close", "did you mean `/withdraw`?"),
        ("/approve-query", "needs the digest"),
        (f"/approve-query {DIGEST[:-1]}", "needs the digest"),
        (f"/approve-query {DIGEST} {DIGEST}", "needs the digest"),
        ("/approve-query ' OR 1=1 --", "needs the digest"),
        ("/merge-into ../../etc/passwd", "needs the signature"),
        ("/merge-into .hidden", "needs the signature"),
        ("/merge-into", "needs the signature"),
    ],
)
def test_a_near_miss_is_answered_with_help(comment: str, told: str) -> None:
    """A misspelled command, and one with a wrong argument, do nothing; what was wrong is said, without repeating it."""
    command = read(comment)

    assert command is not None
    assert command.kind == "help"
    assert told in command.problem


def test_one_comment_is_one_command() -> None:
    """The first counts, and it is known that there were more."""
    assert read("/rediagnose one\n/withdraw") == Command("rediagnose", "one", more=True)
    assert read("/help\ntext\n/help") == Command("help", more=True)


def test_a_hint_is_one_visible_line_of_bounded_length() -> None:
    """Control characters, escape sequences and further lines are not part of it."""
    command = read("/rediagnose a\x1b[31mb\x00c\u202ed\nsecond line")

    assert command == Command("rediagnose", "abcd")
    long = read("/rediagnose " + "word " * 2000)
    assert long is not None
    assert len(long.argument) <= LONGEST_HINT


@pytest.mark.parametrize("piece", ["/x ", "`", "`a", "<!--", "/withdrawx\n", "> \n", "```\n", "/a\n\n", "- "])
def test_a_comment_of_sixty_kilobytes_costs_little(piece: str) -> None:
    """Time in proportion to its length, whatever it is made of."""
    assert in_proportion(read, piece, 60_000)
