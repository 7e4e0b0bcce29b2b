"""The knowledge folder over the Model Context Protocol, asked by the SDK's own client over standard input and output."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from bench.knowledge_entries import entry, write
from bot.commands.mcp_server import server
from bot.core.entry.entry import parse
from bot.jobs.finding import Shelf
from bot.sources.knowledge.entry_search import EntrySearch
from bot.sources.knowledge.knowledge import KnowledgeFolder
from tests.conftest import project

pytestmark = pytest.mark.slow

SECRET = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"


def asked(root: Path, talk: Callable[[Client], Coroutine[Any, Any, None]], *, started: bool = False) -> None:
    """Talk to the server of a folder: to `bot mcp` as an editor starts it, or to the same in this process."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "bot", "--root", str(root), "mcp"], cwd=project(), env={"PATH": ""})

    async def conversation() -> None:
        async with Client(command if started else server(lambda: Shelf(EntrySearch(root), KnowledgeFolder(root)))) as client:
            await talk(client)

    asyncio.run(asyncio.wait_for(conversation(), 60))


async def told(client: Client, tool: str, **arguments: object) -> str:
    """What a tool answers."""
    answer = await client.call_tool(tool, arguments)
    text = "".join(part.text for part in answer.content if part.type == "text")
    return f"ERROR {text}" if answer.is_error else text


def folder(root: Path) -> None:
    """Entries, ten broken files among them, a runbook, a code, a secret that somebody left."""
    write(root, 12, 10)
    knowledge = root / "knowledge"
    (knowledge / "runbooks").mkdir()
    (knowledge / "runbooks" / "redis.md").write_text(f"---\ntitle: Redis is full\ncategories: [database]\n---\n\n# Redis\n\ntoken={SECRET}\n", encoding="utf-8")
    (knowledge / "codes.yml").write_text("E1042: the ledger is closed\n", encoding="utf-8")
    (knowledge / "errors" / "long.md").write_text(entry(1)[1].replace(entry(1)[0], "long") + "line\n" * 10_000, encoding="utf-8")
    (root / "secret.md").write_text("outside\n", encoding="utf-8")


def test_an_agent_finds_and_reads_entries_runbooks_and_codes(tmp_path: Path) -> None:
    """Four tools, all of them read-only; long pages come in parts, broken files are told of, secrets are taken out."""
    folder(tmp_path)
    name, text = entry(5)

    async def talk(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["search", "entry", "runbook", "catalogue"]
        assert all(tool.annotations and tool.annotations.read_only_hint and tool.description for tool in tools)
        found = await told(client, "search", words="case5", limit=3)
        assert parse(text).meta.title in found
        assert name in found
        assert "10 files are no readable entry" in found
        assert f"# {parse(text).meta.title}" in await told(client, "entry", signature=name)
        assert (await told(client, "entry", signature="long")).startswith("knowledge/errors/long.md, part 1 of 4")
        assert (await told(client, "entry", signature="long", part=4)).endswith("line\n")
        assert await told(client, "runbook") == "redis"
        runbook = await told(client, "runbook", name="redis")
        assert "# Redis" in runbook
        assert SECRET not in runbook
        assert await told(client, "catalogue", code="E1042") == "knowledge/codes.yml E1042: the ledger is closed"
        assert "deadlock detected" in await told(client, "catalogue", code="40P01")

    asked(tmp_path, talk, started=True)


def test_hostile_arguments_get_a_sentence_and_nothing_of_the_house(tmp_path: Path) -> None:
    """Paths, query syntax, wrong types and numbers; the server goes on after each."""
    folder(tmp_path)

    async def talk(client: Client) -> None:
        for signature in ("../../secret", "/etc/passwd", "..", "", "a\x00b", "knowledge/runbooks/redis", "x" * 200, "broken_0/../../secret"):
            answer = await told(client, "entry", signature=signature)
            assert answer.startswith("ERROR")
            assert "outside" not in answer
            assert "Traceback" not in answer
        for words in ('" OR 1', "NEAR(", "*", "\x00", "é" * 2_000):
            assert "Traceback" not in await told(client, "search", words=words)
        assert "there is no word to look for" in await told(client, "search", words="…")
        assert "it has 4 parts" in await told(client, "entry", signature="long", part=9)
        for tool, arguments in (
            ("search", {}),
            ("search", {"words": 5, "limit": "x"}),
            ("search", {"words": "a", "limit": 10**9}),
            ("entry", {"signature": ["x"]}),
        ):
            assert (await told(client, tool, **arguments)).startswith("ERROR")
        assert await told(client, "catalogue", code="no such") == "No catalogue knows this code."
        (tmp_path / "knowledge" / "codes.yml").write_text("- [", encoding="utf-8")
        assert "mend knowledge/codes.yml" in await told(client, "catalogue", code="E1042")
        assert "knowledge/codes.yml" in await told(client, "search", words="case5")
        assert entry(5)[0] in await told(client, "search", words="case5")

    asked(tmp_path, talk)


def test_an_empty_folder_is_served(tmp_path: Path) -> None:
    """Before the first entry."""

    async def talk(client: Client) -> None:
        assert (await told(client, "search", words="anything")).startswith("Nothing holds these words.")
        assert await told(client, "runbook") == "There is no runbook yet."
        assert "there is no entry of this name" in await told(client, "entry", signature="x")

    asked(tmp_path, talk)
