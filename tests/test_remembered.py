"""Answers are kept to a bound: what is too long or too much costs time again, never memory."""

from bot.core.remembered import Answered, Remembered


def test_a_question_is_answered_once() -> None:
    """The second time the function is not asked; where it had no answer it is."""
    asked: list[str] = []

    def length(word: str) -> int | None:
        asked.append(word)
        return len(word) or None

    lengths = Answered(length, most=10, longest=10)

    assert [lengths["leaf"], lengths["leaf"], lengths[""], lengths[""]] == [4, 4, None, None]
    assert asked == ["leaf", "", ""]


def test_long_questions_are_not_kept() -> None:
    """They are answered all the same."""
    upper = Answered(str.upper, most=10, longest=4)

    assert (upper["leaf"], upper["leaves"]) == ("LEAF", "LEAVES")
    assert list(upper) == ["leaf"]


def test_when_full_all_are_forgotten() -> None:
    """Never more than the bound."""
    known: Remembered[str, int] = Remembered(most=3, longest=9)
    for number in range(10):
        known.remember(str(number), number)
        assert len(known) <= 3

    assert known["9"] == 9
