"""The sections of the configuration that say when follow-up work is tracked, and where."""

from typing import Annotated, Literal

import msgspec

from bot.config.keys import described
from bot.model import Record, Severity


class Tracking(Record, frozen=True):
    """When merging an entry also opens a tracking issue, and whose it is."""

    severities: tuple[Severity, ...] = ("critical",)
    regressions: bool = True
    occurrences: Annotated[int, described("From this many occurrences on; 0: never for the count alone.")] = 5
    assign: Annotated[bool, described("Assign the issue to the entry's owners, as far as the tracker knows them.")] = True
    people: Annotated[
        dict[str, str], described("Owner as entries name them (mira, acme/transfers) → who that is in Linear (e-mail address) or on GitHub (login).")
    ] = {}


class Linear(Record, frozen=True):
    """Issues in Linear. The key is LINEAR_API_KEY."""

    team: Annotated[str, described("Key of the team, as its issues begin: PAY for PAY-12."), msgspec.Meta(pattern=r"\A(?:[A-Z][A-Z0-9]{0,9})?\Z")] = ""
    project: Annotated[str, described("Name of a project of that team; left out: none."), msgspec.Meta(max_length=200)] = ""
    labels: Annotated[tuple[str, ...], described("Names of labels that exist; one that does not is left out.")] = ("errata",)
    url: Annotated[str, described("Another address than Linear's own API."), msgspec.Meta(pattern=r"\Ahttps?://[^/\s]+(?:/\S*)?\Z")] = "https://api.linear.app"


Minutes = Annotated[int, msgspec.Meta(ge=0, le=525_600)]


class Targets(Record, frozen=True):
    """Minutes that each step of a run may take; 0: no target."""

    classification: Minutes = 5
    evidence: Minutes = 10
    root_cause: Minutes = 30
    fix: Minutes = 0
    documentation: Minutes = 15
    prevention: Minutes = 0


class Odoo(Record, frozen=True):
    """Runs of a procedure in Odoo's quality module. The user is ODOO_LOGIN, the key ODOO_API_KEY; ODOO_URL may stand for `url`."""

    url: Annotated[str, described("Address of the Odoo server; left out: ODOO_URL."), msgspec.Meta(pattern=r"\A(?:https?://[^/\s]+(?:/\S*)?)?\Z")] = ""
    database: Annotated[str, described("Name of the database."), msgspec.Meta(max_length=200)] = ""
    procedure: Annotated[str, described("Code of the procedure (qms.sop.document) whose runs are kept."), msgspec.Meta(min_length=1, max_length=80)] = (
        "SOP-TRIAGE-001"
    )
    error_code: Annotated[str, described("Name of the error code (qms.error.code) of a run that failed."), msgspec.Meta(min_length=1, max_length=80)] = (
        "STEP_FAILURE"
    )
    targets: Targets = Targets()


TrackerName = Literal["github", "linear", "odoo", "local", "none"]
ISSUE_TRACKERS: tuple[TrackerName, ...] = ("github", "linear", "local")
"""Those that take work of any kind; a run in Odoo is of one alert, and action items would be no runs."""
