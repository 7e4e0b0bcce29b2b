"""Values under a telling key: each word, each form and each exception, one line each."""

import pytest

from bot.core.redaction.keys import keyed
from tests.marked import found, wrong

WORDS = """
token=⟦{w16}⟧
secret=⟦{w16}⟧
password=⟦{w16}⟧
passwd=⟦{w16}⟧
pwd=⟦{w16}⟧
passphrase=⟦{w16}⟧
passcode=⟦{w16}⟧
mot de passe=⟦{w16}⟧
contraseña=⟦{w16}⟧
kennwort=⟦{w16}⟧
senha=⟦{w16}⟧
credential=⟦{w16}⟧
credentials=⟦{w16}⟧
jwt=⟦{w16}⟧
code_verifier=⟦{w16}⟧
phpsessid=⟦{w16}⟧
sharedaccesssignature=⟦{w16}⟧
cvv=⟦{w16}⟧
_sk_live=⟦{w16}⟧
x_session=⟦{w16}⟧
sessionid=⟦{w16}⟧
connect.sid=⟦{w16}⟧
api_key=⟦{w16}⟧
access_key=⟦{w16}⟧
private-key=⟦{w16}⟧
signing key=⟦{w16}⟧
encryption_key=⟦{w16}⟧
encrypt_key=⟦{w16}⟧
account_key=⟦{w16}⟧
shared_key=⟦{w16}⟧
master_key=⟦{w16}⟧
sdk_key=⟦{w16}⟧
app_key=⟦{w16}⟧
application_key=⟦{w16}⟧
auth_key=⟦{w16}⟧
service_key=⟦{w16}⟧
storage_key=⟦{w16}⟧
license_key=⟦{w16}⟧
subscription_key=⟦{w16}⟧
role_key=⟦{w16}⟧
session_key=⟦{w16}⟧
project_key=⟦{w16}⟧
webhook_key=⟦{w16}⟧
instrumentation_key=⟦{w16}⟧
hmac_key=⟦{w16}⟧
ADMIN_KEY=⟦{w16}⟧
x-functions-key: ⟦{w16}⟧
OPENAI_KEY=⟦{w16}⟧
GEMINI_KEY=⟦{w16}⟧
MISTRAL_KEY=⟦{w16}⟧
STRIPE_KEY=⟦{w16}⟧
SAMLResponse=⟦{w16}⟧
dbPass=⟦{w16}⟧
"userPass": "⟦{w16}⟧"
DBPass=⟦{w16}⟧
bypass={w16}
renderPass: shadow2
redispass=shadow2
REDISCLI_AUTH=⟦{w8}⟧
X_AUTH={w8}
cache_key={w16}
monkey={w16}
pass=⟦{w16}⟧
bypass={w16}
"pass": "⟦{w16}⟧"
pass ="⟦{w16}⟧"
pw=⟦{w16}⟧
"pw":"⟦{w16}⟧"
bindpw=⟦{w16}⟧
db_pw=⟦{w16}⟧
rootpw=⟦{w16}⟧
dbpw=⟦{w16}⟧
smtppw=⟦{w16}⟧
ldappw=⟦{w16}⟧
userpw=⟦{w16}⟧
smtp_pw=⟦{w16}⟧
ldap_pw=⟦{w16}⟧
user_pw=⟦{w16}⟧
xpw={w16}
_auth=⟦{w16}⟧
"auth":"⟦{w16}⟧"
"auth" :"⟦{w16}⟧"
"pw" :"⟦{w16}⟧"
oauth={w16}
private=⟦{w16}⟧
other={w16}
"""
FORMS = r"""
password="⟦{w16}⟧"
password='⟦{w16}⟧'
password=`⟦{w16}⟧`
password=&quot;⟦{w16}⟧&quot;
\"password\": \"⟦{w16}⟧\"
'password': '⟦{w16}⟧'
`password` = ⟦{w16}⟧
&quot;password&quot;=⟦{w16}⟧
$a['password']='⟦{w16}⟧'
a[password]=⟦{w16}⟧
password := ⟦{w16}⟧
password => ⟦{w16}⟧
password: ⟦{w16}⟧
password%3D⟦{w16}⟧
password%3d⟦{w16}⟧
password%3A⟦{w16}⟧
password%3a⟦{w16}⟧
%22password%22:⟦{w16}⟧
password\u003d⟦{w16}⟧
password\u003a⟦{w16}⟧
password string=⟦{w16}⟧
token=Bearer ⟦{w16}⟧
token=Basic ⟦{w16}⟧
token=Token ⟦{w16}⟧
auth_token: Token ⟦{w8}⟧
token=FlyV1 ⟦{w16}⟧
password=⟦{w16},x⟧ b
password=⟦{w16}⟧, b
password=⟦{w16}⟧,
password=⟦{w16}⟧;
password=⟦abcdefgh⟧ at: x
password=⟦{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}{w16}⟧
password=⟦{w16}⟧,a=b
password=⟦{w16};x⟧
password=⟦{w16}&x⟧
password=⟦{w16}⟧&a=b
password=⟦{w16}\x⟧
password=⟦{w16}⟧\n
password=⟦{w16})x⟧
password=⟦{w16}⟧) x
password=⟦{w16}}x⟧
password=⟦{w16}⟧}
add("password", "⟦{w16}⟧")
add('password', '⟦{w16}⟧')
add(\"password\", "⟦{w16}⟧")
<password>⟦{w16}⟧</password>
<x name="password">⟦{w16}⟧</x>
<password a="b" c:d="e">⟦{w16}⟧</password>
{"name": "password", "value": "⟦{w16}⟧"}
{"name": "password", "Value": "⟦{w16}⟧"}
{\"name\": \"password\", \"value\": \"⟦{w16}⟧\"}
<add key="password" value="⟦{w16}⟧"/>
name: password value: ⟦{w16}⟧
name: token other: {w16}
--password ⟦{w16}⟧
--api-token ⟦{w16}⟧
--client-secret ⟦{l16}⟧
Invalid token ⟦{w16}⟧
Invalid token "⟦{w16}⟧"
tokens {w16}
token is ⟦{w16}⟧
token was ⟦{w16}⟧
token is {l16}
token is {n16}
token is a/{w16}
token is a.{w16}
password '⟦{w16}⟧'
passw '⟦{w8}⟧'
password "⟦{w16}⟧"
password is '⟦{w16}⟧'
password was '⟦{w16}⟧'
passwort '⟦{w16}⟧'
passwd '⟦{w16}⟧'
password is ⟦{w8}⟧
password is {l8}
password is {n8}
password '{l8}'
"""
WRAPPED = r"""
password: Some("⟦{w16}⟧")
token: Some(\"⟦{w16}⟧\")
password: Secret("⟦{w16}⟧")
password: SecretString("⟦{w16}⟧")
token: Just(⟦{w16}⟧)
token: Option(⟦{w16}⟧)
token: Some(FromEnvironment)
password: None
password: Missing("field1")
password=Optional[⟦{w16}⟧]
password=Optional.empty
["password"]=> string(16) "⟦{w16}⟧"
["password"]=> NULL
s:8:"password";s:16:"⟦{w16}⟧";
s:8:\"password\";s:16:\"⟦{w16}⟧\";
password: !!str ⟦{w16}⟧
let token: string = "⟦{w16}⟧";
token: str = '⟦{w16}⟧'
<password><![CDATA[⟦{w16}⟧]]></password>
map[X-Api-Key:[⟦{w16}⟧]]
{"headers":{"x-api-key":["⟦{w16}⟧"]}}
password=[⟦{w16}⟧]
password=[REDACTED]
token=[IDENT]
tokens: [IDENT, NUMBER2]
secrets=[db-credentials-2]
token=[⟦{h24}⟧]
token=[{h23}]
"password":["is too short","must hold 1 digit"]
"token":["expired_or_invalid"]
"password":["invalid"]
Key (token)=(⟦{w16}⟧) already exists.
Key (tenant, api_key)=(⟦7, {w16}⟧) already exists.
Key (lower(token))=(⟦{w16}⟧) already exists.
Key (token_id)=({w16}) is not present
Key (cache_key)=({w16}) already exists.
Key (token)=({w7}) already exists.
on field 'password': rejected value [⟦hunter⟧]; codes [NotNull]
on field 'token': rejected value [⟦{w16}⟧]; codes [NotNull]
on field 'token': rejected value [null]
on field 'age': rejected value [{w16}]
Duplicate entry '⟦{w16}⟧' for key 'users.api_token'
Duplicate entry '{w15}' for key 'users.api_token'
Duplicate entry '{w16}' for key 'orders.cache_key'
setPassword("⟦{w16}⟧")
.withPassword('⟦{w16}⟧')
SET x = PASSWORD('⟦{w16}⟧')
getPassword("{w16}")
setPassword("name")
name="password"\r\n\r\n⟦{w16}⟧\r\n--x
name=\"new_password\"\n\n⟦{w16}⟧
missing "password"\n\nAnother line of 12 words
name="secret_question"\n\nWhich was your first school
mnemonic: ⟦legal winner thank year wave sausage worth useful legal winner thank yellow⟧
seed_phrase="⟦legal winner thank year wave sausage worth useful legal winner thank yellow⟧"
mnemonic: legal winner thank year wave sausage worth useful legal winner thank
"""
EXCEPTIONS = """
token="abc12"
token="abc123d"
token="⟦abc123de⟧"
password="ab"
password="⟦abc⟧"
password="⟦ab1⟧"
token="⟦abcdefgh⟧"
token="abc def ghi"
token="⟦abc def 1hi⟧"
token=abcdefgh
token=ABCDEFGH
token=⟦aBcDeFgHiJk⟧
token=Abcdefghijk
token=aBcDeFgHi
token=⟦aBcDeFgHiJ⟧
token=⟦abc-defgh1⟧
token=abc.def_gh
token=abc-defgh
token=⟦a1b2c3⟧
add('token', 'abcdefgh')
add("token", "abcdefgh")
add('token', 'abc defg1')
add('token', '⟦abcdefg1⟧')
add("token", "⟦abcdefg1⟧")
add("token", "abcdef1")
add('token', 'abcdef1')
jwt="a1b2 c3d4e5f6g7h8"
token=ABC_DEF
token=⟦Abc.def_1⟧
token=12345678901
token=⟦123456789012⟧
token: /abc/{w16}
token: /abc/{w16} a=b
token=⟦/abc/{w16}⟧
token: ./abc/{w16}
token=⟦./abc/{w16}⟧
token: ../abc/{w16}
token=⟦../abc/{w16}⟧
token: arn:abc/{w16}
token=⟦arn:abc/{w16}⟧
?x_token=⟦abcdefgh⟧
&token=⟦abcdefgh⟧
password=⟦abcdefgh⟧
password: abcdefgh
password: ⟦abcdefg1⟧
password: ⟦bcdfghjklmnp⟧
password: bcdfghjklaei
pass=12345678
pass=⟦1234567a⟧
tests pass: 125
jwt={w15}
jwt=⟦{w16}⟧
jwt={l16}
jwt={n16}
sessionid=0x{h16}
sessionid=4bf92f35-77b3-4da6-a3ce-929d0e0e4736
_auth={w15}
secret_id=⟦4bf92f35-77b3-4da6-a3ce-929d0e0e4736⟧
secret_id={w16}
password=$PASSWORD
password=${PASSWORD}
password={{x}}
password=$(x)
password=%s
password=%(x)s
password=<x>
password=****
password=[hidden]
password="[hidden"
password="[hidden] by the vault"
password="⟦[hidden] by the vault of another team⟧"
password=self.x1
password=get(x1)
password=tokens[0]
"""


@pytest.mark.parametrize("table", [WORDS, FORMS, WRAPPED, EXCEPTIONS])
def test_what_stands_under_a_key(table: str) -> None:
    """Exactly the value, and nothing where it is none."""
    assert wrong(keyed, table) == []


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("password", "password"),
        ("pwd", "password"),
        ("cvv", "password"),
        ("pass", "password"),
        ("pw", "password"),
        ("senha", "password"),
        ("token", "token"),
        ("jwt", "token"),
        ("_auth", "token"),
        ("connect.sid", "token"),
        ("sessionid", "token"),
        ("phpsessid", "token"),
        ("secret", "key"),
        ("api_key", "key"),
        ("credential", "key"),
    ],
)
def test_the_kind_of_a_key(key: str, kind: str) -> None:
    """What people call it."""
    text = f"{key}=a1B2c3D4e5F6g7H8"

    assert [span.kind for span in keyed(text, text.lower())] == [kind]


@pytest.mark.parametrize(
    "key", ["password", "pwd", "passphrase", "passcode", "mot de passe", "contraseña", "CONTRASEÑA", "kennwort", "senha", "cvv", "pass", "bindpw"]
)
def test_a_short_password_goes_in_each_language(key: str) -> None:
    """Of three letters, where a token has six at least."""
    assert found(keyed, f"{key}=⟦abc⟧") == f"{key}=⟦abc⟧"
    assert found(keyed, f"{key}=ab") == f"{key}=ab"


def test_a_text_of_nothing_but_keys_is_read_once() -> None:
    """Where reading on costs too much, values count unread."""
    text = "x " * 10 + "token=" * 30_000
    spans = list(keyed(text, text))

    assert spans
    assert spans[-1].end == len(text)
    assert found(keyed, "- name: DB_PASSWORD\r\n  value: ⟦c0rrect-Horse⟧\r\n") == "- name: DB_PASSWORD\r\n  value: ⟦c0rrect-Horse⟧\r\n"
    assert found(keyed, "token=abc token=⟦a1b2c3d4⟧") == "token=abc token=⟦a1b2c3d4⟧"


@pytest.mark.parametrize(
    "marked",
    ["password: |\n  ⟦c0rrect-Horse⟧\n", 'name="password"\r\n\r\n⟦c0rrect-Horse⟧\r\n--x', 'array(1) {\n  ["password"]=>\n  string(13) "⟦c0rrect-Horse⟧"\n}'],
)
def test_a_value_on_the_next_line(marked: str) -> None:
    """A block of YAML, a part of a form, a dump of PHP."""
    assert found(keyed, marked) == marked
