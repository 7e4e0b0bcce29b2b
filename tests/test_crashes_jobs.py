"""Every job that writes is killed at each of its writes, after it took effect: the next run ends where an undisturbed one does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chain import Chain, Ground, chain, own_environment
from tests.crashing import killed, writes
from tests.fakes.github_work import WorkingGitHub
from tests.worst_before import ENTRY
from tests.worst_day import Job, Moment, Place
from tests.worst_day_jobs import JOBS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crashes of jobs")]

NAMES = (
    "answer", "count", "respond", "withdraw-request", "resolve", "resolve-by-issue", "rename", "merge", "split", "withdraw", "scan", "escalate", "board",
    "board-ticked", "remind", "lapse", "review", "publish-review", "postmortem", "postmortem-merged", "trust", "publish-to-odoo", "publish-to-linear",
)  # fmt: skip
"""The jobs beside those of test_crashes."""


@pytest.fixture(scope="module")
def shared(built: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Chain, Moment]]:
    """A house whose GitHub also tells what closed an issue, and how it stands at first: what several jobs have behind them is gone through once."""
    with chain(tmp_path_factory.mktemp("house"), built, WorkingGitHub) as made, pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        yield made, Moment(Place(made, {"Slack": made.slack, "GitHub": made.github}, (made.proposal,)))


@pytest.fixture
def working(shared: tuple[Chain, Moment]) -> Iterator[Chain]:
    """That house, as it stood at first."""
    house, start = shared
    start.restore()
    with own_environment():
        yield house


@pytest.mark.parametrize("name", NAMES)
def test_a_job_that_is_killed_is_finished_by_the_next_run(working: Chain, name: str) -> None:
    """Nothing twice, nothing missing, whichever write it was killed at."""
    job = JOBS[name](working)
    wanted, table = seen(job), []
    for which in writes(job):
        signal = killed(job, which, after=True)
        again = job.again()
        table.append((signal, again.code, seen(job) == wanted, which, again.err[-500:]))

    assert [row for row in table if row[:3] != (9, 0, True)] == []
    assert table


def test_the_run_of_an_alert_tracks_its_entry(working: Chain) -> None:
    """Where nothing began a run before, publishing opens one for both, and finds it again."""
    job = JOBS["publish-to-odoo"](working)
    assert job.again().code == 0

    (run,) = job.others["Odoo"].tables["qms.sop.run"]  # type: ignore[attr-defined]
    assert f"id={run}&model=qms.sop.run" in (working.github.text(ENTRY) or "")


def seen(job: Job) -> dict[str, Any]:
    """What people see, but for the links in the sidebar of an issue of Linear's: its description holds them, and they are not added later."""
    state = job.state()
    return {**state, "others": {name: re.sub(r"'attachments': \[[^]]*\]", "", kept) for name, kept in state["others"].items()}}
