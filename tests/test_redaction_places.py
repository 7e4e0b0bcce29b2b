"""Secrets known by their place: headers, cookies, URLs, web hooks, commands; one line for each form."""

import pytest

from bot.core.redaction.commands import commands
from bot.core.redaction.places import headers, urls
from tests.marked import wrong

HEADERS = r"""
Authorization: ⟦{w16}⟧
authorization=⟦{w16}⟧
Authorization: Basic ⟦{w16}⟧
Authorization: Bearer ⟦{w16}⟧
Authorization: Token ⟦{w16}⟧
Authorization: Token token=⟦{w16}⟧
Authorization: Negotiate ⟦{w16}⟧
Authorization: NTLM ⟦{l16}⟧
Authorization: ApiKey ⟦{l16}⟧
Authorization: ApiKey-v1 ⟦{l16}⟧
Authorization: Api-Key ⟦{l16}⟧
Authorization: Key ⟦{l16}⟧
Authorization: SharedKey ⟦{l16}⟧
Authorization: GoogleLogin ⟦{l16}⟧
Authorization: OAuth ⟦{l16}⟧
Authorization: Splunk ⟦{l16}⟧
Authorization: FlyV1 ⟦{l16}⟧
Authorization: Basic ⟦{l16}⟧
Authorization: Bearer ⟦{l16}⟧
Authorization: Negotiate ⟦{l16}⟧
Authorization: Digest ⟦a="b", c="{w16}"⟧
Authorization: Digest ⟦a=b , c={w16}⟧
Authorization: AWS4-HMAC-SHA256 ⟦Credential=a/b, Signature={h16}⟧
Authorization: Snowflake Token=⟦{l16}⟧
Authorization: Bearer    ⟦{l16}⟧
Authorization: {l16}
Authorization: str
Authorization: Bearer missing
Authorization: ⟦a1b2⟧
Authorization: a1b
Authorization: ⟦{w16},{w16}⟧ x
Authorization: $TOKEN
Authorization: self.token1
"Authorization": "⟦{w16}⟧"
\"Authorization\": \"⟦{w16}⟧\"
Authorization:[Bearer ⟦{w16}⟧]
{"authorization":["Bearer","⟦{w16}⟧"]}
["Authorization","Bearer ⟦{w16}⟧"]
(b'authorization', b'Bearer ⟦{w16}⟧')
("Authorization", "value": "⟦{w16}⟧")
{"name": "Authorization", "value": "⟦{w16}⟧"}
h['Authorization'] = '⟦{w16}⟧'
Authorization: DPoP ⟦{l16}⟧
Authorization: GenieKey ⟦{l16}⟧
Authorization: SSWS ⟦{l16}⟧
Authorization: JWT ⟦{l16}⟧
Authorization: sso-key ⟦{l16}⟧
Authorization: AWS ⟦{w16}:{w16}=⟧
Authorization: Hawk ⟦id="a", mac="{w16}"⟧
Authorization: Bearer%20⟦{l16}⟧
Authorization: Bearer\u0020⟦{l16}⟧
Authorization: Bot ⟦{w16}⟧
'Authorization': 'Client-ID ⟦{w16}⟧'
Authorization: Bot {w15}
Authorization: Bot {l16}
Authorization: role transfers-readonly-2024 denied
Authorization: User 4bf92f35-77b3-4da6-a3ce-929d0e0e4736
Authorization: User arn:aws:iam::123456789012:user
Authorization: Custom request={w16}
got bearer%20⟦{w16}⟧ here
got bearer ⟦{w16}⟧ here
got bearer {w15} here
got bearer {l16} here
Cookie: ⟦sid={w16}⟧
Cookie: ⟦sid={w16}; b=c⟧
Cookies=⟦sid={w16}⟧
"set-cookie":["⟦session={w16}; Path=/⟧"]
("Cookie", "⟦a=b⟧")
{"name": "Cookie", "value": "⟦a=b⟧"}
cookies={⟦'session': '{w16}'⟧}
"cookies": {⟦"session": "{w16}"⟧}
cookies={session=abc1}
cookies: {consent: true, v: 2}
<Cookie ⟦session={w16}⟧ for h/>
<Cookie session=abc1 for h/>
Cookie: none
cookiejar a=b
"""
URLS = r"""
https://bob:⟦hunter22⟧@h
https://⟦bob1:hunter22⟧@h
http://⟦bob1:hunter22⟧@h
ftps://bob1:⟦hunter22⟧@h
https://:⟦hunter22⟧@h
https://h:80/x
https://⟦{w16}⟧@h
https://{w15}@h
https://{l16}@h
mongodb://u:⟦a/b⟧@h
mongodb+srv://u:⟦a/b⟧@h
postgres://u:⟦a/b⟧@h
postgresql://u1:⟦a/b⟧@h
mysql://u:⟦a/b⟧@h
mariadb://u:⟦a/b⟧@h
redis://:⟦a/b⟧@h
rediss://:⟦a/b⟧@h
amqp://u:⟦a/b⟧@h
amqps://u:⟦a/b⟧@h
ldap://u:⟦a/b⟧@h
ldaps://u:⟦a/b⟧@h
smtp://u:⟦a/b⟧@h
smtps://u:⟦a/b⟧@h
ftp://u:⟦a/b⟧@h
http://u:a/b@h
postgres://u:⟦a@b⟧@h/x
postgres://u:⟦a⟧@h:5432/x
postgres://u:⟦a⟧@h?x
postgres://u:⟦a⟧@h,x
postgres://u:⟦a⟧@[::1]:5432/x
postgres://u:⟦a⟧@h" x
postgres://u:$PASS@h/x
https://u:<x>@h
postgres://u:a/b@h!x
https://x.de/y u:p1@h
https://u:⟦$x-y⟧@h
jdbc:oracle:thin:bob/⟦hunter22⟧@h
jdbc:oracle:thin:@h
?sig=⟦{w16}⟧
&signature=⟦{w16}⟧
?hmac=⟦{w16}⟧
?code=⟦{w16}⟧&x=y
?auth=⟦{w16}⟧#x
?key=⟦{w16}⟧
?X-Amz-Signature=⟦{w16}⟧
?X-Amz-Credential=⟦{w16}⟧
?X-Goog-Signature=⟦{w16}⟧
?X-Amz-Security-Token=⟦{w16}⟧
?other={w16}
?sig={l16}
?sig=a1b2c3d
?sig=⟦a1b2c3d4⟧
?a=b&amp;sig=⟦{w16}⟧
?a=b\u0026sig=⟦{w16}⟧\u0026c=d
%3Fa%3Db%26sig%3D⟦{w16}⟧
?key=order:12345678
?key=customer_12345678
?key=⟦customer_1234567x⟧
sig={w16}
https://hooks.slack.com/services/⟦T0/B0/{w16}⟧
https://hooks.slack.com/workflows/⟦T0/B0/{w16}⟧
https://hooks.slack.com/triggers/⟦T0/B0/{w16}⟧
https://hooks.slack.com/other/T0/B0/{w16}
https://discord.com/api/webhooks/⟦123/{w20}⟧
https://discordapp.com/api/webhooks/⟦123/{w20}⟧
https://acme.webhook.office.com/⟦webhookb2/{w20}⟧
https://outlook.office.com/webhook/⟦{w20}⟧
https://outlook.office365.com/webhook/⟦{w20}⟧
https://maker.ifttt.com/trigger/x/with/key/⟦{w20}⟧
https://maker.ifttt.com/trigger/x/json/with/key/⟦{w20}⟧
https://discord.com/api/webhooks/{w19}
https://discord.com/api/v10/webhooks/⟦123/{w20}⟧
https://events.pagerduty.com/integration/⟦{h32}/enqueue⟧
https://hook.eu1.make.com/⟦{w24}⟧
https://hook.make.com/⟦{w24}⟧
https://open.feishu.cn/open-apis/bot/v2/hook/⟦4bf92f35-77b3-4da6-a3ce-929d0e0e4736⟧
https://open.larksuite.com/open-apis/bot/v2/hook/⟦4bf92f35-77b3-4da6-a3ce-929d0e0e4736⟧
https://hooks.zapier.com/hooks/⟦catch/1234567/b1c2d3e⟧/
https://chat.acme.io/hooks/⟦{h26}⟧
https://chat.acme.io/hooks/{h25}
https://chat.acme.io/hooks/{h27}
https://chat.acme.io/hooks/⟦{w17}/{w40}⟧
https://git.acme.io/hooks/pre-receive/2024010212345678
https://a.io/reset-password/⟦{w16}⟧
GET /password/reset/⟦{w16}⟧ 200
/magic_link/⟦{w16}⟧
/reset-password/{w15}
/reset-password/{l20}
GET /invite/⟦{w16}⟧ HTTP/1.1
/invitations/accept/⟦{w16}⟧
/accept-invite/⟦{w16}⟧
/verify-email/⟦{h32}⟧
/email/confirmation/⟦{w16}⟧
/invite/4bf92f35-77b3-4da6-a3ce-929d0e0e4736
/invitations/{n16}
/invite/{w15}
/verify-email/{h30}
?EIO=4&sid=⟦{w16}⟧
?session=⟦{w16}⟧&x=y
?sid={w15}
?sid={h32}
?sid=CA{h32}
?sid=S-1-5-21-3623811015-3361044348
?session=30546174_97982611
code=⟦{w16}⟧&grant_type=authorization_code
grant_type=authorization_code&code_verifier=⟦{w16}⟧
grant_type=x error_code={w16}&x
code={w16}&x=y
?auth=required1
?key=section12
?key=⟦a1b2c3d4e5⟧
Driver={ODBC Driver 18};Server=h;Uid=app;Pwd={⟦hunt;er22⟧};Encrypt=yes
DSN=x;Password={⟦p}}w;1⟧}
DRIVER={driver};UID={user};PWD={password}
password={hunter22}
app:⟦hunter22⟧@tcp(db:3306)/x
app:⟦h/u@n22⟧@unix(/run/mysqld)/x
app@tcp(db:3306)/x
dial "app:hunter22" @tcp(db)
"""
COMMANDS = r"""
mysql -uroot -p⟦hunter22⟧ db
mysql -p⟦hunter22⟧
mysqldump -p⟦hunter22⟧
mariadb -p⟦hunter22⟧
mariadb-dump -p⟦'hunter 22'⟧
mysql -p⟦"hunter 22"⟧
mysql -p⟦"a"⟧
mysql -p⟦'a'⟧
mysql -pabc
mysql -p⟦abcd⟧
mysql -p$PASS
mysql -p"$PASS"
psql -phunter22
mysql x-phunter22
sshpass -p⟦hunter22⟧ ssh
sshpass -p ⟦hunter22⟧ ssh
sshpass -e ssh
redis-cli -h x -a ⟦hunter22⟧
redis-cli --pass ⟦hunter22⟧
redis-cli -a $PASS
redis-cli x; y -a hunter22
requirepass ⟦hunter22⟧
requirepass ⟦"hunter 22"⟧
requirepass ⟦'hunter 22'⟧
requirepass abc
requirepass ⟦abcd⟧
xrequirepass hunter22
masterauth ⟦hunter22⟧
xmasterauth hunter22
CREATE USER x IDENTIFIED BY ⟦'hunter 22'⟧
identified as ⟦'hunter22'⟧
identified by password ⟦'hunter22'⟧
identified with mysql_native by ⟦'hunter22'⟧
identified with 'a' as ⟦'hunter22'⟧
unidentified by hunter22
docker login -u x -p ⟦hunter22⟧
docker login --password ⟦hunter22⟧
podman login -p ⟦hunter22⟧
az login -p ⟦hunter22⟧
helm registry login -p ⟦hunter22⟧
nerdctl login -p ⟦hunter22⟧
oc login -p ⟦hunter22⟧
skopeo login -p ⟦hunter22⟧
buildah login -p ⟦hunter22⟧
foo login -p hunter22
xdocker login -p hunter22
ldapsearch -x -D cn=a -w ⟦hunter22⟧ -b y
ldapsearch -x -W
keytool -list -storepass ⟦hunter22⟧ -keypass ⟦hunter22⟧
keytool -deststorepass ⟦hunter22⟧
x-storepass hunter22
sqlplus scott/⟦hunter22⟧@orcl
sqlplus -S "scott/⟦hunter22⟧@//h:1521/x"
sqlplus scott/$PASS@orcl
sqlplus / as sysdba
machine h login u password ⟦hunter22⟧
machine h.example login bob.x password ⟦hunter22⟧
xmachine h login u password hunter22
echo ⟦hunter22⟧ | docker login --password-stdin
echo -n ⟦hunter22⟧ | docker login --password-stdin
echo "⟦hunter22⟧" | docker login --password-stdin
echo '⟦hunter22⟧'| docker login --password-stdin
echo $PASS | docker login --password-stdin
echo abc | docker login --password-stdin
xecho hunter22 | docker login --password-stdin
echo hunter22 | x | docker login --password-stdin
AUTH PLAIN ⟦{w16}⟧
AUTH LOGIN ⟦{w16}==⟧
AUTH XOAUTH2 ⟦{w16}⟧
AUTH CRAM-MD5 ⟦{w16}⟧
AUTH OTHER {w16}
AUTH PLAIN {l16}
AUTH PLAIN ⟦{l16}=⟧
AUTH PLAIN a1b2c3d
AUTH PLAIN {w16}-x
XAUTH PLAIN {w16}
curl -b ⟦sid=x⟧ h
curl --cookie "⟦sid=x; a=b⟧" h
curl --cookie=⟦sid=x⟧ h
curl -b jar h
curl -u ⟦bob:hunter22⟧ h
curl --user ⟦bob:hunter22⟧ h
curl --user=⟦bob:hunter22⟧ h
curl --proxy-user ⟦bob:hunter22⟧ h
curl -u⟦bob:hunter22⟧ h
curl -u ⟦"bob x":hunter22⟧ h
curl -u ⟦'bob x':hunter22⟧ h
curl -u ⟦bob:"hunter 22"⟧ h
curl -u ⟦bob:'hunter 22'⟧ h
curl -u ⟦"bob:hunter22"⟧ h
curl -sSu ⟦bob:hunter22⟧ h
curl --x-u bob:hunter22 h
curl -u bob h
curl -u $USER_PASS h
wget -u bob:hunter22 h
vault login -no-print ⟦{w24}⟧
vault login failed for transfers-1
vault login https://vault1.acme.example:8200
zip -r -P ⟦hunter22⟧ a.zip b
unzip -P ⟦'hunter 22'⟧ a.zip
unzip -p a.zip file22.txt
7z a -p⟦hunter22⟧ a.7z b
7za x -p⟦hunter22⟧ a.7z
openssl enc -aes-256-cbc -k ⟦hunter22⟧ -in a
openssl enc -K ⟦{h32}⟧ -iv 0
openssl req -key key22.pem
htpasswd -b f ann ⟦hunter22⟧
htpasswd -b -c f ann ⟦hunter22⟧
htpasswd -nbB ann ⟦hunter22⟧ > f
htpasswd -B f ann12
net use X: \\h\s ⟦hunter22⟧ /user:ann
net use X: \\h\s /user:ann ⟦hunter22⟧
net use X: \\h\s /user:ann /persistent:yes
net use X: \\h\s1
smbclient //h/s -U ann%⟦hunter22⟧ -c ls
smbclient //h/s -U ann
http -a ann:⟦hunter22⟧ h
https POST h --auth ann:⟦hunter22⟧
http -a ann:$PASS h
HELLO 3 AUTH ann ⟦hunter22⟧ SETNAME x
AUTH ⟦hunter22⟧
127.0.0.1:6379> AUTH ann ⟦hunter22⟧
1339518083.1 [0 127.0.0.1:60866] "auth" "⟦hunter22⟧"
1) "AUTH" "ann" "⟦hunter22⟧"
AUTH CRAM-MD5
AUTH failed for user12345
INFO AUTH user12345
"auth" "required"
kubectl create secret generic x --from-literal=a=⟦hunter22⟧ --from-literal='b=⟦hunter23⟧'
kubectl create secret generic x --from-literal=a=$PASS
kubectl create configmap x --from-literal=level=debug22
"""


@pytest.mark.parametrize(("rule", "table"), [(headers, HEADERS), (urls, URLS), (commands, COMMANDS)], ids=["headers", "urls", "commands"])
def test_what_stands_in_its_place(rule: object, table: str) -> None:
    """Exactly the value, and nothing where it is none."""
    assert wrong(rule, table) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["none", "null", "missing", "required", "invalid", "expired", "failed", "bearer", "basic", "header", "error", "token"])
def test_a_header_that_says_that_there_is_none(word: str) -> None:
    """`Authorization: Bearer missing`."""
    assert wrong(headers, f"Authorization: Basic {word}\nAuthorization: Basic ⟦{word}x⟧") == []
