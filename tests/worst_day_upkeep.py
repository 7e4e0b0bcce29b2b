"""Houses that are ready for a job on entries and requests: their life, the dashboard, reminders, reviews, post-mortems."""

from datetime import UTC, datetime

from tests.chain import Chain
from tests.worst_before import CHANNEL, NAME, TEXT, TWIN, ago, configure, proposed, published, with_twin
from tests.worst_day import Job


def resolve(house: Chain) -> Job:
    """By hand."""
    published(house)
    return Job("resolve", house, [("resolve", NAME, "--because", "The lock is back.")])


def resolve_by_issue(house: Chain) -> Job:
    """The tracking issue was closed."""
    published(house)
    (number,) = (number for number, item in house.github.items.items() if "head" not in item)
    house.github.items[number] |= {"state": "closed", "state_reason": "completed", "closed_at": "2026-11-21T12:00:00Z"}
    return Job("resolve, a closed issue", house, [("resolve", "--issue", str(number))])


def rename(house: Chain) -> Job:
    """The entry gets another name."""
    published(house)
    return Job("rename", house, [("rename", NAME, "leaf_balance_ValidationError_848eac")])


def merge(house: Chain) -> Job:
    """One entry goes into another."""
    with_twin(house)
    return Job("merge", house, [("merge", TWIN, NAME)])


def split(house: Chain) -> Job:
    """One alert becomes an entry of its own."""
    with_twin(house)
    return Job("split", house, [("split", NAME, "--threads", house.alert)])


def withdraw(house: Chain) -> Job:
    """The entry is taken out of use."""
    published(house)
    return Job("withdraw", house, [("withdraw", NAME, "--because", "It was a drill.")])


def scan(house: Chain) -> Job:
    """Two alerts wait in the channel."""
    now = int(datetime.now(UTC).timestamp())
    house.slack.post(CHANNEL, TEXT, ts=f"{now - 600}.000100")
    house.slack.post(CHANNEL, TEXT.replace("Validation", "Timeout"), ts=f"{now - 500}.000100")
    return Job("scan", house, [("scan",)])


def escalate(house: Chain) -> Job:
    """A review waits longer than its severity allows."""
    configure(
        house,
        "escalation:\n"
        "  - {severity: high, minutes: 30, words: please look}\n"
        f"  - {{severity: critical, minutes: 30, words: please look, channel: {CHANNEL}}}\n",
    )
    proposed(house)
    house.github.items[1]["created_at"] = ago(hours=2)
    house.slack.go_on_at(datetime.now(UTC))
    return Job("escalate", house, [("escalate",)])


def board(house: Chain) -> Job:
    """The dashboard is written for the first time."""
    proposed(house)
    return Job("board", house, [("board",)])


def board_ticked(house: Chain) -> Job:
    """Somebody ticked boxes on it."""
    proposed(house)
    house.github.items[1] |= {"created_at": ago(days=5), "updated_at": ago(days=5)}
    assert house.run("board") == 0
    (issue,) = (item for item in house.github.items.values() if "head" not in item)
    assert "- [ ]" in issue["body"], issue["body"]
    issue["body"] = "\n".join(line.replace("- [ ]", "- [x]") if "tick=remind/1 " in line else line for line in issue["body"].split("\n"))
    assert "- [x]" in issue["body"]
    return Job("board, a tick", house, [("board", "--by", "alice")])


def remind(house: Chain) -> Job:
    """A request waits since days."""
    proposed(house)
    house.github.now = ago(seconds=0)
    house.github.items[1] |= {"created_at": ago(days=5), "updated_at": ago(days=5)}
    return Job("remind", house, [("remind",)])


def lapse(house: Chain) -> Job:
    """Nobody answered the reminder either."""
    proposed(house)
    house.github.now = ago(seconds=0)
    house.github.items[1] |= {"created_at": ago(days=50), "updated_at": ago(days=50)}
    assert house.run("remind") == 0
    house.github.items[1]["updated_at"] = ago(days=45)
    for said in house.github.items[1]["comments"]:
        said["created_at"] = ago(days=45)
    return Job("remind, the end", house, [("remind",)])


def review(house: Chain) -> Job:
    """The review of the week of the alert."""
    published(house)
    return Job("review", house, [("review", "--week", "2025-W51")])


def publish_review(house: Chain) -> Job:
    """It was merged."""
    configure(house, f"reviews: {{channel: {CHANNEL}, pattern_from: 2}}\n")
    published(house)
    assert house.run("review", "--week", "2025-W51") == 0
    house.merge(max(house.github.pulls()))
    return Job("publish-review", house, [("publish-review", "2025-W51")])


def postmortem(house: Chain) -> Job:
    """Of the published error."""
    published(house)
    return Job("postmortem", house, [("postmortem", NAME)])


def postmortem_merged(house: Chain) -> Job:
    """Its action items become issues."""
    published(house)
    assert house.run("postmortem", NAME) == 0
    before, after = house.merge(max(house.github.pulls()))
    return Job("postmortem --merged", house, [("postmortem", "--merged", f"--before={before}", f"--after={after}")])
