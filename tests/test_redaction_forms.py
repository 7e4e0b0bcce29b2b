"""The forms in which secrets stand in logs, the time a text may take, addresses, and what becomes of a text that is withheld."""

from collections.abc import Iterator

import pytest

from bot.config import Configuration, parse
from bot.core.redaction.redaction import PLACEHOLDER, WITHHELD, Redactor, Span
from bot.core.redaction.rules import RULES, WITH_ADDRESSES
from bot.core.signature import signature as signatures
from bot.jobs.redacting import redactor_of
from tests.fakes import transfer_case

VALUE = "hJsTbvL1Ft9MTcb4fM9D"
PASSWORD = "c0rrect-Horse!42"


@pytest.mark.parametrize(
    "form",
    [
        'Authorization: Digest username="bob", realm="x", uri="/", response="{}"',
        '{{"headers":{{"authorization":["Bearer","{}"]}}}}',
        '{{"rawHeaders":["Host","a","Authorization","Bearer {}"]}}',
        "map[Authorization:[Bearer {}] Accept:[*/*]]",
        "map[Cookie:[sid={}] Accept:[*/*]]",
        "[(b'authorization', b'Bearer {}'), (b'host', b'x')]",
        "('Authorization', 'Basic {}')",
        '{{"name": "Cookie", "value": "sid={}; b=c"}}',
        '"set-cookie":["session={}; Path=/; HttpOnly"]',
        "curl -b 'sid={}; a=b' https://a.example",
        'curl --header "X-Auth-Token: {}" https://a.example',
        '{{"key":"X-Api-Key","value":"{}"}}',
        "- name: API_TOKEN\n  value: {}",
        '<add key="Password" value="{}" />',
        '<property name="hibernate.connection.password">{}</property>',
        "_gitlab_session={}",
        "cookies={{'sessionid': '{}'}}",
        "ASP.NET_SessionId={}",
        "GET /cb?code={}&state=abc",
        "https://x.example/a#access_token={}&x=y",
        "//npm.acme.example/:_auth={}",
        '{{"auths":{{"r.example":{{"auth":"{}"}}}}}}',
        "Invalid API key: {}",
        'Invalid token "{}"',
        "password\\u003d{}\\u0026x",
        "jwt={}",
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey={}",
    ],
)
def test_a_value_in_its_usual_forms_does_not_leave(form: str) -> None:
    """Headers, cookies, pairs of name and value, sessions, query strings, escaped text."""
    text = form.format(VALUE)
    made = Redactor().text(text)
    assert VALUE[:10] not in made
    assert PLACEHOLDER.search(made)


@pytest.mark.parametrize(
    "form",
    [
        "mongodb://app:{}@db.example.net:27017/app",
        "mysql+pymysql://root:{}@db/x",
        "Data Source=h;Uid=a;Pwd={};",
        "host=db user=app password={} dbname=x",
        "mysql -uroot -p{} db",
        "sshpass -p {} ssh h",
        "user=bob pass={}",
        "login failed for bob with password '{}'",
        "password is {}",
        "- name: DB_PASSWORD\n  value: {}",
        "User(name=bob, password={}, id=3)",
    ],
)
def test_a_password_in_its_usual_forms_does_not_leave(form: str) -> None:
    """Connection strings, command lines, sentences, objects as they are printed."""
    assert PASSWORD[:8] not in Redactor().text(form.format(PASSWORD))


@pytest.mark.parametrize(
    "text",
    [
        "tests pass: 125, fail: 0",
        "session_id=42 sessionId=0x14f05578bd80002 _session=4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
        "token = settings.secret(*names) or tokens[0]",
        "the phone service took 120 ms, otp service is up, hotel 4",
        "akka.tcp://sparkExecutorActorSystem@mesos-slave-22:36216",
        "unexpected token '<' at position 0; password: incorrect",
        'Annotated[str, "SLACK_BOT_TOKEN", "see docs/setup.md, step 1"]',
    ],
)
def test_words_and_code_under_telling_keys_stay(text: str) -> None:
    """Counts, ids of sessions, expressions, names of services."""
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("otp=482913", "482913"),
        ('{"cvc": "123"}', "123"),
        ('{"ssn": "123456789"}', "123456789"),
        ("my passport number is A12803456", "A12803456"),
        ('{"phone_number":"02071234567"}', "02071234567"),
        ("+14155552671 did not answer", "+14155552671"),
    ],
)
def test_numbers_that_a_word_gives_away_do_not_leave(text: str, secret: str) -> None:
    """One-time codes, identity papers, national telephone numbers."""
    assert secret not in Redactor().text(text)


def test_addresses_stay_unless_the_configuration_says_otherwise() -> None:
    """Engineers need them; where they count as personal data they go, the same one always to the same placeholder."""
    text = "10.1.2.3:8080 refused 2001:db8::7, again 10.1.2.3, not 127.0.0.1, version 1.2.3, at 12:34:56"
    assert redactor_of(Configuration()).text(text) == text
    strict = redactor_of(parse("redaction:\n  ip_addresses: redact\n"))
    assert strict.text(text) == "[secret:ip:1]:8080 refused [secret:ip:2], again [secret:ip:1], not 127.0.0.1, version 1.2.3, at 12:34:56"
    assert strict.text(strict.text(text)) == strict.text(text)


def test_a_text_that_takes_too_long_is_withheld_and_told() -> None:
    """Fails closed: the text does not leave, and one gap says how many and what to do."""
    ticks = iter(range(1_000))
    redactor = Redactor(clock=lambda: float(next(ticks)), seconds=0.5)
    assert redactor.text("a line") == WITHHELD
    assert redactor.text("another line") == WITHHELD
    (gap,) = redactor.gaps()
    assert gap.wanted == "2 texts of the evidence"
    assert "too long" in gap.cause
    assert "seconds_per_text" in gap.remedy


def test_a_broken_rule_is_told_and_the_linter_fails_closed() -> None:
    """One gap for each cause; for the linter the whole text is a finding."""

    def broken(text: str, lowered: str) -> Iterator[Span]:
        if "odd" in lowered:
            raise ValueError(text)
        yield from ()

    redactor = Redactor((*RULES, broken))
    redactor.record(transfer_case.case("odd"))
    assert [gap.cause for gap in redactor.gaps()] == ["withheld: a rule of redaction failed on it"]
    assert "odd" not in repr(redactor.gaps())
    assert redactor.spans("an odd line") == [Span(0, 11, "withheld")]


def test_one_secret_is_one_placeholder_from_alert_to_answer() -> None:
    """In the alert, the logs, the code, and what a model says afterwards; nothing brings it back."""
    redactor = Redactor()
    case = redactor.record(transfer_case.case(f"refused api_key={VALUE} at once"))
    diagnosis = redactor.record(transfer_case.diagnosis(f"the key {VALUE} was revoked"))
    assert VALUE not in repr((case, diagnosis))
    placeholders = set(PLACEHOLDER.findall(repr(case))) | set(PLACEHOLDER.findall(repr(diagnosis)))
    assert placeholders == {"[secret:key:1]"}
    assert signatures.of(redactor.record(case).alert) == signatures.of(case.alert)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "_auth=",
        "sessionid=",
        "authorization:",
        "api_key",
        "|",
        "!",
        "==:",
        "@",
        "key=",
        "1.",
        "a:",
        "token ",
        "password",
        "kty",
        '{"kty"',
        "/hooks/",
        "@tcp(",
        "a:b@tcp(",
        "cookie={",
        "token=[",
        "password)=(",
        "authorization: a ",
    ],
)
def test_no_run_of_telling_words_stalls_a_rule(piece: str) -> None:
    """What looks like a value is not read again from every word in it."""
    text = piece * (100_000 // len(piece))
    assert WITHHELD not in Redactor(WITH_ADDRESSES).text(text)
