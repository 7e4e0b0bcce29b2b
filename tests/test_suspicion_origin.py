"""Who wrote the failing code, beside who changed it since."""

import pytest

from bot.core.suspects.suspicion import ranked
from tests.test_suspicion import CHARGE, FAILING, PAY, candidate, hunk, scene


@pytest.mark.parametrize("released", [None, True])
def test_who_wrote_the_code_months_ago_comes_after_a_change_of_hours(released: bool | None) -> None:
    """Also where both went out with this release; that it wrote the code is one reason, however many signs of it there are."""
    lines = frozenset({(0, 15), (0, FAILING)})
    origin = candidate("origin", hunk(PAY, "", "\n".join(CHARGE)), days=90, blamed=lines, brought=frozenset({PAY}), released=released)
    later = candidate("later", hunk(PAY, "    return 1", "    return 2", "other"), days=0.15, released=released)
    found = ranked(scene(), [origin, later])
    assert [one.candidate.sha for one in found] == ["later", "origin"]
    assert [signal.reason for signal in found[1].signals].count("brought `charge`, as a whole") == 1
