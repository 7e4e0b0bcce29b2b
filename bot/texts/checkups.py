"""What doctor says."""

from collections.abc import Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Checkup


def page(checkups: Sequence[Checkup]) -> str:
    """One line for each prerequisite, the remedy below those that do not hold, the sum at the end."""
    width = max((len(checkup.name) for checkup in checkups), default=0)
    lines = [line for checkup in checkups for line in _lines(checkup, width)]
    missing = sum(not checkup.ok for checkup in checkups)
    end = (
        "all prerequisites hold; next: bot diagnose <slack link>"
        if not missing
        else f"{missing} of {len(checkups)} do not hold; mend them and run `bot doctor` again"
    )
    return "\n".join([*lines, "", end])


def _lines(checkup: Checkup, width: int) -> list[str]:
    head = f"{'ok     ' if checkup.ok else 'missing'}  {checkup.name:<{width}}  {cut(one_line(checkup.saw), 300)}"
    return [head] if checkup.ok or not checkup.remedy else [head, f"{'':9}try: {cut(one_line(checkup.remedy), 500)}"]
