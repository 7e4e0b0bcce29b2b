"""The worst day, in part: some jobs whose every call fails in every way; docs/reliability.md says of them what came out, and of the others as well."""

import json
import subprocess
import sys

import pytest

from bench.reliability_page import FILE, PART, Page
from tests.conftest import project
from tests.fakes.faults import FAULTS
from tests.worst_outcome import OUTCOMES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("job", PART)
def test_every_fault_of_every_call_ends_as_the_page_says(job: str) -> None:
    """In a process of its own, in which no time passes: nothing wrong, and each row as it is written down."""
    command = [sys.executable, "-m", "bench.reliability", "--cells", job]
    done = subprocess.run(command, cwd=project(), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = {tuple(which): cells for _, which, cells in json.loads(done.stdout)}

    assert [(which, cell) for which, cells in found.items() for cell in cells if cell[0] == "!"] == []
    written = {which: letters for (name, which), letters in Page.read().rows.items() if name == job}
    assert written
    assert {which: "".join(cell[0] for cell in found[which]) for which in written} == written


def test_the_page_is_whole() -> None:
    """A cell for each fault, none of them wrong, and a sentence for each service that refuses."""
    page = Page.read()

    assert str(page) == FILE.read_text(encoding="utf-8")
    assert {len(letters) for letters in page.rows.values()} == {len(FAULTS)}
    assert {letter for letters in page.rows.values() for letter in letters} <= OUTCOMES.keys() - {"!"}
    assert {which.service for _, which in page.rows} <= {service for service, _ in page.sentences}
    assert all(cause and remedy for cause, remedy in page.sentences.values())
