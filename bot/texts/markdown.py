"""GitHub Markdown made of untrusted text: readable where it lands, and nothing in it alive.

GitHub resolves `@name`, `#12`, `GH-12` and commit ids after Markdown was rendered, so a backslash does not stop them; a code span does
(docs.github.com, "Autolinked references and URLs"). A squash merge copies titles and bodies into a commit message, which is read raw: there
`[skip ci]`, `skip-checks:` and closing keywords must not stand at all, not even in a fence.
"""

import re
from urllib.parse import SplitResult, quote, urlsplit

from bot.core.entry.outline import outline
from bot.core.grounding.sentences import MARK
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.regex import regex

__all__ = ["bullets", "code", "commit_message", "cut", "fence", "inline", "link", "prose", "reviewed", "sentence", "table", "title"]

_KEYWORD = r"(?:clos(?:e|es|ed)|fix(?:|es|ed)|resolv(?:e|es|ed))"
_CLOSING = regex(rf"(\b{_KEYWORD}\b[\s:]{{0,8}}(?:https?://[^\s#]{{1,200}}/(?:issues|pull)/|[\w.-]{{0,100}}/?[\w.-]{{0,100}}#|GH-))(?=\d)", re.IGNORECASE)
_SKIP = regex(r"\[([\s_-]{0,8}(?:(?:skip|no)[\s_-]{0,8}(?:ci|actions?)|(?:ci|actions?)[\s_-]{0,8}skip)[\s_-]{0,8})\]", re.IGNORECASE)
_SKIP_CHECKS = regex(r"\bskip-checks?(?=\s{0,8}:)", re.IGNORECASE)

_LIVE = regex(r"://|[Ww]{3}\.|@\w|#\d|[Gg](?<!\w.)[Hh]-\d|[0-9A-Fa-f](?<![^\W_].)[0-9A-Fa-f]{6,39}(?![^\W_])")
# Without one of these nothing is live: seven digits of a commit, or the end of what the others begin with. Quicker to look for.
_LIVE_ENDS, _COMMIT = ("://", "@", "#", "w.", "W.", "h-", "H-"), regex(r"[0-9A-Fa-f]{7}")
_OPENING, _ENDING = "([{<\"'*_~,;", ")]}>\"'*_~,;:.!?"
_PIECES = regex(r"[^\s|]+|\s+|\|")
_SPECIAL = regex(r"[\\`*\[\]~$|<]|&(?=#?\w{1,40};)|_(?:(?<![^\W_]_)|(?![^\W_]))")
_BLOCK_START = regex(r"[-+=>/:#]|\d{1,9}(?=[.)])")
_SAFE_URL = "-._~:/?#@!$&'()*+,;=%"
_LONGEST_RUN = 32
_MARK, _UNVERIFIED = _SPECIAL.sub(r"\\\g<0>", MARK), "*(unverified)*"
# GitHub draws these instead of showing them; "suggestion" offers a button that commits the text.
_DRAWN = frozenset({"mermaid", "math", "geojson", "topojson", "stl", "suggestion"})


def inline(text: str) -> str:
    """Untrusted text as one line of inert Markdown; safe in a paragraph, a list item, a heading or a table cell."""
    return _not_a_block(_words(one_line(text)))


def sentence(text: str, *, in_table: bool = False) -> str:
    """One line that the bot or a model wrote: as `inline`, but its code spans stay code spans, and what is marked as unverified shows it."""
    return _spans(one_line(text), frozenset(), in_table=in_table).replace(_MARK, _UNVERIFIED)


def code(text: str, *, in_table: bool = False) -> str:
    """A code span around one line of text, with more backticks than the text has in a row; empty text gives an empty string."""
    words = _without_commands(one_line(text))
    if not words:
        return ""
    words = re.sub(rf"`{{{_LONGEST_RUN},}}", "`" * _LONGEST_RUN, words)
    ticks = "`" * (_longest(words, "`") + 1)
    edge = " " if words[0] == "`" or words[-1] == "`" else ""
    if in_table:
        words = words.replace("|", "\\|")
    return f"{ticks}{edge}{words}{edge}{ticks}"


def fence(text: str, language: str = "") -> str:
    """A fenced block that nothing inside can close. A language that GitHub would draw or offer to commit is left out."""
    words = _without_commands(visible(text)).strip("\n").rstrip()
    for mark in "`~":
        words = re.sub(rf"{mark}{{{_LONGEST_RUN},}}", mark * _LONGEST_RUN, words)
    mark = "`" if _longest(words, "`") <= _longest(words, "~") + 3 else "~"
    bars = mark * max(3, _longest(words, mark) + 1)
    known = language.lower() if re.fullmatch(r"[A-Za-z0-9_+-]{1,20}", language) and language.lower() not in _DRAWN else ""
    return f"{bars}{known}\n{words}\n{bars}"


def prose(text: str, allowed_links: frozenset[str] = frozenset()) -> str:
    """Paragraphs, lists, code spans and fenced code of a written text; all else of Markdown shows as the characters it is made of.

    A link stays a link only when its target is one of `allowed_links`.
    """
    lines, out, at = visible(text).split("\n"), list[str](), 0
    while at < len(lines):
        opening = re.match(r"\s{0,8}(`{3,}|~{3,})[ ]*([\w+-]{0,20})[^`]*$", lines[at])
        if opening:
            mark = opening.group(1)
            end = next((n for n in range(at + 1, len(lines)) if _closes(lines[n], mark)), len(lines))
            out.append(fence("\n".join(lines[at + 1 : end]), opening.group(2)))
            at = end + 1
        else:
            out.append(_prose_line(lines[at], allowed_links))
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n").replace(_MARK, _UNVERIFIED)


def reviewed(text: str) -> str:
    """Markdown that people wrote and merged, for an issue of the bot: as it is, links too, but it calls nobody, fetches no image, holds no tag or command."""
    return "\n".join(line.text if line.kind == "code" else _quiet_line(line.text, tags=line.kind == "prose") for line in outline(visible(text)).lines)


def link(label: str, url: str) -> str:
    """A link to an https or file URL, without user information; anything else gives the label, and the target as code."""
    target = one_line(url)
    parts = _split(target)
    there = parts is not None and (parts.netloc if parts.scheme == "https" else parts.scheme == "file" and (parts.netloc or parts.path.strip("/")))
    if parts is None or not there or "@" in parts.netloc:
        return " ".join(filter(None, (inline(label), f"({code(target)})" if target and target != one_line(label) else "")))
    safe = re.sub(r"&(?=#?\w{1,40};)", "&amp;", quote(target, safe=_SAFE_URL))
    if "(" in safe or ")" in safe:
        safe = f"<{safe}>"
    return f"[{_label(label)}]({safe})"


def table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, left: bool = False) -> str:
    """A Markdown table of cells that are Markdown already; empty without rows. `left` keeps the header from being centred."""
    if not rows:
        return ""
    lines = [header, tuple(":---" if left else "---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def bullets(items: tuple[str, ...]) -> str:
    """A list of untrusted one-line texts."""
    return "\n".join(f"- {inline(item)}" for item in items if item.strip())


def title(text: str, limit: int = 256) -> str:
    """A plain one-line title (GitHub: at most 256 characters) without skip tokens, mentions, references, trailers or slash commands."""
    words = _without_skips(one_line(text))
    words = re.sub(r"@(?=\w)", "@ ", words)
    words = re.sub(r"#(?=\d)", "# ", words)
    words = re.sub(r"\bGH-(?=\d)", "GH ", words, flags=re.IGNORECASE)
    words = re.sub(r"://", ": //", words)
    words = re.sub(r"(?<![\w-])(?=[0-9a-f]{0,39}[a-f])(?=[0-9a-f]{0,39}\d)([0-9a-f]{6})[0-9a-f]{1,34}(?![\w-])", r"\1…", words)
    words = re.sub(r"\b([A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){0,3}-(?:by|to|checks?))\s?:", r"\1", words)
    return cut(words.lstrip("/-:# ").strip() or "untitled", limit)


def commit_message(text: str, limit: int = 100) -> str:
    """The subject line of a commit: like a title, shorter."""
    return title(text, limit)


def _words(line: str) -> str:
    line = _without_skips(line)
    if not _live(line):  # as most lines: no piece of it is, and none needs a look of its own
        return _SPECIAL.sub(_escaped, line)
    return "".join(_piece(piece) for piece in _PIECES.findall(line))


def _live(line: str) -> bool:
    return (any(end in line for end in _LIVE_ENDS) or _COMMIT.search(line) is not None) and _LIVE.search(line) is not None


def _not_a_block(words: str) -> str:
    """A line that cannot begin a list, a heading, a quotation, a rule, or be a slash command."""
    start = _BLOCK_START.match(words)
    if start is None:
        return words
    return f"{start.group()}\\{words[start.end() :]}" if start.group().isdigit() else f"\\{words}"


def _piece(piece: str) -> str:
    """One word, one run of spaces or one bar of a line."""
    if not _LIVE.search(piece):
        return _SPECIAL.sub(_escaped, piece)
    start = len(piece) - len(piece.lstrip(_OPENING))
    end = max(start, len(piece.rstrip(_ENDING)))
    core = piece[start:end]
    return _SPECIAL.sub(_escaped, piece[:start]) + code(core) + _SPECIAL.sub(_escaped, piece[end:])


def _escaped(match: re.Match[str]) -> str:
    entities = {"<": "&lt;", "&": "&amp;"}
    return entities.get(match.group()) or "\\" + match.group()


def _without_commands(text: str) -> str:
    """Code is inert on a page but not in the commit message of a squash merge: break what GitHub would obey there."""
    return _CLOSING.sub(r"\1 ", _without_skips(text))


def _without_skips(text: str) -> str:
    if "[" in text:
        text = _SKIP.sub(r"(\1)", text)
    return _SKIP_CHECKS.sub("skip checks", text) if "kip-check" in text.casefold() else text


def _longest(text: str, mark: str) -> int:
    return max((len(run) for run in re.findall(f"{mark}+", text)), default=0)


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(mark) and set(bare) == {mark[0]}


def _prose_line(line: str, allowed_links: frozenset[str]) -> str:
    item = re.match(r"([ \t]{0,12})([-*+]|\d{1,4}[.)])[ \t]{1,8}(?=\S)", line)
    if item is None:
        return _spans(line.strip(), allowed_links)
    depth = min(len(item.group(1).expandtabs(4)) // 2, 3)
    mark = "-" if not item.group(2)[0].isdigit() else item.group(2)
    return "  " * depth + f"{mark} " + _spans(line[item.end() :].strip(), allowed_links)


# What is escaped, code and addresses; one with an `@` may be none to GitHub.
_KEPT = regex(r"\\[`\\]|(?<!`)(`{1,20})(?!`)[^`]{1,1000}\1(?!`)|<https?://[^\s<>]{1,2000}>|https?://[^\s<>()\[\]`@]{1,2000}")
_CALLED = regex(r"@(?=\w)|#(?=\d)|\b[Gg][Hh]-(?=\d)")
_TAG = regex(r"<(?!/?(?:details|summary|br|sub|sup|kbd)\b)(?=[A-Za-z/!?])", re.IGNORECASE)


def _quiet_line(line: str, *, tags: bool) -> str:
    out, at = list[str](), 0
    for match in _KEPT.finditer(line):
        out += [_quiet(line[at : match.start()], tags=tags), match.group()]
        at = match.end()
    words = _without_skips("".join((*out, _quiet(line[at:], tags=tags))))
    start = len(words) - len(words.lstrip())
    return f"{words[:start]}\\{words[start:]}" if words[start : start + 1] == "/" else words


def _quiet(words: str, *, tags: bool) -> str:
    """`tags`: the few that only lay out stay; where a whole block is raw HTML or a comment, none does."""
    words = _TAG.sub("&lt;", words) if tags else words.replace("<", "&lt;")
    return _CALLED.sub(r"\g<0> ", words).replace("![", "!\\[")


_SPANS = regex(r"(?<!`)(`{1,3})(?!`)([^`]{1,500})\1(?!`)|\[([^\[\]]{1,300})\]\((https?://[^\s()<>]{1,2000})\)|(https://[^\s<>()\[\]`|]{1,2000})")


def _spans(line: str, allowed_links: frozenset[str], *, in_table: bool = False) -> str:
    """Code spans and allowed links of one line, everything between them inert."""
    out, at = list[str](), 0
    for match in _SPANS.finditer(line):
        if match.group(2):
            live = code(match.group(2), in_table=in_table)
        elif match.group(4):
            live = link(match.group(3), match.group(4)) if match.group(4) in allowed_links else ""
        else:
            url = match.group(5).rstrip(".,;:!?")
            live = link(url, url) + _words(match.group(5)[len(url) :]) if url in allowed_links else ""
        if live:
            out += [_between(line[at : match.start()]), live]
            at = match.end()
    out.append(_between(line[at:]))
    return _not_a_block("".join(out))


def _between(text: str) -> str:
    """Inert text that keeps the white space at its edges."""
    if not text.strip():
        return " " if text else ""
    return (" " if text[0].isspace() else "") + _words(one_line(text)) + (" " if text[-1].isspace() else "")


def _label(label: str) -> str:
    """Link text: GitHub resolves nothing inside a link, but a URL in it must not become one of its own."""
    return inline(label) or "link"


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
