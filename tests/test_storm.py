"""A storm of alerts against the jobs, smaller than that of `python -m bench.replay`: doubled, out of order, side by side."""

from pathlib import Path

import pytest

from bench.replay import replay, run
from bench.replay_outcome import Outcome, figures

pytestmark = pytest.mark.slow


def test_nothing_is_lost_and_nothing_is_said_twice(tmp_path: Path) -> None:
    """One open request for each error, one answer in each thread, each alert recorded once, while people merge and object."""
    with replay(tmp_path) as house:
        links = run(house, 24, 3, workers=4)
        outcome = Outcome(house, links)

        assert house.storm.failures == []
        assert [figure.name for figure in figures(house, links, outcome, 0) if not figure.holds] == []
        assert house.storm.answered > 5
        assert house.diagnoser.asked < len(links) * 5 // 4


def test_nothing_is_lost_while_calls_fail(tmp_path: Path) -> None:
    """One call in twenty to Slack and GitHub fails, in every way; jobs are started again as a scheduler does: the same end."""
    with replay(tmp_path, faults=1) as house:
        links = run(house, 12, 2, workers=4)
        outcome = Outcome(house, links)

        assert house.storm.failures == []
        assert [figure.name for figure in figures(house, links, outcome, 0) if not figure.holds and not figure.least] == []
        assert house.storm.again > 5
