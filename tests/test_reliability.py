"""The worst day, in part: some jobs whose every call fails in every way; docs/reliability.md says of them what came out, and of the others as well."""

import json
import subprocess
import sys

import pytest

from bench.reliability_page import FILE, PART, Page
from tests.conftest import project
from tests.fakes.faults import FAULTS
from tests.worst_day import Shape
from tests.worst_outcome import OUTCOMES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reliability")]

Rows = dict[tuple[str, Shape], list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def found() -> Rows:
    """What comes out, gone through once for all tests, in a process of its own, in which no time passes."""
    command = [sys.executable, "-m", "bench.reliability", "--cells", *PART]
    done = subprocess.run(command, cwd=project(), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {(job, Shape(*which)): cells for job, which, cells in json.loads(done.stdout)}


@pytest.mark.parametrize("job", PART)
def test_every_fault_of_every_call_ends_as_the_page_says(job: str, found: Rows) -> None:
    """Nothing wrong, and each row as it is written down."""
    tried = {which: cells for (name, which), cells in found.items() if name == job}

    assert [(which, cell) for which, cells in tried.items() for cell in cells if cell[0] == "!"] == []
    written = {which: letters for (name, which), letters in Page.read().rows.items() if name == job}
    assert written
    assert {which: "".join(cell[0] for cell in tried[which]) for which in written} == written


def test_the_page_is_whole() -> None:
    """A cell for each fault, none of them wrong, and a sentence for each service that refuses."""
    page = Page.read()

    assert str(page) == FILE.read_text(encoding="utf-8")
    assert {len(letters) for letters in page.rows.values()} == {len(FAULTS)}
    assert {letter for letters in page.rows.values() for letter in letters} <= OUTCOMES.keys() - {"!"}
    assert {which.service for _, which in page.rows} <= {service for service, _ in page.sentences}
    assert all(cause and remedy for cause, remedy in page.sentences.values())
