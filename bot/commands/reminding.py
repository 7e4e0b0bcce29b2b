"""What the commands that remind of requests begin with."""

from pathlib import Path

from bot import wiring
from bot.config import Settings
from bot.core.code.codeowners import LARGEST, PLACES
from bot.jobs.remind import Reminding


def reminding_of(settings: Settings) -> Reminding:
    """The adapters; owners are read from the checkout."""
    upkeep, talk = wiring.upkeep(settings), wiring.conversation(settings)
    return Reminding(wiring.requests(settings), upkeep, talk, talk, settings.configuration.requests, _codeowners(settings.root))


def _codeowners(root: Path) -> str:
    """Nobody where the file is missing, too large or no text: that must not keep a reminder back."""
    for place in PLACES:
        try:
            if (root / place).stat().st_size < LARGEST:
                return (root / place).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return ""
