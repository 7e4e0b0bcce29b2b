"""Secrets that commands, SQL, mail and dumps give away without a key and a sign between; and what looks like them and stays."""

import pytest

from bot.core.redaction.redaction import Redactor


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("redis-cli -h cache.internal -a R3disAuth9x ping", "R3disAuth9x"),
        ("redis-cli --pass R3disAuth9x info", "R3disAuth9x"),
        ("requirepass k9Wm2Lq8Zz", "k9Wm2Lq8Zz"),
        ("docker login -u ci -p k9Wm2Lq8Zz registry.acme.io", "k9Wm2Lq8Zz"),
        ("echo k9Wm2Lq8Zz1 | docker login --password-stdin", "k9Wm2Lq8Zz1"),
        ("CREATE USER 'app'@'%' IDENTIFIED BY 'k9Wm2Lq8';", "k9Wm2Lq8"),
        ("ALTER USER app WITH PASSWORD 'k9Wm2Lq8';", "k9Wm2Lq8"),
        ("machine api.acme.io login ann password k9Wm2Lq8", "k9Wm2Lq8"),
        ("AUTH PLAIN AGFubgBrOVdtMkxxOA==", "AGFubgBrOVdtMkxxOA"),
        ("cn=admin,dc=acme bindpw=k9Wm2Lq8", "k9Wm2Lq8"),
        ('<wsse:Password Type="text">k9Wm2Lq8</wsse:Password>', "k9Wm2Lq8"),
        ("contraseña=k9Wm2Lq8", "k9Wm2Lq8"),
        ("mot de passe: k9Wm2Lq8", "k9Wm2Lq8"),
        ("spring.mail.password: pqzjtwmvkxlnbahd", "pqzjtwmvkxlnbahd"),
        ("login failed for ann with password 'k9Wm2Lq8'", "k9Wm2Lq8"),
        ("The password is k9Wm2Lq8", "k9Wm2Lq8"),
        ("2FA code 482913 was sent", "482913"),
        ("VALUES ('ann', '$2y$10$" + "aB3./" * 10 + "xYz')", "aB3./aB3./"),
        ("x:$6$saltsalt$" + "aB3./" * 17 + ":19000:0", "aB3./aB3./"),
        ("client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVB", "SU0EgUFJJVkFURSBLRVkt"),
        ("secret_id: 8f7e6d5c-4b3a-2918-0716-f5e4d3c2b1a0", "8f7e6d5c-4b3a"),
        ("https://maker.ifttt.com/trigger/e/with/key/k29dKs02mfLw83nQ72jdA", "k29dKs02mfLw83nQ72jdA"),
    ],
)
def test_a_secret_that_is_given_without_a_key_goes(text: str, secret: str) -> None:
    """Each form is one that a person or a program writes."""
    assert secret not in Redactor().text(text)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "PasswordHasher: rounds=12",
        "password_expires: 2026-01-01",
        "password is required",
        "password was hashed with bcrypt",
        "the password is sha256-hashed",
        "password 'x' of user ann",
        "password is too short",
        "connect with password authentication",
        "redis-cli -h cache.internal ping",
        "docker login -u ci registry.acme.io",
        "check_ldapsearch -H ldap.acme.io -w 1500ms -c 3000ms",
        "AUTH PLAIN mechanism",
        "CREATE USER app IDENTIFIED BY $PASSWORD",
        "client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURkekNDQWw",
        'MountVolume.SetUp failed: secret "db-credentials" not found',
        "error code 482913",
        "the machine web-1 login screen shows no password field",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    """Names, words and certificates that stand where a secret could."""
    assert Redactor().text(text) == text
