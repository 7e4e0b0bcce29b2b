"""Runs a workflow file with act, on this machine and without network: a repository to check out, stand-ins for the actions, a log that can be asked.

act evaluates expressions, jobs, outputs and secrets as GitHub does. It does not enforce permissions, environments, concurrency and path filters.
"""

import atexit
import functools
import json
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from typing import Any

STAND_INS = Path(__file__).resolve().parent / "actions"
SCRIPTS = Path(sys.executable).parent
USES = re.compile(r"\buses: +([\w.-]+/([\w.-]+))@([0-9a-f]{40})")
# Keys that GitHub knows and act 0.2.89 refuses to read; it would ignore what they say anyway.
UNKNOWN_TO_ACT = re.compile(r"^ +(?:deployment: false|queue: max)\n", re.MULTILINE)
# pip takes more than a second to find that everything is there, Python another two to compile the bot. What was found once, for the same words
# and the same requirements, is not looked for again; what is compiled already is taken where the source is the same: by its hash.
_PYTHON = """#!/bin/sh
folder={folder}
if [ "$1 $2 $3" = "-m pip install" ]; then
  key=$({{ printf '%s\\0' "$@"; cat requirements.txt; }} | sha256sum | cut -c 1-64)
  [ -e "$folder/$key" ] && exit 0
  {python} "$@" && : > "$folder/$key"
  exit
fi
if [ -e bot/cli.py ] && [ ! -e bot/__pycache__ ]; then cp -r "$folder/compiled/." .; fi
exec {python} "$@"
"""


@dataclass(frozen=True)
class Run:
    """What a run came to. `jobs` holds only what ran: what was skipped is absent."""

    code: int
    log: str
    records: tuple[dict[str, Any], ...]

    @property
    def jobs(self) -> dict[str, str]:
        """Job id → success or failure."""
        return {record["jobID"]: record["jobResult"] for record in self.records if "jobResult" in record}

    @property
    def told(self) -> str:
        """What every step printed and which ones failed, for a test that fails to show."""
        kept = [r for r in self.records if r.get("raw_output") or r.get("stepResult") == "failure" or r.get("level") == "error"]
        lines = [f"{r.get('jobID')}: {r['msg'].rstrip()}" for r in kept]
        return "\n".join([*lines, *(line for line in self.log.splitlines() if not line.startswith("{"))])

    def output(self, job: str) -> str:
        """What the steps of one job printed, secrets masked."""
        return "".join(record["msg"] for record in self.records if record.get("jobID") == job and record.get("raw_output"))


@dataclass
class Act:
    """A runner with a folder of its own. `repository` is a git repository; a run sees its HEAD, as a push of it would."""

    folder: Path
    repository: Path
    name: str = "acme/knowledge"
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, workflow: str, event: str, payload: Mapping[str, object]) -> Run:
        """Run `.github/workflows/<workflow>` of the repository for one event; `payload` is what `github.event` holds."""
        self.folder.mkdir(exist_ok=True)
        workflows = self.repository / ".github" / "workflows"
        text = "".join(path.read_text(encoding="utf-8") for path in sorted(workflows.glob("*.yml")))
        files = {
            "workflow": workflows / workflow,
            "event": self._written("event.json", json.dumps(payload)),
            "secrets": self._written("secrets", _lines(self.secrets)),
            "variables": self._written("variables", _lines(self.variables)),
            "environment": self._written("environment", _lines(self._surroundings())),
            "nothing": self._written("nothing", ""),
        }
        command = [str(SCRIPTS / "act"), event, "--json", "--platform=ubuntu-latest=-self-hosted", "--no-cache-server", "--no-skip-checkout"]
        command += [f"--workflows={files['workflow']}", f"--eventpath={files['event']}", f"--directory={self.repository}", "--defaultbranch=main"]
        command += [
            f"--secret-file={files['secrets']}",
            f"--var-file={files['variables']}",
            f"--env-file={files['environment']}",
            f"--input-file={files['nothing']}",
        ]
        command += [f"--action-cache-path={self.folder / 'cache'}", *_stand_ins(text)]
        # Nothing of this process's environment but PATH: act hands its own on to every step.
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            command, env={"HOME": str(home), "PATH": os.environ["PATH"]}, cwd=self.folder, capture_output=True, text=True, timeout=180, check=False
        )
        log = done.stdout + done.stderr
        return Run(done.returncode, log, tuple(json.loads(line) for line in log.splitlines() if line.startswith("{")))

    def _surroundings(self) -> dict[str, str]:
        return {
            "GITHUB_REPOSITORY": self.name,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "STUB_ORIGIN": str(self.repository),
            "STUB_ARTIFACTS": str(self.folder / "artifacts"),
            "STUB_PYTHON": str(_python()),
            **self.environment,
        }

    def _written(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def project_files() -> tuple[str, ...]:
    """The files of this project, as the next commit would hold them."""
    root = Path(__file__).resolve().parent.parent
    listed = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    return tuple(name for name in listed if name and (root / name).is_file())


def repository(folder: Path, names: tuple[str, ...], extra: Mapping[str, str]) -> Path:
    """A git repository with one commit: these files of the project, and texts of the test's own."""
    root = Path(__file__).resolve().parent.parent
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if name.startswith(".github/workflows/"):
            (folder / name).write_text(UNKNOWN_TO_ACT.sub("", (root / name).read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copy2(root / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    commit(folder, extra, "Begin")
    return folder


def commit(folder: Path, files: Mapping[str, str], message: str) -> str:
    """Commit these texts on what is there and return the commit's SHA."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    """What git printed. Raises CalledProcessError."""
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@functools.cache
def _python() -> Path:
    """A folder with the `python` of the steps: that of the tests, told what is known already."""
    folder = Path(tempfile.mkdtemp(prefix="errata-python-"))
    (folder / "compiled").mkdir()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    door = folder / "python"
    door.write_text(_PYTHON.format(folder=shlex.quote(str(folder)), python=shlex.quote(sys.executable)), encoding="utf-8")
    door.chmod(0o755)
    root = STAND_INS.parent.parent
    for source in (root / "bot").rglob("*.py"):
        compiled = Path(cache_from_source(str(source)))
        known = compiled.read_bytes() if compiled.exists() else b""
        stat = source.stat()
        if known[:16] == MAGIC_NUMBER + struct.pack("<III", 0, int(stat.st_mtime) & 0xFFFFFFFF, stat.st_size & 0xFFFFFFFF):
            path = folder / "compiled" / compiled.relative_to(root)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(MAGIC_NUMBER + struct.pack("<I", 0b11) + source_hash(source.read_bytes()) + known[16:])
    return folder


def _stand_ins(workflow: str) -> list[str]:
    missing = {name for _, name, _ in USES.findall(workflow) if not (STAND_INS / name / "action.yml").is_file()}
    assert not missing, f"no stand-in in tests/actions/ for {sorted(missing)}"
    return [f"--local-repository={repository}@{sha}={STAND_INS / name}" for repository, name, sha in sorted(set(USES.findall(workflow)))]


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}='{value}'\n" for name, value in values.items())
