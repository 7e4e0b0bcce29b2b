"""What the pages name is there under that name, and the numbers that they state are those of the code."""

import argparse
import re
from typing import Any

import pytest

from bot import command_line, config
from bot.core.alert import messages
from bot.core.entry import changes, history_folding, library
from bot.core.knowledge import postmortem, related, runbook_choice
from bot.jobs import remind, resolving, trust
from bot.sources.knowledge import entry_search
from bot.sources.knowledge import knowledge as knowledge_folder
from bot.texts import index_pages, index_rows
from tests.pages import ROOT, Page, pages

PAGES = (*pages(), "evaluation/README.md", "knowledge/rules/README.md")
WORKFLOWS = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")))
SCHEMA: dict[str, Any] = config.schema()
DEFAULTS = config.Configuration()


def test_every_option_is_told() -> None:
    """On a page, or, where no person types it, in the workflow that does."""
    told = "".join((ROOT / path).read_text(encoding="utf-8") for path in PAGES) + WORKFLOWS

    assert [option for option in sorted(options(command_line.parser())) if not re.search(rf"{option}(?![\w-])", told)] == []


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a command and of those below it, but for `--help`."""
    below = [inner for action in parser._actions if isinstance(action, argparse._SubParsersAction) for inner in action.choices.values()]
    own = {action.option_strings[-1] for action in parser._actions if action.option_strings and action.dest != "help"}
    return own.union(*map(options, below))


@pytest.mark.parametrize("path", PAGES)
def test_the_keys_that_are_spoken_of_exist(path: str) -> None:
    """`limits: source_seconds:` on a page is a key of the configuration, at that place."""
    top = SCHEMA["$defs"]["Configuration"]["properties"]
    for span in Page(path).code():
        match = re.fullmatch(r"([a-z_]+): ([a-z_]+):(?: \S.*)?", span)
        if match and match[1] in top and below(top[match[1]]):
            assert match[2] in below(top[match[1]]), f"{path}: {span}"


def below(node: dict[str, Any]) -> set[str]:
    """The keys of a record, or of those in a list; none where people choose the names."""
    for one in (node, *node.get("anyOf", ())):
        if "$ref" in one:
            return set(SCHEMA["$defs"][one["$ref"].rpartition("/")[2]].get("properties", ()))
        if isinstance(one.get("items"), dict):
            return below(one["items"])
    return set()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("docs/entries.md", f"| The last {history_folding.KEPT_WHOLE} | The whole diagnosis |"),
        ("docs/entries.md", f"| The {history_folding.KEPT_ROWS} before |"),
        ("docs/entries.md", f"larger than {history_folding.MAX_BYTES // 1000} kB, fewer rows"),
        ("docs/entries.md", f"and the {resolving.MOST_ASKED} that ended last one by one"),
        ("docs/browsing.md", f"20 if left out and {entry_search.MOST_HITS} at most"),
        ("docs/browsing.md", f"The {index_pages.MAX_SERVICES} services with most entries"),
        ("docs/browsing.md", f"Pages above {index_rows.MAX_BYTES // 1000} kB of rows"),
        ("docs/browsing.md", f"where there are more than {knowledge_folder.READ_WHOLE:,} entries"),
        ("docs/browsing.md", f"at most {('no', 'one', 'two', 'three', 'four', 'five')[related.MOST]} of them"),
        ("docs/intake.md", f"most {messages.MOST_ALSO} with one diagnosis and {messages.MOST_FOLLOWERS} in one scan"),
        ("docs/recurrence.md", f"The {trust.MOST}\nnewest answers of an entry"),
        ("docs/recurrence.md", f"within `max_age_days` ({DEFAULTS.recurrence.max_age_days})"),
        ("docs/recurrence.md", f"at least `lead` ({DEFAULTS.recurrence.lead:g}) of 11"),
        ("docs/runbooks.md", f"{('no', 'One', 'Two', 'Three')[runbook_choice.MOST]} are chosen at most"),
        ("docs/sources.md", f"up to {('no', 'one', 'two', 'three')[library.MAX_SIMILAR]} like it"),
        ("docs/delivery.md", f"| `occurrences` | `{DEFAULTS.tracking.occurrences}` |"),
        ("docs/delivery.md", f"The newest {changes.MOST_CORRECTED}; the others link"),
        ("docs/setup.md", f"of a diagnosis (${DEFAULTS.claude.dollars:g}) and of a day (${DEFAULTS.claude.dollars_per_day:g})"),
        ("docs/upkeep.md", f"remind_after_days: {DEFAULTS.requests.remind_after_days} #"),
        ("docs/upkeep.md", f"close_after_days: {DEFAULTS.requests.close_after_days} #"),
    ],
)
def test_the_numbers_of_the_pages_are_those_of_the_code(path: str, words: str) -> None:
    """Where one is changed, so is the other."""
    assert words in Page(path).text


@pytest.mark.parametrize(
    ("path", "words", "number"),
    [("docs/upkeep.md", "fifty requests", remind.MOST == 50), ("docs/runbooks.md", "twenty at most", postmortem.MOST_ACTIONS == 20)],
)
def test_numbers_in_words(path: str, words: str, number: object) -> None:
    """The same, spelt out."""
    assert number is True
    assert words in Page(path).text
