"""Amounts, one sentence each: text, what it is, kind, amount in the smallest unit, how far off it may be, and the unit; and when an index has them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.grounding.clocks import times
from bot.core.grounding.index import Index
from bot.core.grounding.numbers import amounts
from bot.core.grounding.spot import Spot

AMOUNTS: list[tuple[str, tuple[str, ...]]] = [
    ('It took ~>40 s.', ('~>40 s|a number|time|40000|2000|1000',)),
    ('It took -5 s.', ('-5 s|a number|time|5000|500|1000',)),
    ('It took +-5 s then.', ('+-5 s|a number|time|5000|500|1000',)),
    ('It took ~~~5 s.', ('~~~5|an identifier||0|0|0',)),
    ('It took ≈40s, ≤40s, ≥40s.', ('≈40s|a number|time|40000|2000|1000', '≤40s|a number|time|40000|2000|1000', '≥40s|a number|time|40000|2000|1000')),
    ('It read 1_000 rows.', ('1_000|a number||1000|0|0',)),
    ('It read 1,234,567 users.', ('1,234,567 users|a number|people|1.23457e+06|0|0',)),
    ('It read 1.234.567 users.', ('1.234.567|an identifier||0|0|0',)),
    ('It took 3min.', ('3min|a number|time|180000|30000|60000',)),
    ('It took 5 MINUTES.', ('5 MINUTES|a number|time|300000|30000|60000',)),
    ('It took 0.5 s.', ('0.5 s|a number|time|500|50|1000',)),
    ('It took 1 s.', ('1 s|a number|time|1000|500|1000',)),
    ('It took 0 s.', ('0 s|a number|time|0|500|1000',)),
    ('It is 1 GB.', ('1 GB|a number|size|1e+09|1e+08|1e+09',)),
    ('It is 0%.', ('0%|a number|share|0|0|0',)),
    ('It is $1.', ('$1|a number|money|1|0|0',)),
    ('It is £0.', ('£0|a number|money|0|0|0',)),
    ('It saw 0 users, 1 user.', ()),
    ('It saw 1k users.', ('1k users|a number|people|1000|500|0',)),
    ('It saw 2 users.', ('2 users|a number|people|2|0|0',)),
    ('It saw 1.5k users.', ('1.5k users|a number|people|1500|50|0',)),
    ('It saw 2M requests.', ('2M requests|a number|events|2e+06|500000|0',)),
    ('It saw 3x more.', ('3x|a number|ratio|3|0.3|0',)),
    ('It saw 3× more.', ('3×|a number|ratio|3|0.3|0',)),
    ('It rose 3x.', ('3x|a number|ratio|3|0.3|0',)),
    ('It was hit 3x.', ('3x|a number||3|0|0',)),
    ('It saw 40k+ users.', ('40k+ users|a number|people|40000|500|0',)),
    ('It cost €1,200.50 then.', ('€1,200.50|a number|money|1200.5|0|0',)),
    ('It cost ~$40.', ('~$40|a number|money|40|2|0',)),
    ('It cost 12 dollars.', ('12 dollars|a number|money|12|0|0',)),
    ('It was 450 qps or 450.5 tps.', ('450 qps|a number|rate|450|0.5|0', '450.5 tps|a number|rate|450.5|0.05|0')),
    ('It is 1.5 GB.', ('1.5 GB|a number|size|1.5e+09|5e+07|1e+09',)),
    ('It is 12 KiB.', ('12 KiB|a number|size|12000|500|1000',)),
    ('It is 500 b.', ('500 b|a number|size|500|0.5|1',)),
    ('It is 2 megabytes.', ('2 megabytes|a number|size|2e+06|200000|1e+06',)),
    ('It is 0.25 GB.', ('0.25 GB|a number|size|2.5e+08|5e+06|1e+09',)),
    ('It is about 0.25 GB.', ('0.25 GB|a number|size|2.5e+08|1.25e+07|1e+09',)),
    ('It is at most 40%.', ('40%|a number|share|40|2|0',)),
    ('It is at 12.5%.', ('12.5%|a number|share|12.5|0.05|0',)),
    ('It is at 12 percent.', ('12 percent|a number|share|12|0.5|0',)),
    ('It came within 2.5 h.', ('2.5 h|a number|time|9e+06|180000|3.6e+06',)),
    ('It came under 40%.', ('40%|a number|share|40|0.5|0',)),
    ('It came within 40 users.', ('40 users|a number|people|40|0|0',)),
    ('It came at about 2.5 s.', ('2.5 s|a number|time|2500|125|1000',)),
    ('It was (~40) then.', ('~40|a number||40|2|0',)),
    ('It was "~40 s" then.', ('~40 s|a number|time|40000|2000|1000',)),
    ("It was '<40' then.", ('40|a number||40|2|0',)),
    ('It saw 40 leaves.', ('40|a number||40|0|0',)),
    ('It saw 40 big red fat users.', ('40|a number||40|0|0',)),
    ('It saw 40 big red users.', ('40 big red users|a number|people|40|0|0',)),
    ('It saw 40 users of 50 tenants.', ('40 users|a number|people|40|0|0', '50 tenants|a number|people|50|0|0')),
    ('It saw 40 of 50 tenants.', ('40|a number||40|0|0', '50 tenants|a number|people|50|0|0')),
    ('It saw 40 twice users.', ('40|a number||40|0|0', 'twice|a number|events|2|0|0')),
    ('It saw 40 two users.', ('40|a number||40|0|0', 'two users|a number|people|2|0|0')),
    ('It saw 40 x7 users.', ('40|a number||40|0|0', 'x7|an identifier||0|0|0')),
    ('It saw 40 big s.', ('40|a number||40|0|0',)),
    ('It saw 40 s users.', ('40 s|a number|time|40000|500|1000',)),
    ('It saw 40. Users came.', ('40|a number||40|0|0',)),
    ('It saw 40; users came.', ('40|a number||40|0|0',)),
    ('It saw 40: users came.', ('40|a number||40|0|0',)),
    ('It saw 40! Users came.', ('40|a number||40|0|0',)),
    ('It saw 40? Users came.', ('40|a number||40|0|0',)),
    ('It saw 40) users came.', ('40|a number||40|0|0',)),
    ('It saw 40 big, users came.', ('40|a number||40|0|0',)),
    ('It saw 40 big. Users came.', ('40|a number||40|0|0',)),
    ('It saw 40 big) users came.', ('40|a number||40|0|0',)),
    ('Lines 23 and 42.', ('line 23|a line of code||23|0|0', 'line 42|a line of code||42|0|0')),
    ('The lines 23, or 42.', ('line 23|a line of code||23|0|0', 'line 42|a line of code||42|0|0')),
    ('On line 23 s later.', ('23 s|a number|time|23000|500|1000',)),
    ('On line 7k now.', ('7k|a number||7000|500|0',)),
    ('On line 23 users.', ('line 23|a line of code||23|0|0',)),
    ('On line 0 now.', ()),
    ('At lines 23 hours before.', ('23 hours|a number|time|8.28e+07|1.8e+06|3.6e+06',)),
    ('At line 23 then or 42.', ('line 23|a line of code||23|0|0', '42|a number||42|0|0')),
    ('A 45-second or 2-minute wait.', ('45-second|a number|time|45000|500|1000', '2-minute|a number|time|120000|30000|60000')),
    ('A 45-leaf wait.', ('45-leaf|an identifier||0|0|0',)),
    ('A 3-users plan.', ('3-users|a number|people|3|0|0',)),
    ('A 12-hour-long day.', ('12-hour-long|an identifier||0|0|0',)),
    ('It took 10-12s, 10–12 s, 10..12.', ('10-12s|a number|time|10000|500|1000', '10-12s|a number|time|12000|500|1000',
    '10–12 s|a number|time|10000|500|1000', '10–12 s|a number|time|12000|500|1000', '10..12|a number||10|0|0', '10..12|a number||12|0|0')),
    ('It took 10-12% of 3-5 users.', ('10-12%|a number|share|10|0.5|0', '10-12%|a number|share|12|0.5|0', '3-5 users|a number|people|3|0|0',
    '3-5 users|a number|people|5|0|0')),
    ('It cost $10-12 or €10..12.', ('$10-12|a number|money|10|0|0', '$10-12|a number||12|0|0', '€10..12|a number|money|10|0|0', '€10..12|a number||12|0|0')),
    ('It ran v4 or V4.12.', ('v4|an identifier||0|0|0', 'V4.12|an identifier||0|0|0')),
    ('It ran v4.1.2.3.4.5 now.', ('v4.1.2.3.4.5|an identifier||0|0|0',)),
    ('It ran v4.12.1+build.7 now.', ('v4.12.1+build.7|an identifier||0|0|0',)),
    ('It ran 4.12.1-rc.2 now.', ('4.12.1-rc.2|an identifier||0|0|0',)),
    ('It ran 4.12 now.', ('4.12|a number||4.12|0|0',)),
    ('It ran 1.2.3.4 now.', ('1.2.3.4|an identifier||0|0|0',)),
    ('It ran v4rc1 now.', ('v4rc1|an identifier||0|0|0',)),
    ('It is the 21st or 22nd, 23rd, 24th one.', ()),
    ('It is ORD_77 or #77, x/77.', ('ORD_77|an identifier||0|0|0', '#77|an identifier||0|0|0', 'x/77|an identifier||0|0|0')),
    ('It is 7f9d or 12ab34.', ('7f9d|an identifier||0|0|0', '12ab34|an identifier||0|0|0')),
    ('It is s3 and p99 or ec2.', ()),
    ('It is 受けた12人.', ('12|a number||12|0|0',)),
    ('It is 1人 or 0人.', ()),
    ('It is 1.5倍, 3,4人.', ('1.5|a number||1.5|0|0', '3,4|a number||3.4|0|0')),
    ('It failed Twice, two times.', ('twice|a number|events|2|0|0',)),
    ('Two users, three users.', ('Two users|a number|people|2|0|0', 'three users|a number|people|3|0|0')),
    ('Three minutes, two hours.', ('Three minutes|a number|time|180000|30000|60000', 'two hours|a number|time|7.2e+06|1.8e+06|3.6e+06')),
    ('Three leaves, twelve leaves.', ('twelve|a number||12|0|0',)),
    ('Twelve big leaves wait.', ('twelve|a number||12|0|0',)),
    ('Eleven leaves, thirteen waits.', ('thirteen|a number||13|0|0',)),
    ('Twenty-five users.', ('Twenty-five users|a number|people|25|0|0',)),
    ('A dozen users, a hundred of users.', ('dozen users|a number|people|12|0|0', 'hundred|a number||100|0|0')),
    ('Drei Kunden, tres usuarios.', ('Drei Kunden|a number|people|3|0|0', 'tres usuarios|a number|people|3|0|0')),
    ('Tres leaves, mil clientes.', ('mil clientes|a number|people|1000|0|0',)),
    ('Six users, six leaves.', ('Six users|a number|people|6|0|0',)),
    ('One user.', ()),
    ('Five GB are used.', ('Five GB|a number|size|5e+09|0|0',)),
    ('Two GB are used.', ()),
    ('Ten percent, two percent.', ('Ten percent|a number|share|10|0|0',)),
    ('Ten dollars.', ('Ten dollars|a number|money|10|0|0',)),
    ('Three (users).', ('Three users|a number|people|3|0|0',)),
    ('Dozens of users, hundreds of big users.', ('Dozens of users|how many|people|12|0|0', 'hundreds of big|how many||100|0|0')),
    ('Thousands of very big users.', ('Thousands of very|how many||1000|0|0',)),
    ('Millions of users and billions of rows.', ('Millions of users|how many|people|1e+06|0|0', 'billions of rows|how many||1e+09|0|0')),
    ('Scores of retries.', ('Scores of retries|how many|events|20|0|0',)),
    ('Dozens of ab now.', ('Dozens of ab now|how many||12|0|0',)),
    ('Dozens of leaves now.', ('Dozens of leaves|how many||12|0|0',)),
    ('Xdozens of users now.', ()),
    ('No users, all users, all of the users.', ('No users|how many||0|0|0', 'all users|how many||0|0|0', 'all of the users|how many||0|0|0')),
    ('Every other tenant.', ('Every other tenant|how many||0|0|0',)),
    ('Half of all the leaves failed.', ('Half of all the leaves|how many|share|50|5|0',)),
    ('A third of these leaves wait.', ()),
    ('Two thirds of leaves were lost.', ('Two thirds of leaves|how many|share|66.6667|6.66667|0',)),
    ('Step 3, option 4, (figure 5).', ()),
    ('Stepx 3.', ('3|a number||3|0|0',)),
    ('Step: 3 users.', ()),
    ('It had 3 timeouts.', ('3 timeouts|a number|events|3|0|0',)),
    ('It took 3 ms-ish.', ('3|a number||3|0|0',)),
    ('It had 9999999999999999 rows.', ('9999999999999999|an identifier||0|0|0',)),
    ('It was 12:30 and 40 users.', ('40 users|a number|people|40|0|0',)),
    ('It was 2025-12-17 and 40 users.', ('40 users|a number|people|40|0|0',)),
    ('It was 17 Dec and 40 users.', ('40 users|a number|people|40|0|0',)),
    ('So timeout=30s and a:b7.', ('timeout=30s|an identifier||0|0|0', 'a:b7|an identifier||0|0|0')),
    ('It saw 5,000,000 and 1.204,50.', ('5,000,000|a number||5e+06|0|0', '1.204,50|a number||1.2045|0|0')),
    ('It took 5 weeks, 2 months, 3 years.', ('5 weeks|a number|time|3.024e+09|3.024e+08|6.048e+08', '2 months|a number|time|5.184e+09|1.296e+09|2.592e+09',
    '3 years|a number|time|9.4608e+10|1.5768e+10|3.1536e+10')),
    ('It took 5 µs.', ('5 µs|a number|time|0.005|0.0005|0.001',)),
    ('It rose by 40 points.', ('40|a number||40|0|0',)),
    ('It rose at least 40 users.', ('40 users|a number|people|40|2|0',)),
    ('It rose to 40 users.', ('40 users|a number|people|40|2|0',)),
    ('It had 3 users per 40 hosts.', ('3 users|a number|people|3|0|0', '40 hosts|a number|machines|40|0|0')),
    ('It had 40 old and 3 users.', ('40|a number||40|0|0', '3 users|a number|people|3|0|0')),
    ('It had 40 rows than users.', ('40|a number||40|0|0',)),
    ('The 40 that users saw.', ('40|a number||40|0|0',)),
    ('The 40 as users saw.', ('40|a number||40|0|0',)),
    ('The 40 which users saw.', ('40|a number||40|0|0',)),
    ('The 40 were users, 40 are users, 40 was users, 40 is users.', ('40|a number||40|0|0', '40|a number||40|0|0', '40|a number||40|0|0',
    '40|a number||40|0|0')),
    ('The 40 in users, 40 for users, 40 from users, 40 with users.', ('40|a number||40|0|0', '40|a number||40|0|0', '40|a number||40|0|0',
    '40|a number||40|0|0')),
    ('The 40 on users, 40 at users, 40 by users, 40 than users, 40 the users.', ('40|a number||40|0|0', '40|a number||40|0|0', '40|a number||40|0|0',
    '40|a number||40|0|0', '40|a number||40|0|0')),
    ('409 should be users.', ('409 should be users|a number|people|409|0|0',)),
    ('409 ought to be it, 5 s would be it.', ('5 s|a number|time|5000|500|1000',)),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), AMOUNTS)
def test_an_amount_is_read_with_its_unit(sentence: str, told: tuple[str, ...]) -> None:
    """Where it ends, what is counted or measured, and how generously it is compared."""
    found = tuple(amounts(sentence, strict=True))
    assert tuple(f"{one.text}|{one.what}|{one.kind}|{one.amount:g}|{one.leeway:g}|{one.unit:g}" for one in found) == told
    for one in found:
        first, last = one.text.removeprefix("line ").split()[0].casefold(), one.text.split()[-1].casefold()
        assert first in sentence[one.start : one.end].casefold()
        assert last in sentence[one.start : one.end].casefold()
        assert len(sentence[one.start : one.end].split()) == len(one.text.removeprefix("line ").split())


HOUR, MOMENT = 3_600_000.0, datetime(2025, 12, 17, 9, 5, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spot", "said", "stands"),
    [
        (("9:05", "a time"), "x", True), (("09:05", "a time"), "x", True), (("09:05:44", "a time"), "x", True), (("09:05:43", "a time"), "x", False),
        (("9:06", "a time"), "at 9:06:12", True), (("9:06:12", "a time"), "at 09:06:12", True), (("1:06", "a time"), "at 21:06", False),
        (("25:61x", "a time"), "a 25:61x b", True),
        (("17 dec", "a date", "", 0, 0, 0, (0, 12, 17)), "x", True), (("17 dec", "a date", "", 0, 0, 0, (0, 12, 18)), "x", False),
        (("17 dec", "a date", "", 0, 0, 0, (0, 12, 18)), "on 17 dec", True), (("x", "a date", "", 0, 0, 0, (2025, 12, 17)), "y", True),
        (("x", "a date", "", 0, 0, 0, (2025, 11, 17)), "y", False), (("x", "a date", "", 0, 0, 0, (2024, 12, 17)), "y", False),
        (("x7", "an identifier"), "a x7 b", True), (("x7", "an identifier"), "a x78 b", False),
        (("no users", "how many"), "0 users", True), (("No users", "how many"), "0 users", True), (("all users", "how many"), "0 users", False),
        (("no users", "how many"), "0 requests", False), (("nobody", "how many"), "0 users", True),
        (("dozens of pods", "how many", "machines", 12), "12 pods", True), (("dozens of pods", "how many", "machines", 12), "11 pods", False),
        (("dozens of pods", "how many", "machines", 12), "90 users and 40 pods", True), (("dozens of pods", "how many", "machines", 12), "90 users", False),
        (("1 GB", "a number", "size", 1e9, 1e8, 1e9), "0.95 GB", True), (("1 GB", "a number", "size", 1e9, 1e8, 1e9), "0.8 GB", False),
        (("1 MB", "a number", "size", 1e6, 0, 1e6), "1048576 bytes", True), (("1 MB", "a number", "size", 1e6, 0, 1e6), "1024 KB", True),
        (("3 MB", "a number", "size", 3e6, 0, 1e6), "3145728 bytes", True), (("3 MB", "a number", "size", 3e6, 0, 1e6), "3145727 bytes", False),
        (("5 users", "a number", "people", 5, 0), "5 users", True), (("5 users", "a number", "people", 5, 0), "5 pods", False),
        (("5 users", "a number", "people", 5, 1), "6 users", True), (("5 users", "a number", "people", 5, 1), "7 users", False),
        (("5", "a number", "", 5, 0), "5 pods", True),
        (("5 h", "a number", "time", 5 * HOUR, 0, HOUR), "5 hours", True), (("5 h", "a number", "time", 5 * HOUR, 0, HOUR), "300 min", True),
    ],
)  # fmt: skip
def test_a_claim_is_looked_up_by_what_it_is(spot: tuple[object, ...], said: str, stands: bool) -> None:
    """Clocks, dates, words, counts, sizes of either kind, and times."""
    assert Spot(0, 0, *spot).found_in(Index([said], [MOMENT])) == stands  # type: ignore[arg-type] # the rest of its fields


@pytest.mark.parametrize(
    ("text", "hours", "leeway", "least", "most"),
    [("3 hours", 3, 0.5, 2.25, 3.75), ("8 hours", 8, 0.5, 7, 9), ("1 hour", 1, 0.5, 0.5, 1.5), ("8.0 hours", 8, 0.5, 7.5, 8.5), ("8 hours", 8, 2, 6, 10)],
)
def test_a_time_between_two_moments_is_cut_off_or_rounded(text: str, hours: float, leeway: float, least: float, most: float) -> None:
    """By one of its unit, yet by no more than a quarter of it; one with a point is exact."""
    spot = Spot(0, 0, text, "a number", "time", hours * HOUR, leeway * HOUR, HOUR)
    for span, stands in ((least, True), (most, True), (least - 0.01, False), (most + 0.01, False)):
        assert spot.found_in(Index(["x"], spans=[timedelta(hours=span)])) == stands


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("at 2025-12-17T09:12:44.123Z", ["a date 2025-12-17", "a time 09:12:44"]), ("at 2025-12-17 09:12+0200", ["a date 2025-12-17", "a time 09:12+0200"]),
        ("at 2025-12-17T09:12-02:00", ["a date 2025-12-17", "a time 09:12-02:00"]), ("at x-2025-12-17", []), ("at 2025-12-17-a", []), ("at 2025-12-1", []),
        ("2025-12-17 2025-12-18", ["a date 2025-12-17", "a date 2025-12-18"]), ("at 9:12:44.5", ["a time 9:12:44"]), ("at a.9:12", []), ("at 1:9:12:44", []),
        ("at 9:12x or 9:1", []), ("at 12 am, 1a.m. or 11 PM", ["a time 0:00", "a time 1:00", "a time 23:00"]), ("at 12 pm", ["a time 12:00"]), ("at 3 pmx", []),
        ("at v.3 pm", []), ("on 3 june or June 4th", ["a date 3 june", "a date June 4th"]), ("on 1st of June", ["a date 1st of June"]),
        ("on June 1st or June 2nd or June 3rd", ["a date June 1st", "a date June 2nd", "a date June 3rd"]),
        ("on Sept 9:30", ["a time 9:30"]), ("on Sep. 12", ["a date Sep. 12"]), ("in May", []), ("Fridays, Friday", ["a date Friday"]),
        ("last night, last weeks", ["a date last night"]),
    ],
)  # fmt: skip
def test_clocks_and_dates_are_read_to_their_end(sentence: str, told: list[str]) -> None:
    """With fractions, which are left out; never a part of something longer."""
    found = list(times(sentence, strict=True))
    assert [f"{one.what} {one.text}" for one in found] == told
    assert [one.text for one in found if one.what == "a date" and sentence[one.start : one.end][:10] != one.text[:10]] == []
    assert [one.text for one in found if one.what == "a time" and one.start >= one.end] == []
    assert list(times(f"Raise it {sentence}", strict=False)) == []
    assert [f"{one.what} {one.text}" for one in times(f"It failed {sentence.replace(', ', ' ')}", strict=False)] == told
