"""Where each rule of redaction ends: the neighbour of what it finds that must stay, and of what stays that it must find; one line each."""

import pytest

from bot.core.redaction.commands import commands
from bot.core.redaction.keys import keyed
from bot.core.redaction.personal import email, lettered, numbered
from bot.core.redaction.places import headers, urls
from bot.core.redaction.rules import Rule
from bot.core.redaction.tokens import prefixed
from tests.marked import filled, wrong

KEYS = r"""
appkey=⟦{w16}⟧
authkey: ⟦{w16}⟧
apikey=⟦{w16}⟧
accesskey=⟦{w16}⟧
signingkey=⟦{w16}⟧
sdkkey=⟦{w16}⟧
mapkey={w16}
hashkey={w16}
api of cache_key={w16}
password=⟦{w16}⟧,dbname=x
password=⟦{w16}⟧;server.port=1
password=⟦{w16}⟧&redirect-uri=x
--password   ⟦{l16}⟧
--password settings.abc12
--password get(abc12)
--password $PASSWORD
password   '⟦hunter22⟧'
password is   {l16}
password\\u003d⟦{w16}⟧
token=Abc.defGhi
token=ABC_DEF.ghi
token=⟦Abc-dEf.ghiJkl⟧
?page=b token=abcdefgh
?page=b&x_token=⟦abcdefgh⟧
sessionid=⟦4bf92f35-77b3-4da6-a3ce-929d0e0e4736.{w16}⟧
sessionid=⟦x4bf92f35-77b3-4da6-a3ce-929d0e0e4736⟧
secret_id=4bf92f35-77b3-4da6-a3ce-929d0e0e4736-x
secret_version=4bf92f35-77b3-4da6-a3ce-929d0e0e4736
secret_ids=4bf92f35-77b3-4da6-a3ce-929d0e0e4736
token_id=4bf92f35-77b3-4da6-a3ce-929d0e0e4736
a: b password=⟦abcdefgh⟧
a=b token: /abc/{w16}
a=b token=⟦/abc/{w16}⟧
password is md5-hashed
password was sha256-hashed
next_page_token={w16}
next-page-token={w16}
Unexpected token {w16}
token is ⟦{w16}/⟧
password: AUTHENTICATION
password: ⟦AUthentication⟧
password: bcdfgh
password: bcdfghjklmn
password: ⟦bcdafghejklm⟧
password: bcdafghejklimnp
password=no
password=⟦now⟧
password="<your password here>"
password="<your {w16}"
password="⟦your <password> {w16}⟧"
password="[removed by the vault agent]"
password="[removed by the vault agent] long ago"
password="${database.login:from the vault}"
password="%(database_password)s"
password="⟦%(database-password)s⟧"
password="************"
password="xxxxxxxx"
password="⟦xxxxxxx1⟧"
password="$(vault_password)"
password="⟦$ecret-{w16}⟧"
"""
HEADERS = r"""
("Authorization" , "Bearer ⟦{l16}⟧")
["Authorization",   "Bearer ⟦{l16}⟧"]
{"name": "Authorization", "value" : "⟦{w16}⟧"}
{"name": "Authorization", "value":   "⟦{w16}⟧"}
{"name":"Authorization","value":"⟦{w16}⟧"}
{"authorization":["Bearer" ,  "⟦{l16}⟧"]}
Authorization: Digest ⟦a="b",c="{w16}"⟧
Authorization: Digest ⟦a=b ,  c={w16}⟧
Authorization: Digest ⟦a="b", c="d", e="{l16}"⟧
authorization failed for bob: {w16}
authorization {w16}
Authorization: ⟦$ecret-22⟧
Authorization: ${TOKEN_1}
authorization=none authorization=⟦{w16}⟧
authorization: user12345 lacks
authorization: order-991 was refused
authorization: ⟦user12345⟧
authorization: ⟦user12345⟧ x=1
authorization: ⟦a1b2c3d4⟧ lacks
authorization: Basic ⟦user12345⟧ lacks
"""
COMMANDS = r"""
mysql -p⟦$ecret-22⟧ db
mysql -p'$PASSWORD' db
mysql -p⟦'$ecret-22'⟧ db
redis-cli -a ⟦$ecret-22⟧
redis-cli -a "$PASSWORD"
redis-cli -a '$PASSWORD'
requirepass <password>
requirepass ⟦<password>-22⟧
curl -u ⟦$bob-x:hunter22⟧ h
curl -u <user:password> h
curl -u "<user:password>" h
curl -u '{user:password}' h
curl -u ${USER_AND:-none} h
"""
URLS = """
https://u:%s@h
https://u:%d@h
postgres://u:%r@h/x
postgres://u:%v@h/x
https://u:⟦%x⟧@h
https://u:⟦%s1⟧@h
https://u:%(password)s@h
see https://⟦bob1:hunter22⟧@h
https://h and ftps://bob1:⟦hunter22⟧@h
jdbc:oracle:thin:@h a/b@c
jdbc:oracle:thin:bob/⟦hunter22⟧@h a/b@c
postgres://u:⟦p/w⟧@db-1.acme.com/x
postgres://u:⟦p@w⟧@db.acme.com:5432/x
"""
EMAILS = """
react@18.2.0-next.beta
react@1.2.beta
https://h:80/x ⟦mira@acme.com⟧
https://u1:mira@acme.com
://u1:mira@acme.com
⟦mira@v1.2.acme.com⟧
⟦mira@mail.1und1.de⟧
to系⟦mira@acme.com⟧
mira 系@acme.com
⟦mira@18x.acme.com⟧
⟦mira@18.acme.com⟧
"""
NUMBERS = """
a ⟦+353-86-123-4567⟧
a ⟦+358-40-12-34-567⟧
a ⟦+380-50-1234567⟧
2025-12-17 ⟦+14155552671⟧
2 tel=⟦+14155552671⟧
on 2025-12-17 09:12:44 and 2025-12-17
a ⟦+123 4567 8901 2345⟧
a +12 4567 8901 2345 67
phone number⟦02071234567⟧
phone number '⟦02071234567⟧'
phone no.⟦02071234567⟧
passport number"⟦a12803456⟧"
"""
TOKENS = r"""
lip_SomeWordsAndMore
lip_somewordsandmoreof
⟦lip_SomeWordsAndMor1⟧
xoxb-SomeWordsHere
⟦xoxb-SomeWords1here⟧
⟦ghp_abcdefghijklmnopqRsT⟧
ghp_11112222333311112222
⟦ghp_{w20}-s⟧.{w24}
=%3D⟦ghp_{w20}⟧
x%3d⟦ghp_{w20}⟧
x%0a⟦ghp_{w20}⟧
x%3gghp_{w20}
x\u003d⟦ghp_{w20}⟧
x\u003gghp_{w20}
x\r⟦ghp_{w20}⟧
x\bghp_{w20}
50% of ⟦ghp_{w20}⟧
C:\x\⟦ghp_{w20}⟧
"""


@pytest.mark.parametrize(
    ("rule", "table"),
    [(keyed, KEYS), (headers, HEADERS), (commands, COMMANDS), (urls, URLS), (email, EMAILS), (numbered, NUMBERS), (prefixed, TOKENS)],
    ids=["keys", "headers", "commands", "urls", "emails", "numbers", "tokens"],
)
def test_a_border_of_a_rule(rule: Rule, table: str) -> None:
    """Exactly the value, and nothing where it is none."""
    assert wrong(rule, table) == []


@pytest.mark.parametrize(
    ("rule", "text", "kind"),
    [
        (headers, "Authorization: Basic {l16}", "authorization"),
        (headers, "got bearer {w16}", "authorization"),
        (headers, "Cookie: sid={w16}", "cookie"),
        (commands, "curl -b sid={w16} h", "cookie"),
        (commands, "curl -u bob:hunter22 h", "password"),
        (commands, "mysql -phunter22", "password"),
        (commands, "requirepass hunter22", "password"),
        (commands, "AUTH PLAIN {w16}", "password"),
        (urls, "https://u:hunter22@h", "password"),
        (urls, "jdbc:oracle:thin:bob/hunter22@h", "password"),
        (urls, "?sig={w16}", "signature"),
        (urls, "https://h/reset-password/{w20}", "token"),
        (urls, "app:hunter22@tcp(db:3306)/orders", "password"),
        (urls, "https://discord.com/api/webhooks/123/{w20}", "webhook"),
        (email, "mira@acme.com", "email"),
    ],
)
def test_the_kind_of_a_place(rule: Rule, text: str, kind: str) -> None:
    """The kind stands in the placeholder, so that a reader knows what was there."""
    text = filled(text)

    assert [span.kind for span in rule(text, text.lower())] == [kind]


def test_a_persons_number_is_no_account() -> None:
    """Also where the check digits of an account would hold by chance."""
    assert [span.kind for span in lettered("RSSMRA85M01H509Z RSSMRA85M01H501Z", "")] == ["national-number", "national-number"]


def test_a_key_that_holds_itself_over_and_over_is_read_once() -> None:
    """Where reading on costs too much, values count as secrets unread; many short ones are read, however long the text."""
    text = "x " * 10 + "jwt=" * 5_000
    spans = list(keyed(text, text))

    assert spans
    assert len(spans) < 100
    assert spans[-1].end == len(text)
    assert list(keyed("jwt=none " * 2_000, "jwt=none " * 2_000)) == []


def test_a_header_that_holds_its_own_name_over_and_over_is_read_once() -> None:
    """Where reading on costs too much, values count as secrets unread; a header of ordinary length is read."""
    text = "x " * 10 + "authorization=" * 2_000
    spans = list(headers(text, text))

    assert spans
    assert len(spans) < 100
    assert spans[-1].end == len(text)
    assert list(headers("authorization=authorization=none", "authorization=authorization=none")) == []
