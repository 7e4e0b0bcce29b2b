"""A text in its sentences, so that a mark stands with the sentence it belongs to; joined again, it is the same text."""

from collections.abc import Callable, Iterator

from bot.regex import regex

MARK = "[unverified]"
"""Stands at the end of a sentence that says something no evidence has. `texts` shows it in italics."""
_FENCE = regex(r"\s{0,8}(`{3,}|~{3,})")
_END = regex(r"(?:[.!?…]{1,8}[\"'”’»)\]]{0,4}|\[unverified\])(?:\s{1,8}(?![a-z\s])|\Z)|[。！？]{1,8}")
_SPAN = regex(r"`[^`\n]{1,600}`|“[^”\n]{1,600}”|\"[^\"\n]{1,600}\"|«[^»\n]{1,600}»")
_LEAD = regex(r"\s{0,40}(?:[-*+]|\d{1,4}[.)])\s{1,8}")
_STOPS = ".!?…。！？"


def marked(text: str, is_unfounded: Callable[[str, bool], bool]) -> str:
    """The text with `MARK` at each sentence of which `is_unfounded(sentence, is code)` holds; a mark that is there stays."""
    return "".join(_marked(piece, code, is_unfounded) for piece, code in pieces(text))


def plain(text: str) -> str:
    """The text without marks."""
    return text.replace(f" {MARK}", "").replace(MARK, "")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Sentences with the white space behind them, and whole blocks of code with the mark below them (True)."""
    fence, held = "", list[str]()
    for line in text.splitlines(keepends=True):
        opening = _FENCE.match(line)
        if fence:
            held.append(line)
            fence = "" if opening and opening[1].startswith(fence) and not line.strip().strip(fence[0]) else fence
            continue
        if held and line.strip() == MARK:
            held.append(line)
            continue
        if held:
            yield "".join(held), True
            held = []
        if opening:
            fence, held = opening[1], [line]
        else:
            yield from ((sentence, False) for sentence in _sentences(line))
    if held:
        yield "".join(held), True


def without_lead(sentence: str) -> str:
    """The sentence without the dash or number of a list."""
    return _LEAD.sub("", sentence, count=1) if _LEAD.match(sentence) else sentence


def _sentences(line: str) -> Iterator[str]:
    covered = [match.span() for match in _SPAN.finditer(line)]
    start, covering = 0, 0
    lead = _LEAD.match(line)
    for end in _END.finditer(line, lead.end() if lead else 0):
        while covering < len(covered) and covered[covering][1] <= end.start():
            covering += 1
        inside = covering < len(covered) and covered[covering][0] < end.start() and end.end() < covered[covering][1]
        if not inside and not line.startswith(MARK, end.end()):
            yield line[start : end.end()]
            start = end.end()
    if start < len(line):
        yield line[start:]


def _marked(piece: str, code: bool, is_unfounded: Callable[[str, bool], bool]) -> str:
    # Asked in any case, for it counts what stands.
    if not piece.strip() or not is_unfounded(plain(piece), code) or MARK in piece:
        return piece
    if code:
        return f"{piece}{MARK}\n" if piece.endswith("\n") else f"{piece}\n{MARK}"
    at = len(piece.rstrip().rstrip(_STOPS))
    return f"{piece[:at]} {MARK}{piece[at:]}"
