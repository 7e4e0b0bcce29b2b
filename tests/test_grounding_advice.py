"""Which words tell somebody what to do, tell what was seen, set a condition, or speak of an earlier time: each with one example."""

import pytest
from msgspec.structs import replace

from bot.core.grounding.advice import is_general, is_imperative, is_wished, tells
from bot.core.grounding.case import Known
from bot.core.grounding.past import recurrences, speaks_of_the_past
from tests.listing import listed
from tests.test_grounding_claims import CASE, NEW

OLD_ERROR, NEW_ERROR = Known(CASE), Known(NEW)

SEEN = listed(
    "it was, they were, it had, it has been, they have been, it happened, it occurred, it failed, it took, it reached, it exceeded, it dropped, it logged, "
    "it affected, it lost, it crashed, it returned, it saw, it hit, it rose, it fell, it began, it started, it ran, it broke, it came, it went, it grew, "
    "it refused, it removed, it changed, it introduced, it deployed, it merged, it caused, it is affecting, they are affecting, they are failing, "
    "it is failing, it fails, the log shows, the logs show, the evidence shows, the trace shows, the graph shows, the dashboard shows, the entry shows, "
    "the metric shows, the metrics show, E12 shows, it showed, it did",
    ", ",
)
CONDITIONS = listed(
    "if, when, whenever, once, until, unless, after, should, must, would, could, can, may, might, let, whether, never, than, least, most, within, every, per, "
    "under, over, up to, by default, expect, expects, expected",
    ", ",
)
BORDERS = [
    ", ",
    "; ",
    ": ",
    " (",
    ") ",
    " – ",
    " — ",
    " because ",
    " since ",
    " which ",
    " that ",
    " so ",
    " but ",
    " and ",
    " while ",
    " then ",
    " as ",
    " before ",
]


def clause(words: str, number: str = "400") -> bool:
    """Whether the clause with the number tells what was seen."""
    start = words.index(number)
    return tells(words, start, start + len(number))


def test_a_clause_with_such_a_verb_tells_what_was_seen() -> None:
    """In any case of letters, and not as a part of a longer word."""
    for words in SEEN:
        assert clause(f"400 {words} x")
        assert clause(f"{words.upper()} 400")
        assert not clause(f"400 {words}zzz")
        assert not clause(f"400 zzz{words.rsplit(' ', maxsplit=1)[-1]}zzz")
        assert not clause("400 x")


def test_a_condition_makes_it_no_telling() -> None:
    """The same clause with one of these words sets one; a longer word that holds it does not."""
    for words in CONDITIONS:
        assert not clause(f"400 failed {words} x")
        assert not clause(f"{words.upper()} 400 failed")
        assert clause(f"400 failed {words}zzz")
        assert clause(f"400 failed zzz{words.split(' ', maxsplit=1)[0]}zzz")


def test_a_clause_ends_there() -> None:
    """What was seen on the other side of it tells nothing of the number, and a condition there sets none."""
    for border in BORDERS:
        assert not clause(f"400 x{border}it failed")
        assert not clause(f"it failed{border}400 x")
        assert clause(f"it failed 400{border}if x")
        assert clause(f"if x{border}it failed 400")
        assert clause(f"400 failed{border.rstrip()}zzz if x") == (not border.strip().isalpha())


def test_a_clause_reaches_three_hundred_characters() -> None:
    """On either side; what stands further away counts no more."""
    assert clause(f"failed {'x' * 292} 400")
    assert not clause(f"failed {'x' * 299} 400")
    assert clause(f"400 {'x' * 292} failed")
    assert clause(f"it failed 400 {'x' * 400}")
    assert not clause(f"400 {'x' * 295} failed")
    assert not clause(f"failed, {'x ' * 200}400")


def test_a_wish_tells_what_should_be() -> None:
    """In the clause of the number alone."""
    for words in ["should", "would be", "ought to"]:
        assert is_wished(f"409 {words} x", 0, 3)
        assert not is_wished(f"409, {words} x", 0, 3)
        assert not is_wished(f"409 {words}zzz", 0, 3)
        assert not is_wished(f"409 zzz{words}", 0, 3)


def test_how_a_product_works_is_said_in_these_words() -> None:
    """Unless something that was seen is told with it."""
    for words in ["by default", "the default is", "the default of", "defaults to", "in general", "generally", "usually", "typically"]:
        assert is_general(f"X {words} five.")
        assert is_general(f"{words.upper()} five.")
        assert not is_general(f"X {words} five, and it failed.")
        assert not is_general(f"X {words}zzz five.")
        assert not is_general(f"X zzz{words} five.")


@pytest.mark.parametrize(
    "lead", ["", "  ", "“", "**", "- ", "Then ", "First, ", "Next ", "Now ", "Also, ", "please ", "Finally, ", "Otherwise, ", "If needed, ", '"', "(", "'", "_"]
)
def test_advice_begins_with_a_verb(lead: str) -> None:
    """Behind signs, and behind a word that puts it in an order."""
    assert is_imperative(f"{lead}revert the commit.")
    assert is_imperative(f"{lead}ADD a lock.")
    assert not is_imperative(f"{lead}transfers fail.")
    assert not is_imperative(f"{lead}reverting.")


def test_a_verb_later_on_is_no_advice() -> None:
    """Nor a letter, nor one behind other words."""
    for sentence in ("You revert it.", "x", "", "Perhaps, revert it.", f"{'*' * 21}revert it", "re-vert it", "Then: revert it"):
        assert not is_imperative(sentence)


PAST = listed(
    "earlier, previous, previously, before, last time, last seen, last week, last month, last year, past, then, ended, entry, entries, runbook, history, "
    "historical, occurrence, occurrences, resolved, resolution, fix, fixed, regressed, regression, recurred, recurring, known, again, knowledge, once more, "
    "thread, similar, like it, time",
    ", ",
)


def test_a_word_that_speaks_of_the_past() -> None:
    """So that knowledge may carry the sentence; a longer word does not."""
    for words in PAST:
        assert speaks_of_the_past(f"The lock {words} x.")
        assert speaks_of_the_past(f"{words.upper()} x.")
        assert not speaks_of_the_past(f"The lock {words}zzzzzzzz x.")
        assert not speaks_of_the_past(f"The lock zzz{words.rpartition(' ')[2]}zzz x.")


AGAIN = listed(
    "regression, regressions, recurrences, known issues, regressed, recurring, recurrence, recurred, recurrs, recur, recurs, reoccurred, reoccurs, "
    "reoccurrence, reappeared, reappears, resurfaced, "
    "known issue, known problem, known bug, previous occurrence, earlier incidents, past outage, prior alerts, previous alert, fails again, fail again, "
    "failing again, "
    "happens again, happening again, broke again, back again, down again, occurs again, occurring again, returned again, came once again, once more, is back, "
    "keeps failing, keeps happening, keeps coming back, same error as last, same problem as before, same bug as in, same failure as last, "
    "same incident as last, used to happen, used to fail, used to occur, previously fixed, earlier resolved, previously seen, previously reported, "
    "earlier solved, happened before, occurred previously, been seen earlier, been reported in the past, seen again, failed already, broken last week, "
    "come up last month, appeared last year, has happened before, have failed there twice before",
    ", ",
)


def test_words_that_say_that_it_happened_before() -> None:
    """They stand where something of the past is known, and nowhere else."""
    for words in AGAIN:
        assert list(recurrences(f"It {words}!", OLD_ERROR)) == [(words, True)]
        assert list(recurrences(f"It {words.upper()}!", NEW_ERROR)) == [(words.upper(), False)]
        assert words not in [said for said, _ in recurrences(f"It {words}zzz!", NEW_ERROR)]
        assert words not in [said for said, _ in recurrences(f"It zzz{words}!", NEW_ERROR)]


DENIED = listed(
    "not, no, never, whether, if, isn't, wasn't, without, nor, neither, unknown, first, until, would, could, cannot, may, might, in case, should",
    ", ",
)


def test_what_is_denied_is_not_claimed() -> None:
    """Within forty characters before it."""
    for word in DENIED:
        assert list(recurrences(f"X {word} y regressed.", NEW_ERROR)) == []
        assert list(recurrences(f"X {word}zzz y regressed.", NEW_ERROR)) == [("regressed", False)]
        assert list(recurrences(f"X zzz{word} y regressed.", NEW_ERROR)) == [("regressed", False)]
        assert list(recurrences(f"{word.upper()} {'x' * (38 - len(word))} regressed.", NEW_ERROR)) == []
        assert list(recurrences(f"{word} {'x' * (40 - len(word))} regressed.", NEW_ERROR)) == [("regressed", False)]


NEVER = listed(
    "for the first time, the first time, first time, the very first occurrence, first occurrence, never been seen before, never happened before, "
    "never occurred before, never reported there before, not seen before, not been known earlier, not reported before, no earlier occurrence, "
    "no previous incidents, no earlier incident, no past occurrences, "
    "no prior alert, no past alerts, a new error, brand new problem, a new bug, a new failure, a new incident",
    ", ",
)


def test_words_that_say_that_it_is_new() -> None:
    """They stand where no entry of this error is known."""
    for words in NEVER:
        assert list(recurrences(f"It is {words}!", NEW_ERROR)) == [(words, True)]
        assert (words.upper(), False) in list(recurrences(f"It is {words.upper()}!", OLD_ERROR))
        assert list(recurrences(f"It is {words}zzz!", NEW_ERROR)) != [(words, True)]
        assert words not in [said for said, _ in recurrences(f"It is zzz{words}!", NEW_ERROR)]


def test_that_it_is_no_regression_may_always_be_said() -> None:
    """Whatever is known: who says so has looked."""
    assert list(recurrences("It is not a regression.", OLD_ERROR)) == [("not a regression", True)]


ORDINALS = listed("second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth", ", ")


@pytest.mark.parametrize(("number", "word"), list(enumerate(ORDINALS, start=2)))
def test_the_nth_time_is_one_of_as_many(number: int, word: str) -> None:
    """Of an entry that was seen so often, or is now seen once more; in words and in digits."""
    for times in (number - 1, number, number + 1):
        known = Known(replace(CASE, history=(replace(CASE.history[0], occurrences=times, seen=()),)))
        stands = times in (number - 1, number)
        assert list(recurrences(f"The {word.capitalize()} time!", known)) == [(f"{word.capitalize()} time", stands)]
        assert list(recurrences(f"The {number}th time!", known)) == [(f"{number}th time", stands)]


def test_what_is_counted_of_the_past() -> None:
    """Each ending of a number, each noun; the first of anything needs no proof."""
    for words in ["22nd occurrence", "33rd incident", "41st outage", "55th recurrence", "2nd time"]:
        assert (words, False) in list(recurrences(f"The {words}.", NEW_ERROR))
        assert words not in [said for said, _ in recurrences(f"The {words}zzz.", NEW_ERROR)]
        assert words not in [said for said, _ in recurrences(f"The x{words}.", NEW_ERROR)]
        assert list(recurrences("The 1st incident.", NEW_ERROR)) == [("1st incident", True)]
        assert list(recurrences("The 0th incident.", NEW_ERROR)) == [("0th incident", True)]
