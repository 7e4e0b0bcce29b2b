"""The configuration is refused where it is wrong, with the line and the nearest known key; secrets never show."""

from pathlib import Path

import pytest

from bot import config
from bot.config import Secret, load, parse
from bot.errors import BadConfiguration


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("chat: slack\nchatt: slack\n", 2, "did you mean `chat`"),
        ("code:\n  - name: a\n    path: b\n    servces: []\n", 4, "did you mean `services`"),
        ("opensearch:\n  prod:\n    url: https://logs.example\n    indices: 3\n", 4, "indices"),
        ("opensearch:\n  prod:\n    indices: [a]\n    urll: x\n", 4, "did you mean `url`"),
        ("window:\n  minutes_before: -3\n", 2, "minutes_before"),
        ("forge: gitlab\n", 1, "forge"),
        ("chat: slak\n", 1, "write one of console, slack"),
        ("window: {}\nopensearch: {prod: {url: x, indices: [a], auth: non}}\n", 2, "write one of basic, none, sigv4"),
        ("window: {}\nevidence: {kubernets: [database]}\n", 2, "write one of cloudwatch,"),
        ("window: {}\nevidence: {redis: [databases]}\n", 2, "write one of application, database,"),
        ("forge: local\nx: &a [*a]\n", 2, "within what it names"),
        ("forge: local\nchat: console\nforge: github\n", 3, "twice"),
        ("environments:\n  - {name: x, pattern: '('}\n", 2, "regular expression"),
        ("environments:\n  - {name: x, pattern: ''}\n", 2, "found in every text"),
        ("scan:\n  ignore: ['']\n", 2, "found in every text"),
        ("files:\n  - paths: [a]\n    environment: production\n", 3, "write one of dev, loadtest, prod, or add it"),
        ("opensearch:\n  live: {url: x, indices: [a]}\n", 2, "opensearch.live: no alert is ever of the environment `live`"),
        ("opensearch:\n  prod:\n    url: x\n    indices: [a]\n    environment: live\n", 5, "opensearch.prod.environment: no alert"),
        ("cloudwatch:\n  Prod: {region: us-west-2, groups: [a]}\n", 2, "`Prod`"),
        ("redis:\n  prod: [{}]\n  live: [{}]\n", 3, "`live`"),
        ("sentry:\n  - organization: acme\n    environments: {production: prod}\n", 3, "`production`"),
        ("code:\n  - name: a\n    path: b\n    deploy_environments: {production: prod}\n", 4, "`production`"),
        ("default_environment: live\nenvironments: []\nfiles:\n  - {paths: [a], environment: prod}\n", 4, "write one of live, or"),
        ("- a\n- b\n", 1, "the whole file"),
        ("a: [1\n", 2, "YAML"),
        ("limits: {source_seconds: 0}\n", 1, "source_seconds"),
        ("? [1, 2]\n: x\n", 1, "YAML"),
        ("no: x\n", 1, "key"),
        ('forge: local\ndefault_branch: "a\\x00b"\n', 2, "none that anybody sees"),
        ('forge: local\ndefault_branch: "\\ud800"\n', 2, "none that anybody sees"),
        (f"code:\n  - name: a\n    path: b/{'c' * 256}\n", 3, "longer than the name of a file"),
        (f"files:\n  - paths: [logs, '{'c' * 256}']\n", 2, "longer than the name of a file"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(text: str, line: int, says: str) -> None:
    """Each mistake names its line and what to do."""
    with pytest.raises(BadConfiguration) as caught:
        parse(text)

    assert f"line {line}" in caught.value.cause
    assert says in f"{caught.value.cause} {caught.value.remedy}"


@pytest.mark.parametrize(("text", "says"), [(f"x: {'[' * 700}", "nested deeper"), ("x: 2025-13-45\n", "put it in quotes")])
def test_what_has_no_line_is_told_without_one(text: str, says: str) -> None:
    """What the library refuses without a place."""
    with pytest.raises(BadConfiguration) as caught:
        parse(text)

    assert says in f"{caught.value.cause} {caught.value.remedy}"
    assert "at that line" not in caught.value.remedy


@pytest.mark.parametrize("text", ["", "# only a comment\n", "{}\n", "---\n"])
def test_an_empty_file_means_all_defaults(text: str) -> None:
    """Nothing said is the default of everything."""
    assert parse(text) == config.Configuration()


def test_a_missing_file_means_all_defaults(tmp_path: Path) -> None:
    """A repository without the file runs on defaults; a file that was named must exist."""
    assert load(tmp_path, environ={}).configuration == config.Configuration()
    with pytest.raises(BadConfiguration, match="no\\.yml"):
        load(tmp_path, tmp_path / "no.yml", environ={})


def test_a_secret_never_shows() -> None:
    """Neither repr nor str nor format gives a secret away; only reveal does."""
    settings = config.Settings(Path(), config.Configuration(), {"SLACK_BOT_TOKEN": "xoxb-made-up"})
    secret = settings.secret("SLACK_BOT_TOKEN")

    assert isinstance(secret, Secret)
    assert "made-up" not in f"{secret!r} {secret} {settings!r} {vars(secret).keys()}"
    assert secret.reveal() == "xoxb-made-up"


def test_an_empty_variable_is_no_secret() -> None:
    """Actions passes an unset secret as an empty string."""
    assert config.Settings(Path(), config.Configuration(), {"SLACK_BOT_TOKEN": " "}).secret("SLACK_BOT_TOKEN") is None


def test_own_secrets_are_those_that_are_called_so_and_those_that_the_configuration_names() -> None:
    """An address or a token under a name of one's own is as secret as one under the usual name; so is any address with a password."""
    text = "databases: {prod: {driver: http, address_in: SHOP_QUERIES, token_in: SHOP_KEY}}\nredis: {prod: [{address_in: SHOP_CACHE}]}"
    environ = {
        "SHOP_QUERIES": "https://shop.example/query",
        "SHOP_KEY": " k3y-of-the-shop ",
        "SHOP_CACHE": "rediss://cache.example",
        "DATABASE_URL": "postgresql://db",
        "MIRROR": "https://reader:hunter2@mirror.example/x",
        "LANG": "C.UTF-8",
        "EMPTY_TOKEN": " ",
    }

    assert set(config.Settings(Path(), parse(text), environ).own_secrets()) == {
        environ[name].strip() for name in environ if name not in ("LANG", "EMPTY_TOKEN")
    }
    assert config.own_secrets(environ) == (environ["MIRROR"], environ["DATABASE_URL"])
