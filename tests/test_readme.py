"""The README shows what the demo really makes, and leads to files that are there."""

import argparse
import re
from typing import get_args

import pytest

from bot import command_line, model
from tests.pages import ROOT, Page

README = Page("README.md")
SAMPLES = ROOT / "docs" / "samples" / "regression"


def squeezed(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


@pytest.mark.parametrize(("block", "sample", "lines"), [(0, "alert.txt", 5), (1, "entry.md", 12), (2, "reply.txt", 3)], ids=["alert", "entry", "reply"])
def test_what_is_shown_is_what_the_demo_makes(block: int, sample: str, lines: int) -> None:
    """Each line, what lies between two `…` apart, stands in the sample, in that order."""
    shown = sorted((*README.fences("text"), *README.fences("markdown")), key=README.text.index)[block]
    made = squeezed((SAMPLES / sample).read_text(encoding="utf-8"))

    assert len(shown.splitlines()) == lines
    at = 0
    for fragment in filter(None, map(squeezed, re.split("…|\n", shown))):
        found = made.find(fragment, at)
        assert found >= 0, f"{sample} does not say: {fragment}"
        at = found + len(fragment)


def test_the_state_machine_has_every_state() -> None:
    """What an entry's `status` may be, and nothing else."""
    (diagram,) = README.fences("mermaid")

    assert {name for pair in re.findall(r"(\S+) --> (\S+?):?(?: |$)", diagram) for name in pair} == {"[*]", *get_args(model.Status)}


def test_each_question_leads_to_a_file() -> None:
    """Each names one file to open first."""
    table = README.text.partition("## Where do I look")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+\?) \| \[([^\]]+)\]\(([^)]+)\) \|$", table, re.MULTILINE)

    assert len(rows) == 17
    for question, name, target in rows:
        assert name == target.partition("#")[0], question
        assert (ROOT / name).is_file(), question


def test_every_command_is_listed() -> None:
    """The table of commands is that of the parser."""
    cells = re.findall(r"^\| (`bot [^|]+) \|", README.text, re.MULTILINE)
    listed = [name for cell in cells for name in re.findall(r"`bot ([a-z-]+)", cell)]
    subparsers = next(action for action in command_line.parser()._actions if isinstance(action, argparse._SubParsersAction))

    assert listed == list(subparsers.choices)


def test_the_readme_stays_short() -> None:
    """Whatever grows moves to docs/."""
    assert len(README.text.splitlines()) <= 200
