"""Secrets known by their own shape: every shape of the table with one sign too few and one too many, and private keys cut anywhere."""

import pytest

from bot.core.redaction.addresses import addresses
from bot.core.redaction.shapes import json_web_tokens, private_keys, shaped
from bot.core.redaction.tokens import prefixed
from tests.marked import filled, wrong

SHAPES = r"""
⟦SG.{w16}.{w32}⟧
xSG.{w15}.{w32}
⟦SG.{w22}.{w43}⟧
⟦ghp_{w36}⟧
x⟦gho_{w36}⟧x
⟦ghs_{w36}⟧
⟦ghu_{w36}⟧
⟦ghr_{w36}⟧
ghr_{w35}
⟦github_pat_{w22}_{w59}⟧
github_pat_{w22}_{w58}
⟦glpat-{w20}⟧
glpat-{w19}
⟦xoxb-{n8}-{w18}⟧
xoxb-{n7}-{w18}
⟦{n8}:AA{w32}⟧
⟦{n9}:AA{w36}⟧
⟦{n10}:AA{w33}⟧
{n11}:AA{w33}
{n7}:AA{w33}
{n8}:AA{w37}
{n8}:AA{w36}-
⟦{h32}-us1⟧
⟦{h32}-us12⟧
x{h32}-us12
{h32}-us12x
{h31}-us12
⟦a.b7Q~{w31}⟧
~a.b7Q~{w31}
a.bxQ~{w31}
⟦{n15}|{w20}⟧
⟦{n16}|{w20}⟧
x{n16}|{w20}
{n17}|{w20}
{n16}|{w19}
⟦{n15}%7C{w20}⟧
⟦{n16}%7C{w20}⟧
x{n16}%7C{w20}
⟦pat{w14}.{h64}⟧
xpat{w14}.{h64}
pat{w14}.{h63}
⟦sc_a1b2c.d3e4.acc-{h10}.{w30}⟧
⟦ext_a1b2c.d3e4.acc_{h10}.{w30}⟧
⟦scauth_a1b2c.d3e4.acc_{h10}.{w30}⟧
⟦authress_a1b2c.d3e4.acc_{h10}.{w30}⟧
xsc_a1b2c.d3e4.acc-{h10}.{w30}
sc_a1b2.d3e4.acc-{h10}.{w30}
⟦4b1d{w38}⟧
x4b1d{w38}
4b1d{w38}x
⟦FlyV1 {w60}⟧
FlyV1 {w59}
⟦pat.{w22}.{h24}.{w20}⟧
⟦sat.{w22}.{h24}.{w20}⟧
xat.{w22}.{h24}.{w20}
xpat.{w22}.{h24}.{w20}
pat.{w22}.{h24}.{w20}x
⟦{w14}.atlasv1.{w60}⟧
x{w14}.atlasv1.{w60}
{w14}.atlasv1.{w59}
⟦{w6}_{w29}_mmk⟧
x{w6}_{w29}_mmk
{w6}_{w29}_mmkx
⟦re_{w8}_{w24}⟧
xre_{w8}_{w24}
re_{w8}_{w24}x
⟦00{w13}!{w60}⟧
x00{w13}!{w60}
00{w13}!{w59}
⟦{w22}==:{w32}⟧
/{w22}==:{w32}
{w22}==:{w32}x
⟦t1.{w4}==.{w86}==⟧
⟦t1.{w4}.{w86}⟧
xt1.{w4}.{w86}
t1.{w4}.{w86}-
⟦1000.{h32}.{h32}⟧
x1000.{h32}.{h32}
1000.{h32}.{h32}x
⟦$2a$10${w53}⟧
⟦$2b$10${w53}⟧
⟦$2x$10${w53}⟧
⟦$2y$10${w53}⟧
$2c$10${w53}
$2a$10${w52}
⟦$argon2id$v=19$m=1,t=2$abcdefgh${w16}⟧
⟦$argon2i$v=19$m=1$abcdefgh${w16}⟧
⟦$argon2d$v=19$m=1$abcdefgh${w16}⟧
$argon2x$v=19$m=1$abcdefgh${w16}
⟦$5$ab${w22}⟧
⟦$6$rounds=5000$ab${w22}⟧
$7$ab${w22}
⟦pbkdf2_sha1$10$ab${w16}⟧
⟦pbkdf2_sha256$10$ab${w16}==⟧
⟦pbkdf2_sha512$10$ab${w16}=⟧
pbkdf2_sha384$10$ab${w16}
⟦LS0tLS1CRUdJTiBSU0EgUFJJ{w16}==⟧
⟦LS0tLS1CRUdJTiBQUklW{w16}⟧
⟦LS0tLS1CRUdJTiBFQyBQUklW{w16}⟧
⟦LS0tLS1CRUdJTiBPUEVOU1NI{w16}⟧
⟦LS0tLS1CRUdJTiBFTkNSWVBU{w16}⟧
⟦LS0tLS1CRUdJTiBEU0EgUFJJ{w16}⟧
LS0tLS1CRUdJTiBDRVJUSUZJ{w16}
⟦{w52}JQQJ99{w26}⟧
x{w52}JQQJ99{w26}
{w52}JQQJ99{w27}
{w51}JQQJ99{w26}
discord: ⟦MTIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE.{w38}⟧
discord: MTIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE.{w26}
discord: ATIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE.{w38}
elsewhere: MTIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE.{w38}
{"kty":"EC","x":"{w24}","d":"⟦{w24}⟧"} "d":"{w24}"
{\"d\": \"⟦{w24}⟧\", \"kty\": \"OKP\"}
{"kty":"RSA","p":"⟦{w24}⟧","q":"⟦{w24}⟧","dp":"⟦{w24}⟧","dq":"⟦{w24}⟧","qi":"⟦{w24}⟧","e":"{w24}"}
{"kty":"oct","k":"⟦{w24}⟧"},{"kty":"RSA","n":"{w24}"}
{"kind":"EC","d":"{w24}"}
⟦PRD-{h12}-{h4}-{h4}-{h4}-{h12}⟧
⟦PRD-{h8}-{h4}-{h4}-{h4}-{h4}⟧
xPRD-{h8}-{h4}-{h4}-{h4}-{h4}
PRD-{h8}-{h4}-{h4}-{h4}-{h4}x
⟦ghp_{w36}⟧ and ⟦ghp_{w36}⟧
⟦ghp_{w36}⟧⟦ghp_{w36}⟧
"""
JWTS = """
⟦eyJ{w8}.{w8}⟧
⟦eyJ{w8}.{w8}.{w8}⟧
⟦eyJ{w8}.{w8}.{w8}.{w8}.{w8}⟧.{w8}
eyJ{w8}
eyJ{w8}.
eyJ{w7}.{w8}
⟦eyJhbGciOi{w8}⟧
⟦eyJ0eXAiOi{w8}⟧
⟦eyJraWQiOi{w8}⟧
⟦eyJhbGciOi{w8}⟧.
"""
BEHIND = r"""
⟦ghp_{w20}⟧
a ⟦ghp_{w20}⟧
"⟦ghp_{w20}⟧"
aghp_{w20}
_ghp_{w20}
9ghp_{w20}
-⟦ghp_{w20}⟧
\n⟦ghp_{w20}⟧
\r⟦ghp_{w20}⟧
\t⟦ghp_{w20}⟧
\u003d⟦ghp_{w20}⟧
\u003D⟦ghp_{w20}⟧
%3D⟦ghp_{w20}⟧
%3d⟦ghp_{w20}⟧
\xghp_{w20}
%zzghp_{w20}
⟦ghs_{w20}⟧.:
⟦ghs_{w20}⟧=
⟦ghs_{w20}⟧/
⟦ghs_{w20}⟧!~
ghp_{w19}
sk-learn-contrib-and-some-more-words
⟦sk-ant-{w20}⟧
⟦sk-{w32}⟧
sk-{w31}
⟦sk-proj-{w20}⟧
⟦sk-proj{w32}⟧
ghp_1111111111111111111
ghp_11112222111122221111
⟦ghp_11112222333344441111⟧
⟦ghp_111122223333111122223⟧
⟦ghp_abcdefghijklmnopqRST⟧
⟦ghp_abcdefghijklmnopqrst⟧
ghp_abcdefghij-klmnopqrst
ghp_abcdefghij_klmnopqrst
⟦ghp_abcdefghij_klmnopqrsT⟧
⟦ghp_{w20}⟧ ⟦gho_{w20}⟧
⟦apk_user_{w66}⟧
apk_user_{w64}
"""
ADDRESSES = """
⟦10.1.2.3⟧
⟦10.1.2.3⟧:80
⟦10.1.2.3⟧.
v10.1.2.3
_10.1.2.3
1.10.1.2.3
10.1.2.3.4
10.1.2.3x
10.1.2
10.1.2.256
127.0.0.1
0.0.0.0
⟦2001:db8::7⟧
⟦2001:DB8::7⟧
⟦fe80:0:0:0:c6b3:1ff:fecd:467f⟧
::1
::
12:34:56
x2001:db8::7
2001:db8::7x
:2001:db8::7
1:2:3:4:5:6:7:8:9
"""
PEM_BEGIN, PEM_END = "-----BEGIN {}PRIVATE KEY-----", "-----END {}PRIVATE KEY-----"


def test_each_shape() -> None:
    """Whole, at its least length, and not within a word."""
    assert wrong(shaped, SHAPES) == []


def test_each_token_without_a_shape_of_its_own() -> None:
    """JSON Web Tokens, addresses, and prefixes behind each sign that may stand before one."""
    assert wrong(json_web_tokens, JWTS) == []
    assert wrong(addresses, ADDRESSES) == []
    assert wrong(prefixed, BEHIND) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"kty":"EC","d":"{w24}"}', "private-key"),
        ("discord: MTIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE.{w38}", "discord-token"),
        ("ghs_{w36}", "github-token"),
        ("{n9}:AA{w36}", "telegram-token"),
        ("$2b$10${w53}", "password-hash"),
    ],
)
def test_the_kind_of_a_shape(text: str, kind: str) -> None:
    """It stands in the placeholder, so that a reader knows whose token to revoke."""
    text = filled(text)

    assert [span.kind for span in shaped(text, text.lower())] == [kind]


def test_a_key_set_goes_wherever_it_stands_in_a_log() -> None:
    """At its beginning, and at its end behind another; what lies between stays."""
    line = "GET /orders 200\n" * 1_000
    key = filled('{"kty":"EC","d":"⟦{w24}⟧"}')

    assert wrong(shaped, f"{key} {line.replace(chr(10), ' ')} {key}") == []


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "A B C D "])
@pytest.mark.parametrize("end", ["\n", "\\n", "\\r\\n", "\\\\n", "\r\n", " "])
def test_a_private_key_in_each_notation(kind: str, end: str) -> None:
    """With real and with escaped line ends: nothing of its lines is outside."""
    lines = [filled("{w64}"), filled("{w64}"), filled("{w9}==")]
    text = end.join(("x", PEM_BEGIN.format(kind), *lines, PEM_END.format(kind), "y"))
    covered = set[int]()
    for span in private_keys(text, ""):
        assert span.kind == "private-key"
        covered.update(range(span.start, span.end))

    for line in dict.fromkeys(lines):
        at = text.index(line)
        assert set(range(at, at + len(line))) <= covered
    assert not covered & set(range(text.index("PRIVATE KEY") + len("PRIVATE KEY-----")))
    assert not covered & set(range(text.rindex("-----END"), len(text)))


@pytest.mark.parametrize(
    ("before", "after"),
    [("2026-01-02T03:04:05Z INFO ", "\n"), ("app_1 | ", "\n"), ("> ", "\n"), ('"', '",'), ('  "', '\\n" +\n'), ("", "<br>"), ("", "&#10;"), ("", "%0A")],
)
@pytest.mark.parametrize("space", [" ", "%20"])
def test_a_private_key_whose_lines_stand_apart(before: str, after: str, space: str) -> None:
    """One log line or one string each: every line of it goes, a short last one too, and what stands between stays."""
    lines = [filled("{w64}"), filled("{u64}"), filled("{w20}==")]
    begin, end = (part.format("RSA ").replace(" ", space) for part in (PEM_BEGIN, PEM_END))
    text = "".join(f"{before}{line}{after}" for line in (begin, *lines, end, filled("{h64} {w24}")))
    assert _left(text) == "".join(f"{before}{line}{after}" for line in (begin, "…", "…", "…", end, filled("{h64} {w24}")))


@pytest.mark.parametrize("last", ["Qw==", "abcdefg=", "{w20}", "{w40}=="])
def test_the_last_line_of_a_private_key_is_as_long_as_it_happens_to_be(last: str) -> None:
    """Also where each line is a string of its own."""
    begin, end = PEM_BEGIN.format(""), PEM_END.format("")

    assert _left(filled(f'"{begin}"\n"{{w64}}"\n"{last}"\n"{end}"')) == f'"{begin}"\n"…"\n"…"\n"{end}"'


def test_what_follows_a_private_key_that_was_cut_stays() -> None:
    """Digests, paths, and what is far from it."""
    begin = PEM_BEGIN.format("")
    for text in (
        f"{begin} cut, digest {{h64}}",
        f"{begin} cut at com.acme.{{w40}}",
        f"{begin}{'. ' * 120}{{w64}}",
        f"{begin} and -----BEGIN CERTIFICATE----- {{w64}}",
    ):
        assert _left(filled(text)) == filled(text)


def _left(text: str) -> str:
    """What of a text is not covered."""
    for span in sorted(private_keys(text, ""), reverse=True):
        text = f"{text[: span.start]}…{text[span.end :]}"
    return text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("-----BEGIN PRIVATE KEY-----\n{w64}\n{w20}", "-----BEGIN PRIVATE KEY-----…"),
        ("{w40}\n{w64}\n-----END PRIVATE KEY-----", "…-----END PRIVATE KEY-----"),
        ("a line.\n{w64}\n-----END PRIVATE KEY-----", "a line.\n…-----END PRIVATE KEY-----"),
        ("a line.\\n{w64}\\n-----END PRIVATE KEY-----", "a line.\\n…-----END PRIVATE KEY-----"),
        ("a line.\\r\\n{w64}\\r\\n-----END RSA PRIVATE KEY-----", "a line.\\r\\n…-----END RSA PRIVATE KEY-----"),
        ("-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n{w64}\n", "-----BEGIN PRIVATE KEY-----…\n"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{w64}\n", "-----BEGIN PGP PRIVATE KEY BLOCK-----…\n"),
        ("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\n"),
        ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n{w64}\n{w20}\n---- END", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----…\n---- END"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\n{w64}\n", "---- BEGIN SSH2 PUBLIC KEY ----\n{w64}\n"),
        ("Public-Lines: 1\n{w64}\nPrivate-Lines: 2\n{w64}\n{w20}\nPrivate-MAC: {h40}", "Public-Lines: 1\n{w64}\nPrivate-Lines: 2…\nPrivate-MAC: {h40}"),
        ("-----BEGIN CERTIFICATE-----\n{w64}\n", "-----BEGIN CERTIFICATE-----\n{w64}\n"),
        ("BEGIN PRIVATE KEY\n{w64}\n", "BEGIN PRIVATE KEY\n{w64}\n"),
    ],
)
def test_a_private_key_that_was_cut(text: str, left: str) -> None:
    """Its end is missing, or its beginning; what stands around it stays."""
    assert _left(filled(text)) == filled(left)
