"""Addresses of repositories, what is refused among them, and who is given which token."""

import json
from pathlib import Path

import pytest

from bot import config
from bot.config import Codebase, Secret
from bot.core.links.repository_address import Address, address
from bot.errors import BadConfiguration
from bot.sources.code.remote import CodeRemote

TOKEN = "ghs_code_loopback"


def _address(text: str) -> Address:
    found = address(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "https://mira:secret@github.com/acme/transfers",
        "--upload-pack=touch",
        "ext::sh -c touch",
        "http://github.com/acme/transfers",
        "ssh://-oProxyCommand=touch/x",
        "-oProxyCommand=x@github.com:acme",
        "fd::17",
        "../transfers",
        "https://github.com/acme/transfers\nfetch = x",
        "file:///srv/x\n[core]",
        "git://github.com/acme/transfers",
        "",
    ],
)
def test_an_address_that_may_not_be_cloned_is_refused_with_its_line(text: str) -> None:
    """Other protocols, options, passwords and lines never reach git; what is refused is not shown, for it may hold a password."""
    with pytest.raises(BadConfiguration) as error:
        config.parse(f"code:\n  - name: transfers\n    repository: {json.dumps(text)}\n")
    assert "line 3" in error.value.cause
    assert "secret" not in str(error.value)
    assert "CODE_TOKEN" in error.value.remedy


@pytest.mark.parametrize("keys", ["services: [a]", "path: code\n    repository: https://github.com/acme/transfers"])
def test_a_codebase_has_either_a_path_or_a_repository(keys: str) -> None:
    """Neither, or both, is a mistake that is told before anything runs."""
    with pytest.raises(BadConfiguration, match="either `path` or `repository`"):
        config.parse(f"code:\n  - name: transfers\n    {keys}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/acme/transfers.git", ("https", "github.com", "acme/transfers", "https://github.com")),
        ("git@github.com:acme/transfers.git", ("ssh", "github.com", "acme/transfers", "")),
        ("ssh://git@git.acme.example:7999/pay/transfers", ("ssh", "git.acme.example:7999", "pay/transfers", "")),
        ("http://127.0.0.1:8080/acme/transfers", ("http", "127.0.0.1:8080", "acme/transfers", "http://127.0.0.1:8080")),
        ("file:///srv/git/transfers.git", ("file", "", "srv/git/transfers", "")),
    ],
)
def test_addresses_are_taken_apart(text: str, expected: tuple[str, ...]) -> None:
    """Credentials are bound to the scheme and the host; ssh and files get none."""
    found = address(text)
    assert found is not None
    assert (found.protocol, found.host, found.slug, found.origin) == expected


def test_the_workflows_token_goes_to_its_own_server_only(tmp_path: Path) -> None:
    """CODE_TOKEN, or one with the codebase's name, for any host; GITHUB_TOKEN for the GitHub that the workflow runs on."""
    one = Codebase("transfers-api", repository="https://github.com/acme/transfers")

    def token(origin: str, **environ: str) -> str | None:
        secret = config.load(tmp_path, environ=environ).code_token(one, origin)
        return secret.reveal() if secret else None

    assert token("https://github.com", GITHUB_TOKEN="g") == "g"
    assert token("https://gitlab.com", GITHUB_TOKEN="g") is None
    assert token("https://github.com", GITHUB_TOKEN="g", GITHUB_SERVER_URL="https://ghe.acme.example") is None
    assert token("", GITHUB_TOKEN="g") is None
    assert token("https://gitlab.com", GITHUB_TOKEN="g", CODE_TOKEN="c") == "c"
    assert token("https://gitlab.com", CODE_TOKEN="c", CODE_TRANSFERS_API_TOKEN="t") == "t"


@pytest.mark.parametrize(
    ("words", "cause", "remedy"),
    [
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", "refused access (403)", "contents: read"),
        ("fatal: Authentication failed for 'https://x/'", "refused the token", "CODE_TOKEN"),
        ("fatal: repository 'https://x/' not found", "does not exist, or may not be seen", "`repository`"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "there is no host", "network"),
        ("fatal: unable to access 'https://x/': Failed to connect to x port 443 after 3 ms", "could not be reached", "network"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", "could not be reached", "network"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 301", "has moved", "new address"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 503", "answered 503", "minutes"),
        ("git@github.com: Permission denied (publickey).", "refused access (ssh)", "CODE_TOKEN"),
    ],
)
def test_refusals_are_told_apart(words: str, cause: str, remedy: str) -> None:
    """Each way of being refused has a sentence and something to do."""
    error = CodeRemote(_address("https://github.com/acme/transfers"), Secret(TOKEN)).explained("cloning", words)
    assert error is not None
    assert cause in error.cause
    assert remedy in error.remedy


def test_what_is_no_refusal_is_left_to_git() -> None:
    """A broken cache is cloned anew, so it must not be taken for a network that is down."""
    assert CodeRemote(_address("git@github.com:acme/transfers.git")).explained("fetching", "fatal: packfile pack-1.pack is corrupt") is None
