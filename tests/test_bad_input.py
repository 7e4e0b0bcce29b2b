"""What people and servers do to the jobs in bad moments: each is a sentence or changes nothing, and the rest of the work is done."""

from pathlib import Path

import pytest

from tests.chain import Chain, git
from tests.fakes.loopback import Answer, Request
from tests.jobs_house import ENTRY, NAME, another_alert, done, gaps, proposed, published

pytestmark = pytest.mark.slow

CHANNEL = "C08RB8T6CNS"
BRANCH = f"kb/{NAME}"
SECOND = "1765962900.000100"
INVENTED = 'status: "resolved"\nrunbook: "https://wiki.example/leaves"\n'


def diagnosed(house: Chain, link: str) -> None:
    """Another alert, to the same proposal directory."""
    done(house.run("diagnose", link, "--out", str(house.proposal)))


def two_occurrences(house: Chain) -> int:
    """One request with two threads to answer; its number."""
    number = proposed(house)
    diagnosed(house, another_alert(house, SECOND))
    done(house.propose())
    return number


def ours(house: Chain, ts: str = SECOND) -> int:
    """How many answers of ours stand in a thread."""
    return sum(1 for message in house.slack.thread(CHANNEL, ts) if message.get("metadata"))


def a_sentence(told: str) -> str:
    """What was told, which is no traceback."""
    assert told.startswith("error: ")
    assert "\n  try: " in told
    assert "Traceback" not in told
    return told


def test_one_error_of_a_message_that_fails_does_not_keep_back_the_others(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """Three errors, the entry of the second is broken: two requests, one sentence, code 1; once it is mended the third request follows."""
    words = "Handler: pay_worker\nTimeoutError: bank did not answer\n\nHandler: sync_worker\nKeyError: 'cursor'\n\nHandler: mail_worker\nValueError: no sender"
    house.slack.post(CHANNEL, words, ts="1765963000.000100")
    diagnosed(house, f"https://acme.slack.com/archives/{CHANNEL}/p1765963000000100")
    (folder,) = house.proposal.glob("2-*")
    broken = f"knowledge/errors/{folder.name.removeprefix('2-')}.md"
    house.github.seed({broken: "---\nsignature: [\n---\nmine\n"}, "oops")

    assert house.propose() == 1
    told = a_sentence(capsys.readouterr().err)
    assert told.count("error: ") == 1
    assert broken in told
    assert len(house.github.pulls()) == 2
    house.github.person_commits("main", {broken: None}, "away with it")
    done(house.propose())
    assert len(house.github.pulls()) == 3


def test_an_invention_of_a_person_is_neither_lost_nor_overwritten(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown key: the diagnosis tells that it does without the past, the proposal waits; once the key is gone it goes on."""
    whole = house.github.text(ENTRY) or ""
    invented = whole.replace('status: "resolved"\n', INVENTED)
    house.github.seed({ENTRY: invented}, "a link to the runbook")
    git(house.checkout, "pull", "--quiet")
    done(house.diagnose())
    line = invented[: invented.index("runbook:")].count("\n") + 1

    assert f"{ENTRY}: line {line}: " in gaps(house)
    assert house.propose() == 1
    told = a_sentence(capsys.readouterr().err)
    assert f"{ENTRY}: line {line}: " in told
    assert "runbook" in told
    assert house.github.text(ENTRY) == invented
    assert house.github.pulls() == []
    house.github.seed({ENTRY: whole}, "in the body instead")
    done(house.propose())
    assert "occurrences: 3" in (house.github.text(ENTRY, BRANCH) or "")


def test_a_request_that_people_edited_keeps_what_they_wrote(house: Chain) -> None:
    """Title, words around the bot's part in the web editor's line ends, prose, another file, CRLF: all stand after the next alert."""
    number = proposed(house)
    item = house.github.items[number]
    item["title"] = "The leaf lock again"
    item["body"] = "I looked at this.\r\n" + item["body"].replace("\n", "\r\n") + "\r\nSigned, Alice"
    text = (house.github.text(ENTRY, BRANCH) or "").replace("## Common Causes", "Ask Mira first.\n\n## Common Causes").replace("\n", "\r\n")
    house.github.person_commits(BRANCH, {ENTRY: text, "notes.md": "mine\n"}, "my notes")
    diagnosed(house, another_alert(house, SECOND))
    done(house.propose())
    after = house.github.text(ENTRY, BRANCH) or ""

    assert (item["title"], house.github.text("notes.md", BRANCH)) == ("The leaf lock again", "mine\n")
    assert item["body"].startswith("I looked at this.\r\n<!-- errata:begin -->")
    assert item["body"].endswith("<!-- errata:end -->\r\nSigned, Alice")
    assert item["body"].count("<!-- errata:begin -->") == 1
    assert "Ask Mira first.\r\n" in after
    assert "\n" not in after.replace("\r\n", "")
    assert "occurrences: 4" in after
    commits = house.github.commits(BRANCH)
    done(house.propose())
    assert house.github.commits(BRANCH) == commits


@pytest.mark.parametrize("at", ["/git/trees", "/git/commits", "/git/refs/heads/"])
def test_a_request_merged_while_the_job_runs(house: Chain, at: str) -> None:
    """Between reading and writing, at whichever write: the occurrence ends in a new request on top of what was merged."""
    number = proposed(house)
    diagnosed(house, another_alert(house, SECOND))

    def merged(request: Request) -> bool:
        if request.method != "GET" and at in request.path and number in house.github.pulls():
            house.github.merge(number)
        return False

    house.github.fail(merged, Answer())
    done(house.propose())

    assert house.github.pulls() == [2]
    assert "occurrences: 4" in (house.github.text(ENTRY, BRANCH) or "")
    done(house.publish(*house.merge(2)))
    assert ours(house) == 1


def test_an_alert_that_was_merged_is_not_proposed_again(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """Diagnosed twice, also with the branch deleted after the merge: recorded already, no second request."""
    house.github.deletes_merged_branches = True
    published(house)
    git(house.checkout, "pull", "--quiet")
    done(house.diagnose())
    done(house.propose())

    assert "recorded already" in capsys.readouterr().out
    assert house.github.pulls() == []
    assert house.github.git.head(BRANCH) is None


def test_a_message_of_nothing_known_still_becomes_a_request(house: Chain) -> None:
    """No type, link, trace, log or code: the request says that the cause is unknown."""
    house.slack.post(CHANNEL, "something is odd", ts="1766000000.000100")
    diagnosed(house, f"https://acme.slack.com/archives/{CHANNEL}/p1766000000000100")
    done(house.propose())
    (number,) = house.github.pulls()

    assert "unknown" in house.github.items[number]["body"].lower()


def test_a_thread_that_is_gone_does_not_keep_the_other_from_its_answer(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """One of two alerts was deleted: the other is answered, the index built; one sentence and code 1, each time."""
    merge = house.merge(two_occurrences(house))
    house.slack.delete(CHANNEL, "1765962764.835579")

    assert house.publish(*merge) == 1
    told = a_sentence(capsys.readouterr().err)
    assert told.count("error: ") == 1
    assert "p1765962764835579" in told
    assert ours(house) == 1
    assert NAME in (house.github.text("knowledge/README.md") or "")
    assert house.publish(*merge) == 1
    assert ours(house) == 1


def test_an_archived_channel_is_answered_once_it_is_back(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """The thread of the other channel is answered at once; the run after unarchiving posts what was missing and nothing else."""
    number = proposed(house)
    house.slack.post(
        "C0OTHER", "ValidationError in transfer_handler\nService: transfers\nHandler: transfer_handler\nValidationError: insufficient leaf balance", ts=SECOND
    )
    diagnosed(house, f"https://acme.slack.com/archives/C0OTHER/p{SECOND.replace('.', '')}")
    done(house.propose())
    merge = house.merge(number)
    house.slack.channels["C0OTHER"].archived = True

    assert house.publish(*merge) == 1
    assert "archived" in a_sentence(capsys.readouterr().err)
    assert len(house.answers()) == 1
    house.slack.channels["C0OTHER"].archived = False
    done(house.publish(*merge))
    assert (len(house.answers()), len(house.slack.thread("C0OTHER", SECOND))) == (1, 2)


def test_a_merged_entry_that_is_broken_is_answered_once_it_is_mended(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """Conflict markers were merged: the sentence names file and line; after the push that mends them it says which range brings the answer."""
    published(house)
    diagnosed(house, another_alert(house, SECOND))
    done(house.propose())
    (number,) = house.github.pulls()
    text = house.github.text(ENTRY, BRANCH) or ""
    house.github.person_commits(BRANCH, {ENTRY: text.replace("threads:", "<<<<<<< mine\nthreads:")}, "resolve")
    broken = house.merge(number)

    assert house.publish(*broken) == 1
    told = a_sentence(capsys.readouterr().err)
    assert f"{ENTRY}: line " in told
    assert "merge-conflict" in told
    house.github.seed({ENTRY: text}, "mend")
    mended = house.github.git.head("main") or ""
    assert house.publish(broken[1], mended) == 1
    assert "publish again from a commit in which it was readable" in a_sentence(capsys.readouterr().err)
    done(house.publish(broken[0], mended))
    assert ours(house) == 1
    assert len(house.answers()) == 1


@pytest.mark.parametrize("to", [None, "knowledge/errors/leaf_lock.md"], ids=["deleted", "renamed"])
def test_an_entry_that_a_person_moved_away_stops_nothing(house: Chain, to: str | None) -> None:
    """After the merge and before publish: the thread has its answer, the index no dead line; and the push that moved it answers nobody."""
    merge = house.merge(proposed(house))
    text = house.github.text(ENTRY) or ""
    moved = house.github.person_commits("main", {ENTRY: None, **({to: text} if to else {})}, "move")

    done(house.publish(*merge))
    assert len(house.answers()) == 1
    done(house.publish(merge[1], moved))
    assert len(house.answers()) == 1
    assert house.github.text(ENTRY) is None


def test_the_first_push_of_all_is_published(house: Chain) -> None:
    """Forty zeros stand for a branch that was not there."""
    _, after = house.merge(proposed(house))

    done(house.publish("0" * 40, after))
    assert len(house.answers()) == 1


def test_a_shallow_checkout_is_enough_to_publish(house: Chain) -> None:
    """What was merged is asked of GitHub, not of the checkout."""
    merge = house.merge(proposed(house))
    shallow = house.checkout.with_name("shallow")
    git(house.checkout, "clone", "--quiet", "--depth", "1", (house.checkout.with_name("github.git")).as_uri(), str(shallow))
    house.checkout = shallow

    done(house.publish(*merge))
    assert len(house.answers()) == 1
    assert NAME in (house.github.text("knowledge/README.md") or "")


@pytest.mark.parametrize(("name", "command"), [("GITHUB_STEP_SUMMARY", "diagnose"), ("GITHUB_OUTPUT", "propose")])
def test_a_page_of_the_runner_that_cannot_be_written(
    house: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, command: str
) -> None:
    """The work itself is done; then a sentence and code 1."""
    done(house.diagnose())
    monkeypatch.setenv(name, str(tmp_path))
    code = house.diagnose() if command == "diagnose" else house.propose()

    assert code == 1
    assert str(tmp_path) in a_sentence(capsys.readouterr().err)
    assert (house.proposal / "proposal.json").is_file() if command == "diagnose" else house.github.pulls() == [1]
