"""Lint rules on the text of pages: sections, links, secrets, and what Markdown should not hold."""

import posixpath
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from bot.core.entry.sections import SECTIONS, sections
from bot.core.knowledge import index_marks
from bot.core.lint.page import Found, Page, Rule, Rules
from bot.regex import regex

RULES = Rules()
MAX_BYTES = 500_000  # GitHub's code search leaves out files above 350 KiB, its diff view those above 500 kB
SHOWN = 20
_ESCAPED = r"(?<!\\)(?:\\\\)*"
# After the target stands nothing but a title, else it is no link: `f[0](1, 2)`, `[Note]: the pool is small`. `[^1]:` is a footnote.
_TARGET = r"\s{0,9}(?:<([^<>]{1,1000})>|((?!<)(?:[^()\s]|\([^()\s]{0,200}\)){1,1000}))(?=\s{0,9}(?:[\"')]|\s\(|\Z))"
_LINK = regex(_ESCAPED + r"\[(?:\\.|[^\[\]\\]){0,1000}\]\(" + _TARGET)
_DEFINITION = regex(r"^ {0,3}\[(?!\^)[^\]]{1,500}\]:" + _TARGET)
_IMAGE = regex(_ESCAPED + r"!\[")
_TAG = regex(_ESCAPED + r"</?([A-Za-z][A-Za-z0-9-]{0,40})(?=[\s/>]|\Z)")
_ANGLED = regex(_ESCAPED + r"\](?:\(|:)\s{0,9}<[^<>]{1,1000}>")
_HARMLESS = frozenset({"details", "summary", "br", "sub", "sup", "kbd"})
# Persian and other scripts write words with it; between letters of ours it only hides.
_JOINT = regex(r"(?<=[^\W\x00-\x7f])\u200c(?=[^\W\x00-\x7f])")
_UNDERLINE = regex(r" {0,3}(?:=+|-+)[ \t]*\Z")
_SIGN = regex(r":[a-z0-9_+-]{1,40}:|[^\w ]|_")
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_CONFLICT = regex(r"(?:<{7}|>{7}|\|{7})(?: |\Z)")


@RULES.page("KB002", "move long quotes out of the entry and link to them; cut old occurrences")
def small(page: Page) -> Iterator[Found]:
    """A file is not larger than 500 kB."""
    size = len(page.text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        yield Found(1, f"{size // 1000} kB")


@RULES.page("KB020", "add the section, or give the one that was renamed its name back: what the bot does not find, it adds at the next occurrence")
def all_sections(page: Page) -> Iterator[Found]:
    """An entry has all six sections: In short, Error Signature, Diagnosis History, Common Causes, Resolution Patterns, Related Errors."""
    reading = page.reading
    if reading and reading.block and not (reading.meta and reading.meta.replaced_by):  # else it only says where the entry went
        there = {span.title.casefold() for span in sections(page.outline, len(page.body))}
        for title in SECTIONS:
            if title.casefold() in there:
                continue
            line, words = _in_other_form(page, title)
            if line:
                yield Found(line, f"`{words}` is not read as the section `## {title}`", f"write the heading as `## {title}`, or the bot adds a second one")
            else:
                yield Found(page.body_line, f"the section `## {title}` is missing")


def _in_other_form(page: Page, title: str) -> tuple[int, str]:
    """Line and words of a heading that reads like this one to people: of another level, underlined, in bold, with a sign beside it. 0 for none."""
    lines = page.outline.lines
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], None], strict=True), start=page.body_line):
        words = line.text.strip()
        is_heading = words.startswith("#") or (following is not None and _UNDERLINE.match(following.text) is not None)
        if is_heading and not line.hidden and _plain(words) == _plain(title):
            return number, words
    return 0, ""


def _plain(words: str) -> str:
    return " ".join(_SIGN.sub(" ", words).split()).casefold()


@RULES.page("KB021", "move the section, with everything below its heading")
def sections_in_order(page: Page) -> Iterator[Found]:
    """The sections stand in that order, each once; sections of your own may stand anywhere."""
    if not page.is_entry:
        return
    order = [title.casefold() for title in SECTIONS]
    latest, seen = 0, set[str]()
    for span in sections(page.outline, len(page.body)):
        name = span.title.casefold()
        if name not in order:
            continue
        line = page.line_at(len(page.text) - len(page.body) + span.start)
        if name in seen:
            yield Found(line, f"the section `## {span.title}` stands twice", "join the two")
        elif order.index(name) < latest:
            yield Found(line, f"`## {span.title}` stands after `## {SECTIONS[latest]}`")
        seen.add(name)
        latest = max(latest, order.index(name))


@RULES.page("KB022", "choose one side and delete the markers")
def no_conflicts(page: Page) -> Iterator[Found]:
    """No merge-conflict marker stands in a file."""
    for problem in page.reading.problems if page.reading else ():
        if problem.kind == "conflict":
            yield Found(problem.line, problem.cause, problem.remedy)
    if page.reading is None or page.reading.block:
        for number, line in enumerate(page.outline.lines, start=page.body_line):
            if not line.hidden and _CONFLICT.match(line.text):
                yield Found(number, f"a merge-conflict marker: `{line.text[:7]}`")


@RULES.page("KB023", "close it, on a line of its own")
def closed(page: Page) -> Iterator[Found]:
    """Every code fence and comment is closed: an open one swallows the rest of the page."""
    ending = page.outline.open_end
    if ending:
        yield Found(page.body_line + len(page.outline.lines) - 1, f"the closing {ending} is missing")


@RULES.page("KB030", "mend the path, which starts from the file's own folder, or remove the link")
def links_lead_somewhere(page: Page) -> Iterator[Found]:
    """A relative link leads to a file of this repository."""
    folder = posixpath.dirname(page.path)
    ours = index_marks.lines_of(page.text)  # made anew after the merge: whoever takes an entry out has nothing to mend there
    for number, words in page.prose():
        if number in ours:
            continue
        for target in [match.group(1) or match.group(2) for pattern in (_LINK, _DEFINITION) for match in pattern.finditer(words)]:
            if _SCHEME.match(target):
                continue
            bare = unquote(target.partition("#")[0].partition("?")[0])
            path = posixpath.normpath(bare.lstrip("/") if bare.startswith("/") else posixpath.join(folder, bare))
            if path.startswith("..") or "\0" in path or not page.exists(path):
                yield Found(number, f"the link to {target[:120]} leads nowhere")


@RULES.page("KB031", "revoke the secret now, then take it out of the branch's history, not only of the file")
def no_secrets(page: Page) -> Iterator[Found]:
    """No password, token, key or personal data stands in a file."""
    found = sorted({(page.line_at(offset), kind) for offset, kind in page.find_secrets(page.text)})
    for line, kind in found[:SHOWN]:
        yield Found(line, f"looks like a secret ({kind})")


def no_secrets_rule() -> Rule:
    """The rule itself, for what is looked through beside the pages."""
    return next(rule for rule in RULES.rules if rule.of_page is no_secrets)


@RULES.page("KB032", "put it in code (backticks), or escape the first character with a backslash")
def no_markup(page: Page) -> Iterator[Found]:
    """No raw HTML and no image stands outside code: what looks like `<id>` disappears on the page, and an image tells its host who looks."""
    for number, words in page.prose():
        for match in _TAG.finditer(_ANGLED.sub("](", words)):
            if match.group(1).casefold() not in _HARMLESS:
                yield Found(number, f"raw HTML: `<{match.group(1)}`")
        if _IMAGE.search(words):
            yield Found(number, "an image", "link to it instead: without the `!`")


@RULES.page("KB033", "delete the character, or write it as its code point (U+202E)")
def nothing_invisible(page: Page) -> Iterator[Found]:
    """No invisible character stands in a file: control characters, bidirectional marks, zero-width spaces."""
    for number, line in enumerate(page.text.removeprefix("\ufeff").split("\n"), start=1):
        odd = next((mark for mark in _JOINT.sub("", line.removesuffix("\r")) if invisible(mark)), None)
        if odd:
            yield Found(number, f"the invisible character U+{ord(odd):04X}")


def invisible(mark: str) -> bool:
    """Whether a character may not stand in a page because nobody sees it."""
    return not mark.isprintable() and mark not in "\t\u200d\u00a0\u3000" and unicodedata.category(mark) in ("Cc", "Cf", "Zl", "Zp", "Cs")
