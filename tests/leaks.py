"""A house in which secrets stand in everything that is read, every command run once, and all that was written, sent or said afterwards."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.alert import permalink
from bot.core.entry.entry import amended, parse, path_of, render
from bot.core.sql.approvable_query import queries_in
from tests.attack import HANDLER, NAME, TRACE
from tests.chain import Chain, git
from tests.intake_payloads import ALERTMANAGER
from tests.reviewing import Review

_CONFIGURATION = """
files:
  - paths: ["logs/*"]
databases:
  prod:
    driver: sqlite
    address_in: SHOP_DATABASE
    error_events: {table: failures, time: at, time_form: text, code: code, category: ""}
reviews: {channel: C08RB8T6CNS}
"""
_GIVEN = ("event.json", "payload.json", "alert.txt", "knowledge.sqlite")
_COMMENT = 30_000
"""Characters of a comment's hint; GitHub takes 65,536."""


def planted(house: Chain, texts: Sequence[str]) -> Path:
    """The texts stand in the alert, its thread, logs, code, commits and a database, whose file is given back."""
    _alert(house, texts)
    _code(house, texts)
    house.github.person_commits(
        "main", _logs(house, texts) | {".github/knowledge-bot.yml": (house.github.text(".github/knowledge-bot.yml") or "") + _CONFIGURATION}
    )
    git(house.checkout, "pull", "--quiet")
    file = house.world.folder / "shop.sqlite"
    with sqlite3.connect(file) as shop:
        shop.execute("CREATE TABLE failures (at text, code text)")
        shop.executemany("INSERT INTO failures VALUES (?, ?)", [("2025-12-17 09:10:00", text) for text in texts])
    return file


def written(house: Chain, texts: Sequence[str]) -> None:
    """People wrote the texts into the entry, a runbook, the list of codes and an earlier review, and merged them."""
    path = path_of(NAME)
    entry = parse(house.github.text(path) or "", path)
    told = amended(entry, {"resolution": f"{entry.meta.resolution} {_whole(texts, 2_000)}"})
    said = "\n\n".join(texts)
    runbook = f"---\ntitle: Leaves\ncategories: [concurrency, database, validation, resource]\n---\n\n# Leaves\n\n{said}\n"
    codes = "".join(f"E{10_000 + number}: {json.dumps(_whole([text], 200))}\n" for number, text in enumerate(texts))
    house.github.person_commits(
        "main",
        {path: render(told) + f"\n{said}\n", "knowledge/runbooks/leaves.md": runbook, "knowledge/codes.yml": codes, "knowledge/reviews/2025-W49.md": said},
    )
    git(house.checkout, "pull", "--quiet")


def _whole(texts: Sequence[str], most: int) -> str:
    """As many of the texts as fit, in one line, none of them cut: half a secret is none that anybody could tell."""
    said = ""
    for text in (" ".join(text.split()) for text in texts):
        said = f"{said} {text}" if len(said) + len(text) < most else said
    return said.strip()


def lived(review: Review, texts: Sequence[str], folder: Path) -> None:
    """Every command that reads or writes, as its workflow runs it."""
    house = review.house
    number = review.propose()
    house.run("diagnose", "--case", str(house.proposal), "--show-prompt")
    house.run("evidence", house.alert)
    for query in queries_in(review.body(number)):
        review.comment(number, f"/approve-query {query.digest}")
    review.comment(number, f"/rediagnose {_whole(texts, _COMMENT)}")
    for command in ("board", "remind", "escalate", "check"):
        house.run(command)
    house.publish(*house.merge(number))
    _payload(house, texts, folder)
    house.run("postmortem", NAME, "--read-thread", str(folder / "thread.json"))
    house.run("postmortem", NAME, "--thread", str(folder / "thread.json"), "--case", str(house.proposal))
    house.run("review", "--month", "2025-12")
    for one in house.github.pulls():
        house.publish(*house.merge(one))
    house.run("publish-review")
    house.run("search", *texts[0].split()[:3], "balance")
    (folder / "alert.txt").write_text("\n".join(texts), "utf-8")
    house.run("signature", str(folder / "alert.txt"))


def left(house: Chain, folder: Path, told: str, *, by_people: Iterable[str] = ()) -> dict[str, str]:
    """All that left the bot, by where it went: output, files, what servers were sent, what stands on GitHub. `by_people`: pages that people wrote into.

    The words of the knowledge folder in `.errata/search` are no copy that travels: the file lies beside the folder, ignored by git.
    """
    kept = set(by_people)
    found = {"terminal": told}
    for place in (house.proposal, house.checkout / ".errata", folder):
        files = (file for file in sorted(place.rglob("*")) if file.is_file() and file.name not in _GIVEN)
        found |= {f"file {file.relative_to(place.parent)}": file.read_bytes().decode("utf-8", "replace") for file in files}
    for number, item in house.github.items.items():
        found[f"item {number}"] = json.dumps([item["title"], item["body"], item["labels"]], ensure_ascii=False)
        said = [one["body"] for one in item.get("comments", []) if one["user"]["login"].endswith("[bot]")]
        found[f"comments on {number}"] = json.dumps(said, ensure_ascii=False)
    for ref in ("main", *(str(item["head"]) for item in house.github.items.values() if "head" in item)):
        head = house.github.git.head(ref)
        for path in house.github.git.files(head) if head else ():
            if path.startswith("knowledge/") and path not in kept:
                found[f"{ref}:{path}"] = house.github.text(path, ref) or ""
        found[f"commits of {ref}"] = "\n".join(one for one in house.github.commits(ref) if one not in ("by hand", "start")) if head else ""
    sent: Mapping[str, Iterable[Any]] = {"slack": house.slack.requests, "search": house.search.requests}
    for name, requests in sent.items():
        found[f"sent to {name}"] = "\n".join(f"{one.path} {one.body.decode('utf-8', 'replace')}" for one in requests)
    if not kept:
        found["sent to github"] = "\n".join(f"{one.path} {one.body.decode('utf-8', 'replace')}" for one in house.github.requests)
    return found


def pieces(secret: str) -> set[str]:
    """What may not be found: every part of at least half its length, and of six characters."""
    need = max(6, len(secret) // 2)
    return {secret[at : at + need] for at in range(max(1, len(secret) - need + 1))}


def forms(text: str) -> Iterator[str]:
    """The text as it is, and as it reads behind one layer of JSON."""
    yield text
    yield text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def _logs(house: Chain, texts: Sequence[str]) -> dict[str, str]:
    stamp = permalink.parse(house.alert).time.replace(microsecond=200_000).isoformat()
    events = [
        {
            "@timestamp": stamp,
            "level": "ERROR",
            "service": "transfers",
            "message": text,
            "trace_id": TRACE,
            "error": {"type": "ValidationError", "stack_trace": text},
        }
        for text in texts
    ]
    lines = [f"{stamp} ERROR transfers {line}" for text in texts for line in text.splitlines()[:1]]
    return {"logs/events.ndjson": "".join(f"{json.dumps(event)}\n" for event in events), "logs/app.log": "".join(f"{line}\n" for line in lines)}


def _alert(house: Chain, texts: Sequence[str]) -> None:
    link = permalink.parse(house.alert)
    message = house.slack.channels[link.channel].messages[link.ts]
    shown = [{"text": text, "fields": [{"title": "Detail", "value": text}]} for text in texts]
    message["attachments"] = [*message["attachments"], *shown]
    message["blocks"] = [*message["blocks"], *({"type": "section", "text": {"type": "mrkdwn", "text": f"```{text}```"}} for text in texts[:20])]
    for number, text in enumerate(texts):
        house.slack.post(link.channel, text, ts=f"{link.ts.partition('.')[0][:-2]}{70 + number % 29}.{number:06d}", thread_ts=link.ts, user="U0PERSON1")


def _code(house: Chain, texts: Sequence[str]) -> None:
    handler = house.world.transfers / HANDLER
    for text in texts:
        lines = handler.read_text("utf-8").split("\n")
        at = next(n for n, line in enumerate(lines) if "insufficient leaf balance" in line)
        lines.insert(at, "\n".join(f"        # {line}" for line in text.splitlines()))
        handler.write_text("\n".join(lines), "utf-8")
        message = house.world.folder / "message"
        message.write_text(text or "x", "utf-8")
        git(
            house.world.transfers,
            "-c",
            "user.name=Eve",
            "-c",
            "user.email=eve@evil.example",
            "commit",
            "--quiet",
            "--all",
            "--cleanup=verbatim",
            "-F",
            str(message),
        )


def _payload(house: Chain, texts: Sequence[str], folder: Path) -> None:
    alert = dict(ALERTMANAGER["alerts"][0])
    alert["annotations"] = {**alert["annotations"], "detail": "\n".join(texts), **{f"detail{number}": text for number, text in enumerate(texts)}}
    (folder / "payload.json").write_text(json.dumps({"action": "alertmanager", "client_payload": {"payload": {**ALERTMANAGER, "alerts": [alert]}}}))
    house.run("intake", str(folder / "payload.json"))
    house.run("diagnose", "--out", str(folder / "paid"), "--payload", str(folder / "payload.json"), "--", "")
    house.run("propose", str(folder / "paid"))
