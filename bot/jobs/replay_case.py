"""A case of the replay evaluation as people write it: a folder with an alert, what was seen, and what is expected of the answer."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import yaml

from bot.core.replay.grades import Expected
from bot.core.replay.history import Label, StoryCommit
from bot.core.replay.noise import Noise
from bot.errors import BadCase
from bot.model import EvidenceKind, Gap, Permalink, Record
from bot.regex import regex

HOST, CHANNEL = "acme.slack.com", "C0EVALUATE"
_LARGEST = 2_000_000
_NAME = regex(r"[a-z0-9]+(?:-[a-z0-9]+){0,11}")
_TS = regex(r"[0-9]{10}\.[0-9]{6}")
_CHANNEL = regex(r"[A-Z0-9]{2,20}")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
T = TypeVar("T")


class OtherEvidence(Record, frozen=True):
    """What a system other than the logs answered: a Sentry issue, database health, pods and their events."""

    kind: EvidenceKind
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    place: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    text: Annotated[str, msgspec.Meta(min_length=1)]
    at: datetime | None = None
    query: str = ""


class CaseDeploy(Record, frozen=True):
    """A version that went live. `commit` is a sha, or `{{sha:id}}` of a commit of the case's history."""

    service: str
    release: str
    at: datetime
    environment: str = "prod"
    commit: str | None = None


class Seen(Record, frozen=True):
    """The whole of `evidence.yml`."""

    deploys: tuple[CaseDeploy, ...] = ()
    evidence: tuple[OtherEvidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    noise: tuple[Noise, ...] = ()


class History(Record, frozen=True):
    """The whole of `history.yml`: a codebase, the services that run it, and its commits, oldest first."""

    codebase: Label
    commits: Annotated[tuple[StoryCommit, ...], msgspec.Meta(min_length=1, max_length=200)]
    services: tuple[str, ...] = ()
    url: str | None = None


class ReplayCase:
    """A case's folder, read. Raises BadCase for the first thing in it that cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name
        if not _NAME.fullmatch(self.name):
            raise BadCase(f"reading the case {self.name!r}", "its folder's name is none", "use lower-case words with hyphens: pool-exhausted-after-deploy")
        self.message, self.permalink = self._alert()
        self.expected = self._yaml("expected.yml", Expected, needed=True)
        self.histories = tuple(self._yaml(path.name, History) for path in sorted(folder.glob("history*.yml")))
        self._hold_together()

    def seen(self, text: str | None = None) -> Seen:
        """`evidence.yml`, or the text that it became when its marks were filled in."""
        return self._yaml("evidence.yml", Seen, text=text)

    def text(self, path: Path) -> str:
        """A file of the case. Raises BadCase."""
        doing = f"reading {self.name}/{path.relative_to(self.folder).as_posix()}"
        try:
            if path.is_symlink() or path.stat().st_size > _LARGEST:
                raise BadCase(doing, "it is a link, or larger than 2 MB", "keep a case small: `noise:` in evidence.yml stands for lines that tell nothing")
            return path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadCase(doing, f"not UTF-8 (byte {error.start})", "save it as UTF-8") from error
        except OSError as error:
            raise BadCase(doing, error.strerror or "it failed", "see evaluation/README.md for the files of a case") from error

    def files(self, folder: str) -> dict[str, Path]:
        """Relative path → file, of everything below a folder of the case."""
        root = self.folder / folder
        return {path.relative_to(self.folder).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}

    def _alert(self) -> tuple[dict[str, Any], Permalink]:
        doing = f"reading {self.name}/alert.json"
        try:
            given = json.loads(self.text(self.folder / "alert.json"))
        except (ValueError, RecursionError) as error:
            raise BadCase(doing, f"it is no JSON: {error}", "check commas and quotation marks") from error
        if not isinstance(given, dict):
            raise BadCase(doing, "it is no JSON object", "begin with {")
        inner = given.get("message")
        message: dict[str, Any] = dict(inner) if isinstance(inner, dict) else {key: value for key, value in given.items() if key not in ("time", "channel")}
        channel = given.get("channel", CHANNEL)
        ts = message.setdefault("ts", _ts(given.get("time")))
        if not (isinstance(ts, str) and _TS.fullmatch(ts)) or not (isinstance(channel, str) and _CHANNEL.fullmatch(channel)):
            raise BadCase(doing, "it says neither when it was posted nor a usable channel", 'add "time": "2026-03-02T09:12:44Z"')
        return message, Permalink(HOST, channel, ts)

    def _yaml(self, name: str, shape: type[T], *, needed: bool = False, text: str | None = None) -> T:
        path = self.folder / name
        doing = f"reading {self.name}/{name}"
        if not path.exists() and not needed:
            return msgspec.convert({}, shape)
        try:
            return msgspec.convert(yaml.load(text or self.text(path), Loader=_LOADER) or {}, shape)  # noqa: S506 - one of the two safe ones
        except (yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as error:
            raise BadCase(doing, " ".join(str(error).split())[:400], "see evaluation/README.md for its keys") from error

    def _hold_together(self) -> None:
        expected, doing = self.expected, f"reading {self.name}/expected.yml"
        if expected.no_cause == bool(expected.cause):
            raise BadCase(doing, "it needs either `cause:` or `no_cause: true`", "write the words that a right answer names, or that there is none to name")
        commits = {commit.id for history in self.histories for commit in history.commits}
        if expected.places.commit and expected.places.commit not in commits:
            raise BadCase(doing, f"no history has a commit {expected.places.commit}", "use an `id:` of history.yml")


def _ts(time: object) -> str | None:
    if not isinstance(time, str):
        return None
    try:
        at = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        return None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return f"{int(at.timestamp())}.{at.microsecond:06}"


def read_cases(folder: Path, only: str | None = None) -> tuple[ReplayCase, ...]:
    """The cases below a folder, by name; with `only` that one. Raises BadCase."""
    found = sorted(path for path in folder.glob("*") if (path / "alert.json").exists()) if folder.is_dir() else []
    chosen = [path for path in found if only in (None, path.name)]
    if not chosen:
        cause = f"there is no case {only}" if found else "no folder there holds an alert.json"
        raise BadCase(f"looking for cases in {folder}", cause, "`ls` that folder, or see evaluation/README.md for how to add one")
    return tuple(ReplayCase(path) for path in chosen)
