"""Claims that are nearly right, and true ones that nearly look wrong: each passed, or was struck, for one small fault in how it is read."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.core.grounding.authors import attributions
from bot.core.grounding.case import Known
from bot.core.grounding.claims import Claim, Tone, claims
from bot.core.grounding.clocks import times
from bot.core.grounding.index import Index
from bot.core.grounding.leads import FROM_THE_PAST, NOTHING_SEEN, UNKNOWN, is_lead
from bot.core.grounding.markup import unmarked
from bot.core.grounding.names import people
from bot.core.grounding.numbers import amounts
from bot.core.grounding.sentences import MARK, pieces
from bot.core.grounding.spot import Spot
from bot.core.grounding.systems import multiplied, named_parts
from bot.core.grounding.worked_out import is_worked_out
from bot.model import Commit, Evidence, RootCause
from tests.fakes.transfer_case import TIME
from tests.listing import listed
from tests.test_grounding_claims import CASE, NEW, missed


def seen(text: str) -> Known:
    """A case with that line and nothing else that matters."""
    return Known(replace(NEW, evidence=(Evidence("log", "files", "logs/x:1", text, "E1"),)))


def struck(sentence: str, text: str) -> list[str]:
    """What of a sentence is not in that line."""
    return [claim.text for claim in claims(sentence, seen(text), "claim") if not claim.stands]


DENIED = listed("no, not, never, without, nothing, nobody, neither, nor, lack, lacks, lacked, lacking, missing, instead of, rather than, absence of", ", ")


@pytest.mark.parametrize("word", [*DENIED, "forgot", "forget", "forgets", "didn't", "didn’t"])
def test_what_is_said_to_be_missing_is_not_looked_for(word: str) -> None:
    """However that is said, also as the first word of the sentence."""
    assert missed(f"It was {word} `lock_rows`.") == []
    assert missed(f"{word} `lock_rows` there.") == []
    assert missed(f"It was {word}x `lock_rows`.") == ["lock_rows"]
    assert word in ("didn't", "didn’t") or missed(f"It was un{word} `lock_rows`.") == ["lock_rows"]


@pytest.mark.parametrize("word", listed("because since when that which as but until if and so while whether"))
def test_what_stands_behind_a_denial_of_something_else_is_looked_for(word: str) -> None:
    """`It is not slow because …` says that the rest is so."""
    assert missed(f"It is not slow {word} `lock_rows` blocks.") == ["lock_rows"]
    assert missed(f"It is not a {word}ing `lock_rows`.") == []


def test_a_method_that_is_there_may_be_said_never_to_be_called() -> None:
    """It counts as what was found, under its last name, however many names stand before it."""
    assert claims("Nothing calls self.pool.acquire().", seen("def acquire(self):"), "claim") == [Claim("self.pool.acquire()", "a function", True)]


def test_a_method_with_a_common_name_is_found_by_its_whole_one() -> None:
    """Where the short one hides in hundreds of longer words before it stands by itself."""
    assert struck("It fails in Job.run().", f"{'runner ' * 300}at Job.run()") == []
    assert struck("It fails in Task.run().", f"{'runner ' * 300}at Job.run()") == ["Task.run()"]


def test_a_moment_with_its_milliseconds_is_one_claim() -> None:
    """The fraction is no number of its own."""
    assert struck("It failed at 14:02:03.123 for good.", "2026-03-11T14:02:03Z gave up") == []


ZONES = (
    *("BST 13:00", "CET 13:00", "CEST 12:00", "SAST 12:00", "EET 12:00", "EEST 11:00", "MSK 11:00", "JST 5:00", "KST 5:00", "AEST 4:00", "AEDT 3:00"),
    *("ADT 17:00", "AST 18:00", "EDT 18:00", "EST 19:00", "CDT 19:00", "MST 21:00", "PDT 21:00", "PST 22:00", "MDT 20:00"),
)


@pytest.mark.parametrize("told", ZONES)
def test_two_in_the_afternoon_is_another_moment_in_each_zone(told: str) -> None:
    """East of Greenwich it was earlier there by our clock."""
    zone, utc = told.split()
    assert [one.utc for one in times(f"It failed at 14:00 {zone}.", strict=True)] == [utc]


def test_the_label_of_a_link_is_what_a_reader_sees() -> None:
    """Also where it leads to a page without encryption."""
    assert unmarked("see [the board](http://grafana.example/d/1) and [this](https://x.example/y)") == "see the board and this"


@pytest.mark.parametrize("around", ["**{}**", "{{{}}}", "_{}_", "({})", "`{}`", "“{}”", "<{}>"])
def test_a_number_in_bold_is_that_number(around: str) -> None:
    """What stands around it does not make a name of it."""
    assert [(one.text, one.what) for one in amounts(f"It hit {around.format(312)} rows.", strict=True)] == [("312", "a number")]


def test_a_number_between_letters_of_another_script_is_read_once() -> None:
    """As it is most often meant; a comma may be the point elsewhere."""
    assert struck("影響を受けたのは1,234人です。", "1234 users") == []


VERBS = listed("rose climbed jumped surged increased grew spiked fell dropped decreased up down by")


@pytest.mark.parametrize("verb", VERBS)
def test_eight_times_as_much_is_no_count(verb: str) -> None:
    """Behind a verb that moves something, also where the sentence begins with it."""
    for sentence in (f"{verb} 8x since then.", f"It {verb} 8x."):
        assert [one.kind for one in amounts(sentence, strict=True)] == ["ratio"]


def test_two_times_as_many_is_a_claim() -> None:
    """Though two of anything else is how a race is told."""
    assert [(one.text, one.kind) for one in amounts("It takes two times the memory.", strict=True)] == [("two times", "ratio")]
    assert list(amounts("It came two times.", strict=True)) == []


def test_a_bound_is_generous_only_where_something_is_counted() -> None:
    """`Below 400` of nothing in particular is no statement about 300."""
    assert [(one.below, one.above) for one in amounts("It stays below 400 there, above 400 there.", strict=True)] == [(0, 0), (0, 0)]
    assert [round(one.below) for one in amounts("It hit fewer than 402 users, under 402 users, <402 users.", strict=True)] == [134] * 3


@pytest.mark.parametrize("part", [f"{some} in five" for some in listed("one two three four")] + ["One of every two", "one out of ten", "3 in every 10"])
def test_so_many_in_so_many_is_a_share(part: str) -> None:
    """The first may be one."""
    assert next((one.text.casefold(), one.kind) for one in amounts(f"It hit {part} users.", strict=True)) == (part.casefold(), "share")


def test_an_engine_with_a_number_is_no_version() -> None:
    """V8 runs JavaScript; nobody released it that day."""
    assert missed("V8 gave up, over HTTP/2.") == []
    assert missed("It began with v9.") == ["v9"]


def test_how_often_before_is_not_any_number_of_an_entry() -> None:
    """A fix that freed five pods does not make it the fifth time."""
    assert missed("It is the fifth time.", case=replace(CASE, history=(replace(CASE.history[0], resolution="restarted 5 pods"),))) == ["fifth time"]


def test_a_number_of_services_is_no_status() -> None:
    """Of `503 Service Unavailable` a sentence may speak, not of so many services."""
    text = "upstream returned 503"
    assert struck("It gave 503 service for a while; 503s, 503 errors, 503 responses.", text) == []
    assert struck("503 services gave up.", text) == ["503 services"]


def test_how_many_times_as_much_each_word_says() -> None:
    """Doubled is two, and tenfold is ten."""
    told = "doubled 2, halved 2, tripled 3, quadrupled 4"
    folds = "twofold 2, threefold 3, fourfold 4, fivefold 5, sixfold 6, tenfold 10"
    said = [f"Errors {word}" for word in told.split(", ")] + [f"Errors rose {word}" for word in folds.split(", ")]
    for sentence, amount in (one.rsplit(" ", 1) for one in said):
        assert [(verb, spot.amount) for _, verb, spot in multiplied(sentence)] == [(sentence.split()[-1], int(amount))]


def test_a_name_with_underscores_behind_what_it_is_called() -> None:
    """Also one with digits in it."""
    assert list(named_parts("It waits on queue payouts_v2.")) == ["payouts_v2"]


@pytest.mark.parametrize(("ratio", "stands"), [(15, True), (16, True), (21, True), (13, True), (22, False), (12, False)])
def test_a_quotient_of_two_rounded_numbers_is_rounded_itself(ratio: int, stands: bool) -> None:
    """From `0.3 s to 4.8 s` it may be anything between 4.75 by 0.35 and 4.85 by 0.25, and no further off than a quarter."""
    before, after = (Spot(0, 0, text, "a number", "time", amount, 50, 1_000) for text, amount in (("0.3 s", 300), ("4.8 s", 4_800)))
    claimed = Spot(0, 0, f"{ratio}x", "a number", "ratio", ratio, ratio * 0.1)
    assert is_worked_out(claimed, (before, after), Index(["0.3 s, 4.8 s"])) == stands


def test_an_id_that_begins_like_a_commit_is_none() -> None:
    """So nobody is said to have made it."""
    made = Commit("transfers", "abcdef1200", "Priya Raman", TIME - timedelta(days=1), "perf: lock", "transfers/leaves.py", "changed the failing lines")
    known = Known(replace(CASE, evidence=(Evidence("commit", "code", "x", made.subject, "E1", detail=made),)))
    assert list(attributions("Priya removed the lock in abcdef1200", known)) == [("abcdef1200 by Priya", True)]
    assert list(attributions("Priya removed the lock in abcdef1200_again", known)) == []


def test_a_number_under_a_key_is_of_what_the_key_says() -> None:
    """`waiting=173` carries requests that waited, not such that were lost."""
    assert struck("173 requests were waiting.", "pool waiting=173 of it") == []
    assert struck("173 requests were lost.", "pool waiting=173 of it") == ["173 requests"]


def test_a_commit_that_only_an_entry_names_is_known() -> None:
    """A fix of that time, of which a reader can find the rest."""
    past = replace(CASE.history[0], resolution="reverted with abcdef1234")
    assert missed("Commit abcdef12 did it.", case=replace(CASE, history=(past,))) == []
    assert missed("Commit abcdef12 did it.") == ["abcdef12"]


def test_what_begins_like_a_uuid_may_be_longer() -> None:
    """And is looked up as a whole, as any other identifier."""
    uuid = "0a1b2c3d-0000-1111-2222-abcdefabcdef"
    assert struck(f"It is {uuid}.", f"order {uuid}") == []
    assert claims(f"It is {uuid}_9.", seen(f"order {uuid}"), "claim") == [Claim(f"{uuid}_9", "an identifier", False)]


def test_a_number_that_ends_a_sentence_is_multiplied_by_nothing() -> None:
    """Whatever the next one begins with."""
    assert next(one.amount for one in amounts("It hit 13. Thousand users came.", strict=True)) == 13


def test_all_of_them_after_a_part_of_them() -> None:
    """`Half of it; all users` says both."""
    assert struck("It took half of it: all users saw it.", "x") == ["all users"]


def test_a_measurement_that_doubled_did_not_stay() -> None:
    """A tenth up or down is still twice as much."""
    assert [round(spot.leeway, 2) for _, _, spot in multiplied("Errors doubled, requests rose tenfold.")] == [0.2, 1.0]


@pytest.mark.parametrize("end", listed("id ids no number code key port line version"))
def test_a_key_that_names_counts_nobody(end: str) -> None:
    """`user_id=8841` is one user."""
    assert Index([f"user_{end}=8841"]).largest("people") == 0
    assert Index([f"{end}_user=8841"]).largest("people") == 8841


def test_a_count_of_times_is_a_count() -> None:
    """Whatever it is that was counted."""
    for key in ("timeout_count", "wait_total", "latency.hits"):
        assert Index([f"{key}=5"]).largest("events") == 5


def test_a_mark_on_a_line_of_its_own_belongs_to_no_code() -> None:
    """Where none stands before it."""
    assert list(pieces(f"A.\n{MARK}\nB.")) == [("A.\n", False), (f"{MARK}\n", False), ("B.", False)]


@pytest.mark.parametrize("day", listed("Friday, yesterday, last week, this morning", ", "))
def test_a_day_within_a_longer_word_is_none(day: str) -> None:
    """On either side."""
    assert [one.text for one in times(f"It began {day}.", strict=True)] == [day]
    assert list(times(f"It began x{day}, {day}x.", strict=True)) == []


@pytest.mark.parametrize("tone", ["claim", "advice", "past"])
def test_a_short_commit_may_be_all_digits(tone: Tone) -> None:
    """One in 27 has no letter in its first seven signs; any other number of so many digits is one."""
    made = Commit("transfers", "6734116abc00", "Priya Raman", TIME - timedelta(days=1), "perf: lock", "transfers/leaves.py", "changed the failing lines")
    known = Known(replace(NEW, evidence=(Evidence("commit", "code", "x", made.subject, "E1", detail=made),)))
    assert claims("Revert 6734116 first.", known, tone) == [Claim("6734116", "a commit or id", True)]
    assert claims("It lost 6734117.", known, "claim") == [Claim("6734117", "a number", False)]
    assert claims("It lost 673411.", known, "claim") == [Claim("673411", "a number", False)]


def test_a_measurement_is_known_by_its_first_word() -> None:
    """Who saw slow responses may say that response times rose."""
    assert struck("Response times rose.", "a slow response of the gateway") == []
    assert struck("Response times rose.", "a slow gateway") == ["Response times rose"]


@pytest.mark.parametrize("day", listed("1st 2nd 3rd 4th 21st 22nd 23rd 30th"))
def test_a_day_of_the_month_by_its_number(day: str) -> None:
    """Before the month and behind it; no word only ends like a month."""
    number = int(day[:-2])
    for said in (f"{day} June", f"{day} of June", f"June {day}"):
        assert [one.date for one in times(f"It began on {said}.", strict=True)] == [(0, 6, number)]
        assert list(times(f"It began on {said.replace('June', 'xjunex')}.", strict=True)) == []
    assert list(times(f"It began on xJune {number}.", strict=True)) == []


def test_nothing_is_said_nowhere() -> None:
    """Though signs alone stand there."""
    assert not Index(["a … b ."]).says("")
    assert not Index(["a … b ."]).says(" ")


def test_a_cause_that_is_told_to_be_unknown_is_no_lead() -> None:
    """Whatever is said behind that; nor is one that nobody names."""
    for told in (UNKNOWN, FROM_THE_PAST, NOTHING_SEEN):
        assert not is_lead(RootCause(False, f"{told} Look at the gateway first.", "none"))
        assert is_lead(RootCause(False, f"The pool is empty. {told}", "none"))
        assert not is_lead(RootCause(True, "The pool is empty.", "low"))
    assert not is_lead(RootCause(False, " ", "none"))


def test_who_did_it_in_brackets_is_somebody() -> None:
    """The first word of a sentence may be anything that is written large; behind a bracket it is a name."""
    assert list(people("(Greta removed it.)")) == ["Greta"]
    assert list(people("Greta removed it.")) == []
