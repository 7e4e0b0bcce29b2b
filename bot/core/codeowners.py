"""Who owns a path, by a CODEOWNERS file: the last pattern that matches wins, as GitHub documents it."""

import re

MAX_LINES = 20_000


def owners(codeowners: str, path: str) -> tuple[str, ...]:
    """The owners of a path, without their `@`: users and `org/team`; e-mail owners are left out, GitHub takes none as reviewer."""
    found: tuple[str, ...] = ()
    for line in codeowners.splitlines()[:MAX_LINES]:
        pattern, *names = line.partition(" #")[0].split()[:50] or [""]
        if pattern and not pattern.startswith("#") and _matches(pattern[:300], path):
            found = tuple(name.removeprefix("@") for name in names if re.fullmatch(r"@[A-Za-z0-9][\w.-]{0,99}(?:/[\w.-]{1,100})?", name))
    return found


def _matches(pattern: str, path: str) -> bool:
    # Stars are taken segment by segment, so that a pattern costs no more than it is long.
    segments = re.split(r"(\*{1,200}|\?)", pattern.strip("/"))
    glob = "".join({"*": "[^/]*", "?": "[^/]"}.get(part, ".*" if part.startswith("**") else re.escape(part)) for part in segments)
    anchored = pattern.startswith("/") or "/" in pattern.strip("/")
    below = "(?:/.*)?" if not pattern.endswith("*") or pattern.endswith("**") else ""
    return re.fullmatch(("" if anchored else "(?:.*/)?") + glob + below, path) is not None
