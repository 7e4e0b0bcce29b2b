"""The same review without any account: the local forge, comments as files, and queries asked about on a terminal."""

import os
import pty
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.sql.approvable_query import queries_in
from bot.errors import ForeignRequest
from bot.forges.local_conversation import LocalConversation
from demo.world import World, build
from tests.chain import git
from tests.conftest import project
from tests.reviewing import DATABASE

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The demo's world with a proposed entry, and a database whose queries wait for approval."""
    made = build(tmp_path / "world")
    with sqlite3.connect(tmp_path / "shop.sqlite") as shop:
        shop.execute("CREATE TABLE failures (at text, code text)")
        shop.execute("INSERT INTO failures VALUES ('2025-12-17 09:10:00', 'LEAF-17')")
    made.configuration.write_text(made.configuration.read_text() + DATABASE)
    monkeypatch.setenv("SHOP_DATABASE", str(tmp_path / "shop.sqlite"))
    assert bot(made, "diagnose", made.alert, "--out", str(proposal(made))) == 0
    return made


def bot(world: World, *arguments: str) -> int:
    """One command in the knowledge base."""
    return main(["--root", str(world.knowledge_base), *arguments])


def proposal(world: World) -> Path:
    """The proposal directory."""
    return world.folder / "proposal"


def typed(world: World, answer: str, *arguments: str) -> tuple[int, str]:
    """The same on a terminal, on which somebody answers each question."""
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "bot", "--root", str(world.knowledge_base), *arguments]
    running = subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=project())
    os.write(master, f"{answer}\n".encode() * 5)
    out, _ = running.communicate(timeout=60)
    os.close(master)
    os.close(terminal)
    return running.returncode, out


def test_the_whole_review_on_this_machine(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Help, a hint, an approval and a second one, withdrawing: each answered on the terminal and kept beside the request."""
    assert bot(world, "propose", str(proposal(world))) == 0
    talk = LocalConversation(world.knowledge_base)
    (first, *_) = queries_in(talk.request(1).body)
    assert bot(world, "revise", "--request", "1", "--comment", "/rediagnose the row lock", "--by", "mira") == 0
    branch = talk.request(1).branch
    entry = f"knowledge/errors/{branch.removeprefix('kb/')}.md"
    assert "the row lock (said by `mira`)" in git(world.knowledge_base, "show", f"{branch}:{entry}")
    assert bot(world, "revise", "--request", "1", "--comment", f"/approve-query {first.digest}", "--by", "mira") == 0
    assert "LEAF-17" in talk.request(1).body
    capsys.readouterr()
    assert bot(world, "revise", "--request", "1", "--comment", f"/approve-query {first.digest}") == 0
    said = capsys.readouterr().out
    assert "it ran before" in said
    assert "ran already" in said
    assert said.count(first.sql) == 1
    for query in queries_in(talk.request(1).body):
        assert bot(world, "revise", "--request", "1", "--comment", f"/approve-query {query.digest}") == 0
    assert "| nobody approved reading it |" not in talk.request(1).body
    assert bot(world, "revise", "--request", "1", "--comment", "/withdraw") == 0
    assert talk.request(1).state == "closed"
    assert bot(world, "revise", "--request", "1", "--comment", "/rediagnose late") == 0
    assert "This request is closed" in capsys.readouterr().out
    assert bot(world, "revise", "--request", "1", "--comment", "nice") == 1
    assert bot(world, "revise", "--request", "9", "--comment", "/help") == 1
    comments = sorted((world.knowledge_base / ".git" / "errata" / "pulls" / "1-comments").glob("*.md"))
    assert len(comments) >= 10


def test_a_prompt_before_anything_is_proposed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal the answer is no; on one it is what is typed; with yes the diagnosis rests on the rows."""
    assert bot(world, "query", str(proposal(world))) == 0
    said = capsys.readouterr().out
    assert f"the answer is no. To approve it: bot query {proposal(world)} --approve " in said
    assert "LEAF-17" not in preview(world)
    code, out = typed(world, "", "query", str(proposal(world)))
    assert (code, "Run it, read-only? [y/N]" in out) == (0, True)
    assert "LEAF-17" not in preview(world)
    code, out = typed(world, "y", "query", str(proposal(world)))
    assert code == 0, out
    assert "LEAF-17" in preview(world)
    assert bot(world, "propose", str(proposal(world))) == 0
    assert bot(world, "query", str(proposal(world)), "--approve", "0" * 32) == 1


def test_a_query_of_an_open_request(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """By signature: the same words, and the answer goes to the request."""
    assert bot(world, "propose", str(proposal(world))) == 0
    talk = LocalConversation(world.knowledge_base)
    name = talk.request(1).branch.removeprefix("kb/")
    (first, *_) = queries_in(talk.request(1).body)
    assert bot(world, "query", name) == 0
    assert first.digest in capsys.readouterr().out
    assert bot(world, "query", name, "--approve", first.digest) == 0
    assert "LEAF-17" in talk.request(1).body
    assert [one.author for one in talk.said(1, f"query/{first.digest}")] == ["errata bot"]
    assert bot(world, "query", "no_such_error_000000") == 1


def test_comments_are_edited_not_repeated(world: World) -> None:
    """One comment for each marker; a person's that carries it is not the bot's; a request that is not there is told."""
    assert bot(world, "propose", str(proposal(world))) == 0
    talk = LocalConversation(world.knowledge_base)
    talk.say(1, "one", "answer/1")
    talk.say(1, "two <!-- errata:comment=answer/9 -->", "answer/1")
    talk.remark(1, "mallory", "<!-- errata:comment=answer/1 -->")

    assert [one.text for one in talk.said(1, "answer/")] == ["two <! -- errata:comment=answer/9 -->"]
    looking = talk.remark(1, "mira", "looking")
    assert talk.latest(1) == looking.time
    with pytest.raises(ForeignRequest):
        talk.request(2)


def preview(world: World) -> str:
    """What a reviewer would see."""
    (file,) = proposal(world).glob("*/preview.md")
    return file.read_text()
