"""The jobs against a Slack, a GitHub and an OpenSearch on loopback: what they leave behind, also when they run twice or break off."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain import Chain, git
from tests.conftest import project
from tests.fakes.loopback import Answer
from tests.jobs_house import ENTRY, NAME, another_alert, done, proposed, published

pytestmark = pytest.mark.slow


def text_of(blocks: object) -> str:
    """Every text of Slack blocks."""
    return json.dumps(blocks, ensure_ascii=False)


def test_from_the_alert_to_the_answer(house: Chain) -> None:
    """The pull request names the line, the trace, the earlier fix and the commit that removed it; after the merge the thread is told the same."""
    number = proposed(house)
    body = house.github.items[number]["body"]

    assert "transfer_handler.py:45" in body
    assert house.world.trace_id in body
    assert house.world.fix[:7] in body
    assert house.world.culprit[:7] in body
    assert set(house.github.items[number]["labels"]) >= {"severity:critical", "category:application", "service:transfers", "regression"}
    done(house.publish(*house.merge(number)))
    (answer,) = house.answers()

    assert house.world.culprit[:7] in text_of(answer["blocks"])
    assert f"/pull/{number}" in text_of(answer["blocks"])
    assert f"(errors/{NAME}.md)" in (house.github.text("knowledge/README.md") or "")
    assert 'status: "regressed"' in (house.github.text(ENTRY) or "")
    assert f'tracking_issue: "{house.github.url}/{house.github.repository}/issues/2"' in (house.github.text(ENTRY) or "")


def test_a_workflow_learns_the_addresses(house: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Actions the job's summary shows the report, and its output the pull request."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    number = proposed(house)
    recalled, name, address, end = (tmp_path / "output").read_text().splitlines()

    assert recalled == "recalled=false"
    assert name == f"pull_requests<<{end}"
    assert address.endswith(f"/pull/{number}")
    assert "transfer_handler.py:45" in (tmp_path / "summary").read_text()


def test_the_calls_of_one_diagnosis_are_few(house: Chain) -> None:
    """GitHub at most 15 for the pull request, Slack at most 4 to read and answer, OpenSearch at most 6."""
    done(house.diagnose())
    searches, reads = len(house.search.requests), len(house.slack.requests)
    done(house.propose())
    writes = len(house.github.requests)
    before, after = house.merge(1)
    house.github.requests.clear()
    done(house.publish(before, after))

    assert searches <= 6
    assert reads <= 2
    assert len(house.slack.requests) <= 4
    assert writes <= 15
    assert len(house.github.requests) <= 15


def test_every_job_can_run_twice(house: Chain) -> None:
    """A second run of each job changes nothing: one commit, one request, one answer, one issue."""
    number = proposed(house)
    commits = house.github.commits(f"kb/{NAME}")
    done(house.diagnose())
    done(house.propose())

    assert house.github.commits(f"kb/{NAME}") == commits
    merge = house.merge(number)
    done(house.publish(*merge))
    entry, issues = house.github.text(ENTRY), len(house.github.items)
    done(house.publish(*merge))

    assert len(house.answers()) == 1
    assert len(house.github.items) == issues
    assert house.github.text(ENTRY) == entry


def test_a_second_alert_joins_the_open_request(house: Chain) -> None:
    """The occurrence comes on top of what a person committed to the branch, in the same request."""
    number = proposed(house)
    branch = f"kb/{NAME}"
    edited = (house.github.text(ENTRY, branch) or "").replace("## Common Causes", "A person was here.\n\n## Common Causes")
    house.github.person_commits(branch, {ENTRY: edited}, "Say more")
    done(house.run("diagnose", another_alert(house, "1765962900.000100"), "--out", str(house.proposal)))
    done(house.propose())

    assert house.github.pulls() == [number]
    text = house.github.text(ENTRY, branch) or ""
    assert "A person was here." in text
    assert "occurrences: 4" in text
    assert len(house.github.commits(branch)) == len(house.github.commits("main")) + 3


def test_both_threads_of_one_merge_are_answered(house: Chain) -> None:
    """Two occurrences merged at once are two answers."""
    number = proposed(house)
    done(house.run("diagnose", another_alert(house, "1765962900.000100"), "--out", str(house.proposal)))
    done(house.propose())
    done(house.publish(*house.merge(number)))

    assert len(house.answers()) == 1
    assert len(house.slack.thread("C08RB8T6CNS", "1765962900.000100")) == 2


def test_a_no_is_remembered(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """A request closed without merging is not opened again for the same diagnosis, also for a later alert."""
    number = proposed(house)
    house.github.close(number)
    done(house.run("diagnose", another_alert(house, "1765962900.000100"), "--out", str(house.proposal)))
    done(house.propose())

    assert house.github.pulls() == []
    assert "closed this proposal" in capsys.readouterr().out


def test_a_request_merged_meanwhile(house: Chain) -> None:
    """When the request was merged between diagnosis and proposal, the next occurrence opens a new one on top of the default branch."""
    house.merge(proposed(house))
    done(house.run("diagnose", another_alert(house, "1765962900.000100"), "--out", str(house.proposal)))
    done(house.propose())

    (number,) = house.github.pulls()
    assert number == 2
    assert "occurrences: 4" in (house.github.text(ENTRY, f"kb/{NAME}") or "")


def test_several_errors_are_several_requests(house: Chain) -> None:
    """A message of two errors ends in two pull requests."""
    channel, ts = "C08RB8T6CNS", "1765963000.000100"
    house.slack.post(channel, "Handler: pay_worker\nTimeoutError: bank did not answer\n\nHandler: sync_worker\nKeyError: 'cursor'", ts=ts)
    done(house.run("diagnose", f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}", "--out", str(house.proposal)))
    done(house.propose())

    assert len(house.github.pulls()) == 2


def test_two_jobs_of_one_signature_at_once(house: Chain) -> None:
    """Both occurrences end in the one request, whoever of the two was faster."""
    other = house.proposal.with_name("other")
    done(house.diagnose())
    done(house.run("diagnose", another_alert(house, "1765962900.000100"), "--out", str(other)))
    command = [sys.executable, "-m", "bot", "--root", str(house.checkout), "propose"]
    running = [subprocess.Popen([*command, str(directory)], cwd=project()) for directory in (house.proposal, other)]

    assert [one.wait(60) for one in running] == [0, 0]
    assert len(house.github.pulls()) == 1
    assert "occurrences: 4" in (house.github.text(ENTRY, f"kb/{NAME}") or "")


def test_publish_finishes_what_a_crash_left(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """The thread was answered, then GitHub went down: the next run answers nobody again and builds the index."""
    merge = house.merge(proposed(house))
    house.github.fail(lambda request: request.method == "POST" and request.path.endswith("/git/trees"), Answer(500, {"message": "Server Error"}), times=9)

    assert house.publish(*merge) == 1
    assert "try:" in capsys.readouterr().err
    house.github.faults.clear()
    done(house.publish(*merge))

    assert len(house.answers()) == 1
    assert NAME in (house.github.text("knowledge/README.md") or "")


def test_a_lost_answer_of_slack_is_not_posted_again(house: Chain) -> None:
    """The post took effect but its response was lost: one reply stands in the thread."""
    merge = house.merge(proposed(house))
    house.slack.lose_answer("chat.postMessage")
    done(house.publish(*merge))

    assert len(house.answers()) == 1


def test_doctor_is_content(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """With every server in order each prerequisite holds."""
    code = house.run("doctor")
    told = capsys.readouterr().out

    assert code == 0, told
    assert "all prerequisites hold" in told


def test_doctor_names_each_remedy(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """A channel the bot is not in, a setting that forbids pull requests, a server that asks for a login."""
    house.slack.channels["C08RB8T6CNS"].member = False
    house.github.actions_may_open_pull_requests = False
    house.search.fail(lambda _: True, Answer(401, {}), times=1000)
    code = house.run("doctor", "--json")
    found = json.loads(capsys.readouterr().out)
    remedies = " | ".join(one["remedy"] for one in found if not one["ok"])

    assert code == 1
    assert "/invite" in remedies
    assert "Allow GitHub Actions to create and approve pull requests" in remedies
    assert "`opensearch: prod: auth:`" in remedies


def test_the_checkout_is_left_clean(house: Chain) -> None:
    """No job writes into the checkout that it runs in."""
    published(house)

    assert git(house.checkout, "status", "--porcelain") == ""
