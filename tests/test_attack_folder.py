"""A knowledge folder whose every page a stranger wrote and a careless person merged: what the jobs make of it, and what the linter says before."""

import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.diagnosers.rule_book import of
from bot.jobs.check import check
from bot.sources.knowledge.entry_search import EntrySearch
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts.markdown import reviewed
from bot.texts.schema_page import schema_page
from tests.attack import NAME, Outcome
from tests.attack_checks import jobs, page, plain, slack
from tests.chain import Chain, git
from tests.lint_pages import GOOD
from tests.lint_pages import NAME as KNOWN

REVIEWS = "reviews: {channel: C08RB8T6CNS}\n"
WORDS = (
    "@octocat cc @acme/security-team fixes #12 <!channel> ![p](p.png)",
    "</details><h1>Approved</h1><img src=x onerror=alert(1)> [skip ci]",
    "\x1b[2J\u202eleft \u200bz ::error::x ##[set-output name=a]b\n/approve\n::stop-commands::x",
)


def pages(said: str) -> dict[str, str]:
    """Every kind of page that the jobs read, with the words wherever a page may hold some."""
    quoted, line = json.dumps(said), " ".join(said.split())
    review = f"# {line}\n\n{said}\n\n## Recurring patterns\n\n### {line}\n\n<!-- errata:pattern=pattern/culprit/x -->\n\n{said}\n"
    items = f"- [ ] {line}\n- [ ] pay ({line})\n"
    return {
        "knowledge/codes.yml": f"E1042: {quoted}\nLEAF-17: {{meaning: {quoted}, do: {quoted}}}\ninsufficient: {quoted}\n",
        "knowledge/runbooks/leaves.md": f"---\ntitle: {quoted}\nservices: [transfers]\n---\n\n# {line}\n\n## Look at\n\n{said}\n\n- {line}\n",
        "knowledge/rules/own.yml": f"- id: own\n  when: {{says: [insufficient leaf balance]}}\n  cause: {quoted}\n  do: [{quoted}]\n",
        f"knowledge/postmortems/2025-12-17-{NAME}.md": f"# {line}\n\n## Summary\n\n{said}\n\n## Action items\n\n{items}",
        "knowledge/reviews/2025-12.md": review,
        "knowledge/reviews/2026-11.md": review,
        ".github/CODEOWNERS": f"* {line}\n/knowledge/ {line} @acme/x\n",
    }


@pytest.mark.slow
@pytest.mark.parametrize("said", WORDS, ids=range(len(WORDS)))
def test_pages_of_a_stranger_stay_words(house: Chain, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No mention, link, image, command, path or name of theirs in a request, an issue, a commit, Slack or a log; and every job ends in order."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    before = house.github.git.head("main") or ""
    configuration = (house.github.text(".github/knowledge-bot.yml") or "") + REVIEWS
    house.github.person_commits("main", {**pages(said), ".github/knowledge-bot.yml": configuration})
    git(house.checkout, "pull", "--quiet")
    assert house.run("check") == 1
    assert house.diagnose() == 0
    assert house.propose() == 0
    house.publish(*house.merge(house.github.pulls()[0]))
    house.run("postmortem", "--merged", "--before", before, "--after", house.github.git.head("main") or "")
    for name in ("2025-12", "2026-11"):
        house.run("publish-review", name)
    for command in ("board", "remind", "escalate"):
        house.run(command)
    house.run("search", "leaves", "insufficient", "E1042")
    told = capsys.readouterr()
    posts = [request.json or request.form for request in house.slack.calls("chat.postMessage")]
    found = [one for post in posts for one in slack(post)]
    for number, item in house.github.items.items():
        found += [*plain(f"title {number}", str(item["title"]))]
        # What people wrote into a page is repeated in its issue as it was merged, links too; marks and boxes are the bot's.
        found += list(page(f"item {number}", str(item["body"]), kept=True))
    found += [one for commit in house.github.commits() if not commit.startswith(("by hand", "start", "Regression:")) for one in plain("commit", commit)]
    found += list(jobs(Outcome(told=told.out + told.err)))

    assert posts
    assert "\n".join(found) == ""
    assert not list(tmp_path.rglob("pwned"))


def root(folder: Path) -> Path:
    """A repository whose knowledge folder has nothing to mend."""
    (folder / "knowledge" / "errors").mkdir(parents=True)
    (folder / "knowledge" / "errors" / f"{KNOWN}.md").write_text(GOOD, encoding="utf-8")
    (folder / "knowledge" / "SCHEMA.md").write_text(schema_page(), encoding="utf-8")
    return folder


def told(folder: Path) -> str:
    """What the linter says of it."""
    out = io.StringIO()
    check(folder, "knowledge", out, as_json=False, annotations=False)
    return out.getvalue()


def test_two_names_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    """On a Mac or Windows one file would take the place of the other, whichever was reviewed."""
    other = GOOD.replace(KNOWN, KNOWN.upper()).replace("848eac60b69a98ae", "0123456789abcdef")
    (root(tmp_path) / "knowledge" / "errors" / f"{KNOWN.upper()}.md").write_text(other, encoding="utf-8")

    assert f"KB018 only upper and lower case tell it from knowledge/errors/{KNOWN.upper()}.md" in told(tmp_path)


@pytest.mark.parametrize("name", ["rules", "runbooks", "postmortems", "reviews", "errors/more"])
def test_a_folder_that_is_a_link_leads_nowhere_outside(tmp_path: Path, name: str) -> None:
    """Whatever it is named: what lies elsewhere is neither read, nor shown, nor found."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("---\ntitle: [TOPSECRET\n---\nTOPSECRET", encoding="utf-8")
    (outside / "a.yml").write_text("- id: TOPSECRET\n  cause: [TOPSECRET\n", encoding="utf-8")
    here = root(tmp_path / "here")
    (here / "knowledge" / name).symlink_to(outside)

    assert "TOPSECRET" not in told(here)
    assert of(here).rules == of(tmp_path).rules
    with closing(EntrySearch(here)) as search:
        assert search.search("TOPSECRET") == ()


def test_a_knowledge_folder_that_is_a_link_leads_nowhere_outside(tmp_path: Path) -> None:
    """The folder itself, too: nothing of another place is read in its name."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "knowledge").symlink_to(root(tmp_path / "other") / "knowledge")

    assert KnowledgeFolder(tmp_path / "here").read_all() == {}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("ask @octocat, not `@octocat`", "ask @ octocat, not `@octocat`"),
        ("\\@octocat \\`@octocat` ``@octocat` _@octocat_", "\\@ octocat \\`@ octocat` ``@ octocat` _@ octocat_"),
        ("fixes #12, GH-7 and a/b#4", "fixes # 12, GH- 7 and a/b# 4"),
        (
            "see https://acme.example/a#12 <https://acme.example/@me> xhttps://@octocat",
            "see https://acme.example/a#12 <https://acme.example/@me> xhttps://@ octocat",
        ),
        ("![p](p.png) [page](../errors/a.md)", "!\\[p](p.png) [page](../errors/a.md)"),
        ("- [ ] <kbd>x</kbd> <img src=x> a < b", "- [ ] <kbd>x</kbd> &lt;img src=x> a < b"),
        ("<h1>\n@octocat", "&lt;h1>\n@ octocat"),
        ("/approve\n  /merge", "\\/approve\n  \\/merge"),
        ("```\n@octocat #1 <b>\n```", "```\n@octocat #1 <b>\n```"),
        ("a [skip ci] b\u202e", "a (skip ci) b"),
    ],
)
def test_merged_words_in_an_issue_call_nobody(written: str, told: str) -> None:
    """No mention, reference, image, tag, command or skip token, however it is hidden from a reader of code spans; links and code stay."""
    assert reviewed(written) == told
