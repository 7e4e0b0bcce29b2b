"""A normalised message keeps the words that tell problems apart and drops what varies between two occurrences of one."""

import time

import pytest

from bot.core.signature.normalization import dropped, normalised, readable

KINDS = [
    ("insufficient leaf balance", "insufficient leaf balance"),
    ("insufficient balance (needed 1500, had 1,200.50)", "insufficient balance (needed <n>, had <n>)"),
    ("user 0199502d-9301-7790-8004-b77561fd6e44 is gone", "user <id> is gone"),
    ("order 01ARZ3NDEKTSV4RRFFQ69G5FAV is gone", "order <id> is gone"),
    ("digest d41d8cd98f00b204e9800998ecf8427e differs", "digest <id> differs"),
    ("object 0xDEADBEEF freed", "object <id> freed"),
    ("node 10.1.4.7:9735 refused", "node <host> refused"),
    ("node ln-7.example.net refused", "node <host> refused"),
    ("node proxy.cse.acme.co.uk:5070 refused", "node <host> refused"),
    ("peer /10.10.34.11:45307 left", "peer /<host> left"),
    ("peer [2001:db8::1]:443 left", "peer [<host>]:<n> left"),
    ("peer fe80:0:0:0:c6b3:1ff:fecd:467f left", "peer <host> left"),
    ("peer 5c:50:15:36:bc:03 left", "peer <host> left"),
    ("pod transfers-7d9f8b6c5-x2x4z evicted", "pod <pod> evicted"),
    ("no file /srv/app/releases/41/data.csv", "no file <path>"),
    ("no file src/app/data.csv:12", "no file <path>"),
    (r"no file C:\Program Files\Acme\data.csv: denied", "no file <path>: denied"),
    (r"no share \\files\team\x", "no share <path>"),
    ("GET https://a.example/x?y=1 failed", "get <url> failed"),
    ("mail to a.b+c@example.com, bounced", "mail to <email>, bounced"),
    ("timeout after 30s", "timeout after <time>"),
    ("timeout after 30 seconds.", "timeout after <time>."),
    ("lifetime <1 sec", "lifetime <time>"),
    ("lifetime 00:01", "lifetime <time>"),
    ("at 2025-12-16T06:01:25.123Z it stopped", "at <time> it stopped"),
    ("at 2025/12/16 06:01:25,123 it stopped", "at <time> it stopped"),
    ("at 2005-06-03-15.42.50.675872 it stopped", "at <time> it stopped"),
    ("at Tue, 16 Dec 2025 06:01:25 GMT it stopped", "at <time> it stopped"),
    ("at Tue Dec 16 06:01:25 EST 2025 it stopped", "at <time> it stopped"),
    ("at Dec 16 06:01:25 it stopped", "at <time> it stopped"),
    ("at 16/Dec/2025:06:01:25 it stopped", "at <time> it stopped"),
    ("at 6:01 PM it stopped", "at <time> it stopped"),
    ("10% of 5.2 KB used, 3 GiB free", "<n> of <n> used, <n> free"),
    ("attempt #4 of 5 (4/5)", "attempt #<n> of <n> (<n>)"),
    ("the 5th try", "the <n> try"),
    ("unknown tenant 'acme'", "unknown tenant <value>"),
    ('unknown tenant "Acme and Sons"', "unknown tenant <value>"),
    ("called `Result::unwrap()` on an `Err` value: Refused(7)", "called `result::unwrap()` on an `err` value: refused(<n>)"),
    ("called `Option::unwrap()` on a `None` value", "called `option::unwrap()` on a `none` value"),
    ("unknown tenant `acme`", "unknown tenant <value>"),
    ("DETAIL: Key (name)=(Mira (admin) Okafor) already exists.", "detail: key (name)=(<value>) already exists."),
    ("DETAIL: Failing row contains (1, null, mira).", "detail: failing row contains (<value>)."),
    ("ids [1, 2, 3] missing", "ids [<n>] missing"),
    ("names ['alice', 'bob'] missing", "names [<value>] missing"),
    ("names [alice, bob] missing", "names [<value>] missing"),
    ("channels 1 2 3 36 40", "channels <n>"),
    ("from 10.0.0.1,10.0.0.2 came", "from <host> came"),
    ("uid=0 shell=/bin/sh rhost=", "uid=<value> shell=<value> rhost="),
    ("size = large, type = big", "size = <value>, type = big"),
    ('failed: {"error":"invalid_grant","request_id":"a1b2"}', "failed: <json> error=invalid_grant"),
    ('failed: {"a": 1, "error"\u2028: "refused"}', "failed: <json> error=refused"),
    ('failed: {"a": 1, "error"\u2029: "refused"}', "failed: <json> error=refused"),
    ('failed: {"id": 7, "tags": ["x", {"y": "}"}]} twice', "failed: <json> twice"),
    ("body aGVsbG8gd29ybGQgdGhpcyBpcyBhIGJhc2U2NCBzdHJpbmcgMTIzNDU2Nzg5MA== bad", "body <id> bad"),
    ("session opened for user cyrus by (uid=0)", "session opened for user <user> by (uid=<value>)"),
    ("Failed password for invalid user admin from 1.2.3.4 port 22", "failed password for invalid user <user> from <host> port <n>"),
    ("block rdd_2_0 lost, blk_-160899 too", "block rdd_<n> lost, blk_<n> too"),
    ("task attempt_1445144423722_0020_m_000000_0 died", "task attempt_<n> died"),
    ("eth0 of an142 is down", "eth<n> of <n> is down"),
    ("\x1b[31mred\x1b[0m\talert\x00now", "red alert now"),
]


@pytest.mark.parametrize(("message", "expected"), KINDS)
def test_each_kind_has_its_placeholder(message: str, expected: str) -> None:
    """What varies is a placeholder of its kind, and a second time changes nothing."""
    assert normalised(message) == expected
    assert normalised(expected) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sha 4f2a9c1 not found", "sha 1234567 not found"),
        ("block 0000000a is bad", "block 00000010 is bad"),
        ("task_144_0020_m_000000_0 done", "task_145_0021_r_000003 done"),
        ("blk_-1608999687919862906 gone", "blk_7503483334202473044 gone"),
        ("rack [Thunderbird_A8] silent", "rack [Thunderbird_B14] silent"),
        ("took 200ms", "took 3 minutes"),
        ("used 850.0 B", "used 1.2 GiB"),
        ("channel 1 chosen", "channel 132,+1 chosen"),
        ("ids [4] missing", "ids [1, 2] missing"),
        ("package KB31~31bf3856ad364e35~amd64~~6.1.1.0 read", "package Hyper-V-Tools~31bf3856ad364e35~amd64~~6.3.9600.17681 read"),
        ("pod transfers-7d9f8b6c5-xkzbw evicted", "pod transfers-5c6b8f9d7-q8w1e evicted"),
        ("café 5 fermé", "cafe\u0301 6 ferme\u0301"),
        ("５ rows", "٧ rows"),
        ("\u202ebad\u202c row 1", "bad row 2"),
        ("row 1\u2028is bad", "row 2\u2029is bad"),
        ("fault in libc.0x7f3a2b1c9d0e", "fault in libc.0xf"),
        ("fault in /lib/libc.so:0x7f3a", "fault in /lib/libc.so:0xffdead"),
        ("answered code 503 in any status", "answered code 404 in any status"),
        ("code 503 was the last status", "code 404 was the last status"),
    ],
)
def test_twins_are_equal(one: str, other: str) -> None:
    """Two occurrences of one problem are one message."""
    assert normalised(one) == normalised(other)
    assert normalised(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("insufficient leaf balance", "insufficient fee balance"),
        ("error=timeout key=a", "error=refused key=a"),
        ("user=null failed", "user=bob failed"),
        ("upstream answered with status code 404", "upstream answered with status code 503"),
        ("HTTP 502 Bad Gateway", "HTTP 504 Bad Gateway"),
        ("OSError: [Errno 2] x", "OSError: [Errno 13] x"),
        ('"GET /a HTTP/1.1" 200', '"POST /a HTTP/1.1" 200'),
        ("'NoneType' object has no attribute 'id'", "'NoneType' object has no attribute 'name'"),
        ("reading 'map' of undefined", "reading 'length' of undefined"),
        ('reason: "token expired"', 'reason: "token revoked"'),
        ('answer {"error":"invalid_grant"}', 'answer {"error":"rate_limited"}'),
        ("unexpected token '<'", "unexpected token '}'"),
        ("no IPv4 route", "no IPv6 route"),
        ("bad utf-8", "bad utf-16"),
        ("md5 differs", "sha256 differs"),
        ("user not found", "user is locked"),
        ("invalid user input in form", "invalid user session in form"),
        ("java.net.SocketTimeoutException: x", "java.net.ConnectException: x"),
        ("disk1 failed", "fan1 failed"),
        ("ruser= rhost=a", "ruser=bob rhost=a"),
        ("数据库连接失败", "数据库读取失败"),
    ],
)
def test_near_misses_differ(one: str, other: str) -> None:
    """Another word that tells a problem is another message."""
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    "message",
    [
        "can't find child in scoreboard",
        "and/or input/output n/a tcp/ip",
        "std::vector out of range",
        "it's the user's turn, isn't it",
        "list<string> is no set<string>",
        "a == b and c != d",
        "org.apache.foo$bar failed",
        "ошибка в модуле",
        "🔥 подключение 失敗 خطأ",
        "",
    ],
)
def test_words_stay(message: str) -> None:
    """Nothing that is a word is dropped."""
    assert normalised(message) == message


def test_a_readable_message_has_ellipses() -> None:
    """For people, what varies is an ellipsis."""
    assert readable("node <host> did not answer in <time>") == "node … did not answer in …"


def test_what_was_dropped_is_told() -> None:
    """Each placeholder is explained by what it stands for."""
    assert dropped("Node 10.1.4.7:9735 did not answer in 30 s, trace_id=4bf92f after 3 tries") == (
        ("10.1.4.7:9735", "host"),
        ("30 s", "time"),
        ("4bf92f", "value"),
        ("3", "n"),
    )
    assert dropped("insufficient leaf balance <id>") == ()
    assert dropped('failed a="none",b=7 twice') == (('a="none",b=7', "value"),)
    assert dropped("user=<value7> failed") == (("<value7>", "value"),)


@pytest.mark.parametrize(
    ("before", "message", "expected"),
    [
        ("bad base99", "bad base64", "bad base64"),
        ("bad base64", "bad base99", "bad base<n>"),
        ("answered with status code 404 in 17s", "answered with status code 503 in 99s", "answered with status code 503 in <time>"),
        ("peer 10.1.4.7 left", "peer 99.9.9.9 left", "peer <host> left"),
        ("no UTF-99 at byte 7", "no UTF-16 at byte 8", "no utf-16 at byte <n>"),
    ],
)
def test_what_was_read_before_changes_nothing(before: str, message: str, expected: str) -> None:
    """Answers are remembered for messages that differ in digits alone, but not where a digit is part of a name or a code."""
    normalised(before)

    assert normalised(message) == expected


def test_a_lone_surrogate_is_written() -> None:
    """Half a character becomes the replacement character, so that every normalised message can be stored."""
    assert normalised("a \ud800 b").encode() == "a \ufffd b".encode()


@pytest.mark.parametrize("message", ["a" * 400_000, "a1" * 200_000, "9" * 400_000, "失" * 400_000, "ab " * 130_000, "ﷺ" * 100_000, "<n>" * 130_000])
def test_a_long_line_is_cut_before_any_rule_reads_it(message: str) -> None:
    """400 KB cost no more than their beginning; the rest is cut, and what is left stays as it is."""
    started = time.process_time()
    once = normalised(message)

    assert time.process_time() - started < 1.0
    assert len(once) <= 300
    assert normalised(once) == once


def test_only_the_first_4000_characters_count() -> None:
    """A word that stands behind them changes nothing."""
    assert normalised(f"leaf{' ' * 3_992}lost") == "leaf lost"
    assert normalised(f"leaf{' ' * 3_993}lost") == "leaf los"
    assert normalised(f"leaf{' ' * 4_000}lost") == "leaf"
    assert dropped(f"leaf 7{' ' * 4_000}of 8") == (("7", "n"),)


def test_the_cut_is_between_words() -> None:
    """A long sentence ends with a whole word, or with a whole placeholder."""
    assert normalised("word 17 " * 100).split()[-1] in ("word", "<n>")


@pytest.mark.slow
def test_five_megabytes_cost_no_more_than_their_beginning() -> None:
    """A message of 5 MB is read to its bound only."""
    assert normalised("rows 17 of 5_000 " * 300_000) == normalised("rows 17 of 5_000 " * 300)


def test_quotes_within_quotes_are_read_as_deep_as_people_write_them() -> None:
    """What is nested deeper is data, whatever it holds: two such messages are one, and reading them ends."""
    assert normalised(f"leaf {'«' * 10}a{'»' * 10} lost") == "leaf <value> lost"
    assert normalised(f"leaf {'«' * 20}a{'»' * 20} lost") == normalised(f"row {'«' * 20}b{'»' * 20} gone") == "<data>"
