"""The alerts of the replay: some errors, many times each, with everything in them that varies from time to time."""

import random
from datetime import UTC, datetime, timedelta

from tests.fakes.slack import FakeSlack

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
CHANNEL = "C0ALERTS1"
WORDS = ("ledger", "quota", "invoice", "socket", "replica", "voucher", "session", "parcel", "webhook", "cursor", "digest", "tenant")


def alerts(slack: FakeSlack, count: int, signatures: int, chance: random.Random) -> dict[str, int]:
    """Post the alerts; link → number of its signature. Each signature has at least one."""
    found = {}
    for number in range(count):
        which = number if number < signatures else chance.randrange(signatures)
        moment = NOW - timedelta(hours=6) + timedelta(seconds=20 * number)
        ts = f"{int(moment.timestamp())}.{number:06}"
        slack.post(CHANNEL, _alert(which, chance), ts=ts)
        found[slack.permalink(CHANNEL, ts)] = which
    return found


def _alert(which: int, chance: random.Random) -> str:
    """One error, with numbers that vary from alert to alert."""
    word, other = WORDS[which % len(WORDS)], WORDS[(which // len(WORDS)) * 5 % len(WORDS)]
    name = f"{word}_{other}_worker_{'abcdefghij'[which % 10]}"
    kind = f"{word.capitalize()}{other.capitalize()}Error"
    return (
        f"{kind} in {name}\nService: {word}\nHandler: {name}\n{kind}: the {word} of the {other} was refused after {chance.randrange(9000)} ms\n"
        f'  File "/srv/app/{word}/{name}.py", line {chance.randrange(10, 90)}, in {name}\n    raise {kind}()'
    )
