"""Why an error has its name, for a terminal: what counted, what was dropped, which entries stand near."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.core.knowledge.signature_account import Account, Alike, CountedFrame, Origin
from bot.core.plain_text.plain_text import cut, one_line
from bot.texts.workflow import inert_log

MAX_FRAMES = 8
MAX_LINKS = 8
MAX_DROPPED = 12
_KINDS = {"n": "number", "id": "id", "data": "data", "value": "value"}
_SHARED = {"library": "of libraries", "runtime": "of runtimes and test runners", "generated": "generated", "repeated": "again", "further out": "further out"}


def page(accounts: Sequence[Account]) -> str:
    """Every error of the text, one after the other. Nothing in it is a command to a terminal or to GitHub Actions."""
    return inert_log("\n\n".join("\n".join(_account(one, number, len(accounts))) for number, one in enumerate(accounts, start=1)))


def _account(one: Account, number: int, count: int) -> Iterator[str]:
    signature = one.signature
    yield f"{one.name}{f'  ({number} of {count} errors in the text)' if count > 1 else ''}"
    if one.name != signature.name:
        yield from _row("its own name", f"{signature.name}; the entry that it belongs to has another")
    yield from _row("fingerprint", f"{one.fingerprint}  (algorithm {signature.version})")
    for print_, name in zip(signature.earlier[::2], signature.earlier[1::2], strict=False):
        yield from _row(f"by {print_.partition(':')[0]}", f"{name}  {print_}")
    yield from _row("culprit", f"{signature.culprit}  ({_origin(one.culprit_origin)})")
    yield from _row("type", _type(one))
    yield from _chain(one)
    yield from _message(one)
    yield from _frames(one.frames)
    yield from _near(one.near)


def _row(title: str, words: str) -> Iterator[str]:
    yield f"  {title:<14}{_line(words)}"


def _origin(origin: Origin) -> str:
    if origin.of == "nothing":
        return "nothing in the text names one"
    if origin.of == "service":
        return "the service; nothing names a handler, function or frame of our own"
    if origin.of == "frame":
        return f"the frame {origin.quote}"
    return f"the text says: {cut(one_line(origin.quote), 100)}" if origin.quote else "the text names it"


def _type(one: Account) -> str:
    if not one.full_type:
        return "unknown  (the text names none)"
    return one.signature.error_type if one.full_type == one.signature.error_type else f"{one.signature.error_type}  (of {one.full_type})"


def _chain(one: Account) -> Iterator[str]:
    links = one.chain if len(one.chain) <= MAX_LINKS else (*one.chain[: MAX_LINKS - 1], one.chain[-1])
    for number, (error_type, message) in enumerate(links):
        words = ": ".join(filter(None, (error_type, cut(one_line(message), 120))))
        counts = "  ← explains it" if (error_type, message) == (one.full_type, one.message) else ""
        yield from _row("chain" if not number else "", f"{'caused by ' if number else ''}{words}{counts}")
    if len(links) < len(one.chain):
        yield from _row("", f"({len(one.chain) - len(links)} more between them)")


def _message(one: Account) -> Iterator[str]:
    yield from _row("message", one.signature.message or "(none)")
    for value, kind in one.dropped[:MAX_DROPPED]:
        yield from _row("  dropped", f"{cut(one_line(value), 120)}  ({_KINDS.get(kind, kind)})")
    if len(one.dropped) > MAX_DROPPED:
        yield from _row("", f"and {len(one.dropped) - MAX_DROPPED} more")


def _frames(frames: Sequence[CountedFrame]) -> Iterator[str]:
    counted = [frame for frame in frames if frame.verdict == "counts"]
    yield from _row("frames", "innermost last:" if counted else "none counts" if frames else "none in the text")
    for frame in counted:
        yield from _row("  counts", f"{frame.name}  {frame.place}")
    rest = sorted((frame for frame in frames if frame.verdict != "counts"), key=lambda frame: list(_SHARED).index(frame.verdict))
    for verdict, group in groupby(rest, key=lambda frame: frame.verdict):
        members = list(group)
        names = list(dict.fromkeys(frame.name or frame.function for frame in members))
        shown = ", ".join(cut(one_line(name), 60) for name in names[:MAX_FRAMES])
        more = f", and {len(names) - MAX_FRAMES} more" if len(names) > MAX_FRAMES else ""
        yield from _row("  left out", f"{len(members)} {_SHARED[verdict]}: {shown}{more}")


def _near(near: Sequence[Alike]) -> Iterator[str]:
    if not near:
        yield from _row("known", "no entry of this error in the knowledge folder, and none like it")
    for number, one in enumerate(near):
        past = one.entry
        yield from _row("known" if not number else "", f"{past.path}  {past.status}, {_times(past.occurrences)}, last {past.last_seen:%Y-%m-%d}: {_why(one)}")
        yield from _row("", f"  {past.title}")


def _why(one: Alike) -> str:
    if one.entry.relation == "same":
        return "this very error"
    if one.entry.relation == "alias":
        return "this error, under an alias"
    reasons = (
        "the same type" if one.same_type else "",
        "the same culprit" if one.same_culprit else "",
        f"the words {', '.join(one.words[:8])}" if one.words else "",
    )
    return f"like it: {'; '.join(filter(None, reasons))}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _line(text: str) -> str:
    return cut(shown(text), 300).rstrip()


def shown(text: str) -> str:
    r"""The same text with controls, directions and whatever else cannot be seen as escapes: `\x1b`, `\u202e`."""
    return text if text.isprintable() else "".join(character if character.isprintable() else _escape(ord(character)) for character in text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
