"""Commits and pull requests that an entry names: links to where the evidence says they are read, and nothing else."""

import json

import pytest
from msgspec.structs import replace

from bot.config import Severities
from bot.core.entry.library import root_cause_of
from bot.core.suspects.told_commits import commits_of
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import Commit
from bot.texts import entry_page, reply
from bot.texts.commit_links import linked
from tests.fakes import transfer_case

CULPRIT = transfer_case.culprit()
PERMALINK = "https://github.com/acme/transfers/commit/9c0ffee0"
REQUEST = "https://github.com/acme/transfers/pull/41"
FIX = replace(transfer_case.fix(), permalink="https://github.com/acme/transfers/commit/4be91d07", pull_request="https://github.com/acme/transfers/pull/7")


def test_the_commit_that_undid_a_fix_is_a_link_in_the_entry_and_the_reply() -> None:
    """With its pull request, wherever the diagnosis names it; and the next diagnosis quotes it without the link."""
    case = transfer_case.case()
    diagnosis = RulesDiagnoser(Severities()).diagnose(case)
    occurrence = replace(transfer_case.occurrence(), diagnosis=diagnosis, commits=commits_of(case))
    entry = entry_page.new_entry(case.signature, occurrence)
    section = entry.body.partition("#### Root cause")[2].partition("####")[0]
    assert f"[`9c0ffee`]({PERMALINK})" in section
    assert f"([pull request 41]({REQUEST}))" in entry.body.partition("#### Next steps")[2]
    assert "git revert --no-edit 9c0ffee012ab\n" in entry.body
    assert "`9c0ffee` " not in entry.body.replace("[`9c0ffee`]", "")
    assert f"removed [`9c0ffee`]({PERMALINK})" not in root_cause_of(entry)
    assert '`9c0ffee` "perf' in root_cause_of(entry)
    assert entry_page.record_occurrence(entry, occurrence) == entry
    (answer,) = reply.replies(entry, occurrence.permalink, reply.About("https://x.example/y"))
    said = json.dumps(answer.blocks)
    assert f"<{PERMALINK}|9c0ffee>" in said
    assert f"(<{REQUEST}|pull request 41>)" in said


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("by `9c0ffee`.", f"by [`9c0ffee`]({PERMALINK})."),
        ("by `9c0ffee012ab`.", f"by [`9c0ffee012ab`]({PERMALINK})."),
        (f"(`{REQUEST}`)", f"([pull request 41]({REQUEST}))"),
        ("by `9c0ffe`, `deadbee` and `9c0ffee1`", None),
        ("`` a `9c0ffee` b ``", None),
        (r"\`9c0ffee\`", None),
        (f"[`9c0ffee`]({PERMALINK})", None),
        ("[see `9c0ffee` there](https://x.example)", None),
        ("```sh\ngit show `9c0ffee`\n```", None),
        ("````\n```\n`9c0ffee`\n````", None),
        ("`https://evil.example/pull/41`", None),
    ],
)
def test_only_what_the_evidence_knows_becomes_a_link(markdown: str, expected: str | None) -> None:
    """Other ids and addresses, code, and links that are there already stay as they are."""
    wanted = markdown if expected is None else expected
    assert linked(markdown, (CULPRIT, FIX)) == wanted
    assert linked(wanted, (CULPRIT, FIX)) == wanted


def test_a_commit_without_an_address_stays_an_id() -> None:
    """So does one whose address is no https, and a short id of two commits."""
    twin = replace(CULPRIT, sha="9c0ffee9" + "0" * 32)
    for commits in ((transfer_case.fix(),), (replace(CULPRIT, permalink="http://git.local/c/9c0ffee0"),), (CULPRIT, twin)):
        assert linked("by `9c0ffee`", commits) == "by `9c0ffee`"


def test_a_merge_request_is_called_so() -> None:
    """GitLab's word."""
    address = "https://gitlab.example/acme/transfers/-/merge_requests/12"
    assert linked(f"(`{address}`)", (replace(CULPRIT, pull_request=address),)) == f"([merge request 12]({address}))"


def test_each_commit_of_the_evidence_once() -> None:
    """What a fix knows of a commit goes before what a suspect knows."""
    found = {commit.sha: commit for commit in commits_of(transfer_case.case())}
    assert set(found) == {CULPRIT.sha, FIX.sha}
    assert found[CULPRIT.sha].pull_request == REQUEST
    assert all(isinstance(commit, Commit) for commit in found.values())
