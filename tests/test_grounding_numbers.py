"""Numbers with their units, in words and in digits: what is claimed with one, and how an index says it."""

import pytest

from bot.core.grounding.clocks import times
from bot.core.grounding.numbers import amounts
from bot.core.grounding.units import SPELLED, SPELLED_ELSEWHERE, UNITS, VAGUE, binary, counted_kind, number
from tests.listing import listed

SECOND, MINUTE, HOUR, DAY = 1_000.0, 60_000.0, 3_600_000.0, 86_400_000.0
TIME_UNITS = {
    0.001: "µs us microsecond microseconds",
    1.0: "ms msec msecs millis millisecond milliseconds",
    SECOND: "s sec secs second seconds",
    MINUTE: "m min mins minute minutes",
    HOUR: "h hr hrs hour hours",
    DAY: "d day days",
    7 * DAY: "week weeks",
    30 * DAY: "month months",
    365 * DAY: "year years",
}
SIZE_UNITS = {1.0: "b byte bytes", 1e3: "kb kib ki", 1e6: "mb mib mi megabytes", 1e9: "gb gib gi gigabytes", 1e12: "tb tib"}
OTHER_UNITS = {"share": "% percent pct", "money": "dollar dollars usd eur euro euros cents", "rate": "rps qps tps"}
COUNTED = {
    "events": "event errors time times occurrence failures exception requests call attempts hits line "
    "messages alert jobs retry retries crash crashes restart timeouts "
    "entry entries incident responses mal fehler anfragen ereignisse veces errores solicitudes fois erreurs requêtes vezes erros",
    "people": "user customers client tenants wallet accounts person merchants shop buyers seller "
    "visitors subscriber organizations organisation company companies "
    "kunden nutzer benutzer anwender mandanten clientes usuarios clients utilisateurs usuários",
    "machines": "host pods node instances container machines server replicas worker processes process thread lambda "
    "lambdas knoten instanzen nodos instancias nœuds",
    "changes": "commit deployments deploy releases change merges revert rollbacks",
    "services": "service applications app components team",
}
WORDS = (
    "two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 dozen 12 thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 "
    "eighteen 18 nineteen 19 twenty 20 twenty-one 21 twenty-nine 29 thirty 30 forty 40 forty-two 42 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 "
    "ninety-nine 99 "
    "hundred 100 thousand 1000"
)
ELSEWHERE = (
    "drei 3 tres 3 trois 3 três 3 vier 4 cuatro 4 quatre 4 quatro 4 fünf 5 cinco 5 cinq 5 sechs 6 seis 6 six 6 sieben 7 siete 7 sept 7 sete 7 acht 8 ocho 8 "
    "huit 8 oito 8 "
    "neun 9 nueve 9 neuf 9 nove 9 zehn 10 diez 10 dix 10 dez 10 elf 11 once 11 onze 11 zwölf 12 doce 12 douze 12 doze 12 zwanzig 20 veinte 20 vingt 20 "
    "vinte 20 "
    "fünfzig 50 cincuenta 50 cinquante 50 cinquenta 50 hundert 100 cien 100 cent 100 cem 100 tausend 1000 mil 1000 mille 1000"
)


def told(words: str) -> list[tuple[str, int]]:
    """Words and numbers, one behind the other."""
    parts = words.split()
    return [(word, int(value)) for word, value in zip(parts[::2], parts[1::2], strict=True)]


def test_units_are_of_a_kind_and_a_size() -> None:
    """Each name, none left out."""
    expected = {name: ("time", factor) for factor, names in TIME_UNITS.items() for name in names.casefold().split()}
    expected |= {name: ("size", factor) for factor, names in SIZE_UNITS.items() for name in names.split()}
    expected |= {name: (kind, 1.0) for kind, names in OTHER_UNITS.items() for name in names.split()}
    assert expected == UNITS
    assert [binary(factor) for factor in (1.0, 1e3, 1e6, 1e9, 1e12)] == [1, 1024, 1024**2, 1024**3, 1024**4]


def test_what_is_counted_is_of_a_family() -> None:
    """In singular and plural, in any case of letters."""
    assert {noun: counted_kind(noun) for nouns in COUNTED.values() for noun in nouns.split()} == {
        noun: kind for kind, nouns in COUNTED.items() for noun in nouns.split()
    }
    assert counted_kind("USERS") == "people"
    assert [counted_kind(noun) for noun in ("leaf", "userz", "shopies", "")] == [None] * 4


def test_numbers_in_words() -> None:
    """Of English, and of four other languages before what they count."""
    assert {word: SPELLED[word] for word, _ in told(WORDS)} == dict(told(WORDS))
    assert len(SPELLED) == 29 + 72
    assert dict(told(ELSEWHERE)) == SPELLED_ELSEWHERE
    assert VAGUE == {"dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1_000, "millions": 1_000_000, "billions": 1_000_000_000}


@pytest.mark.parametrize(
    ("digits", "values"),
    [
        ("1,234", [1234, 1.234]), ("1_234", [1234]), ("1.5", [1.5]), ("1.204,50", [1.2045, 1204.5]), ("1.234.567", [1234567]), ("1.23.456", []),
        ("7.", [7]), ("7,", [7]), ("1.234.567,8", [1234567.8]), ("1,234,567", [1234567, 1.234567]), ("", []), ("x", []),
    ],
)  # fmt: skip
def test_digits_may_mean_two_numbers(digits: str, values: list[float]) -> None:
    """Where a comma may be the point."""
    assert list(number(digits)) == values


def spots(sentence: str, *, strict: bool = True) -> list[tuple[str, str, str, float, float]]:
    """Each amount: text, what it is, kind, amount and leeway."""
    return [(one.text, one.what, one.kind, round(one.amount, 4), round(one.leeway, 4)) for one in amounts(sentence, strict=strict)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It took 30 s.", ("30 s", "a number", "time", 30_000, 500)),
        ("It took 7.25s.", ("7.25s", "a number", "time", 7_250, 5)),
        ("It took about 30 s.", ("30 s", "a number", "time", 30_000, 1_500)),
        ("It took ~40 s.", ("~40 s", "a number", "time", 40_000, 2_000)),
        ("It came within 30 s.", ("30 s", "a number", "time", 30_000, 500)),
        ("It came under 30 s.", ("30 s", "a number", "time", 30_000, 500)),
        ("A 45-second wait.", ("45-second", "a number", "time", 45_000, 500)),
        ("A 2.5-hour wait.", ("2.5-hour", "a number", "time", 9_000_000, 180_000)),
        ("It used 1 GB.", ("1 GB", "a number", "size", 1e9, 1e8)),
        ("It used 40 GB.", ("40 GB", "a number", "size", 4e10, 5e8)),
        ("The heap was at 91 %.", ("91 %", "a number", "share", 91, 0.5)),
        ("The heap was at 2%.", ("2%", "a number", "share", 2, 0.2)),
        ("It served 450 rps.", ("450 rps", "a number", "rate", 450, 0.5)),
        ("It cost $412.", ("$412", "a number", "money", 412, 0)),
        ("It cost €1.5.", ("€1.5", "a number", "money", 1.5, 0)),
        ("It hit 5k users.", ("5k users", "a number", "people", 5_000, 500)),
        ("It hit 5,000 users.", ("5,000 users", "a number", "people", 5_000, 0)),
        ("It hit 12x.", ("12x", "a number", "", 12, 0)),
        ("It hit 50+ users.", ("50+ users", "a number", "people", 50, 0)),
        ("It hit 312 of our users.", ("312", "a number", "", 312, 0)),
        ("It hit 312 big old users.", ("312 big old users", "a number", "people", 312, 0)),
        ("It hit 312 very big old users.", ("312", "a number", "", 312, 0)),
        ("It hit 312, users saw it.", ("312", "a number", "", 312, 0)),
        ("It hit (312) users.", ("312", "a number", "", 312, 0)),
        ("It is on line 420.", ("line 420", "a line of code", "", 420, 0)),
        ("Twelve errors came.", ("Twelve errors", "a number", "events", 12, 0)),
        ("It took two minutes.", ("two minutes", "a number", "time", 120_000, 30_000)),
        ("It went out twice.", ("twice", "a number", "events", 2, 0)),
        ("Forty-two mails went.", ("forty-two", "a number", "", 42, 0)),
        ("Millions of customers were hit.", ("Millions of customers", "how many", "people", 1e6, 0)),
        ("Dozens of pods died.", ("Dozens of pods", "how many", "machines", 12, 0)),
        ("Dozens of my pods died.", ("Dozens of my pods", "how many", "machines", 12, 0)),
        ("It was v4.12.1-rc1 then.", ("v4.12.1-rc1", "an identifier", "", 0, 0)),
        ("It was 4.12.1.9 then.", ("4.12.1.9", "an identifier", "", 0, 0)),
        ("Key a→57b fails.", ("a→57b", "an identifier", "", 0, 0)), ("A 5-user plan.", ("5-user", "a number", "people", 5, 0)),
        ("Has lines 40k now.", ("40k", "a number", "", 40_000, 500)), ("Order lf_4138 fails.", ("lf_4138", "an identifier", "", 0, 0)),
        ("Set timeout=30 now.", ("timeout=30", "an identifier", "", 0, 0)),
        ("受けたのは9312人です", ("9312", "a number", "", 9312, 0)),
        ("It hit v9の人々.", ("9", "a number", "", 9, 0)),
        ("負荷は1.25倍でした", ("1.25", "a number", "", 1.25, 0)),
    ],
)  # fmt: skip
def test_an_amount_is_read(sentence: str, expected: tuple[str, str, str, float, float]) -> None:
    """What is counted or measured, how much, and how far off it may be."""
    assert spots(sentence) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "Off by 1, returns 0, 1 of them.", "The second of two transfers.", "Two requests at the same time.", "The 2nd and the 3rd, the 1st and the 11th.",
        "Over HTTP/2 and UTF-8 its p99 is bad.", "Half a table is lost.", "Five leaves.", "Nobody sees it.", "It is 09:12 on 2025-12-17.", "A read-only thing.",
        "Hubo veinte meses.",
        *(f"{word} 7 is next." for word in listed("Step Option Point Item Phase Part Reason Cause Hypothesis Section Why Figure Table Priority")),
    ],
)  # fmt: skip
def test_what_counts_nothing(sentence: str) -> None:
    """Numbers of a list, names of technologies, what explains a race."""
    assert spots(sentence) == []


def test_a_number_may_be_rounded() -> None:
    """By a twentieth, where the sentence says so; a sign says it, too."""
    for word in listed("about around roughly nearly almost over than least to some approximately circa most"):
        assert spots(f"It hit {word} 400 users.")[0][4] == 20
        assert spots(f"It hit x{word} 400 users.")[0][4] == 0
        assert [spots(f"It hit {sign}400 users.")[0][4] for sign in "~≈<>≤≥"] == [20] * 6
        assert spots("It hit +400 users.")[0][4] == 0


def test_ranges_are_two_amounts() -> None:
    """With a dash, or two dots."""
    for dash in ("-", "–", ".."):
        assert [one[3] for one in spots(f"It took 10.5{dash}12.75s.")] == [10_500, 12_750]
        assert [one[2:4] for one in spots(f"It cost $1234{dash}5678.")] == [("money", 1234), ("", 5678)]
    assert [one[0] for one in spots("See lines 23 and 42.")] == ["line 23", "line 42"]
    assert [one[0] for one in spots("It saw lines 23 to 42.")] == ["line 23", "line 42"]
    assert [one[0] for one in spots("It saw lines 23 or 42.")] == ["line 23", "line 42"]
    assert [one[0] for one in spots("It saw lines 23 with 42.")] == ["line 23", "42"]
    assert [one[0] for one in spots("5 or 7 broken lines")] == ["5", "7 broken lines"]


EXTENT = ["all", "every", "each", "most", "many", "nobody", "no"]


def test_how_many_people_or_things() -> None:
    """All of them, most of them, half of them."""
    for word in EXTENT:
        for what in listed("user users customer customers tenant tenants client clients merchant merchants"):
            assert spots(f"It hit {word} {what}.") == [(f"{word} {what}", "how many", "", 0, 0)]
        for between in ("of", "of the", "our", "affected", "of our other"):
            assert spots(f"It hit {word} {between} users.") == [(f"{word} {between} users", "how many", "", 0, 0)]
        assert spots(f"It hit x{word} users, {word} usersx.") == []
    shares = {"Half": 50, "A third": 33.3333, "Two thirds": 66.6667, "A quarter": 25, "Three quarters": 75, "The majority": 50, "A majority": 50, "Most": 50}
    for part, share in shares.items():
        kind = ("part {}", share, 0) if part.endswith(("ajority", "Most")) else ("share", share, round(share / 10, 4))
        for verb in listed("fail failed are were was is saw see lost time timed got get could cannot"):
            assert (f"{part} of all the requests", "how many", kind[0].format("events"), *kind[1:]) in spots(f"{part} of all the requests {verb} it.")
        for between in ("the ", "our ", "these ", "those ", ""):
            assert (f"{part} of {between}leaves", "how many", kind[0].format(""), *kind[1:]) in spots(f"{part} of {between}leaves failed.")
        assert f"{part} of requests" not in [one[0] for one in spots(f"{part} of requests failedx. {part} of requests wait.")]


def test_advice_tells_only_what_was_seen() -> None:
    """An amount of a clause that sets a condition, a wish, and an identifier are none."""
    assert spots("Raise it to 60 connections.", strict=False) == []
    assert [one[0] for one in spots("Raise it, because it failed 60 times.", strict=False)] == ["60 times"]
    assert spots("Raise it, because lf_4138 failed.", strict=False) == []
    assert spots("409 should be the answer.") == []
    assert [one[0] for one in spots("409 errors should be the answer; lf_4138 should, too.")] == ["409 errors", "lf_4138"]
    assert [one[0] for one in spots("Raise it: the pool ought to have refused 60.", strict=False)] == ["60"]
    assert [one.text for one in times("It failed at 09:12; close it at 10:12.", strict=False)] == ["09:12"]


@pytest.mark.parametrize(
    ("said", "text", "date"),
    [
        ("2025-12-17", "2025-12-17", (2025, 12, 17)), ("17 December", "17 December", (0, 12, 17)), ("3rd of may", "3rd of may", (0, 5, 3)),
        ("Sept. 21st", "Sept. 21st", (0, 9, 21)), ("june 2nd", "june 2nd", (0, 6, 2)), ("11th Nov", "11th Nov", (0, 11, 11)), ("Wednesday",
        "Wednesday", (0, 0, 3)),
        ("yesterday", "yesterday", (0, 0, 0)), ("last night", "last night", (0, 0, 0)), ("this morning", "this morning", (0, 0, 0)), ("last year",
        "last year", (0, 0, 0)),
        ("last week", "last week", (0, 0, 0)), ("last month", "last month", (0, 0, 0)),
        *((f"5 {month}", f"5 {month}", (0, n, 5)) for n, month in enumerate(listed("jan feb mar apr may jun jul aug sep oct nov dec"), 1)),
        *((f"{month} 5", f"{month} 5", (0, n, 5)) for n, month in enumerate(listed("January February March April May June July August"), 1)),
        *((f"{month} 5", f"{month} 5", (0, n, 5)) for n, month in enumerate(listed("September October November December"), 9)),
        *((day, day, (0, 0, n)) for n, day in enumerate(listed("monday tuesday wednesday thursday friday saturday sunday"), 1)),
    ],
)  # fmt: skip
def test_a_day_is_read(said: str, text: str, date: tuple[int, int, int]) -> None:
    """In figures and in words; never as an amount, nor within a longer word."""
    assert [(one.text, one.what, one.date) for one in times(f"It began on {said}!", strict=True)] == [(text, "a date", date)]
    assert list(times(f"It began on x{said}x!", strict=True)) == []
    assert spots(f"It began on {said}!") == []


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        ("On 2025-12-17 it failed at 09:12, at 4 pm.", ["2025-12-17", "09:12", "4 pm"]),
        ("On 2025-12-17T09:12:44.5Z, 17 December, it failed at 09:13 on Wednesday.", ["2025-12-17T09:12:44.5Z"] * 2 + ["17 December", "09:13", "Wednesday"]),
        ("yesterday it was (9:12:44)", ["9:12:44", "yesterday"]),
    ],
)
def test_a_time_is_told_with_its_place(sentence: str, places: list[str]) -> None:
    """From its first character to its last, whatever date stands before it."""
    assert [sentence[one.start : one.end] for one in times(sentence, strict=True)] == places


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        ("On 2025-12-17 at 09:12 it hit 312 big users, about 40 %.", ["312 big users,", "40 %."]),
        ("On 5 May, Dozens of pods died, and all our users saw it twice.", ["Dozens of pods", "all our users", "twice."]),
        ("It cost $12-15k; (lf_4138) of v4.12.1 took two minutes.", ["$12-15k;", "$12-15k;", "(lf_4138)", "v4.12.1", "two minutes."]),
    ],
)
def test_an_amount_is_told_with_its_place(sentence: str, places: list[str]) -> None:
    """From the first word of it to the last."""
    assert [sentence[one.start : one.end] for one in amounts(sentence, strict=True)] == places


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("9:12", "9:12"),
        ("09:12:44.123", "09:12:44"),
        ("4 pm", "16:00"),
        ("12 a.m", "0:00"),
        ("12PM", "12:00"),
        ("2:30pm", "14:30"),
        ("2025-12-17T09:12:44.5Z", "09:12:44"),
        ("2025-12-17 09:12+02:00", "09:12+02:00"),
    ],
)
def test_a_clock_is_read(said: str, text: str) -> None:
    """Of either kind, alone or behind a date."""
    assert [one.text for one in times(f"It began at {said}!", strict=True) if one.what == "a time"] == [text]
    assert "-" in said or list(times(f"It began at x{said}x!", strict=True)) == []
