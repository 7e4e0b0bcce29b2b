"""Personal data: each form of an address, a card, a telephone and an account, and what only looks like one."""

import pytest

from bot.core.redaction.personal import email, lettered, numbered
from tests.marked import wrong

EMAILS = """
⟦mira@acme.com⟧
to ⟦mira.o+x@mail.eu.acme.com⟧.
⟦mira%40acme.com⟧
⟦mira\\u0040acme.com⟧
⟦m_i-r%a@acme.com⟧
⟦o'neil@acme.com⟧
⟦mürä@bücher.de⟧
⟦a@b.xn--p1ai⟧
git@acme.com
GIT@acme.com
⟦xgit@acme.com⟧
+⟦mira@acme.com⟧
.'%-⟦mira@acme.com⟧
+@app.get
https://u:mira@acme.com
mira@acme
mira@acme.c
mira@acme.com@x
mira@acme.com_
mira@10.1.2.3
⟦mira@10acme.com⟧
⟦mira@10.acme.com⟧
user@1000.service
service@name.keyword
attributes.service@name.keyword
log.attributes.exception@type
⟦mira@keyword.com⟧
@acme.com
mira @acme.com
a@b c.de
⟦a@b.pyx⟧
⟦a%40b.de⟧
⟦a@b.de⟧ and ⟦c@d.de⟧
"""
FILES = "service socket timer target mount slice scope device path swap tgz zip gz js mjs css png jpg jpeg svg gif webp py java go rs so dll exe jar"
NUMBERS = """
⟦4111 1111 1111 1111⟧
⟦4111-1111-1111-1111⟧
4111 1111-1111 1111
4111 1111 1111 1112
4111 1111 1111 1111-2
-4111 1111 1111 1111
⟦3782 822463 10005⟧
⟦3782-822463-10005⟧
4111111111111111
card 4111111111111112
card 4111111111111111-2
card 4111111111111111.2
card ⟦4111111111111111⟧.
card ⟦4222222222222⟧
card 411111111111111
card ⟦5555555555554444⟧
card 5655555555555440
card ⟦2223003122003222⟧
card ⟦378282246310005⟧
card ⟦371449635398431⟧
card ⟦30569309025904⟧
card ⟦36148900647913⟧
card ⟦38520000023237⟧
card ⟦6011111111111117⟧
card ⟦6444444444444443⟧
card ⟦6500000000000002⟧
card 3333333333333331
pan ⟦4111111111111111⟧
spans 4111111111111111
visa ⟦4111111111111111⟧
mastercard ⟦4111111111111111⟧
amex ⟦4111111111111111⟧
credit ⟦4111111111111111⟧
debit ⟦4111111111111111⟧
cc ⟦4111111111111111⟧
acc 4111111111111111
payment ⟦4111111111111111⟧
charge ⟦4111111111111111⟧
a ⟦219-09-9999⟧
a 000-09-9999
a 666-09-9999
a 919-09-9999
a 219-00-9999
a 219-09-0000
a 219-09-9999-1
a 1219-09-9999
a -219-09-9999
a ⟦900101-1234567⟧
a ⟦901231-8234567⟧
a ⟦900115-1234567⟧
a ⟦900129-1234567⟧
a 901331-1234567
a 900132-1234567
a 900100-1234567
a 900101-9234567
a ⟦(415) 555-2671⟧
a ⟦(415)555-2671⟧
a ⟦415-555-2671⟧
a ⟦415.555.2671⟧
a ⟦1 415-555-2671⟧
a ⟦1-415-555-2671⟧
a 115-555-2671
a 415-155-2671
a 415-555-26712
a 415-555-2671.5
a ⟦415-555-2671⟧.
a ⟦+14155552671⟧
a ⟦+1 415 555 2671⟧
a ⟦+49 (0)30 1234567⟧
a ⟦+44.20.7946.0958⟧
a +1415555
a ⟦+14155552⟧
a +04155552671
a /+14155552671
a =+14155552671
a-+14155552671
a ++14155552671
tel=⟦+14155552671⟧
tel:⟦+14155552671⟧
4:+14155552671
1=+14155552671
=+14155552671
:+14155552671
a +14155552671:80
a +14155552671-x
a 2025-12-16 06:01:25
"""
NAMED = """
phone: ⟦02071234567⟧
mobile=⟦02071234567⟧
msisdn ⟦02071234567⟧
tel ⟦020 7123 4567⟧
tel.: ⟦020 7123 4567⟧
hotel 02071234567
fax: ⟦02071234567⟧
sms: ⟦02071234567⟧
whatsapp ⟦(020) 71234567⟧
"phone_number":"⟦02071234567⟧"
phone number is ⟦02071234567⟧
phone no. ⟦02071234567⟧
phone number ⟦02071234567⟧
phone: 0207123
phone: ⟦02071234⟧
phone: 02071234567-x
phone service took 120 ms
ssn: ⟦123456789⟧
social security ⟦123 45 6789⟧
national insurance: ⟦ab 12 34 56 78 c⟧
nino=⟦ab12345678c⟧
pesel: ⟦44051401359⟧
tfn: ⟦123456782⟧
rrn: ⟦9001011234567⟧
tax id: ⟦123456789⟧
national id ⟦123456789⟧
assn: 123456789
passport number is ⟦a12803456⟧
travel document: ⟦ab123456⟧
license number ⟦123456⟧
licence number ⟦123456⟧
passport: 12345
passport: abc123456
otp=⟦482913⟧
totp: ⟦482913⟧
cvc: ⟦123⟧
cvv: ⟦1234⟧
verification code ⟦482913⟧
verification_code=⟦482913⟧
2fa code is ⟦482913⟧
mfa code: ⟦482913⟧
mfa_code=⟦482913⟧
login code ⟦482913⟧
sms code: ⟦482913⟧
security code ⟦123⟧
security_code=⟦123⟧
one-time code: ⟦482913⟧
xotp=482913
otp=12
otp=123456789
otp=123-4
"""
LETTERED = """
⟦DE89370400440532013000⟧
⟦DE89 3704 0044 0532 0130 00⟧
⟦GB29 NWBK 6016 1331 9268 19⟧
⟦NO9386011117947⟧
⟦DE89 3704 0044 0532 0130 00⟧ AB
DE89370400440532013001
xDE89370400440532013000
DE89370400440532013000x
iban=⟦de89370400440532013000⟧
"iban": "⟦de89370400440532013000⟧"
iban number ⟦de89370400440532013000⟧
iban is ⟦de89370400440532013000⟧
iban no. ⟦de89370400440532013000⟧
iban no ⟦no9386011117947⟧
iban=⟦xk75123412341234123412341234123412⟧
iban=de89370400440532013001
acc=de89370400440532013000
⟦RSSMRA85M01H501Z⟧
RSSMRA85F01H501Z
xRSSMRA85M01H501Z
RSSMRA85M01H501Zx
⟦AB123456C⟧
⟦AB 12 34 56 C⟧
AB123456E
xAB123456C
AB123456Cx
"""


def test_an_address_of_mail() -> None:
    """Also with `%40`; a remote of git, a decorator and a password in a URL stay."""
    assert wrong(email, EMAILS) == []
    assert wrong(email, "\n".join(f"icon@2x.{ending}" for ending in FILES.split())) == []
    assert wrong(email, f"⟦{'m' * 64}@acme.com⟧\n{'m' * 8}⟦{'m' * 64}@acme.com⟧") == []


def test_numbers_and_letters() -> None:
    """By their check digits, their form, or a word before them."""
    assert wrong(numbered, NUMBERS) == []
    assert wrong(numbered, NAMED) == []
    assert wrong(lettered, LETTERED) == []


def test_a_word_about_cards_must_be_near() -> None:
    """Forty-eight signs before the number."""
    assert wrong(numbered, f"card{'.' * 43} ⟦4111111111111111⟧\ncard{'.' * 44} 4111111111111111") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4111 1111 1111 1111", "card"),
        ("card 4111111111111111", "card"),
        ("a 219-09-9999", "national-number"),
        ("a 900101-1234567", "national-number"),
        ("a 415-555-2671", "phone"),
        ("a +14155552671", "phone"),
        ("phone: 02071234567", "phone"),
        ("pesel: 44051401359", "national-number"),
        ("passport: a12803456", "national-number"),
        ("otp=482913", "code"),
    ],
)
def test_the_kind_of_a_number(text: str, kind: str) -> None:
    """The kind stands in the placeholder."""
    assert [span.kind for span in numbered(text, text)] == [kind]


def test_the_kinds_of_letters() -> None:
    """An account, and a person's number."""
    assert [span.kind for span in lettered("DE89370400440532013000 AB123456C", "")] == ["iban", "national-number"]
