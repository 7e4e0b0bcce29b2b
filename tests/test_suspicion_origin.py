"""Who wrote the failing code, beside who changed it since."""

import pytest

from bot.core.suspects.suspicion import ranked
from tests.suspicion_scene import CHARGE, FAILING, LOG, PAY, candidate, hunk, scene


@pytest.mark.parametrize("released", [None, True])
def test_who_wrote_the_code_months_ago_comes_after_a_change_of_hours(released: bool | None) -> None:
    """Also where both went out with this release; that it wrote the code is one reason, however many signs of it there are."""
    lines = frozenset({(0, 15), (0, FAILING)})
    origin = candidate("origin", hunk(PAY, "", "\n".join(CHARGE)), days=90, blamed=lines, brought=frozenset({PAY}), released=released)
    later = candidate("later", hunk(PAY, "    return 1", "    return 2", "other"), days=0.15, released=released)
    found = ranked(scene(), [origin, later])
    assert [one.candidate.sha for one in found] == ["later", "origin"]
    assert [signal.reason for signal in found[1].signals].count("brought `charge`, as a whole") == 1


def test_whoever_brought_a_migration_changed_what_ran() -> None:
    """Its file was not there before, as the failing one was: what it takes out counts whole beside a newer change of the failing function."""
    drop = hunk("migrations/7.sql", "", "ALTER TABLE rows DROP COLUMN ledger_id;")
    brought = candidate("brought", drop, brought=frozenset({"migrations/7.sql"}))
    standing = candidate("standing", drop)
    points = {one.candidate.sha: sum(signal.points for signal in one.signals) for one in ranked(scene(), [LOG, brought, standing])}
    assert points["brought"] == points["standing"] > points["log"]
