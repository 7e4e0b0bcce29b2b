"""Which other requests came together with a case: told in its pull request. What its entry keeps as related is known once both are merged (`relating`)."""

import msgspec

from bot.core.alert import alert_marks
from bot.core.alert.incident import HOUR, companions
from bot.core.request.pull_request_marks import part_of
from bot.errors import BotError
from bot.model import Case, Proposal, Record
from bot.ports import RequestHistory, Say
from bot.texts import incident

MOST = 10
BRANCH = "kb/"


class Companion(Record, frozen=True):
    """Another request of the same incident, the name of its error, and why it is taken for one."""

    name: str
    url: str
    reason: str


class Incidents:
    """Looks for companions among the bot's requests; a history that cannot be read is told, and keeps no request from being opened."""

    def __init__(self, history: RequestHistory, say: Say) -> None:
        self._history, self._say = history, say

    def of(self, case: Case, name: str) -> tuple[Companion, ...]:
        """The companions of a case whose branch is that of `name`, the nearest in time first; requests that were declined are none."""
        alert = case.alert
        try:
            requests = [one for one in self._history.requests(alert.time - HOUR) if one.state != "closed" and one.branch.startswith(BRANCH)]
        except BotError as error:
            self._say(incident.unknown(error.cause))
            return ()
        seen = {
            (told.place.url, one.branch.removeprefix(BRANCH)): (told.sighting(one.branch.removeprefix(BRANCH)), one.url)
            for one in requests
            for told in alert_marks.read(part_of(one.body))
        }
        urls = {sighting.name: url for sighting, url in seen.values()}
        found = companions(alert_marks.of(alert).sighting(name), [sighting for sighting, _ in seen.values()])
        return tuple(Companion(other.name, urls[other.name], why) for other, why in found)[:MOST]


def with_section(proposal: Proposal, found: tuple[Companion, ...]) -> Proposal:
    """The proposal with a section on its companions."""
    if not found:
        return proposal
    told = incident.section(tuple((one.name, one.url, one.reason) for one in found))
    return msgspec.structs.replace(proposal, body=f"{proposal.body}\n\n{told}")
