"""The measure of other tests can tell a cost in proportion from one that is not."""

import re

import pytest

from tests.growth import in_proportion


@pytest.mark.slow
def test_a_pattern_that_begins_again_at_each_position_is_told_from_one_that_does_not() -> None:
    """The same answer, at the square of the cost; the text is long enough for the quickest machine to notice."""
    assert not in_proportion(re.compile("a*b").search, "a", 72_000)
    assert in_proportion(re.compile("(?<!a)a*b").search, "a", 72_000)
