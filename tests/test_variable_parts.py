"""Each alternative of what varies in a word of a message: one line each, `word → what stays of it`."""

from uuid import UUID

import pytest

from bot.core.signature.normalization import normalised

TIMES = """
2025-12-16 → <time>
2025/1/6 → <time>
2025.12.06 → <time>
2025-12-16t06:01 → <time>
2025-12-16_6.01.25 → <time>
2025-12-16-06:01:25,123 → <time>
2025-12-16:06:01:25:123456789 → <time>
2025-12-16t06:01:25z → <time>
2025-12-16t06:01:25.123+01:00 → <time>
2025-12-16t06:01:25-0130 → <time>
20251216t060125 → <time>
20251216t0601 → <time>
20251216t060125.123z → <time>
20251216t060125+0100 → <time>
16/12/2025 → <time>
6.1.25 → <time>
16-dec-2025 → <time>
16/december/25 → <time>
16/dec/2025:06:01:25 → <time>
16/dec/2025:06:01:25.123 → <time>
06:01:25 → <time>
6:01:25.5 → <time>
6:01:25,123456 → <time>
6:01:25pm → <time>
6:01:25am → <time>
06:01:25z → <time>
06:01:25+01:00 → <time>
06:01 → <time>
6:01pm → <time>
6:01am → <time>
at:06:01 → at:<n>
,06:01 → ,<time>
30s → <time>
30ms → <time>
30us → <time>
30ns → <time>
1.25s → <time>
3msec → <time>
3msecs → <time>
3sec → <time>
3secs → <time>
3min → <time>
3mins → <time>
3hr → <time>
3hrs → <time>
3hour → <time>
3hours → <time>
3day → <time>
30days → <time>
1h30m5s → <time>
12d4h30m5.25s → <time>
1d → <time>
12h → <time>
1h30m → <time>
1d2h3m → <time>
pt30s → <time>
p1dt12h30m5.25s → <time>
p10d → <time>
t=30sx → t=<value>
"""
HOSTS = """
5c:50:15:36:bc:03 → <host>
5c-50-15-36-bc-03 → <host>
10.1.4.7 → <host>
10.1.4.7:9735 → <host>
10.1.4.0/24 → <host>
10.1.4.7:9735/2 → <host>
fe80:0:0:0:c6b3:1ff:fecd:467f → <host>
fe80:0:0:0:c6b3:1ff:fecd:467f%eth0/64 → <host>
::1 → <host>
fe80::1 → <host>
fe80::c6b3 → <host>
::ffff:c6b3:1ff → <host>
fe80::1/128 → <host>
fe80::1:2ff%en0 → <host>
2001:db8:: → <host>
2001:db8:12::/48 → <host>
2001:db8:12::a:b:c → <host>
localhost → localhost
localhost:8080 → <host>
localhost-a → localhost-a
node.acme.com → <host>
node-7.eu.acme.com:443 → <host>
v10.1.4.7 → <n>
acme.co.id → <host>
acme.com.my → <host>
acme.ac.id → <host>
acme.edu.my → <host>
acme.gov.my → <host>
acme.net.my → <host>
acme.org.my → <host>
acme.or.id → <host>
acme.ne.id → <host>
acme.go.id → <host>
acme.leaf → acme.leaf
"""
PATHS = r"""
c:\data → <path>
c:/data/x.csv → <path>
\\files\team → <path>
app\leaves\store → <path>
app\leaves → app\leaves
/srv/app → <path>
/api/2.0/users → <path>
/srv/app/ → <path>
~/app/data → <path>
./app/data → <path>
../app/data → <path>
/srv/app?x=1&y=2 → <path>
/srv/app.py:12 → <path>
/srv/app.py:12:7 → <path>
src/app/data.csv → <path>
src/app/data.csv:12:7 → <path>
src/data → src/data
(src/app/data.csv.) → (<path>.)
src/data.csv/7 → src/data.csv/<n>
a+b@c/data.py → <path>
/10.1.4.7:80 → /<host>
"""
NUMBERS = """
7 → <n>
-7 → <n>
+7 → <n>
<7 → <n>
>7 → <n>
~7 → <n>
<=7 → <n>
>=7 → <n>
a-7 → a-<n>
1,200.50 → <n>
1_200 → <n>
12:3 → <n>
1.5e10 → <n>
1.5e-10 → <n>
1e+3 → <n>
10% → <n>
5b → <n>
5kb → <n>
5mb → <n>
5gib → <n>
5tb → <n>
5pib → <n>
5mbps → <n>
5gb/s → <n>
5byte → <n>
512bytes → <n>
3x → <n>
1st → <n>
2nd → <n>
3rd → <n>
4th → <n>
1920x1080 → <n>
10x → <n>
+3x → <n>
-1st → <n>
-2nd → <n>
-3rd → <n>
-4th → <n>
-5b → <n>
-5kb → <n>
-5gib → <n>
-5mbps → <n>
-5gb/s → <n>
-5byte → <n>
-5bytes → <n>
-5% → <n>
-1.5e10 → <n>
-1e-10 → <n>
1.2:3f → <n>
"""
IDS = """
0199502d-9301-7790-8004-b77561fd6e44 → <id>
{0199502d-9301-7790-8004-b77561fd6e44} → <id>
0xdeadbeef → <id>
0xf → <id>
01arz3ndektsv4rrffq69g5fav → <id>
transfers-7d9f8b6c5-x2x4z → <pod>
sha-4f2a9c1d8e → <id>
4f2a9c1d8e → <n>
4f2a9c1d8e7b6a5c4 → <id>
eth0 → eth<n>
http2server → http<n>server
a8 → <n>
leaf--7 → leaf--<n>
a:0xff → a:<id>
a:0199502d-9301-7790-8004-b77561fd6e44 → a:<id>
467f → <n>
worker-7 → worker-<n>
worker-a1b2 → worker-<n>
用户abcdefab-abcd-4bcd-8bcd-abcdefabcdef → 用户<id>
0xc1d2e3f4a5leaf0 → <id>
worker_17_b → worker_<n>_b
block~12~x1 → block~<n>
node.7.x → node.<n>.x
$leaf7 → $leaf<n>
q7w8e9r0 → <n>
q7w8e9r0t1y2u3i4o5 → <id>
"""
MARKED = """
https://a.example → <url>
postgres+ssl://db/x?y=1 → <url>
https://a.example/x, → <url>,
https://a.example/x). → <url>).
mira@acme.com → <email>
a.b+c@mail.eu.acme.com → <email>
mira@acme.com, → <email>,
mira@acme → mira@acme
user=mira → user=<value>
user="mira" → user=<value>
user='mira' → user=<value>
user=a=b → user=<value>
x=1;y=2 → x=<value>;y=<value>
user.name=mira → user.name=<value>
user=null → user=null
user="null" → user=null
user='none' → user=none
error=refused → error=refused
error=refused-7 → error=refused-<n>
id-7=x → id-<n>=<value>
user=<id> → user=<id>
"""
EDGES = """
12h, → <time>,
12hx → <n>
12h.x → <n>.x
30s, → <time>,
30sx → <n>
30s.x → <n>.x
pt30s, → <time>,
pt30sx → <n>
06:01, → <time>,
06:01x → <n>
06:01pmx → <n>
6:01:25, → <time>,
6:01:25x → <n>
2025-12-16, → <time>,
2025-12-16x → <n>
16/12/2025, → <time>,
16/12/2025x → <n>
20251216t060125, → <time>,
20251216t060125x → <n>
10.1.4.7, → <host>,
10.1.4.7x → <n>
10.1.4.7.x → <n>.x
::1, → <host>,
fe80::1x → <n>
acme.com, → <host>,
acme.com.x → acme.com.x
acme.com(x) → acme.com(x)
acme.com-x → acme.com-x
5c:50:15:36:bc:03, → <host>,
5c:50:15:36:bc:03a → <n>
7z → <n>
0xffg → <n>
a@b.comx9 → <email><n>
"""
JOINED = """
7,8,9 → <n>
10.0.0.1,10.0.0.2 → <host>
30s;40s → <time>
30s:40s → <time>
30s|40s → <time>
30s/40s → <time>
30s#40s → <time>
30s+40s → <time>
30s*40s → <time>
30s.40s → <n>
30s&40s → <time>
30s~40s → <time>
3px_4px → <n>
blk_-1608 → blk_<n>
blk:-1608 → blk:<n>
a8_m_b9 → <n>
"""


def _cases(table: str) -> list[tuple[str, str]]:
    return [(word, stays) for word, _, stays in (line.partition(" → ") for line in table.strip("\n").split("\n"))]


@pytest.mark.parametrize("table", [TIMES, HOSTS, PATHS, NUMBERS, IDS, MARKED, EDGES, JOINED])
def test_what_varies_in_a_word(table: str) -> None:
    """Alone, and as one word of a sentence."""
    assert [(word, normalised(f"leaf {word} lost")) for word, _ in _cases(table)] == [(word, f"leaf {stays} lost") for word, stays in _cases(table)]


@pytest.mark.parametrize(("before", "kept"), [(110, 120), (111, 115), (113, 117), (114, 118), (117, 120), (118, 118), (120, 120), (130, 120)])
def test_a_long_word_is_cut_between_placeholders(before: int, kept: int) -> None:
    """At 120 characters, or where the placeholder that would be halved begins."""
    word = f"{'x' * before}<n>-<host>"

    assert normalised(word) == word[:kept]


def test_a_word_of_120_characters_is_no_long_one() -> None:
    """It stays as it is; of one that is longer the placeholders are joined."""
    assert normalised(f"{'x' * 114}<n><n>") == f"{'x' * 114}<n><n>"
    assert normalised(f"{'x' * 115}<n><n>") == f"{'x' * 115}<n>"


@pytest.mark.parametrize("uuid", ["0199502d-9301-7790-8004-b77561fd6e44", "abcdefab-abcd-4bcd-abcd-abcdefabcdef", "01234567-0123-4123-8123-012345678901"])
def test_an_order_is_one_error_whichever_order_it_is(uuid: str) -> None:
    """Its id may be of letters or of digits alone: no piece of it makes another name."""
    assert normalised(f"order-{uuid} lost") == "order-<n> lost"
    assert normalised(f"queue tenant-{uuid}.out full") == "queue tenant-<n>.out full"


@pytest.mark.parametrize("form", ["order_{} lost", "order{} lost", "s3-{} lost", "k8s.{} lost", "Order_{} lost"])
def test_a_uuid_behind_a_word_is_one_error_whatever_its_digits(form: str) -> None:
    """Some ids have their digits where no other has: they are a number among letters, and such a word would be another error once in a thousand."""
    ids = (UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128, version=4) for number in range(1, 2000))
    assert len({normalised(form.format(one)) for one in ids}) == 1
