"""What is read from the texts that tell one reading from another stays what it was."""

import pytest

from tests.telling import READINGS, kept, read

AT_ONCE = {"lives": 1}


@pytest.mark.parametrize(("subject", "start"), [(subject, start) for subject in READINGS for start in range(0, len(kept(subject)), AT_ONCE.get(subject, 20))])
def test_a_text_is_read_as_before(subject: str, start: int) -> None:
    """Word by word; who means to change it runs `python -m tests.telling` and reads the difference."""
    for text, before in kept(subject)[start : start + AT_ONCE.get(subject, 20)]:
        assert (text, read(subject, text)) == (text, before)
