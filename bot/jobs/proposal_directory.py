"""The directory that carries a diagnosis from the job that reads untrusted text to the job that may write."""

import shutil
from pathlib import Path

import msgspec

from bot.core.alert import permalink as permalinks
from bot.core.alert.messages import MOST_ALSO
from bot.core.grounding.case import links_of
from bot.core.grounding.grounding import grounded
from bot.core.redaction.redaction import Redactor
from bot.errors import BadLink, BadProposal
from bot.jobs import failure_note
from bot.jobs.closed_case import FILE, MAX_BYTES, MAX_CASES, Bounds, checked
from bot.model import Case, Diagnosis, Permalink, Record
from bot.regex import regex

CASE, DIAGNOSIS, PREVIEW, ALSO = FILE, "diagnosis.json", "preview.md", "also.json"
MARKER = "proposal.json"
_FOLDER = regex(r"\d{1,2}-[A-Za-z0-9][A-Za-z0-9._-]{0,149}")
_AGAIN = "run `bot diagnose` again; do not edit the directory"


class Contents(Record, frozen=True):
    """The list of the case folders; a directory without it is not ours."""

    cases: tuple[str, ...]
    schema: int = 1


class Proposed(Record, frozen=True):
    """One case with its diagnosis, as they travel. `also` are alerts that said the same, to be recorded and answered with it."""

    case: Case
    diagnosis: Diagnosis
    also: tuple[Permalink, ...] = ()


def write(directory: Path, proposed: tuple[Proposed, ...], previews: tuple[str, ...]) -> None:
    """Replace an earlier proposal at `directory`; refuse a folder that holds anything else. Raises BadProposal."""
    refuse_foreign(directory)
    try:
        _write(directory, proposed, previews)
    except OSError as error:
        raise BadProposal(f"writing the proposal to {directory}", error.strerror or "the disk refused", "name another folder with --out") from error


def _write(directory: Path, proposed: tuple[Proposed, ...], previews: tuple[str, ...]) -> None:
    partial = directory.with_name(f"{directory.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)  # also where what came in was no alert any more
    names = []
    for number, (one, preview) in enumerate(zip(proposed, previews, strict=True), start=1):
        folder = partial / f"{number}-{one.case.signature.name}"
        folder.mkdir(parents=True)
        (folder / CASE).write_bytes(msgspec.json.format(msgspec.json.encode(one.case), indent=1))
        (folder / DIAGNOSIS).write_bytes(msgspec.json.format(msgspec.json.encode(one.diagnosis), indent=1))
        (folder / PREVIEW).write_text(preview, encoding="utf-8")
        if one.also:
            (folder / ALSO).write_bytes(msgspec.json.encode([place.url for place in one.also]))
        names.append(folder.name)
    (partial / MARKER).write_bytes(msgspec.json.encode(Contents(tuple(names))))
    # The old one goes as a whole: what a crash leaves of it must not stand where the next run wants to write.
    old = directory.with_name(f"{directory.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if directory.exists():
        directory.rename(old)
    partial.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


def read(
    directory: Path, slack_hosts: tuple[str, ...] = (), addresses: tuple[str, ...] = (), own_secrets: tuple[str, ...] = (), configured: tuple[str, ...] = ()
) -> tuple[Proposed, ...]:
    """Every case, checked as hostile data: strict schema, the link a Slack link, the signature recomputed, redacted and grounded once more.

    Only what stands below one of `addresses` stays a link; `configured` are the response times and escalations that may be promised.
    Raises BadProposal when the directory is incomplete, altered or not ours.
    """
    doing = f"reading the proposal in {directory}"
    try:
        contents = msgspec.json.decode(_bytes(directory / MARKER), type=Contents)
        if len(contents.cases) > MAX_CASES or not all(_FOLDER.fullmatch(name) for name in contents.cases):
            raise BadProposal(doing, "its list of cases is not one that diagnose writes", "run `bot diagnose` again")
        return tuple(_checked(directory / name, Bounds(slack_hosts, addresses), configured, Redactor(own=own_secrets)) for name in contents.cases)
    except FileNotFoundError as error:
        raise BadProposal(doing, f"{error.filename} is missing", "run `bot diagnose <slack link> --out <folder>` first") from error
    except OSError as error:
        raise BadProposal(doing, error.strerror or "the disk refused", "run `bot diagnose` again") from error
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadProposal(doing, str(error), "run `bot diagnose` again, with the same version of the bot") from error


def _checked(folder: Path, bounds: Bounds, configured: tuple[str, ...], redactor: Redactor) -> Proposed:
    doing = f"reading the proposal in {folder}"
    if folder.is_symlink():
        raise BadProposal(doing, "it is a link", "run `bot diagnose` again")
    case = msgspec.json.decode(_bytes(folder / CASE), type=Case)
    diagnosis = msgspec.json.decode(_bytes(folder / DIAGNOSIS), type=Diagnosis)
    signature, links = case.signature, links_of(case)
    case = checked(case, redactor, bounds, lambda cause: BadProposal(doing, cause, _AGAIN))
    if signature != case.signature or not folder.name.endswith(f"-{signature.name}"):
        raise BadProposal(doing, f"the signature in {folder.name} is not the one its alert has", _AGAIN)
    # What was a link of the case was true, also where it may be none any longer.
    diagnosis, _ = grounded(redactor.record(diagnosis), case, configured, (*bounds.addresses, *(f"{link}/" for link in links)))
    return Proposed(case, _linked_below(diagnosis, bounds.addresses), _also(folder / ALSO, case.alert.permalink, bounds.slack_hosts))


def _also(path: Path, leader: Permalink, slack_hosts: tuple[str, ...]) -> tuple[Permalink, ...]:
    """The alerts that go along: links to messages, each as we write it, once, and not the leader's. Raises BadProposal."""
    if not path.exists() and not path.is_symlink():
        return ()
    links = msgspec.json.decode(_bytes(path), type=tuple[str, ...])
    try:
        places = {place.identity: place for place in (permalinks.parse(link, slack_hosts) for link in links[: MOST_ALSO + 1])}
    except BadLink as error:
        raise BadProposal(f"reading {path}", error.cause, _AGAIN) from None
    foreign = leader.identity in places or not all(place.in_chat for place in places.values())
    if len(links) > MOST_ALSO or [place.url for place in places.values()] != list(links) or foreign:
        raise BadProposal(f"reading {path}", "its list of alerts is not one that diagnose writes", _AGAIN)
    return tuple(places.values())


def _linked_below(diagnosis: Diagnosis, addresses: tuple[str, ...]) -> Diagnosis:
    """Without a reference that would be a link to elsewhere; every other link of a diagnosis is the case's own."""
    reference = diagnosis.history.reference
    if reference is None or "://" not in reference or f"{reference}/".startswith(addresses):
        return diagnosis
    return msgspec.structs.replace(diagnosis, history=msgspec.structs.replace(diagnosis.history, reference=None))


def _bytes(path: Path) -> bytes:
    if path.is_symlink() or (path.exists() and not path.is_file()) or path.stat().st_size > MAX_BYTES:
        raise BadProposal(f"reading {path}", "it is a link, no file, or larger than a proposal can be", "run `bot diagnose` again")
    return path.read_bytes()


def _holds_more(directory: Path) -> bool:
    """More than what a run that failed left."""
    return any(path.name != failure_note.FILE for path in directory.iterdir())


def refuse_foreign(directory: Path) -> None:
    """Raise BadProposal when something that is no proposal stands where one is to be written."""
    if directory.exists() and (not directory.is_dir() or _holds_more(directory)) and not (directory / MARKER).is_file():
        raise BadProposal(f"writing the proposal to {directory}", "there is something else already", "name another folder with --out, or empty this one")
