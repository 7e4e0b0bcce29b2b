"""Houses that are ready for one job of the bot each: what happened before it, and the commands that its workflow runs."""

import json
import os
from collections.abc import Callable

from bot.core.entry.entry import amended, parse, render
from bot.core.entry.front_patch import Setting
from tests.chain import Chain, bring_up_to_date
from tests.fakes import github_comments, tracker_linear, tracker_odoo
from tests.fakes.tracker_linear import FakeLinear
from tests.fakes.tracker_odoo import FakeOdoo
from tests.worst_before import (
    CHANNEL,
    ENTRY,
    SECOND,
    SECOND_LINK,
    TWIN,
    commented,
    configure,
    proposed,
    publish_range,
    published,
    recalled,
    said_on_request,
    second_alert,
)
from tests.worst_day import Job
from tests.worst_day_upkeep import (
    board,
    board_ticked,
    escalate,
    lapse,
    merge,
    postmortem,
    postmortem_merged,
    publish_review,
    remind,
    rename,
    resolve,
    resolve_by_issue,
    review,
    scan,
    split,
    withdraw,
)

Ready = Callable[[Chain], Job]


def diagnose(house: Chain) -> Job:
    """An alert becomes a proposal directory."""
    return Job("diagnose", house, [("diagnose", house.alert, "--out", str(house.proposal))], (house.proposal,))


def propose(house: Chain) -> Job:
    """Nothing stands there yet."""
    assert house.diagnose() == 0
    return Job("propose", house, [("propose", str(house.proposal))])


def propose_again(house: Chain) -> Job:
    """A second alert, while the request of the first is open."""
    proposed(house)
    second_alert(house)
    return Job("propose, a second alert", house, [("propose", str(house.proposal))])


def publish(house: Chain) -> Job:
    """After the merge: issue, reply, index."""
    proposed(house)
    return Job("publish", house, [publish_range(*house.merge(1))])


def correct(house: Chain) -> Job:
    """A person corrects a published entry and adds one that is like it."""
    published(house)
    text = house.github.text(ENTRY) or ""
    for ts in ("1765447511.203949", "1765524665.718823", SECOND):
        house.slack.post(CHANNEL, "it fails", ts=ts)
    other: dict[str, Setting] = {"fingerprint": "", "aliases": (), "related": (), "tracking_issue": "", "threads": (SECOND_LINK,), "occurrences": 1}
    twin = render(amended(parse(text, ENTRY), {"signature": TWIN, "reviewed_at": "", "reviewed_by": (), **other}))
    before = house.github.git.head("main") or ""
    corrected = text.replace("- **Why it happens:** ", "- **Why it happens:** It was the moon, not ", 1)
    after = house.github.person_commits("main", {ENTRY: corrected, f"knowledge/errors/{TWIN}.md": twin}, "Say more")
    return Job("publish, a correction", house, [publish_range(before, after)])


def regress(house: Chain) -> Job:
    """A second alert is merged after the tracking issue was closed: it is opened again."""
    published(house)
    (issue,) = (item for item in house.github.items.values() if "head" not in item)
    issue |= {"state": "closed", "state_reason": "completed", "closed_at": "2025-12-17T09:14:00Z"}
    second_alert(house)
    assert house.propose() == 0
    return Job("publish, a regression", house, [publish_range(*house.merge(max(house.github.pulls())))])


def answer(house: Chain) -> Job:
    """The alert comes again after its entry was reviewed: the thread is answered at once."""
    recalled(house)
    return Job("answer", house, [("answer", str(house.proposal), "--thread", SECOND_LINK)])


def count(house: Chain) -> Job:
    """What was answered at once is counted, and by policy merged."""
    recalled(house)
    return Job("propose, a count", house, [("propose", str(house.proposal))])


def trust(house: Chain) -> Job:
    """Somebody finds the answer that was given at once wrong."""
    recalled(house)
    assert house.run("answer", str(house.proposal), "--thread", SECOND_LINK) == 0
    assert house.propose() == 0
    (reply,) = [one for one in house.slack.thread(CHANNEL, SECOND) if one["ts"] != SECOND]
    house.slack.react(CHANNEL, reply["ts"], "-1", "U0MIRA")
    return Job("trust", house, [("trust",)])


def hear(house: Chain) -> Job:
    """Somebody comments on the request."""
    remark = commented(house, "/rediagnose look at `skip_locked`")
    event = house.checkout.parent / "event.json"
    event.write_text(json.dumps(github_comments.event(house.github, 1, remark)), encoding="utf-8")
    return Job("hear", house, [("hear", "--event", str(event))])


def revise(house: Chain) -> Job:
    """A hint is diagnosed, and left for the next job."""
    out = house.checkout.parent / "revised"
    return Job("revise", house, [("revise", *said_on_request(house), "--out", str(out))], (out,))


def respond(house: Chain) -> Job:
    """The new diagnosis is written, and the comment answered."""
    out = str(house.checkout.parent / "revised")
    said = said_on_request(house)
    assert house.run("revise", *said, "--out", out) == 0
    return Job("respond", house, [("respond", *said, "--proposal", out)])


def withdraw_request(house: Chain) -> Job:
    """A reviewer closes the request by a comment."""
    return Job("respond, /withdraw", house, [("respond", *said_on_request(house, "/withdraw"))])


def publish_to_linear(house: Chain) -> Job:
    """The tracking issue is one of Linear's."""
    server = FakeLinear()
    server.__enter__()
    os.environ["LINEAR_API_KEY"] = tracker_linear.KEY
    configure(house, f"tracker: linear\nlinear: {{team: PAY, url: '{server.url}'}}\n")
    proposed(house)
    return Job("publish, Linear", house, [publish_range(*house.merge(1))], others={"Linear": server})


def publish_to_odoo(house: Chain) -> Job:
    """The run of a procedure in Odoo stands for the issue."""
    server = FakeOdoo()
    server.__enter__()
    os.environ.update({"ODOO_URL": server.url, "ODOO_LOGIN": tracker_odoo.LOGIN, "ODOO_API_KEY": tracker_odoo.KEY})
    configure(house, f"tracker: odoo\nodoo: {{database: {tracker_odoo.DATABASE}}}\n")
    proposed(house)
    return Job("publish, Odoo", house, [publish_range(*house.merge(1))], others={"Odoo": server})


def evidence(house: Chain) -> Job:
    """What is gathered of the logs."""
    text = (house.github.text(".github/knowledge-bot.yml") or "").partition("code:")[0]
    house.github.person_commits("main", {".github/knowledge-bot.yml": f"{text}limits: {{seconds_between_writes: 0, source_seconds: 10}}\n"}, "Logs only")
    bring_up_to_date(house)
    return Job("evidence", house, [("evidence", house.alert, "--json")], others={"OpenSearch": house.search}, told=True)


JOBS: dict[str, Ready] = {ready.__name__.replace("_", "-"): ready for ready in (
    diagnose, answer, propose, propose_again, count, publish, correct, regress, hear, revise, respond, withdraw_request,
    resolve, resolve_by_issue, rename, merge, split, withdraw, scan, escalate, board, board_ticked, remind, lapse, review, publish_review,
    postmortem, postmortem_merged, trust, publish_to_linear, publish_to_odoo, evidence,
)}  # fmt: skip
