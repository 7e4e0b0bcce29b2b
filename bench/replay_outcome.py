"""What stands at the end of a storm of alerts, held against what was sent."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bench.figures import Figure
from bench.replay_alerts import CHANNEL
from bot.core.alert import permalink
from bot.core.entry.entry import Entry, parse
from bot.core.entry.identity import identities
from bot.core.entry.instant_answers import instant_answers

if TYPE_CHECKING:
    from bench.replay import Replay


class Outcome:
    """What stands at the end, held against the alerts that were sent."""

    def __init__(self, house: "Replay", links: Mapping[str, int]) -> None:
        self.house = house
        self.unmerged = Counter(house.github.items[number]["head"] for number in house.github.pulls())
        house.publish(house.github.pulls())
        self.entries: list[Entry] = [parse(text, path) for path, text in house.entries().items()]
        seen = Counter(identity for entry in self.entries for identity in identities(entry))
        wanted = {f"{CHANNEL}/{permalink.parse(link).ts}" for link in links}
        self.lost, self.doubled = len(wanted - set(seen)), sum(count > 1 for count in seen.values())
        self.occurrences = sum(entry.meta.occurrences for entry in self.entries)
        room = house.slack.channels[CHANNEL].messages.values()
        replies = Counter(one["thread_ts"] for one in room if one.get("metadata") and "#" not in one["metadata"]["event_payload"]["marker"])
        self.replies_doubled = sum(count > 1 for count in replies.values())
        self.unanswered = sum(identity.partition("/")[2] not in replies for identity in wanted)
        issues = Counter(one["title"] for one in house.github.items.values() if "head" not in one)
        self.issues_doubled = sum(count > 1 for count in issues.values())
        self.at_once = sum(len(instant_answers(entry)) for entry in self.entries)


def figures(house: "Replay", links: Mapping[str, int], outcome: Outcome, seconds: float) -> Iterator[Figure]:
    """Each promise beside what was measured."""
    signatures = len(set(links.values()))
    yield Figure("alerts", len(links), None)
    yield Figure("jobs, and parts of the reading of reactions, that failed in every try", len(house.storm.failures), 0)
    yield Figure("runs that ended with an error, and were started again", house.storm.again, None)
    yield Figure("entries for that many signatures", abs(len(outcome.entries) - signatures), 0)
    yield Figure("open requests of one signature, at most", max([house.storm.open_at_most, *outcome.unmerged.values()]), 1)
    yield Figure("alerts that no entry holds", outcome.lost, 0)
    yield Figure("alerts that are recorded twice", outcome.doubled, 0)
    yield Figure("occurrences counted too many or too few", abs(outcome.occurrences - len(links)), 0)
    yield Figure("threads without an answer", outcome.unanswered, 0)
    yield Figure("threads with two answers", outcome.replies_doubled, 0)
    yield Figure("tracking issues opened twice", outcome.issues_doubled, 0)
    yield Figure("runs answered at once", house.storm.answered, None)
    yield Figure("runs diagnosed", house.diagnoser.asked, None)
    yield Figure("entries with an answer that failed", sum(entry.meta.failed > 0 for entry in outcome.entries), 1, least=True)
    yield Figure("merges in which people had to resolve a conflict", house.storm.conflicts, None)
    yield Figure("calls to Slack", len(house.slack.requests), None)
    yield Figure("calls to GitHub", len(house.github.requests), None)
    yield Figure("the whole replay", round(seconds), None, "s")
