"""What people and other runs do to a request while a job is at work on it: the job goes by how the request stands when it writes."""

from msgspec.structs import replace

from bot.config import Configuration
from bot.core.entry.library import Library
from bot.core.request.pull_request_marks import framed
from bot.core.request.slash_commands import Command
from bot.errors import StaleBranch
from bot.jobs.page_request import PageRequest, propose_pages
from bot.jobs.propose import Run
from bot.jobs.respond import Found, Response
from bot.jobs.revise import Asked
from bot.model import File, Proposal, PullRequest, Standing
from tests.fakes.merges import FakeMerges
from tests.fakes.talk import Talk, a_request
from tests.fakes.upkeep_desk import FakeRequests
from tests.reminding_desk import Desk, waiting
from tests.upkeep import NOW


class Answered(FakeRequests):
    """Requests of which somebody answers the second while the bot speaks on the first."""

    def say(self, number: int, text: str, marker: str) -> None:
        """See `Conversation.say`."""
        super().say(number, text, marker)
        self.known[2] = replace(self.known[2], updated=self.now)


def test_who_speaks_during_a_run_is_heard() -> None:
    """The list was read before they spoke: nothing is closed, and nobody is reminded."""
    desk = Desk()
    desk.requests = Answered([waiting(1, days_=5), waiting(2, days_=4)], NOW)
    desk.run()
    assert [one.number for one in desk.requests.said] == [1]


def test_a_command_that_a_merge_overtook_closes_and_moves_nothing() -> None:
    """It was heard on an open request; the answer says how it stands, and calls nothing withdrawn."""
    for command in (Command("withdraw"), Command("merge-into", "pay_worker_TimeoutError_b0b0b0")):
        talk = Talk(a_request(state="merged"))
        run = Run(FakeMerges(), Library({}), Configuration(), lambda _: None)
        asked = Asked(7, command, "alice", 11)
        assert Response(talk, FakeRequests([], NOW), run).respond(asked, Found()) is None
        assert [text.partition(":")[0] for text in talk.comments.values()] == ["This request is merged"]
        assert talk.requests[7].state == "merged"


class Overtaken(FakeMerges):
    """An open request to which another run brings a diagnosis before our first write."""

    told = "Diagnosed yesterday."
    proposed: Proposal | None = None

    def standing(self, branch: str, path: str) -> Standing:
        """See `Forge.standing`."""
        request = PullRequest(7, "https://github.com/acme/knowledge/pull/7", "An error", "open", branch)
        return Standing(branch, "a" * 40, request, branch_exists=True, text="", described=("c0",), body=framed(self.told, "c0", ("errata",), "c0"))

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """See `Forge.propose`."""
        if self.told != "Diagnosed today.":
            self.told = "Diagnosed today."
            raise StaleBranch("proposing", "the branch moved", "run this again")
        self.proposed = proposal
        return standing.open or PullRequest(8, "", "", "open", proposal.branch)


def test_what_joins_a_request_keeps_what_another_run_told_there_meanwhile() -> None:
    """Each try reads the description anew, and ours comes after it."""
    forge = Overtaken()
    page = PageRequest("kb/x", "knowledge/errors/x.md", "Move", "## Moved here", "Move", ("other",), joins=True)
    assert propose_pages(page, forge, lambda _: (File("knowledge/errors/x.md", "y"),), lambda _: None) is not None
    assert forge.proposed is not None
    assert forge.proposed.body == "Diagnosed today.\n\n## Moved here"
    assert forge.proposed.labels == ("errata",)
