"""A case becomes the place that a real diagnosis runs in: configuration, message, logs, repositories, knowledge folder, and what other systems said."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.core.replay.history import stream, trees
from bot.core.replay.noise import ndjson
from bot.errors import BadCase
from bot.jobs.replay_case import History, ReplayCase, Seen
from bot.model import Deploy, Evidence, Findings, Record
from bot.regex import regex

_MARK = regex(r"\{\{(commit|sha|line|signature|fingerprint)(?::([^{}:\n]{1,200}))?(?::([^{}\n]{1,200}))?\}\}")
_SIGNATURE = regex(r"\{\{(?:signature|fingerprint)\}\}")
_ENVIRONMENT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "TZ": "UTC"}
_SECONDS = 60


class World(Record, frozen=True):
    """Where the case was set up, and what the recorded source answers. `commits` are shas by what the case calls them."""

    root: str
    findings: Findings
    commits: dict[str, str]


class WorldBuilder:
    """Sets a case up in an empty folder. Raises BadCase."""

    def __init__(self, case: ReplayCase, root: Path, diagnoser: str) -> None:
        self._case, self._root, self._diagnoser = case, root, diagnoser
        self._commits: dict[str, str] = {}
        self._trees: dict[str, dict[str, str]] = {}

    def build(self, named: Callable[[World], tuple[str, str]]) -> World:
        """`named` tells the error's name and fingerprint; it is asked where the case's entries leave them open."""
        for history in self._case.histories:
            self._repository(history)
        if self._diagnoser != "rules":
            self._git(self._root, "making a repository for what a model costs", "init", "--quiet", "--initial-branch=main", ".")
        bundles = {path.stem: path for path in sorted(self._case.folder.glob("*.bundle"))}
        for name, bundle in bundles.items():
            self._git(self._root, f"unpacking {bundle.name}", "clone", "--quiet", str(bundle), f"code/{name}")
        evidence = self._case.folder / "evidence.yml"
        seen = self._case.seen(self._filled(self._case.text(evidence), {}) if evidence.exists() else None)
        self._write(".github/knowledge-bot.yml", json.dumps(self._configuration(tuple(bundles), logs=bool(seen.noise))))
        channel, ts = self._case.permalink.channel, self._case.permalink.ts
        self._write(f"messages/{channel}-{ts}.json", self._filled(json.dumps(self._case.message), {}))
        for name, path in self._case.files("logs").items():
            self._write(name, self._filled(self._case.text(path), {}))
        for number, noise in enumerate(seen.noise):
            self._write(f"logs/noise-{number}.ndjson", ndjson(noise, self._case.permalink.time))
        world = World(str(self._root), _findings(seen), self._commits)
        self._knowledge(world, named)
        return world

    def _knowledge(self, world: World, named: Callable[[World], tuple[str, str]]) -> None:
        texts = {name: self._case.text(path) for name, path in self._case.files("knowledge").items()}
        names: dict[str, str] = {}
        if any(_SIGNATURE.search(text) for text in texts.values()):
            names = dict(zip(("signature", "fingerprint"), named(world), strict=True))
        for name, text in texts.items():
            own = names and name.startswith("knowledge/errors/") and 'signature: "{{signature}}"' in text
            self._write(f"knowledge/errors/{names['signature']}.md" if own else name, self._filled(text, names))

    def _configuration(self, bundles: tuple[str, ...], *, logs: bool) -> Mapping[str, object]:
        """JSON is YAML, too."""
        code: list[dict[str, object]] = [{"name": name, "path": f"code/{name}", "services": [name]} for name in bundles]
        for one in self._case.histories:
            tagged = {"deploys": "tags"} if any(commit.tag for commit in one.commits) else {}
            link = {"url": one.url} if one.url else {}
            code.append({"name": one.codebase, "path": f"code/{one.codebase}", "services": list(one.services or (one.codebase,)), **tagged, **link})
        files = [{"paths": ["logs/**/*"]}] if logs or (self._case.folder / "logs").exists() else []
        return {"chat": "console", "forge": "local", "tracker": "none", "diagnoser": self._diagnoser, "files": files, "code": code}

    def _repository(self, history: History) -> None:
        name = f"{self._case.name}/history of {history.codebase}"
        folder = self._root / "code" / history.codebase
        folder.mkdir(parents=True)
        marks = self._root / f"{history.codebase}.marks"
        self._git(folder, f"making {name}", "init", "--quiet", "--initial-branch=main", ".")
        self._git(folder, f"making {name}", "fast-import", "--quiet", f"--export-marks={marks}", given=stream(history.commits, name))
        self._git(folder, f"making {name}", "reset", "--quiet", "--hard", "main")
        shas = dict(line.split(" ") for line in marks.read_text(encoding="ascii").splitlines())
        self._commits.update({commit.id: shas[f":{number}"] for number, commit in enumerate(history.commits, start=1)})
        self._trees[history.codebase] = trees(history.commits, name)[-1]

    def _filled(self, text: str, names: Mapping[str, str]) -> str:
        """The text with its marks replaced: commits, lines of code, the error's own name."""
        return _MARK.sub(lambda match: self._filling(match, names), text)

    def _filling(self, match: re.Match[str], names: Mapping[str, str]) -> str:
        kind, first, second = match.groups()
        doing, remedy = f"filling {match.group()} of {self._case.name}", "see evaluation/README.md for the marks"
        if kind in names:
            return names[kind]
        if kind in ("commit", "sha"):
            if first not in self._commits:
                raise BadCase(doing, "no history has that commit", remedy)
            return self._commits[first][: 12 if kind == "commit" else 64]
        if kind != "line" or second is None:
            raise BadCase(doing, "it stands where it means nothing", remedy)
        found = (number for tree in self._trees.values() if first in tree for number, line in enumerate(tree[first].splitlines(), 1) if second in line)
        line = next(found, None)
        if line is None:
            raise BadCase(doing, "no file of the last commit has such a line", remedy)
        return str(line)

    def _write(self, name: str, text: str) -> None:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def _git(self, folder: Path, doing: str, *arguments: str, given: bytes | None = None) -> None:
        program = shutil.which("git")
        if program is None:
            raise BadCase(doing, "there is no `git` on the PATH", "install git, then run the command again")
        settings = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "init.templateDir=", "-c", "gc.auto=0")
        command = [program, *settings, *arguments]
        done = subprocess.run(  # noqa: S603 - git by its full path, with words of our own
            command,
            cwd=folder,
            env=_ENVIRONMENT,
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            words = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
            raise BadCase(doing, f"git answered: {words}", "check the commits of that history")


def _findings(seen: Seen) -> Findings:
    deploys = [Deploy(one.service, one.environment, one.release, one.at, one.commit) for one in seen.deploys]
    told = [
        Evidence("deploy", "deployments", f"release {one.release}", _deployed(one), time=one.time, query="deploys before the alert", detail=one)
        for one in deploys
    ]
    others = [Evidence(one.kind, one.source, one.place, one.text.strip(), time=one.at, query=one.query) for one in seen.evidence]
    return Findings(evidence=(*told, *others), gaps=seen.gaps)


def _deployed(one: Deploy) -> str:
    built = f" ({one.commit[:7]})" if one.commit else ""
    return f"{one.service} {one.release}{built} was deployed to {one.environment} on {one.time:%Y-%m-%d %H:%M:%S} UTC"
