"""A closed case read back as hostile data: from a proposal directory by the job that may write, or from a file to be diagnosed once more."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from bot.core.alert import permalink as permalinks
from bot.core.links.addresses import linked_below
from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature as signatures
from bot.errors import BadCase, BadLink, BotError
from bot.model import Alert, Case, Record
from bot.regex import regex

MAX_BYTES = 20_000_000
MAX_CASES = 20
MAX_EVIDENCE = 5_000
FILE = "case.json"
_ID = regex(r"E[1-9][0-9]{0,5}")
_FIRST_KEY = regex(rb"\s{0,1000}([\[{])")
Refused = Callable[[str], BotError]
"""The error of a case that is not taken, from its cause."""


class Closed(NamedTuple):
    """A closed case, and the redactor that it went through: what is looked up for it later goes through the same."""

    case: Case
    redactor: Redactor


class Bounds(Record, frozen=True):
    """Where links of a case may lead: hosts of Slack beside the known ones, and addresses below which evidence stands."""

    slack_hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def read_cases(path: Path, bounds: Bounds, own_secrets: tuple[str, ...] = ()) -> tuple[Closed, ...]:
    """The case or the list of cases of a file, or those of a proposal directory, each with a redactor that went over it.

    Signatures are worked out anew: what is altered in the alert must not keep the name of another error. Raises BadCase.
    """
    doing = f"reading the case in {path}"
    found = [case for file in _files(path, doing) for case in _decoded(file, f"reading the case in {file}")]
    if not 1 <= len(found) <= MAX_CASES:
        raise BadCase(doing, f"it holds {len(found):,} cases", f"give it 1 to {MAX_CASES}")
    return tuple(_read(case, bounds, own_secrets, doing) for case in found)


def checked(case: Case, redactor: Redactor, bounds: Bounds, refused: Refused) -> Case:
    """The case redacted, with the signature that its alert has, and with only the links that may be. Raises what `refused` makes of a cause."""
    if len(case.evidence) > MAX_EVIDENCE:
        raise refused(f"{len(case.evidence):,} pieces of evidence, at most {MAX_EVIDENCE:,} can be")
    if not _is_posted(case.alert, bounds.slack_hosts):
        raise refused("the alert's place is no link to a Slack message, or its time is another one")
    ids = [evidence.id for evidence in case.evidence]
    if len(set(ids)) != len(ids) or not all(_ID.fullmatch(name) for name in ids):
        raise refused("its evidence is not numbered E1, E2, …, each once")
    redacted = redactor.record(case)
    # From the redacted alert: what a rule would change in the name must not become a path.
    named = msgspec.structs.replace(redacted, signature=signatures.of(redacted.alert))
    # Earlier messages of the alert's own channel are linked too; that the alert is Slack's was checked above.
    channel = f"https://{case.alert.permalink.host}/archives/{case.alert.permalink.channel}/"
    return linked_below(named, (*bounds.addresses, channel))


def _read(case: Case, bounds: Bounds, own_secrets: tuple[str, ...], doing: str) -> Closed:
    redactor = Redactor(own=own_secrets)
    taken = checked(case, redactor, bounds, lambda cause: BadCase(doing, cause, "print it again: `bot evidence <slack link> --json`"))
    return Closed(taken, redactor)


def _is_posted(alert: Alert, slack_hosts: tuple[str, ...]) -> bool:
    """Whether the answer would go to a message that a link can name: the place decides where the bot speaks."""
    try:
        return permalinks.parse(alert.permalink.url, slack_hosts) == alert.permalink and alert.permalink.time == alert.time
    except BadLink:
        return False


def _files(path: Path, doing: str) -> list[Path]:
    if not path.is_dir():
        return [path]
    # Only files of the directory itself: what came as an artifact must not have others read.
    found = sorted(file for file in islice(path.glob(f"*/{FILE}"), MAX_CASES + 1) if not file.is_symlink()) or [path / FILE]
    if not found[0].exists():
        raise BadCase(doing, f"no {FILE} stands in it or one folder below", "name a file, or the directory that `bot diagnose` wrote")
    return found


def _decoded(file: Path, doing: str) -> tuple[Case, ...]:
    remedy = "give it what `bot evidence <slack link> --json` prints, with the same version of the bot"
    try:
        if not file.is_file():
            raise BadCase(doing, "there is no such file", remedy)
        if (size := file.stat().st_size) > MAX_BYTES:
            raise BadCase(doing, f"it has {size / 1e6:,.0f} MB; a case has at most {MAX_BYTES / 1e6:.0f}", remedy)
        content = file.read_bytes()
        opening = _FIRST_KEY.match(content)
        if opening is None:
            raise BadCase(doing, "it is no JSON of a case or of a list of cases", remedy)
        if opening[1] == b"[":
            return msgspec.json.decode(content, type=tuple[Case, ...])
        return (msgspec.json.decode(content, type=Case),)
    except OSError as error:
        raise BadCase(doing, error.strerror or "the disk refused", "check the path and its permissions") from error
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadCase(doing, str(error), remedy) from error
