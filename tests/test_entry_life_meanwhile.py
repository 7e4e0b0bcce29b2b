"""The default branch holds an entry in other words than the checkout in which a command runs: nothing that was written there is undone."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.core.entry.entry import amended, parse, render
from bot.core.entry.life import Ending
from bot.errors import BadCommand
from bot.forges.local import LocalForge
from bot.jobs.entry_life import EntryLife
from bot.model import PullRequest
from tests.entry_tree import A, B, merged, on, path_of, template, tree
from tests.work_tree import WorkTree

__all__ = ["template", "tree"]
pytestmark = pytest.mark.slow

ENDING = Ending("Row lock", "2026-01-01T00:00:00Z", "4be91d07")


def life(tree: WorkTree) -> EntryLife:
    """The commands, with the entries as the checkout has them now."""
    texts = {path_of(name): (tree.folder / path_of(name)).read_text() for name in (A, B)}
    return EntryLife(LocalForge(tree.folder), texts, datetime(2026, 1, 2, tzinfo=UTC), lambda _: None)


def reviewed(tree: WorkTree, name: str) -> None:
    """What a person, or a run after a merge, writes to the default branch."""
    entry = parse((tree.folder / path_of(name)).read_text())
    tree.commits({path_of(name): render(amended(entry, {"tracking_issue": "https://github.com/acme/knowledge/issues/41"}))}, "Track it")


def test_what_was_written_since_the_checkout_stays_in_a_resolved_entry(tree: WorkTree) -> None:
    """Publishing links the tracking issue while a push resolves the entry; so it is when that is taken back."""
    ours = life(tree)
    reviewed(tree, B)
    assert ours.resolve(B, ENDING, "", by_hand=False) is not None
    found = on(tree, f"errata/resolve/{B}", B)
    assert (found.meta.status, found.meta.tracking_issue[-9:]) == ("resolved", "issues/41")

    merged(tree, f"errata/resolve/{B}")
    ours = life(tree)
    tree.commits({path_of(B): (tree.folder / path_of(B)).read_text() + "\nAsk Ada.\n"}, "Say more")
    assert ours.reopen(B, "") is not None
    again = on(tree, f"errata/reopen/{B}", B)
    assert again.meta.status == "diagnosed"
    assert "Ask Ada." in again.body


@pytest.mark.parametrize(
    "command",
    [
        lambda life: life.rename(B, "leaves_of_the_pool"),
        lambda life: life.merge(A, B),
        lambda life: life.merge(B, A),
        lambda life: life.withdraw(B, "wrong"),
    ],
    ids=["rename", "merge into it", "merge it", "withdraw"],
)
def test_a_page_that_was_changed_since_the_checkout_is_not_written_anew(tree: WorkTree, command: Callable[[EntryLife], PullRequest | None]) -> None:
    """The command says so, and brings nothing."""
    ours = life(tree)
    reviewed(tree, B)
    with pytest.raises(BadCommand, match="in other words than this checkout"):
        command(ours)
    assert command(life(tree)) is not None
