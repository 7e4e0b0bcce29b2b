"""A case's folder becomes the place of a real diagnosis; what is wrong in it is said with its file and a remedy."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.replay.history import Edit, StoryCommit, stream
from bot.core.replay.noise import Noise, ndjson
from bot.errors import BadCase
from bot.jobs.replay_case import ReplayCase, read_cases
from bot.jobs.replay_world import World, WorldBuilder
from bot.model import Deploy

ALERT = '{"time": "2026-03-02T09:12:44.250Z", "text": "prod: TimeoutError in import_feed\\nService: feeds"}'
EXPECTED = "story: The time-out was cut to a second.\ncause: [timeout]\n"
HISTORY = """\
codebase: feeds
commits:
  - id: first
    at: 2026-01-10T10:00:00Z
    by: Mira Okafor
    subject: Import feeds
    files:
      feeds/run.py: |
        def import_feed(feed):
            return fetch(feed, timeout=30)
  - id: faster
    at: 2026-03-01T15:00:00Z
    by: Tom Eke
    subject: Import faster
    tag: v2.4.0
    edits:
      feeds/run.py:
        - {old: "timeout=30", new: "timeout=1"}
"""


def folder(root: Path, files: Mapping[str, str] | None = None, name: str = "slow-feed") -> Path:
    """A case with these files beside, or instead of, a plain alert and expectation."""
    for path, text in {"alert.json": ALERT, "expected.yml": EXPECTED, **(files or {})}.items():
        file = root / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root / name


def built(case: Path, root: Path) -> World:
    """The case set up in a folder."""
    root.mkdir()
    return WorldBuilder(ReplayCase(case), root, "rules").build(lambda _: ("import_feed_TimeoutError_abc123", "v2:" + "0" * 32))


def test_an_alert_may_say_when_in_place_of_slacks_ts(tmp_path: Path) -> None:
    """The ts is the time's; a message as Slack gives it keeps its own."""
    plain = ReplayCase(folder(tmp_path))
    slack = ReplayCase(folder(tmp_path, {"alert.json": '{"channel": "C1", "message": {"ts": "1765962764.835579", "text": "x"}}'}, "from-slack"))

    assert plain.permalink.time == datetime(2026, 3, 2, 9, 12, 44, 250000, UTC)
    assert (slack.permalink.channel, slack.permalink.ts) == ("C1", "1765962764.835579")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"alert.json": "{"}, "alert.json: it is no JSON"),
        ({"alert.json": "[]"}, "no JSON object"),
        ({"alert.json": '{"text": "x"}'}, "neither when it was posted"),
        ({"alert.json": '{"time": "yesterday", "text": "x"}'}, "neither when it was posted"),
        ({"alert.json": '{"time": "2026-03-02T09:12:44Z", "channel": "../x", "text": "x"}'}, "usable channel"),
        ({"expected.yml": "story: The time-out was cut to a second.\n"}, "either `cause:` or `no_cause: true`"),
        ({"expected.yml": EXPECTED + "no_cause: true\n"}, "either `cause:` or `no_cause: true`"),
        ({"expected.yml": EXPECTED + "places: {commit: nobody}\n"}, "no history has a commit nobody"),
        ({"expected.yml": EXPECTED + "clause: [x]\n"}, "clause"),
        ({"expected.yml": EXPECTED + "category: [weather]\n"}, "weather"),
        ({"expected.yml": "story: [\n"}, "expected.yml"),
        ({"history.yml": "codebase: ../feeds\ncommits: []\n"}, "history.yml"),
        ({"history.yml": HISTORY.replace("feeds/run.py", ".git/config")}, "history.yml"),
        ({"history.yml": HISTORY.replace("feeds/run.py", "../run.py")}, "history.yml"),
        ({"history.yml": HISTORY.replace("Mira Okafor", "Mira <x>")}, "history.yml"),
    ],
)
def test_a_case_that_cannot_be_read_says_what_is_wrong(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """Which file, what of it, and what to do."""
    with pytest.raises(BadCase) as caught:
        ReplayCase(folder(tmp_path, files))

    assert said in str(caught.value)
    assert caught.value.remedy


def test_cases_are_found_by_name(tmp_path: Path) -> None:
    """In order; one alone when asked for; and a name that is none is said so."""
    folder(tmp_path, name="b-case")
    folder(tmp_path, name="a-case")

    assert [case.name for case in read_cases(tmp_path)] == ["a-case", "b-case"]
    assert [case.name for case in read_cases(tmp_path, "b-case")] == ["b-case"]
    with pytest.raises(BadCase, match="there is no case c-case"):
        read_cases(tmp_path, "c-case")
    with pytest.raises(BadCase, match=r"no folder there holds an alert\.json"):
        read_cases(tmp_path / "nowhere")


def test_a_history_is_the_same_to_the_byte(tmp_path: Path) -> None:
    """Twice made, the same commits; the last has what the edit made, at the time that was written."""
    case = folder(tmp_path, {"history.yml": HISTORY})

    first, second = built(case, tmp_path / "one"), built(case, tmp_path / "two")

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", f"{first.root}/code/feeds", *words], check=True, capture_output=True, text=True).stdout.strip()

    assert first.commits == second.commits
    assert git("log", "--format=%an %ct %s %D", "-1") == "Tom Eke 1772377200 Import faster HEAD -> main, tag: v2.4.0"
    assert git("rev-parse", "v2.4.0") == first.commits["faster"]
    assert (Path(first.root) / "code/feeds/feeds/run.py").read_text() == "def import_feed(feed):\n    return fetch(feed, timeout=1)\n"


def test_an_edit_stands_exactly_once() -> None:
    """An edit of nothing, or of two places, is refused with its commit and file."""
    first = StoryCommit("first", datetime(2026, 1, 1, tzinfo=UTC), "Mira", "x", files={"a.py": "one\none\n"})
    edit = StoryCommit("second", datetime(2026, 1, 2, tzinfo=UTC), "Mira", "y", edits={"a.py": (Edit("one", "two"),)})

    with pytest.raises(BadCase, match=r"commit second, a\.py: `old` stands there 2 times"):
        stream((first, edit), "history")
    with pytest.raises(BadCase, match="there is no such file yet"):
        stream((edit,), "history")


def test_marks_are_filled_in(tmp_path: Path) -> None:
    """Commits, lines and the error's own name, each where it may stand."""
    case = folder(
        tmp_path,
        {
            "history.yml": HISTORY,
            "logs/feeds.log": "2026-03-02T09:12:44Z ERROR {{commit:faster}} run.py:{{line:feeds/run.py:return fetch}}\n",
            "evidence.yml": "deploys:\n  - {service: feeds, release: v2.4.0, at: 2026-03-02T09:05:00Z, commit: '{{sha:faster}}'}\n",
            "knowledge/errors/this-error.md": '---\nsignature: "{{signature}}"\nfingerprint: "{{fingerprint}}"\n---\n',
            "knowledge/runbooks/feeds.md": "# Feeds\n",
        },
    )

    world = built(case, tmp_path / "world")

    sha = world.commits["faster"]
    root = Path(world.root)
    assert (root / "logs/feeds.log").read_text() == f"2026-03-02T09:12:44Z ERROR {sha[:12]} run.py:2\n"
    assert (root / "knowledge/errors/import_feed_TimeoutError_abc123.md").read_text().splitlines()[1] == 'signature: "import_feed_TimeoutError_abc123"'
    assert (root / "knowledge/runbooks/feeds.md").exists()
    assert world.findings.evidence[0].detail == Deploy("feeds", "prod", "v2.4.0", datetime(2026, 3, 2, 9, 5, tzinfo=UTC), sha)


@pytest.mark.parametrize("mark", ["{{commit:nobody}}", "{{line:feeds/run.py:no such line}}", "{{line:feeds/run.py}}", "{{signature}}"])
def test_a_mark_that_means_nothing_is_refused(tmp_path: Path, mark: str) -> None:
    """It is named, and where marks are explained."""
    case = folder(tmp_path, {"history.yml": HISTORY, "logs/feeds.log": f"2026-03-02T09:12:44Z {mark}\n"})

    with pytest.raises(BadCase, match="slow-feed"):
        built(case, tmp_path / "world")


def test_a_file_outside_of_the_case_is_not_read(tmp_path: Path) -> None:
    """A link is refused, wherever it leads."""
    (tmp_path / "secret.txt").write_text("secret")
    case = folder(tmp_path)
    (case / "logs").mkdir()
    (case / "logs" / "app.log").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(BadCase, match="it is a link"):
        built(case, tmp_path / "world")


def test_noise_is_the_same_every_time_and_no_error() -> None:
    """As many lines as asked for, within the minutes, from the seed alone."""
    alert = datetime(2026, 3, 2, 9, 12, 44, tzinfo=UTC)
    made = ndjson(Noise("feeds", 50, seed=4), alert)

    assert made == ndjson(Noise("feeds", 50, seed=4), alert) != ndjson(Noise("feeds", 50, seed=5), alert)
    assert len(made.splitlines()) == 50
    assert '"2026-03-02T09:04:44.000Z"' in made.splitlines()[0]
    assert "error" not in made.lower()
