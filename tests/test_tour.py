"""The tour is what its commands print, and leads to nothing of the machine that made it."""

import re
import shlex

import pytest

from demo.tour import PAGE, page
from demo.tour_steps import STEPS
from tests.pages import ROOT, Page


@pytest.mark.slow
def test_the_tour_prints_what_its_page_says() -> None:
    """Each command is run again; `python -m demo.tour` writes the page anew."""
    assert page() == (ROOT / PAGE).read_text(encoding="utf-8")


def test_the_page_shows_every_command_and_no_machine() -> None:
    """All steps in their order, with no folder and no time of whoever made it."""
    shown = [block.partition("\n")[0].removeprefix("$ ") for block in Page(PAGE.as_posix()).fences("console")]

    assert shown == [command for step in STEPS for command in step.commands]
    assert not re.search(r"tmp/|/Users|errata-\w{8}|202[6-9]-", (ROOT / PAGE).read_text(encoding="utf-8"))


def test_the_tour_takes_the_whole_way() -> None:
    """From what is missing to the answer, and to what is wrong."""
    words = [word for step in STEPS for command in step.commands for word in zip(shlex.split(command), shlex.split(command)[1:], strict=False)]

    for command in ("doctor", "signature", "evidence", "diagnose", "propose", "publish", "search", "check", "answer", "resolve"):
        assert ("bot", command) in words
