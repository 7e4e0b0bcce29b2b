"""`bot postmortem` from the command line on a real repository: proposed, edited, run again, merged, its action items opened; and what is refused."""

import json
import shutil
from pathlib import Path

import pytest

from bot.core.entry.entry import amended, render
from bot.texts.entry_page import new_entry
from tests.entry_tree import CONFIGURATION, bot, tree
from tests.occurrences import FIRST, occurrence, signature
from tests.work_tree import WorkTree

__all__ = ["tree"]
pytestmark = pytest.mark.slow

NAME = signature().name
BRANCH = f"errata/postmortem/2025-12-12-{NAME}"
PAGE = f"knowledge/postmortems/2025-12-12-{NAME}.md"
ENTRY = new_entry(signature(), occurrence(severity="critical"))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository, made once."""
    folder = tmp_path_factory.mktemp("template") / "repository"
    tree = WorkTree.begun(folder)
    tree.commits({".github/knowledge-bot.yml": CONFIGURATION, "README.md": "# Knowledge\n", ".gitignore": "messages/\nissues/\n*.json\n*.ndjson\n"}, "start")
    tree.commits({f"knowledge/errors/{NAME}.md": render(ENTRY)}, "Record it")
    return folder


def say(tree: WorkTree, text: str, ts: str = "1765526571.000000") -> None:
    """A person writes in the thread."""
    (tree.folder / "messages").mkdir(exist_ok=True)
    message = {"ts": ts, "thread_ts": FIRST, "user": "U1", "text": text}
    (tree.folder / "messages" / f"{ts}.json").write_text(json.dumps({"channel": "C0ALERTS1", "message": message}))


def on_branch(tree: WorkTree) -> str:
    """The post-mortem as its request has it."""
    return tree("show", f"{BRANCH}:{PAGE}")


def test_from_the_entry_to_issues(tree: WorkTree) -> None:
    """Proposed once, edited by people, brought up to date around their words, merged, and its action items opened once."""
    say(tree, "I look at it")
    assert bot(tree, "postmortem", NAME) == 0
    first = tree("rev-parse", BRANCH)
    assert "person 1 in the thread: `I look at it`" in on_branch(tree)
    assert bot(tree, "postmortem", NAME) == 0
    assert tree("rev-parse", BRANCH) == first
    tree.on(BRANCH, {PAGE: on_branch(tree).replace("_Yours to fill in._", "We were quick.", 1) + "\n"})
    say(tree, "Done", "1765526580.000000")
    assert bot(tree, "postmortem", NAME) == 0
    assert "We were quick." in on_branch(tree)
    assert "`Done`" in on_branch(tree)
    tree("merge", "--quiet", "--no-ff", "-m", "Merge it", BRANCH)
    for _ in range(2):
        assert bot(tree, "postmortem", "--merged", "--before=HEAD~1", "--after=HEAD") == 0
    issues = list((tree.folder / "issues").glob("*.md"))
    assert len(issues) == tree("show", f"main:{PAGE}").count("- [ ] ") == tree("show", f"main:{PAGE}").count("](file://") > 0
    assert bot(tree, "check", "knowledge", "--fix") == 0


def test_the_thread_goes_from_job_to_job(tree: WorkTree) -> None:
    """Read by one that writes nothing, taken over by one that reads no chat; what was tampered with is refused."""
    say(tree, "password: hunter2-and-more, on it")
    file = tree.folder / "thread.json"
    assert bot(tree, "postmortem", "--read-thread", str(file), "--occurrence=", "--", NAME) == 0
    assert tree("branch", "--format=%(refname:short)") == "main"
    assert "hunter2" not in file.read_text()
    shutil.rmtree(tree.folder / "messages")
    assert bot(tree, "postmortem", "--thread", str(file), "--occurrence=", "--", NAME) == 0
    assert "on it" in on_branch(tree)
    for data in ("{", '{"thread": 1}', "x" * 3_000_000):
        file.write_text(data)
        assert bot(tree, "postmortem", "--thread", str(file), NAME) == 1
    assert bot(tree, "postmortem", "--thread", str(tree.folder / "gone.json"), NAME) == 1


def test_the_policy_proposes_after_a_merge(tree: WorkTree) -> None:
    """A critical entry, once; a merge of other files proposes nothing."""
    assert bot(tree, "postmortem", "--merged", "--before=HEAD~1", "--after=HEAD") == 0
    assert "The thread was not read." in on_branch(tree)
    head = tree("rev-parse", BRANCH)
    assert bot(tree, "postmortem", "--merged", "--before=HEAD~1", "--after=HEAD") == 0
    assert tree("rev-parse", BRANCH) == head
    tree("branch", "-D", "--quiet", BRANCH)
    assert bot(tree, "postmortem", "--merged", "--before=HEAD~1", "--after=HEAD") == 0
    assert tree("branch", "--format=%(refname:short)") == "main"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody",), "no entry of that name"),
        ((), "needs the name of an entry"),
        (("--merged",), "needs --before and --after"),
        ((NAME, "--occurrence", "https://example.com/x"), "slack.com"),
        ((NAME, "--occurrence", "https://acme.slack.com/archives/C0ALERTS1/p1700000000000000"), "lists no such alert"),
        ((NAME, "--case", "nowhere"), "nowhere"),
        (("../../etc/passwd",), "no entry of that name"),
    ],
)
def test_what_is_refused(tree: WorkTree, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str) -> None:
    """With exit code 1 and a remedy; nothing is written."""
    assert bot(tree, "postmortem", *arguments) == 1
    assert said in capsys.readouterr().err
    assert tree("branch", "--format=%(refname:short)") == "main"


def test_a_withdrawn_entry_and_one_without_a_thread(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """The first is refused; the second has nobody to quote and is written all the same; a broken one beside them costs nothing."""
    path = f"knowledge/errors/{NAME}.md"
    tree.commits({path: render(amended(ENTRY, {"status": "withdrawn"})), "knowledge/errors/broken.md": "---\nsignature: [\n"})
    assert bot(tree, "postmortem", NAME) == 1
    assert "withdrawn" in capsys.readouterr().err
    tree.commits({path: render(amended(ENTRY, {"threads": ()}))})
    assert bot(tree, "postmortem", NAME) == 0
    assert "This occurrence has no thread." in on_branch(tree)


def test_a_chat_that_cannot_be_read_is_told(tree: WorkTree) -> None:
    """No token, a thread that is gone, a channel that is closed to the bot: the post-mortem is written, and says what to do."""
    tree.commits({".github/knowledge-bot.yml": CONFIGURATION.replace("console", "slack")})
    assert bot(tree, "postmortem", NAME) == 0
    assert "The thread could not be read (SLACK_BOT_TOKEN is not set). To have it: set SLACK_BOT_TOKEN" in on_branch(tree)
