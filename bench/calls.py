"""`python -m bench.calls`: how often one alert, from link to answer, calls Slack, GitHub and OpenSearch."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, show
from tests.chain import chain, ground


def main() -> int:
    """Exit code 1 when a bar is missed."""
    return 0 if show("Calls for one alert", _calls()) else 1


def _calls() -> Iterator[Figure]:
    """What the servers on loopback counted."""
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder) / "ground") as built, chain(Path(folder) / "house", built) as house:
        os.environ.update(house.environment)
        with contextlib.redirect_stdout(io.StringIO()):
            codes = [house.diagnose(), house.propose()]
            proposing = len(house.github.requests)
            before, after = house.merge(1)
            codes.append(house.publish(before, after))
        if any(codes):
            sys.exit("error: measuring: a job of the chain ended with an error\n  try: python -m pytest -m slow tests/test_jobs.py")
        yield Figure("calls to OpenSearch", len(house.search.requests), 6)
        yield Figure("calls to Slack, reading and answering", len(house.slack.requests), 4)
        yield Figure("calls to GitHub for the pull request", proposing, 15)
        yield Figure("calls to GitHub for publishing", len(house.github.requests) - proposing, 15)


if __name__ == "__main__":
    sys.exit(main())
