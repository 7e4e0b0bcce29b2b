"""Nothing secret leaves, and what a diagnosis needs stays."""

from collections.abc import Iterator

import pytest

from bot.core.redaction.redaction import PLACEHOLDER, WITHHELD, Redactor, Span
from bot.core.redaction.rules import RULES
from bot.texts.markdown import inline
from tests.fakes import transfer_case

# Made-up tokens, put together here so that no scanner takes this file for a leak.
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
AWS = "AKIA" + "Z7XQ2PLM9KRT4WVB"
SLACK = "xoxb-" + "263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1"
STRIPE = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c"
PEM_LINES = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDAC4AWkdwKYSd8\nKs14IReLcYgADhoXk56ZzXI2MIIEvQIBADANBgkqhkiG9w0BAQEF"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_LINES}\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"push failed for {GITHUB}", GITHUB),
        (f"key {AWS} is not active", AWS),
        (f"slack said invalid_auth to {SLACK}", SLACK),
        (f'{{"stripe":"{STRIPE}"}}', STRIPE),
        ("glpat-" + "65bwznkw5zk7j1l46nmp rejected", "65bwznkw5zk7j1l46nmp"),
        ("SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc", "TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc"),
        ("sk-ant-" + "api03-z0zjHHXo5uibD2havvfqiZYJe9ENlwI1trcQ", "z0zjHHXo5uibD2havvfqiZYJe9ENlwI1trcQ"),
        ("npm_" + "2gq26d8bom2kfh9hndevkyobgil8u3v36a7q", "2gq26d8bom2kfh9hndevkyobgil8u3v36a7q"),
        ("> Authorization: Token 2dc4ee60caea63367c29a80b21ead8f062d15a4f", "2dc4ee60caea63367c29a80b21ead8f062d15a4f"),
        ('headers={"Authorization":"Bearer abc-DEF-123456789","x-request-id":"7f3c"}', "abc-DEF-123456789"),
        ("Authorization: Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"),
        ("Cookie: sid=s3cr3tvalue1; theme=dark", "s3cr3tvalue1"),
        ("curl -H 'X-Api-Key: 8b6f8d6594749cb6' https://a.example", "8b6f8d6594749cb6"),
        ("curl -u elastic:P@ssw0rd$1 https://localhost:9200", "P@ssw0rd$1"),
        ('{"password":"pTgadDZFlRJmCG","user":"bob"}', "pTgadDZFlRJmCG"),
        ('{\\"password\\":\\"pTgadDZFlRJmCG\\"}', "pTgadDZFlRJmCG"),
        ("connect(user='app', passwd='mUXiAPyhzAnar3')", "mUXiAPyhzAnar3"),
        ("DB_PASSWORD=jnCqaXNv1syeef DB_HOST=db", "jnCqaXNv1syeef"),
        ("  password: berACpdclsxHKi  # from vault", "berACpdclsxHKi"),
        ("<secret>oEJP2NNern66nV</secret>", "oEJP2NNern66nV"),
        ("mysql --user=root --password EMfAdggcG9qpVT -h db", "EMfAdggcG9qpVT"),
        ("AWS_SECRET_ACCESS_KEY=nLOpaMxxNDi9LE1Ki3ylOjt6o0NpUmkVO8JmR8yT", "nLOpaMxxNDi9LE1Ki3ylOjt6o0NpUmkVO8JmR8yT"),
        ("GET /v1?access_token=abcDEFghijk&page=2", "abcDEFghijk"),
        ("https://acct.blob.core.windows.net/c?sv=2024&sig=Zm9vYmFyMTIzNDU2Nzg5MA%3D%3D&se=1", "Zm9vYmFyMTIzNDU2Nzg5MA"),
        ("postgresql+psycopg2://app:GEONYlgCtjfIZ4@10.2.3.4/app", "GEONYlgCtjfIZ4"),
        ("redis://:SOcMz9CPVNPkNa@cache:6379/0", "SOcMz9CPVNPkNa"),
        ("Server=tcp:sql.example.net;User ID=sa;Password=nn76dEyTzAeKOm;Encrypt=True;", "nn76dEyTzAeKOm"),
        ("https://hooks.slack.com/services/T024TTTTT/BBB72BBL/AZAAA9u0pA4ad666eMgbi555", "AZAAA9u0pA4ad666eMgbi555"),
        (f"token {JWT} expired", JWT.rpartition(".")[2]),
        (PEM, PEM_LINES.partition("\n")[0]),
        (PEM[:140], PEM_LINES[:60]),
        (PEM[40:], PEM_LINES[40:64]),
        (PEM.replace("\n", "\\n"), PEM_LINES.partition("\n")[2]),
        ("User li.wei@example.com not found", "li.wei@example.com"),
        ("GET /users?email=li.wei%40example.com", "li.wei%40example.com"),
        ("charge declined for card 5105105105105100", "5105105105105100"),
        ('pasted "4111 1111 1111 1111" in notes', "4111 1111 1111 1111"),
        ("payout to FR1420041010050500013M02606 failed", "FR1420041010050500013M02606"),
        ("SMS to +49 151 28386668 failed", "+49 151 28386668"),
        ("call (415-555-5664) back", "415-555-5664"),
        ("SSN 272-81-1432 rejected", "272-81-1432"),
        ("AKIA\u200bZ7XQ2PLM9KRT4WVB", "Z7XQ2PLM9KRT4WVB"),
    ],
)
def test_a_secret_does_not_leave(text: str, secret: str) -> None:
    """Neither whole nor in a telling piece, and the words around it stay."""
    made = Redactor().text(text)
    assert secret not in made
    assert secret[: max(6, len(secret) // 2)] not in made
    assert PLACEHOLDER.search(made)


@pytest.mark.parametrize(
    "text",
    [
        "volume pvc-cd9d9eec-100e-40ab-8f73-c88583d3ab04 of pod transfers-7d9f8b6c5-x2x4z",
        "deployed commit b610faa07f356164934cac6a796da0ebec67c20c (was 51dfa8e)",
        "traceparent: 00-2078c532bed0e8c0406fb7979af922a4-5fc8063b0067d944-01 request_id=req-97fcea79",
        "AccessDenied: arn:aws:lambda:eu-west-1:152657914446:function:order-handler:16",
        "image registry.example.com/checkout@sha256:9fe1ee3f35a8d2e88d7bc6b16501e92faac6eef014cff95ea58cd4dda35496dd",
        "at com.acme.PaymentTokenRefreshService$$Enhancer$$5f2ccaa9.refresh(PaymentTokenRefreshService.java:91) TokenBucket@84bddb68",
        "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579?thread_ts=1765962764.835579&cid=C08RB8T6CNS",
        "Sentry project 4505637373075329, order 4111111111111111, at 1742820125649",
        "CBS Session: 30546174_97982611 initialized; opening session for user root; session_id=42",
        "password: incorrect, token: expired, secret: null, max_tokens=4096, next_token=abc123456789, token_type: bearer",
        "api_key = os.environ['API_KEY']; token = request.headers.get('x'); password=self.password; secret: ${{ secrets.X }}",
        "git@github.com:acme/transfers.git, icon@2x.png, user@1000.service, lodash@4.17.21",
        "2025-12-17 09:12:44,835 10.105.162.105 took 12 345 ms for 2025-12-17",
        "/var/log/app/transfers.log:188 C:\\app\\token.py transfers/leaves.py#L42",
    ],
)
def test_what_a_diagnosis_needs_stays(text: str) -> None:
    """Ids, hashes, links, paths, times, code and plain words under suspicious keys."""
    assert Redactor().text(text) == text


def test_the_same_secret_has_the_same_placeholder() -> None:
    """So that a reader can still follow it through a case, and two secrets differ."""
    redactor = Redactor()
    assert redactor.text(f"one {GITHUB}") == "one [secret:github-token:1]"
    assert redactor.text(f"again {GITHUB}, other {GITHUB[:-1]}9") == "again [secret:github-token:1], other [secret:github-token:2]"


def test_a_secret_once_seen_is_known_without_its_key() -> None:
    """A value that a key gave away in one place is not shown in another."""
    redactor = Redactor()
    redactor.text("client_secret=hJsTbvL1Ft9MTcb4fM9D")
    assert redactor.text("sent hJsTbvL1Ft9MTcb4fM9D") == "sent [secret:key:1]"


def test_redaction_twice_is_redaction_once() -> None:
    """At the second door the placeholders of the first stay."""
    once = Redactor().text(f"password={STRIPE} Authorization: Bearer {GITHUB} mail a.b@example.com {PEM}")
    assert "mail" in once
    assert Redactor().text(once) == once


def test_a_placeholder_that_markdown_escapes_stays() -> None:
    """A page of an entry is redacted once more when a post-mortem is made from it: its placeholders are no secrets."""
    page = inline(Redactor().text("call (+44 7700 900123) back, a.b@example.com"))
    assert "secret:" in page
    assert "\\]" in page
    assert Redactor().text(page) == page


def test_every_text_of_a_record_is_redacted() -> None:
    """Whichever field holds the secret, and whichever field holds the key that gives it away."""
    leaked = "hJsTbvL1Ft9MTcb4fM9D"
    case = Redactor().record(transfer_case.case(f"{GITHUB} {leaked} client_secret={leaked}"))
    assert GITHUB not in repr(case)
    assert leaked not in repr(case)
    assert case.alert.permalink == transfer_case.THREAD
    assert case.signature.name == transfer_case.NAME
    assert case.alert.time == transfer_case.TIME


def test_a_clean_record_is_unchanged() -> None:
    """Identifiers, links, commits and times pass through."""
    assert Redactor().record(transfer_case.case()) == transfer_case.case()
    assert Redactor().record(transfer_case.diagnosis()) == transfer_case.diagnosis()


def test_a_broken_rule_withholds_the_text() -> None:
    """Failing closed: better no text than one that nobody looked through."""

    def broken(text: str, lowered: str) -> Iterator[Span]:
        if "odd" in lowered:
            raise ValueError(text)
        yield from ()

    redactor = Redactor((*RULES, broken))
    assert redactor.text("an odd line") == WITHHELD
    assert redactor.text("a plain line") == "a plain line"
    assert redactor.record(transfer_case.case("odd")).alert.text == WITHHELD


def test_spans_say_where_and_what() -> None:
    """For the linter: positions in the text, in order, never overlapping."""
    text = f"https://u1:{GITHUB}@example.com and {JWT}"
    spans = Redactor().spans(text)
    assert [span.kind for span in spans] == ["github-token", "jwt"]
    assert text[spans[1].start : spans[1].end] == JWT
    assert spans[0].end <= spans[1].start


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "A0",
        "0123456789abcdef",
        "eyJ",
        "token=",
        "1-",
        "4111",
        "a@",
        "://a:",
        "+1",
        "sk-",
        "cookie:a=b;",
        '"password":"',
        "a%40",
        "a\n-----END PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_no_line_stalls_a_rule(piece: str) -> None:
    """A line without a space is read once: a rule that began again at each position would not end before the job's own limit."""
    text = piece * (300_000 // len(piece))
    assert WITHHELD not in Redactor().text(text)
