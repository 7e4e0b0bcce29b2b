"""Whatever comes from outside: it is read or refused in words, at a cost in proportion to its length, and what is promised of the result holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import fuzz_alerts, fuzz_cases, fuzz_code, fuzz_evidence, fuzz_pages
from tests.fuzzing import FUZZ, Reader, inputs, repeated

READERS = (*fuzz_alerts.READERS, *fuzz_evidence.READERS, *fuzz_pages.READERS, *fuzz_code.READERS, *fuzz_cases.READERS)
each_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)

pytestmark = pytest.mark.slow


@each_reader
def test_good_inputs_are_read(reader: Reader) -> None:
    """What the hostile inputs are made of is what the reader knows."""
    for seed in reader.seeds:
        assert reader.keeps_its_promises(seed)


@each_reader
@FUZZ
@given(st.data())
def test_no_input_breaks_a_promise(reader: Reader, data: st.DataObject) -> None:
    """No exception but the refusals that are documented."""
    assert reader.keeps_its_promises(data.draw(inputs(reader)))


@each_reader
def test_a_piece_a_thousand_times_is_read_in_bounded_time(reader: Reader) -> None:
    """What is not linear in the length would not come back."""
    for text in repeated(reader):
        assert reader.keeps_its_promises(text)
