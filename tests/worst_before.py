"""What houses have behind them before a job: an alert that was proposed, published, recalled, commented on."""

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.core.entry.entry import amended, parse, render
from bot.core.entry.front_patch import Setting
from tests.chain import Chain, bring_up_to_date
from tests.fakes import github_comments
from tests.worst_day import Moment, Place

CHANNEL = "C08RB8T6CNS"
NAME = "transfer_handler_ValidationError_848eac"
ENTRY = f"knowledge/errors/{NAME}.md"
TWIN = "transfer_worker_ValidationError_1a2b3c"
SECOND = "1765962900.000100"
SECOND_LINK = f"https://acme.slack.com/archives/{CHANNEL}/p{SECOND.replace('.', '')}"
THIRD_LINK = f"https://acme.slack.com/archives/{CHANNEL}/p1765963900000100"
TEXT = "ValidationError in transfer_handler\nService: transfers\nHandler: transfer_handler\nValidationError: insufficient leaf balance"


def publish_range(before: str, after: str) -> tuple[str, ...]:
    """The command for a push."""
    return "publish", "--before", before, "--after", after


def once(step: Callable[[Chain], None]) -> Callable[[Chain], None]:
    """A step that is gone through once in a house, as long as its default branch stands where it stood; then it is brought back as it was left."""

    @functools.wraps(step)
    def gone_through(house: Chain) -> None:
        key = (step.__name__, house.github.git.head("main"))
        if key in house.behind:
            house.behind[key]()
        else:
            step(house)
            house.behind[key] = Moment(Place(house, {"Slack": house.slack, "GitHub": house.github}, (house.proposal,))).restore

    return gone_through


@once
def proposed(house: Chain) -> None:
    """Diagnosed and proposed."""
    assert house.diagnose() == 0
    assert house.propose() == 0


@once
def published(house: Chain) -> None:
    """Merged and published too."""
    proposed(house)
    assert house.publish(*house.merge(1)) == 0
    bring_up_to_date(house)


def second_alert(house: Chain) -> None:
    """An alert of the same error, diagnosed in full."""
    house.slack.post(CHANNEL, TEXT, ts=SECOND)
    assert house.run("diagnose", SECOND_LINK, "--again", "--out", str(house.proposal)) == 0


@once
def recalled(house: Chain) -> None:
    """The alert comes again, and a reviewed entry fits."""
    configure(house, "recurrence: {merge_counts: true, lead: 0.0}\n")
    proposed(house)
    house.github.review(1, "alice")
    assert house.publish(*house.merge(1)) == 0
    text = re.sub(r'(resolution|resolved_at): ".*"', r'\1: ""', house.github.text(ENTRY) or "")
    house.github.person_commits("main", {ENTRY: text.replace('status: "regressed"', 'status: "diagnosed"')}, "Settle it")
    bring_up_to_date(house)
    message = next(one for one in house.slack.channels[CHANNEL].messages.values() if not one.get("metadata"))
    house.slack.post(CHANNEL, **{key: message[key] for key in ("text", "blocks", "attachments") if key in message}, ts=SECOND)
    assert house.run("diagnose", SECOND_LINK, "--out", str(house.proposal)) == 0
    assert any('"fits":true' in file.read_text().replace(" ", "") for file in house.proposal.rglob("*.json"))


@once
def with_twin(house: Chain) -> None:
    """A second entry, and a second alert in the first."""
    published(house)
    second_alert(house)
    assert house.propose() == 0
    house.merge(max(house.github.pulls()))
    text = house.github.text(ENTRY) or ""
    other: dict[str, Setting] = {"fingerprint": "", "aliases": (), "related": (), "tracking_issue": "", "threads": (THIRD_LINK,), "occurrences": 1}
    twin = render(amended(parse(text, ENTRY), {"signature": TWIN, "reviewed_at": "", "reviewed_by": (), **other}))
    house.github.person_commits("main", {f"knowledge/errors/{TWIN}.md": twin}, "A twin")
    bring_up_to_date(house)


def commented(house: Chain, text: str) -> int:
    """Somebody comments on the request; the id of the comment."""
    proposed(house)
    return github_comments.comment(house.github, 1, "alice", text)


def said_on_request(house: Chain, text: str = "/rediagnose look at `skip_locked`") -> tuple[str, ...]:
    """What the jobs of the workflow are told of such a comment."""
    remark = commented(house, text)
    return "--request=1", f"--comment={text}", f"--remark={remark}", "--by=alice"


def configure(house: Chain, more: str) -> None:
    """More lines of configuration, on the default branch."""
    text = house.github.text(".github/knowledge-bot.yml") or ""
    house.github.person_commits("main", {".github/knowledge-bot.yml": text + more}, "Configure")
    bring_up_to_date(house)


def ago(**length: int) -> str:
    """A time before now, as GitHub writes it."""
    return f"{datetime.now(UTC) - timedelta(**length):%Y-%m-%dT%H:%M:%SZ}"
