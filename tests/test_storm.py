"""A storm of alerts against the jobs, smaller than that of `python -m bench.replay`: doubled, out of order, side by side."""

from pathlib import Path

import pytest

from bench.replay import Outcome, figures, replay, run

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
