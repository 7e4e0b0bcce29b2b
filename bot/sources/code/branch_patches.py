"""What the commits of a branch add since a base, as git tells it: for the linter, which looks through it for secrets."""

from collections.abc import Sequence
from pathlib import Path

from bot.core.plain_text.plain_text import cut
from bot.errors import BadCommand
from bot.regex import regex
from bot.sources.code.git_history import Checkout

SECONDS = 60  # git reads every commit of a pull request
_SHA = regex(r"[0-9a-f]{7,64}")
_PATCH = ("-p", "--unified=0", "--no-renames", "--no-color", "--text", "--src-prefix=a/", "--dst-prefix=b/")


def patches_since(root: Path, base: str, paths: Sequence[str]) -> tuple[str, str]:
    """Unified diffs of these paths: from the base to what is checked out, and of every commit between, each behind `commit <id>`.

    Raises BadCommand for a base that is none or is not in this checkout, SourceError where git fails.
    """
    doing = f"looking through what was added since {cut(base, 70)!r}"
    if _SHA.fullmatch(base) is None:
        raise BadCommand(doing, "that is no commit", "give its id, 7 to 64 hexadecimal digits")
    history = Checkout(root, "the knowledge base", SECONDS)
    if history.commit(base) is None:
        raise BadCommand(doing, "this checkout does not have that commit", "check out the whole history: `fetch-depth: 0`")
    final = history.output("diff", *_PATCH, base, "HEAD", "--", *paths)
    # A merge may hold what neither of its parents does.
    return final, history.output("log", *_PATCH, "--diff-merges=first-parent", "--format=commit %H", f"{base}..HEAD", "--", *paths)
