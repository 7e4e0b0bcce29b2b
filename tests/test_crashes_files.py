"""A job that is killed in the middle of a file of its own: nobody reads half of it as the whole, and the next run makes it good."""

import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.__main__ import main
from demo.world import World, build
from tests.chain import Chain, git
from tests.crashing import cut_off
from tests.worst_day import state
from tests.worst_day_jobs import diagnose

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crashes in files")]

TOO_LARGE = 25
"""SIGXFSZ."""
PAGES = {
    "leaves.md": f"# Leaves run out\n\n## Symptoms\n\n{'Nothing can be reserved. ' * 40}\n\n## Steps\n\n1. Look at the locks.\n",
    "stuck.md": f"# Transfers are stuck\n\n## Symptoms\n\n{'They wait for a lock. ' * 60}\n\n## Steps\n\n1. Look at the queue.\n",
}


def test_half_a_proposal_is_none(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """Cut in each of its files, with an older proposal at its place and without: what can be read there is whole, and the next run replaces it."""
    job = diagnose(house)
    (folder,) = job.made
    cut = 0
    for size in halves(folder)[-2:]:
        for older in (False, True):
            if older:
                job.again()
            else:
                job.start.restore()
            cut += cut_off(lambda: job.run().code, size) == TOO_LARGE
            capsys.readouterr()
            whole = house.run("propose", str(folder)) == 0
            told = capsys.readouterr().err
            assert whole == older, told
            assert whole or "is missing\n  try: run `bot diagnose" in told
            job.start.restore()
            assert job.again().code == 0
            assert state(job) == job.wanted

    assert cut == 4


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    """The demo's world on the local forge, its alert diagnosed, proposed and merged; with the commit before."""
    world = build(tmp_path_factory.mktemp("files") / "world")
    base, proposal = world.knowledge_base, str(world.folder / "proposal")
    assert main(["--root", str(base), "diagnose", world.alert, "--out", proposal]) == 0
    assert main(["--root", str(base), "propose", proposal]) == 0
    before = git(base, "rev-parse", "main").strip()
    git(base, "merge", "--quiet", "--no-ff", "-m", "Merge", git(base, "for-each-ref", "--format=%(refname:short)", "refs/heads/kb/").strip())
    for page, text in PAGES.items():
        (world.folder / "pages" / page).parent.mkdir(exist_ok=True)
        (world.folder / "pages" / page).write_text(text)
    return world, before


def publish(base: Path, before: str) -> int:
    """Issue, answer, index."""
    return main(["--root", str(base), "publish", "--before", before, "--after", git(base, "rev-parse", "main^{/Merge}").strip()])


def board(base: Path, _: str) -> int:
    """The dashboard as a file."""
    return main(["--root", str(base), "board"])


def bring(base: Path, _: str) -> int:
    """Older pages."""
    return main(["--root", str(base), "import", str(base.parent / "pages")])


def search(base: Path, _: str) -> int:
    """Which keeps a cache."""
    return main(["--root", str(base), "search", "leaf", "balance"])


@pytest.mark.parametrize("job", [publish, board, bring, search], ids=lambda job: job.__name__)
def test_a_file_that_was_cut_is_made_good(merged: tuple[World, str], tmp_path: Path, job: Callable[[Path, str], int]) -> None:
    """On one machine: issues, answers, pages, the dashboard, the cache of the entries; each file cut at its half."""
    world, before = merged
    good = copied(world, tmp_path / "good")
    then = contents(good)
    assert job(good, before) == 0
    wanted = contents(good)
    sizes = sorted({size // 2 for path, size in sizes_of(good) if path not in dict(sizes_of(world.knowledge_base)) and size > 80})
    cut = 0
    for size in [*sizes[:4], *sizes[4::6]]:
        base = copied(world, tmp_path / f"at-{size}")
        cut += cut_off(lambda base=base: job(base, before), size) == TOO_LARGE  # type: ignore[misc]
        for path, text in contents(base).items():
            assert text in (then.get(path), wanted.get(path)) or path.endswith(".ndjson"), f"half of {path} stands there"
        assert job(base, before) == 0
        assert contents(base) == wanted

    assert cut


def copied(world: World, folder: Path) -> Path:
    """A world of its own."""
    return Path(shutil.copytree(world.folder, folder, symlinks=True)) / world.knowledge_base.name


def halves(folder: Path) -> list[int]:
    """Half of the size of each file."""
    return sorted({path.stat().st_size // 2 for path in folder.rglob("*") if path.is_file()})


def sizes_of(base: Path) -> list[tuple[str, int]]:
    """Every file, git's objects left out."""
    return [(str(path.relative_to(base)), path.stat().st_size) for path in _files(base)]


def contents(base: Path) -> dict[str, str]:
    """What people and later runs read: no times, no commit ids, no place; of lines of JSON those that are whole; of the cache nothing."""
    found = {}
    for path in _files(base):
        name = str(path.relative_to(base))
        if path.suffix not in (".md", ".ndjson", ".json", ".yml") or path.name.startswith("."):
            continue
        text = path.read_text(encoding="utf-8", errors="replace").replace(str(base.parent), "")
        text = "\n".join(filter(_is_json, text.splitlines())) if path.suffix == ".ndjson" else text
        found[name] = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?|\b[0-9a-f]{40}\b|\d{10}\.\d{6}", "…", text)
    return found


def _files(base: Path) -> Iterable[Path]:
    kept = (base / ".git" / "errata").rglob("*"), (path for path in base.rglob("*") if ".git" not in path.parts)
    return sorted(path for paths in kept for path in paths if path.is_file())


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
