"""A knowledge folder of the first algorithm goes on under its old names, through the job that proposes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Configuration
from bot.core.entry.entry import amended, parse, path_of, render
from bot.core.entry.library import Library
from bot.core.signature import signature as signatures
from bot.forges.local import LocalForge
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import Run, propose_all
from bot.model import Case
from bot.texts.entry_page import new_entry
from tests.occurrences import SECOND, THIRD, alert, occurrence, signature
from tests.work_tree import WorkTree

pytestmark = pytest.mark.slow
BAD_GATEWAY, NOT_FOUND = "upstream answered with status code 502", "upstream answered with status code 404"


def proposed(message: str, ts: str) -> Proposed:
    """A case of this message, diagnosed."""
    happened = occurrence(ts)
    seen = alert(message=message, permalink=happened.permalink, time=happened.time)
    return Proposed(Case(seen, signatures.of(seen), happened.time, happened.time), happened.diagnosis)


def test_two_errors_that_were_one_part_without_losing_the_old_entry(tmp_path: Path) -> None:
    """In one run, before anything is merged: the first claims the old entry, the second gets its own; a second run changes nothing."""
    first, second = signature(message=BAD_GATEWAY), signature(message=NOT_FOUND)
    assert first.earlier == second.earlier
    assert first.fingerprint != second.fingerprint
    old = amended(new_entry(first, occurrence()), {"signature": first.earlier[1], "fingerprint": first.earlier[0]})
    tree = WorkTree.begun(tmp_path)
    tree.commits({path_of(old.meta.signature): render(old)})
    forge = LocalForge(tmp_path, now=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    both = (proposed(BAD_GATEWAY, SECOND), proposed(NOT_FOUND, THIRD))

    for _ in range(2):
        outcome = propose_all(both, Run(forge, Library([old]), Configuration(), lambda _: None))
        assert outcome.failures == ()
        branches = tree("branch", "--list", "kb/*", "--format=%(refname:short)").split()
        assert sorted(branches) == sorted([f"kb/{old.meta.signature}", f"kb/{second.name}"])
        assert [request.number for request in outcome.requests] == [1, 2]

    lifted = parse(tree("show", f"kb/{old.meta.signature}:{path_of(old.meta.signature)}") + "\n")
    assert (lifted.meta.signature, lifted.meta.fingerprint, lifted.meta.occurrences) == (old.meta.signature, signatures.fingerprint(first), 2)
    own = parse(tree("show", f"kb/{second.name}:{path_of(second.name)}") + "\n")
    assert (own.meta.signature, own.meta.occurrences) == (second.name, 1)
