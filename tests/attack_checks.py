"""What must not come out of a house, whatever went in: each check gives a line for each thing that did."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.alert.slack_tokens import decode
from bot.core.entry.meta import KEYS, OPTIONAL
from tests.attack import Outcome

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SUMMARY = (
    r"<summary>(?:\d+ pieces: [\w ,]+|\d+ claims? of the diagnosis (?:was|were) not found in the evidence"
    r"|\d+ rules? (?:match|matches)|Why the entry did not answer at once)</summary>"
)
OURS_HTML = re.compile(rf"\s*(?:</?details>|{SUMMARY}|</?summary>|<!-- errata:[ -~]*? -->|\s)*\s*")
HOSTS = ("github.com", "acme.slack.com", "127.0.0.1")
HEADINGS = frozenset(
    [
        *(
            "Root cause",
            "Affected code",
            "Fix",
            "Next steps",
            "Database queries that would help",
            "Queries that wait for approval",
            "What could not be seen",
            "Evidence",
            "What merging does",
        ),
        *(
            "What changed since the last diagnosis",
            "What is known of the past",
            "Recent changes",
            "In short",
            "Error Signature",
            "Diagnosis History",
            "Common Causes",
        ),
        *("Resolution Patterns", "Related Errors", "Blast radius", "Immediate fix", "Long-term fix", "Verification", "Prevention", "Historical context"),
        *("Severity", "Resolution tips", "Known errors", "Came back after a fix", "Not resolved yet", "Most frequent", "Newest", "All entries"),
        *("It came back", "Seen again, answered at once", "New error codes", "Answered at once", "Browse", "Critical", "High", "Medium", "Low"),
        *("Waiting for review", "Rejected", "Closed because nobody answered", "Recurring without a fix", "Open, but not seen for long"),
        *("Not reviewed for long", "Wrong more often than right", "Gaps that come back", "Spend", "Done lately"),
        *("Top ten", "Day by day", "New", "Recurring", "Resolved", "Open, but not seen for ninety days", "By service", "By category", "By severity"),
        *("How long it took", "The bot's own pull requests", "Recurring patterns", "For the deep dive"),
        *("Summary", "Impact", "Timeline", "Detection", "Resolution", "Action items", "Lessons learned"),
    ]
)
COMPOSED = re.compile(
    r"Occurrence \d+ - [0-9TZ:-]+|(?:Part of one incident with|Alerted at the same time as) (?:another error|\d+ other errors)"
    r"|Several errors come out of `[^`]*`|Query \d{1,2}(?:: .{0,1300})?|.{0,200}: errors of the kind \w+ pile up|Causes that speak of .{0,300}"
)
LIVE = re.compile(r"(?<!\w)@\w|#\d|\bGH-\d|\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b|://|www\.\w|\w@\w", re.IGNORECASE)
COMMAND_LINE = re.compile(r"^\s*/[a-z]", re.IGNORECASE | re.MULTILINE)
"""Bots read it in the text as it was written, before Markdown: a backslash before it makes it none."""
RAW = re.compile(
    r"\[\s*(?:skip|no|ci|actions)\s+(?:ci|skip|actions)\s*\]|skip-checks\s*:"
    r"|\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:(?:[\w.-]+/[\w.-]+)?#|GH-)\d"
    r"|\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+https?://\S+/(?:issues|pull)/\d",
    re.IGNORECASE,
)
PLAIN = re.compile(r"@\w|#\d|\bGH-\d|://|^\s*[/:#-]|-by:", re.IGNORECASE)
BRANCH = re.compile(r"(?:kb|errata/[a-z-]+)/[A-Za-z0-9][A-Za-z0-9._-]{0,139}")
COMMAND = re.compile(r"^\s*::(?!error (?:file|title)|error::)|##\[")
LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def unseen(text: str) -> list[str]:
    """Control, bidirectional, zero-width, tag and surrogate characters."""
    found = [
        hex(ord(one)) for one in dict.fromkeys(text) if (unicodedata.category(one) in ("Cc", "Cf", "Cs") and one not in "\n\t") or 0xE0000 <= ord(one) < 0xE1000
    ]
    return [*found, *([] if unicodedata.is_normalized("NFC", text) else ["not NFC"])]


def page(name: str, text: str, *, kept: bool = False) -> Iterator[str]:
    """A page on GitHub: only the bot's own HTML, headings, tables and links; nothing live outside code.

    A page that the bot keeps (the dashboard, a review, a post-mortem) has boxes and charts of its own, which other tests count.
    """
    tokens = PARSER.parse(text)
    for child in (child for token in tokens for child in (token, *(token.children or []))):
        if child.type in ("html_block", "html_inline") and not OURS_HTML.fullmatch(child.content):
            yield f"{name}: html {child.content[:100]!r}"
        elif child.type == "image" or (child.type == "hr" and name != "summary"):
            yield f"{name}: {child.type} {child.content[:100]!r}"
        elif child.type == "link_open":
            yield from _target(name, str(child.attrGet("href")))
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and not _ours(tokens[at + 1].content, token):
            yield f"{name}: heading {tokens[at + 1].content[:100]!r}"
        if token.type == "heading_open" and token.markup in ("=", "-"):
            yield f"{name}: underlined heading"
        if token.type == "inline" and (match := COMMAND_LINE.search(token.content)):
            yield f"{name}: command {token.content[match.start() : match.start() + 60]!r}"
        if not kept and token.type == "inline" and re.match(r"\[[ xX]\]\s", token.content) and at > 1 and tokens[at - 2].type == "list_item_open":
            yield f"{name}: task {token.content[:80]!r}"
        if not kept and token.type == "fence" and token.info.strip() in ("mermaid", "math", "geojson", "topojson", "stl", "suggestion"):
            yield f"{name}: drawn {token.info}"
    words = _words(tokens)
    yield from (f"{name}: live {words[max(0, m.start() - 30) : m.end() + 30]!r}" for m in LIVE.finditer(words))
    yield from (f"{name}: raw {text[max(0, m.start() - 60) : m.end() + 30]!r}" for m in RAW.finditer(text))
    yield from (f"{name}: unseen {one}" for one in unseen(text)[:3])


def _ours(title: str, token: Token) -> bool:
    return title in HEADINGS or token.tag == "h1" or COMPOSED.fullmatch(title) is not None


def _target(name: str, target: str) -> Iterator[str]:
    parts = urlsplit(target)
    relative = re.fullmatch(r"(?:\.\./){0,3}(?:[a-z]{1,20}/){0,3}[A-Za-z0-9_][A-Za-z0-9._-]*(?:\.md)?", target)
    if not relative and (parts.scheme not in ("https", "http") or parts.hostname not in HOSTS or "@" in parts.netloc):
        yield f"{name}: link to {target[:120]}"


def _words(tokens: list[Token]) -> str:
    found, depth = list[str](), 0
    for before, token in pairwise(tokens):
        found.append("| " if before.type in ("td_open", "th_open") else "")
        for node in token.children or []:
            depth += {"link_open": 1, "link_close": -1}.get(node.type, 0)
            if node.type == "text" and not depth:
                found.append(node.content)
            elif node.type in ("softbreak", "hardbreak", "code_inline"):
                found.append("\n" if node.type != "code_inline" else " ` ")
        found.append("\n" if token.type == "inline" else "")
    return "".join(found)


def plain(name: str, text: str) -> Iterator[str]:
    """A title, a commit message: read raw by GitHub."""
    for line in text.split("\n"):
        yield from (f"{name}: {m.group()!r} in {line[:120]!r}" for m in (*PLAIN.finditer(line), *RAW.finditer(line)))
    yield from (f"{name}: unseen {one}" for one in unseen(text)[:3])


def slack(post: dict[str, Any]) -> Iterator[str]:
    """A message: every token in angle brackets is a link of ours, every text verbatim, nothing else that Slack reads."""
    blocks = post["blocks"] if isinstance(post["blocks"], list) else json.loads(post["blocks"])
    elements = [element for block in blocks for element in ([block["text"]] if "text" in block else block["elements"])]
    if not all(element["type"] == "plain_text" or element.get("verbatim") for element in elements):
        yield "slack: a text that is not verbatim"
    for text in (*(str(element["text"]) for element in elements), str(post["text"])):
        for token in re.findall(r"<[^>]*>?", text):
            target, _, label = token.strip("<>").partition("|")
            host = urlsplit(target).hostname
            if not target.startswith(("https://", "http://")) or host not in HOSTS or not label:
                yield f"slack: token {token[:120]!r}"
        if re.search(r"&(?!amp;|lt;|gt;)", text):
            yield f"slack: a bare ampersand in {text[:100]!r}"
        if text.count("```") % 2:
            yield f"slack: an open code block in {text[-200:]!r}"
        if len(text) > 3_000:
            yield "slack: a text over 3,000 characters"
        yield from (f"slack: unseen {one}" for one in unseen(text)[:3])
    for key in ("link_names", "parse"):
        if post.get(key) not in (None, False, "none", "0", "false"):
            yield f"slack: {key}={post[key]!r}"
    if len(blocks) > 50 or not decode(str(post["text"])):
        yield "slack: too many blocks, or no text"


def front(path: str, text: str) -> Iterator[str]:
    """An entry's front matter: exactly the schema's keys, flat, texts as texts."""
    block = text.split("\n---\n", 1)[0].removeprefix("---\n")
    data = yaml.safe_load(block)
    # An entry of an earlier version lacks the optional ones; a key that stands twice, or is none of ours, was smuggled in.
    if not set(KEYS) - set(OPTIONAL) <= set(data) <= set(KEYS) or len(re.findall(r"^\w+:", block, re.MULTILINE)) != len(data):
        yield f"{path}: keys {tuple(data)}"
    odd = [event for event in yaml.parse(block) if getattr(event, "anchor", None) or (getattr(event, "tag", None) or "!").strip("!")]
    if odd:
        yield f"{path}: {odd[0]}"
    wrong = {key: value for key, value in data.items() if key not in ("occurrences", "schema", "held", "failed") and not isinstance(value, str | list)}
    if wrong or not all(isinstance(item, str) for value in data.values() if isinstance(value, list) for item in value):
        yield f"{path}: values that are no texts: {wrong}"
    if not re.fullmatch(r"knowledge/errors/[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.md", path) or ".." in path:
        yield f"path {path!r}"


def jobs(seen: Outcome) -> Iterator[str]:
    """Standard output and error of every job, the summary, the outputs."""
    for line in LINE_END.split(seen.told):
        if COMMAND.search(line):
            yield f"log: {line[:120]!r}"
    yield from (f"log: unseen {one}" for one in unseen(seen.told)[:3])
    lines = seen.output.split("\n")
    while len(lines) > 1:
        name, _, end = lines[0].partition("<<")
        if lines[0] in ("recalled=true", "recalled=false"):
            lines = lines[1:]
            continue
        if name != "pull_requests" or end not in lines:
            yield f"output: {lines[0]!r}"
            return
        lines = lines[lines.index(end, 1) + 1 :]


def found(seen: Outcome) -> list[str]:
    """Everything that came out and must not."""
    out: list[str] = [f"exit codes {seen.codes}"] if any(seen.codes) else []
    out += jobs(seen)
    out += page("summary", seen.summary)
    for name, text in seen.proposal.items():
        if not re.fullmatch(r"proposal\.json|\d-[A-Za-z0-9][A-Za-z0-9._-]*/(?:case\.json|diagnosis\.json|preview\.md)", name):
            out.append(f"proposal: name {name!r}")
        if name.endswith(".md"):
            out += page(name, text)
    for request in seen.requests:
        ours = "errata-dashboard" in request["labels"] or str(request.get("head", "")).startswith("errata/")
        out += [*plain("title", request["title"]), *page("request" if "head" in request else "issue", request["body"], kept=ours)]
        out += [f"label {label!r}" for label in request["labels"] if not re.fullmatch(r"[A-Za-z0-9._/:-]{1,50}", label)]
        asked = (*request.get("requested_reviewers", ()), *request.get("requested_teams", ()))
        out += [f"reviewer {name!r}" for name in asked if not re.fullmatch(r"[\w.-]+", name)]
        if len(request["body"]) > 65_536 or len(request["title"]) > 256:
            out.append("request: too long")
    out += [f"branch {branch!r}" for branch in seen.branches if not BRANCH.fullmatch(branch) or ".." in branch or branch.endswith((".lock", "."))]
    for commit in seen.commits:
        out += plain("commit", commit)
    for path, text in seen.entries.items():
        out += [*front(path, text), *page("entry", text.split("\n---\n", 1)[1])]
    out += page("index", seen.index)
    for path, text in seen.pages.items():
        out += page(path.removeprefix("knowledge/").partition("/")[0], text, kept=True)
        if not re.fullmatch(r"knowledge/[a-z]+/(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9._-]{0,160}\.md", path) or ".." in path:
            out.append(f"path {path!r}")
    for post in seen.posts:
        out += slack(post)
    return out
