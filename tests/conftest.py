"""What every test stands on: a git identity of its own, no real home, no proxies, no credentials of the machine."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.chain import Chain, Ground

# Plugins that test modules also import by name: told before anybody imports them, so that their assertions speak as a test's do.
pytest.register_assert_rewrite("tests.slack_workspace", "tests.local_forge", "tests.github_forge", "tests.code_story")

# Nothing here lives long enough to be tidied up, to need hooks that nobody wrote, or to survive a power cut: what git does for that is a third of its time.
_GIT = """
[init]
    templateDir =
[gc]
    auto = 0
[maintenance]
    auto = false
[core]
    fsync = none
"""
_WHOLLY_SLOW = ("\npytestmark = pytest.mark.slow\n", "\npytestmark = [pytest.mark.slow, ")
_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTEST_CURRENT_TEST",
    "PYTEST_VERSION",
    "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run does not even import a module of which it takes nothing: the unit run those that are slow as a whole, whose client libraries take
    seconds, the slow run those without a slow test. A module named by hand is always read."""
    if config.args_source is pytest.Config.ArgsSource.ARGS or collection_path.suffix != ".py" or config.option.markexpr not in ("not slow", "slow"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    wholly_slow = any(line in text for line in _WHOLLY_SLOW)
    return (wholly_slow if config.option.markexpr == "not slow" else "mark.slow" not in text) or None


def pytest_collection() -> None:
    """What is collected stays: there is no garbage to look for while thousands of tests and modules are made."""
    gc.disable()


def pytest_collection_finish() -> None:
    """They stay until the end, too: searching them for garbage again and again takes a tenth of the unit run."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the tokens, the home or the git configuration of whoever runs it. What a test sets, its own monkeypatch takes back."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    (home / ".gitconfig").write_text(_GIT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name not in _KEPT and not name.startswith("PYTEST_XDIST")]:
            patch.delenv(name)
        for name, value in {
            "HOME": str(home),
            "LANGUAGE": "C",  # gettext asks four files for each word of argparse otherwise
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada Tester",
            "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_COMMITTER_NAME": "Ada Tester",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
            "NO_PROXY": "127.0.0.1,localhost",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Ground"]:
    """The demo's world and a search server with its logs, made once; houses are built on it."""
    from tests.chain import ground  # noqa: PLC0415 - the unit tests need none of its clients

    with ground(tmp_path_factory.mktemp("ground")) as made:
        yield made


@pytest.fixture
def house(built: "Ground", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Chain"]:
    """A new house for each test: Slack, GitHub, OpenSearch, and the environment that leads the bot there."""
    from tests.chain import chain  # noqa: PLC0415 - as above

    with chain(tmp_path, built) as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made


def project() -> Path:
    """The root of this checkout."""
    return Path(__file__).resolve().parent.parent
