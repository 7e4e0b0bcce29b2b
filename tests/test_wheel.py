"""What `pip install .` gives: the wheel works in a folder that is no checkout, and holds all of the bot and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest

from demo.world import World, build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

PROJECT = Path(__file__).resolve().parent.parent
Bot = Callable[..., str]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built offline by the pinned setuptools, from a copy: a `build/` of earlier days must not get in."""
    copy, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "requirements.in", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, copy)
    shutil.copytree(PROJECT / "bot", copy / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(made), str(copy)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    [path] = made.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def bot(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """The installed command, run in a folder of its own; neither the checkout nor the working folder is on its path."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)

    def run(*arguments: str, folder: Path, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "bot", *arguments],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site), "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What `make demo` begins with: an alert, its logs, its code, and an entry of last time."""
    return build(tmp_path_factory.mktemp("world"))


def test_the_wheel_holds_all_of_the_bot_and_nothing_else(wheel: Path) -> None:
    """Prompts and rules included: a data file that is forgotten shows only where there is no checkout."""
    tracked = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "bot").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}

    assert held == tracked


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    """Licence, Python, command, and exactly the packages that requirements.in gives a reason for."""
    with zipfile.ZipFile(wheel) as packed:
        [metadata] = [message_from_bytes(packed.read(name)) for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        [commands] = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".dist-info/entry_points.txt")]
    wanted = [line for line in (PROJECT / "requirements.in").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Requires-Dist") == wanted
    assert "bot = bot.__main__:main" in commands


def test_an_installed_bot_answers_without_a_checkout(bot: Bot, tmp_path: Path) -> None:
    """Version, rules with their own examples, a signature: all of it from the package alone."""
    (tmp_path / "trace.txt").write_text('Traceback (most recent call last):\n  File "billing.py", line 3, in charge\n    g()\nValueError: no card\n')

    assert bot("--version", folder=tmp_path).startswith("bot ")
    assert ", 0 failed" in bot("rules", "test", folder=tmp_path)
    assert bot("signature", "trace.txt", folder=tmp_path).startswith("billing_ValueError_")


def test_an_installed_bot_goes_the_whole_way(bot: Bot, world: World) -> None:
    """From the link to the request, in a knowledge base that holds no line of the bot."""
    bot("diagnose", world.alert, folder=world.knowledge_base)
    proposed = bot("propose", folder=world.knowledge_base)

    assert proposed.startswith("pull request file://")
    assert "knowledge/errors/transfer_handler_ValidationError_" in (world.knowledge_base / ".git/errata/pulls/1.md").read_text(encoding="utf-8")
