"""The jobs, run in the house of loopback servers, and what they left behind."""

import json
from typing import Any

from tests.chain import Chain

NAME = "transfer_handler_ValidationError_848eac"
ENTRY = f"knowledge/errors/{NAME}.md"


def done(code: int) -> None:
    """The job ended well."""
    assert code == 0


def proposed(house: Chain) -> int:
    """Diagnose and propose; the number of the pull request."""
    done(house.diagnose())
    done(house.propose())
    (number,) = house.github.pulls()
    return number


def published(house: Chain) -> tuple[str, str]:
    """All the way to the answer; the commits of the merge."""
    merge = house.merge(proposed(house))
    done(house.publish(*merge))
    return merge


def case(house: Chain) -> Any:
    """The case as it was written."""
    (file,) = house.proposal.glob("*/case.json")
    return json.loads(file.read_text())


def gaps(house: Chain) -> str:
    """What could not be seen, as one text."""
    return " | ".join(f"{gap['source']}: {gap['wanted']}: {gap['cause']}: {gap['remedy']}" for gap in case(house)["gaps"])


def another_alert(house: Chain, ts: str, message: str = "insufficient leaf balance") -> str:
    """The same error is alerted again; its permalink."""
    channel = "C08RB8T6CNS"
    house.slack.post(channel, f"ValidationError in transfer_handler\nService: transfers\nHandler: transfer_handler\nValidationError: {message}", ts=ts)
    return f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}"
