"""Evidence that somebody wrote down: what other systems would answer, for a diagnosis that is replayed without them."""

from collections.abc import Iterable

from bot.model import Checkup, Findings, Inquiry


class RecordedSource:
    """Answers the first inquiry with all that was recorded, later ones with nothing."""

    name = "recorded"

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def gather(self, inquiry: Inquiry) -> Findings:
        """The recorded findings, whatever is searched."""
        return self._findings if inquiry.search else Findings()

    def examine(self) -> Iterable[Checkup]:
        """Nothing can be missing."""
        return ()
