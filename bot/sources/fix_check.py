"""Whether the lines that an earlier fix added still stand, and if not, which commit removed them."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import msgspec

from bot.model import Commit, Evidence, FixCheck, Gap, PastFix
from bot.sources.code_reading import SOURCE, Reading
from bot.sources.git_history import Relation

_VERSIONS = 200
_CHECKED_LINES = 30
_CHECKED_FILES = 5
_REWORDED = 0.75
_COMMENT = re.compile(r"""^(?:#|//|/\*|\*|--\s|<!--|\"\"\"|''')""")
_NO_CODE = re.compile(r"(?:^|/)(?:tests?|specs?|__tests__|docs?)/|(?:^|/)test_|(?:_test|_spec|\.test|\.spec)\.|\.(?:md|rst|txt|lock|json|ya?ml|toml)$")


def check(fix: PastFix, readings: Sequence[Reading], failing: Sequence[str], relations: Mapping[str, Relation]) -> Evidence | Gap | None:
    """The state of one earlier fix as evidence. `failing` are the paths of the failing code, `relations` what is known of its commits.

    A line stands when it is found as often as at the fix, white space apart; moved to another file or reworded it stands too.
    """
    if fix.commit is None:
        return None
    wanted = f"whether the fix {fix.commit[:12]} of {fix.signature} still stands"
    known = [(reading, sha) for reading in readings if (sha := reading.checkout.known_commit(fix.commit))]
    if not known:
        return Gap(SOURCE, wanted, "no checkout has this commit", "fetch the whole history, and name the merged commit in the entry's `resolution`")
    reading, sha = known[0]
    if reading.shallow:
        return Gap(SOURCE, wanted, f"the clone of {reading.codebase.name} is shallow", f"git -C {reading.codebase.path} fetch --unshallow")
    changes = _telling(reading.checkout.change(sha), failing)
    if not changes:
        return Gap(SOURCE, wanted, "the commit added no line of code that could be looked for", "compare it by hand")
    checks = [_checked(fix, reading, change, relations) for change in changes]
    return _evidence(reading, next((one for one in checks if not one.stands), checks[0]))


def telling_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines that say something: no comments, no brackets alone, no blank ones."""
    kept = [line for line in lines if len(re.findall(r"\w", line)) >= 4 and not _COMMENT.match(line.strip())]
    return tuple(dict.fromkeys(kept))[:_CHECKED_LINES]


def _telling(changes: Sequence[Commit], failing: Sequence[str]) -> list[Commit]:
    added = [change for change in changes if set(telling_lines(change.added)) - set(change.removed)]
    there = [change for change in added if change.path in failing]
    return there or [change for change in added if not _NO_CODE.search(change.path)][:_CHECKED_FILES]


def _checked(fix: PastFix, reading: Reading, change: Commit, relations: Mapping[str, Relation]) -> FixCheck:
    checkout = reading.checkout
    path = change.path if reading.has(change.path) else checkout.renamed(change.sha, reading.commit, change.path) or change.path
    then, now = (_squeezed(blob or b"") for blob in checkout.blobs([(change.sha, change.path), (reading.commit, path)]))
    lines = [line for line in telling_lines(change.added) if line not in change.removed]
    missing = [line for line in lines if now.count(_squeezed(line)) < then.count(_squeezed(line))]
    missing = [line for line in missing if not _reworded(line, reading, path) and not _moved(line, reading, change)]
    removed_by = _remover(reading, change, path, missing) if missing else None
    if removed_by is not None:
        removed_by = reading.linked(msgspec.structs.replace(removed_by, relation=relations.get(removed_by.sha, removed_by.relation)))
    return FixCheck(fix.signature, reading.linked(change), not missing, tuple(missing), removed_by)


def _squeezed(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return re.sub(r"\s+", "", words)


def _reworded(line: str, reading: Reading, path: str) -> bool:
    content = (reading.checkout.blob(reading.commit, path) or b"").decode("utf-8", "replace")
    wanted = line.strip()
    near = (other.strip() for other in content.splitlines() if abs(len(other.strip()) - len(wanted)) <= len(wanted) // 2)
    return any(SequenceMatcher(None, wanted, other, autojunk=False).ratio() >= _REWORDED for other in near if not _COMMENT.match(other))


def _moved(line: str, reading: Reading, change: Commit) -> bool:
    """Whether a file of code has the line now that neither had it at the fix nor is the file it was added to."""
    now = {path for path in reading.checkout.places_of(reading.commit, line.strip()) if not _NO_CODE.search(path)} - {change.path}
    return bool(now and now - reading.checkout.places_of(change.sha, line.strip()))


def _remover(reading: Reading, change: Commit, path: str, missing: Sequence[str]) -> Commit | None:
    """The commit after the fix with the greatest loss of the missing lines; None when the history does not show one."""
    checkout = reading.checkout
    if not reading.has(path):
        return checkout.deletion(reading.commit, [path])
    versions = checkout.versions(reading.commit, path, _VERSIONS)
    until = versions[: versions.index(change.sha) + 1] if change.sha in versions else versions
    wanted = [_squeezed(line) for line in missing]
    standing = [sum(text.count(line) for line in wanted) for text in (_squeezed(blob or b"") for blob in checkout.blobs([(sha, path) for sha in until]))]
    losses = [(older - newer, -number) for number, (newer, older) in enumerate(pairwise(standing))]
    loss, number = max(losses, default=(0, 0))
    if loss <= 0:
        return None
    return next(iter(checkout.file_log(until[-number], path, 1)), None)


def _evidence(reading: Reading, found: FixCheck) -> Evidence:
    fix, remover = found.fix, found.removed_by
    parts = [f"{headline(fix, 'fix')}", fix.path, *(f"+{line}" for line in fix.added)]
    if found.stands:
        parts.append(f"These lines still stand at {reading.at}.")
    else:
        parts += [f"No longer there at {reading.at}:", *found.missing]
        parts += (
            [f"removed by {headline(remover)}", *changed_lines(remover)]
            if remover
            else ["No commit that removed them was found in its history: that version may never have had the fix."]
        )
    place = (remover or fix).permalink or f"{reading.codebase.name}@{(remover or fix).sha[:7]}"
    query = f"git log -p {fix.sha[:12]}..{reading.commit[:12]} -- {fix.path}"
    return Evidence("fix", SOURCE, place, "\n".join(parts), time=(remover or fix).time, query=query, detail=found)


def headline(commit: Commit, noun: str = "commit") -> str:
    """One line that names a commit."""
    return f"{noun} {commit.sha[:7]} of {commit.time:%Y-%m-%d} by {commit.author or 'unknown'}: {commit.subject}"


def changed_lines(commit: Commit) -> list[str]:
    """What a commit removed and added, as a diff shows it."""
    return [*(f"-{line}" for line in commit.removed), *(f"+{line}" for line in commit.added)]
