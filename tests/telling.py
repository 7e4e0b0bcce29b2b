"""Texts that tell one reading from another, each with what is read from it: `tests/rows/`, one JSON pair a line.

Every text is there because a small fault somewhere in the code changes what is read from it and from hardly any other (docs/testing.md). Who changes
a rule on purpose runs `python -m tests.telling` and reads in the difference what else it changed. Long words are cut by `¦`, so that no scanner
takes a made-up token for a leak.
"""

import difflib
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from bot.core.entry import front_matter, old_entry
from bot.core.entry.front_patch import Setting, patched, plain_items
from bot.core.entry.outline import outline
from bot.core.entry.sections import CAUSES, blocks, ensured, filled_end, sections, with_bullets
from bot.core.grounding.advice import is_general, is_imperative
from bot.core.grounding.authors import attributions
from bot.core.grounding.borrowed import is_borrowed
from bot.core.grounding.case import Known
from bot.core.grounding.claims import claims
from bot.core.grounding.links import without_foreign_links
from bot.core.grounding.names import people
from bot.core.grounding.past import recurrences, speaks_of_the_past
from bot.core.grounding.sentences import pieces, plain, without_lead
from bot.core.grounding.systems import moved_measures, named_parts
from bot.core.grounding.technology import is_technology
from bot.core.redaction.rules import WITH_ADDRESSES
from bot.core.signature import frame_name, signature, v1
from bot.core.signature.normalization import dropped, normalised, readable
from bot.core.stacktrace import in_app
from bot.model import Alert, Frame, Permalink
from tests.stories import lives
from tests.test_grounding_claims import CASE

FOLDER = Path(__file__).parent / "rows"
_LINK = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579")
_TIME = datetime(2025, 12, 17, tzinfo=UTC)
_KNOWN = Known(CASE)
_LONG = re.compile(r"[A-Za-z0-9_.=/+-]{6}(?=[A-Za-z0-9_.=/+-])")


def secrets(text: str) -> object:
    """Where each rule of redaction finds what."""
    return [(span.start, text[span.start : span.end], span.kind) for rule in WITH_ADDRESSES for span in rule(text, text.lower())]


def messages(text: str) -> object:
    """What of an error's message counts for its name, what is shown, and what was left out."""
    shape = normalised(text)
    return [shape, readable(shape), dropped(text)]


def frames(text: str) -> object:
    """Lines `language|function|file|module`: the name of each frame, the stem of its file; whose it is, whether a test, a library, and ours beside ours."""
    return [_frame(*(part or None for part in line.split("|"))) for line in text.split("\n")]


def _frame(language: str | None, function: str | None, file: str | None, module: str | None) -> tuple[str, str, str]:
    other = ("f", "Api.java" if language == "java" else "api.x", 1, "com.acme.Api", False)
    told = (
        in_app.origin(language, function or "", file, module),
        in_app.is_test(module, file),
        in_app.known_library(function or ""),
        *in_app.decided([(function or "", file, 1, module, False), other], language),
    )
    return frame_name.name_of(Frame(function or "", file, 3, module)), frame_name.stem(file or ""), "".join(str(int(one)) for one in told)


def names(text: str) -> object:
    """`type|culprit|message`: the signature, the names it had before, the place and the short type."""
    kind, culprit, message = text.split("|")
    alert = Alert(_LINK, _TIME, "prod", message, message=message, error_type=kind, culprit=culprit)
    made = signature.of(alert)
    return [made.name, made.culprit, made.error_type, made.message, v1.names(alert), signature.place(culprit), signature.last_name(kind)]


def sentences(text: str) -> object:
    """What a sentence claims, in each tone, whether it stands, and how it is read; what is as the text itself is left out."""
    said = [[f"{claim.what}: {claim.text}" + ("" if claim.stands else " !") for claim in claims(text, _KNOWN, tone)] for tone in ("claim", "advice", "past")]
    cut = [[part for part, _ in pieces(text)], plain(text), without_lead(text), *without_foreign_links(text, _KNOWN)]
    kinds = [speaks_of_the_past(text), is_technology(text), is_imperative(text), is_general(text), is_borrowed(text, _KNOWN)]
    found = (recurrences(text, _KNOWN), attributions(text, _KNOWN), people(text), named_parts(text), moved_measures(text))
    told = [*said, *([] if one in (text, [text]) else one for one in cut), *map(list, found)]
    return [one for one in told if one], "".join("ny"[kind] for kind in kinds)


def pages(text: str) -> object:
    """A Markdown page: what each line stands in, its headings, what is left open; its sections filled; what it says as an entry of the old format."""
    page = outline(text)
    old = old_entry.read(text)
    filled = ensured(with_bullets(text, CAUSES, ("one", "- two"), "\n"), {CAUSES: "- first"}, "\n")
    return [
        ["".join(line.kind[0] for line in page.lines), [(one.level, one.title, one.start) for one in page.headings], page.open_end],
        [(one.title, [inner.title for inner in blocks(text, one)], filled_end(text, one)) for one in sections(page, len(text))],
        list(difflib.ndiff(text.splitlines(keepends=True), filled.splitlines(keepends=True)))[-12:],
        [old_entry.is_old(text), *old, old_entry.named(old, "stem")],
    ]


def fronts(text: str) -> object:
    """A front matter: what is wrong with it or what it says, and its lines after a change of some values."""
    reading = front_matter.read(f"{text}\n## In short\n")
    problems = [(one.kind, one.line, one.cause, one.remedy) for one in reading.problems]
    if reading.meta is None or reading.block is None:
        return problems
    meta, block = reading.meta, reading.block
    first, last = meta.threads[:1], meta.threads[-1:]
    changes: tuple[dict[str, Setting], ...] = (
        {"status": "resolved", "resolution": 'a "b"\n\u2028c', "occurrences": meta.occurrences + 1},
        {"threads": (*meta.threads, "https://x"), "services": ("new", *meta.services), "aliases": ("a", "b")},
        {"threads": meta.threads[1:], "services": meta.services[:-1], "environments": ()},
        {"threads": (*last, *first), "services": (*meta.services, "tail")},
    )
    made = [patched(text, block, reading.values, meta, change).splitlines(keepends=True) for change in changes]
    told = [[line for line in difflib.ndiff(text.splitlines(keepends=True), lines) if line[0] in "+-"] for lines in made]
    return [msgspec.to_builtins(meta), [plain_items(text[block.start : block.end], one) for one in reading.values.values() if one.items], *told]


READINGS: dict[str, Callable[[str], object]] = {one.__name__: one for one in (secrets, messages, frames, names, sentences, pages, fronts, lives)}


@cache
def kept(subject: str) -> list[tuple[str, object]]:
    """Each text with what was read from it."""
    lines = (FOLDER / f"{subject}.jsonl").read_text(encoding="utf-8").replace("¦", "").split("\n")
    return [(text, read) for text, read in map(json.loads, filter(None, lines))]


def read(subject: str, text: str) -> object:
    """What is read from a text now, as JSON holds it."""
    return json.loads(json.dumps(READINGS[subject](text)))


def write(subject: str, texts: list[str]) -> None:
    """Keep what is read from these texts now."""
    lines = (_LONG.sub(r"\g<0>¦", json.dumps((text, read(subject, text)), ensure_ascii=False)) for text in texts)
    (FOLDER / f"{subject}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    for name in READINGS:
        write(name, [text for text, _ in kept(name)])
    sys.stdout.write("Read what `git diff tests/rows` shows: each line is something that is read in another way now.\n")
