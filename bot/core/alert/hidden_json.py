"""JSON for a hidden mark: its texts are outsiders', and a squash merge puts the whole description into a commit message, where comments hide nothing."""

import json

from bot.regex import regex

_TEXT = regex(r'"(?:[^"\\]|\\.)*"')
_READ = regex(r"[<>#@\[\]:-]")


def hidden_json(told: object) -> str:
    """One line of ASCII that reads back as the same, and in whose texts nothing closes the comment, and GitHub finds no reference, mention or command."""
    return _TEXT.sub(lambda text: _READ.sub(lambda one: f"\\u{ord(one[0]):04x}", text[0]), json.dumps(told))
