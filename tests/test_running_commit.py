"""Which commit was running: by its release, a deploy, a tag or the branch, and what is no answer."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.config import Codebase
from bot.model import Deploy
from bot.sources.code.reading import Reading, open_all
from tests.code_story import ALERT, HANDLER, LOCKED, PLAIN, Repository, inquiry

pytestmark = pytest.mark.slow


class Story:
    """Four commits an hour apart from 8 to 11 o'clock on 10 December, and the codebase that is read from them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = Repository(root / "transfers")
        self.commits = [self.repository.commit(f"change {n}", {HANDLER: PLAIN if n % 2 else LOCKED, "n.txt": f"{n}\n"}) for n in range(4)]
        self.codebase = Codebase("transfers", path="transfers")

    def reading(self, *, release: str | None = None, time: datetime = ALERT, deploys: tuple[Deploy, ...] = (), **more: object) -> tuple[Reading, list[str]]:
        """What is read, and the causes of the gaps."""
        asked = msgspec.structs.replace(inquiry(release=release, time=time), deploys=deploys)
        readings, gaps = open_all(self.root, (msgspec.structs.replace(self.codebase, **more),), asked, 10)
        return readings[0], [gap.cause for gap in gaps]

    def tag(self, name: str, number: int, *, at: datetime | None = None) -> None:
        """A tag on a commit: lightweight, or with a time of its own."""
        if at is None:
            self.repository.git("tag", name, self.commits[number])
            return
        text = f"object {self.commits[number]}\ntype commit\ntag {name}\ntagger Mira <mira@example.com> {int(at.timestamp())} +0000\n\nrelease\n"
        self.repository.git("update-ref", f"refs/tags/{name}", self.repository.git("mktag", stdin=text.encode()))


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A new one for each test."""
    return Story(tmp_path)


def deploy(story: Story, number: int, time: datetime, **more: str | None) -> Deploy:
    """The service's deploy of a commit to the alert's environment."""
    return msgspec.structs.replace(Deploy("transfers", "prod", f"build-{number}", time, story.commits[number]), **more)


@pytest.mark.parametrize(
    "form", ["{sha}", "{short}", "main-{short}-20260101", "1.4.0+build.{short}", "v0.9-12-g{short}", "sha-{short}", "registry/app:{short}"]
)
def test_a_release_with_a_sha_is_read_at_that_commit(story: Story, form: str) -> None:
    """Nothing is doubtful then, and the tag beside the SHA does not count."""
    story.tag("v0.9", 0)
    sha = story.commits[2]
    short = next(sha[:length] for length in range(9, 40) if not sha[:length].isdecimal() and any(map(str.isdigit, sha[:length])))
    reading, gaps = story.reading(release=form.format(sha=sha, short=short))
    assert (reading.commit, gaps) == (sha, [])
    assert reading.told_by == f"release {form.format(sha=sha, short=short)}"


def test_a_sha_that_is_not_there_is_not_replaced_by_the_version_beside_it(story: Story) -> None:
    """`git describe` names the tag it came after: that tag is not what ran."""
    story.tag("v1.0.0", 0)
    reading, (gap,) = story.reading(release="v1.0.0-12-g0123abc")
    assert reading.commit == story.commits[3]
    assert "is no tag or commit there" in gap
    assert "production may differ" in gap


def test_an_ambiguous_abbreviation_is_no_answer(story: Story) -> None:
    """Two commits that begin alike: the branch is read, and that is said."""
    head = f"tree {story.repository.git('rev-parse', 'HEAD^{tree}')}\nauthor M <m@x> 1 +0000\ncommitter M <m@x> 1 +0000\n\n"
    seen: dict[str, bytes] = {}
    for number in range(200_000):
        text = f"{head}{number}".encode()
        short = hashlib.sha1(b"commit %d\0%s" % (len(text), text), usedforsecurity=False).hexdigest()[:7]
        if short in seen and not short.isdecimal() and any(map(str.isdigit, short)):
            break
        seen[short] = text
    first, second = (story.repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=one) for one in (seen[short], text))
    assert first[:7] == second[:7] == short
    reading, (gap,) = story.reading(release=short)
    assert reading.commit == story.commits[3]
    assert "is no tag or commit there" in gap


def test_a_branch_that_is_called_like_a_sha_is_no_sha(story: Story) -> None:
    """Refs come before abbreviations in git's own reading."""
    story.repository.git("branch", "0123abc", story.commits[0])
    reading, gaps = story.reading(release="build-0123abc")
    assert reading.commit == story.commits[3]
    assert gaps


def test_two_tags_of_one_version_on_two_commits_are_no_answer(story: Story) -> None:
    """It could be either."""
    story.tag("v1.4.0", 1)
    story.tag("1.4.0", 2)
    reading, (gap,) = story.reading(release="release-1.4.0")
    assert reading.commit == story.commits[3]
    assert "fits 2 commits" in gap


def test_a_moving_tag_is_no_answer(story: Story) -> None:
    """`latest` is moved with every build; it says nothing of the time of the alert."""
    story.tag("latest", 0)
    reading, (gap,) = story.reading(release="latest")
    assert reading.commit == story.commits[3]
    assert "no tag or commit" in gap


def test_a_commit_that_is_later_than_the_alert_did_not_run(story: Story) -> None:
    """A tag that was moved afterwards is not believed."""
    story.tag("v1.4.0", 3)
    reading, (gap,) = story.reading(release="v1.4.0", time=datetime(2025, 12, 10, 9, 30, tzinfo=UTC))
    assert reading.commit == story.commits[1]
    assert "made after the alert" in gap


def test_the_release_of_another_service_is_not_looked_up(story: Story) -> None:
    """Version 1.4.0 of the failing service is not version 1.4.0 of a library that it calls."""
    story.tag("v1.4.0", 1)
    reading, _ = story.reading(release="1.4.0", services=("ledger",))
    assert reading.commit == story.commits[3]


def test_the_deploy_before_the_alert_decides_without_a_release(story: Story) -> None:
    """The latest one to this environment that was not after the alert; the one before it is the last good one."""
    deploys = (
        deploy(story, 3, ALERT + timedelta(minutes=1)),
        deploy(story, 2, ALERT - timedelta(hours=1)),
        deploy(story, 3, ALERT - timedelta(minutes=5), environment="dev"),
        deploy(story, 3, ALERT - timedelta(minutes=5), service="ledger"),
        deploy(story, 0, ALERT - timedelta(days=1)),
    )
    reading, gaps = story.reading(deploys=deploys)
    assert (reading.commit, gaps) == (story.commits[2], [])
    assert reading.told_by == "deploy of 2025-12-17 08:12 UTC (build-2)"
    assert reading.previous == story.commits[0]


def test_a_release_comes_before_a_deploy_and_a_deploy_before_the_branch(story: Story) -> None:
    """What was logged is certain; a name that says nothing is told as a doubt even where a deploy helps out."""
    deploys = (deploy(story, 1, ALERT - timedelta(hours=1)),)
    assert story.reading(release=story.commits[2], deploys=deploys)[0].commit == story.commits[2]
    reading, (gap,) = story.reading(release="nightly", deploys=deploys)
    assert reading.commit == story.commits[1]
    assert "'nightly' is no tag or commit there" in gap
    assert "(deploy of 2025-12-17 08:12 UTC (build-1))" in gap


def test_a_deploy_of_an_unknown_commit_is_told(story: Story) -> None:
    """An older deploy is not what ran: the branch is read, with the warning."""
    deploys = (deploy(story, 1, ALERT - timedelta(hours=1), commit="f" * 40), deploy(story, 0, ALERT - timedelta(hours=2)))
    reading, (gap,) = story.reading(deploys=deploys)
    assert reading.commit == story.commits[3]
    assert "names no commit there" in gap


def test_after_a_rollback_the_last_deploy_before_it_in_its_history_counts(story: Story) -> None:
    """From 2 back to 1: the lines that came with 2 are not suspects of 1."""
    deploys = (deploy(story, 1, ALERT - timedelta(minutes=9)), deploy(story, 2, ALERT - timedelta(hours=1)), deploy(story, 0, ALERT - timedelta(days=1)))
    reading, _ = story.reading(deploys=deploys)
    assert (reading.commit, reading.previous) == (story.commits[1], story.commits[0])


def test_tags_decide_where_they_are_deployed(story: Story) -> None:
    """The newest one at the alert's time, by the time of the tag and not of its commit; pre-releases do not count."""
    story.tag("v1.0.0", 0, at=ALERT - timedelta(days=3))
    story.tag("v1.1.0", 1, at=ALERT - timedelta(days=1))
    story.tag("v1.2.0-rc.1", 2, at=ALERT - timedelta(hours=2))
    story.tag("v1.2.0", 2, at=ALERT + timedelta(hours=1))
    story.codebase = msgspec.structs.replace(story.codebase, deploys="tags")
    reading, gaps = story.reading()
    assert (reading.commit, gaps, reading.told_by) == (story.commits[1], [], "tag v1.1.0")
    assert reading.previous == story.commits[0]


def test_the_tag_before_a_release_is_the_last_good_one(story: Story) -> None:
    """The nearest version in the history of the one that ran."""
    story.tag("v1.0.0", 0)
    story.tag("v1.1.0", 1)
    story.tag("v1.2.0", 3)
    reading, _ = story.reading(release="v1.2.0")
    assert reading.previous == story.commits[1]
    assert story.reading(release="v1.0.0")[0].previous is None


def test_the_branch_is_read_along_its_own_line(story: Story) -> None:
    """A commit of a side branch that was merged later did not run on main, though it is older than the alert."""
    git = story.repository.git

    def commit(hour: float, *parents: str) -> str:
        who = f"Mira <mira@example.com> {int(datetime(2025, 12, 10, tzinfo=UTC).timestamp() + hour * 3600)} +0000"
        text = f"tree {git('rev-parse', 'HEAD^{tree}')}\n" + "".join(f"parent {one}\n" for one in parents) + f"author {who}\ncommitter {who}\n\nside\n"
        return git("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())

    git("update-ref", "refs/heads/main", commit(12, story.commits[3], commit(10.4, story.commits[1])))
    reading, (gap,) = story.reading(time=datetime(2025, 12, 10, 10, 30, tzinfo=UTC))
    assert reading.commit == story.commits[2]
    assert reading.told_by == "branch main before the alert"
    assert "production may differ" in gap


def test_the_configured_branch_is_read_and_origin_before_local(story: Story) -> None:
    """What was never pushed did not run."""
    story.repository.git("update-ref", "refs/remotes/origin/production", story.commits[1])
    story.repository.git("update-ref", "refs/heads/production", story.commits[2])
    reading, _ = story.reading(branch="production")
    assert (reading.commit, reading.told_by) == (story.commits[1], "branch production before the alert")


def test_a_shallow_checkout_knows_no_last_deploy(story: Story, tmp_path: Path) -> None:
    """Its history would name the wrong commit, and it is not written to."""
    story.tag("v1.0.0", 0)
    story.repository.git("clone", "--quiet", "--depth=1", f"file://{story.repository.folder}", str(tmp_path / "shallow"))
    reading, gaps = story.reading(path="shallow", deploys=(deploy(story, 3, ALERT - timedelta(hours=1)), deploy(story, 0, ALERT - timedelta(days=1))))
    assert (reading.shallow, reading.previous, reading.commit) == (True, None, story.commits[3])
    assert any("shallow" in gap for gap in gaps)
    assert Repository(tmp_path / "shallow").git("rev-parse", "--is-shallow-repository") == "true"


def test_what_came_with_a_version_is_not_told_of_one_that_is_only_guessed(story: Story) -> None:
    """Without a release or a deploy nobody knows that the branch was what ran, nor what was deployed before."""
    story.tag("v1.0.0", 0)
    assert story.reading()[0].previous is None
    assert story.reading(release="9.9.9")[0].previous is None
