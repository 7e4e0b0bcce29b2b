"""The message of a signature in the letters in which it was said: a name is worked out in lower case, and is read by people."""

from bot.regex import regex

_PIECES = regex(r"[^\s…]{1,400}|[\s…]{1,400}")
_LONGEST = 20_000


def recased(words: str, said: str) -> str:
    """`words` with the capitals that `said` has in the same words, in their order. Nothing but the case of a letter ever changes."""
    said = said[:_LONGEST]
    lower = said.lower()
    if len(lower) != len(said):  # a few letters become two: the places would not agree
        return words
    out, at = list[str](), 0
    for piece in _PIECES.findall(words):
        found = lower.find(piece.lower(), at) if not piece.isspace() else -1
        if found < 0 or said[found : found + len(piece)].lower() != piece.lower():
            out.append(piece)
        else:
            out.append(said[found : found + len(piece)])
            at = found + len(piece)
    return "".join(out)
