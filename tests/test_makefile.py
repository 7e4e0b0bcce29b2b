"""The first command that anybody types: it finds a Python that will do, or says in one sentence what is missing."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parent.parent
TOO_OLD = '#!/bin/sh\ncase "$1 $2" in "-c ") ;; --version*) echo Python 3.9.7 ;; *) exit 1 ;; esac\n'
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\n'
BROKEN_SHIM = "#!/bin/sh\necho 'command not found' >&2; exit 127\n"


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        (TOO_OLD, "Python 3.11 or later is needed; found only Python 3.9.7."),
        (WITHOUT_VENV, "cannot make a virtual environment: install its venv package"),
        (BROKEN_SHIM, "Install Python 3.11 or later, or name it: make PYTHON=/path/to/python3"),
    ],
    ids=["too old", "without venv", "a shim for nothing"],
)
def test_a_python_that_will_not_do_is_named(tmp_path: Path, python: str, sentence: str) -> None:
    """Nothing is made, and the sentence says what to install."""
    named = tmp_path / "python"
    named.write_text(python)
    named.chmod(0o755)

    done = subprocess.run(["make", "demo", f"PYTHON={named}", f"VENV={tmp_path / 'venv'}"], cwd=PROJECT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert sentence in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_tests_run_on_what_is_shipped() -> None:
    """Whatever requirements.txt pins, requirements-dev.txt pins to the same version."""
    shipped, tested = (set(re.findall(r"^(\S+==\S+)", (PROJECT / name).read_text(), re.MULTILINE)) for name in ("requirements.txt", "requirements-dev.txt"))

    assert shipped
    assert shipped <= tested
