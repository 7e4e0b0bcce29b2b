"""Where people read a commit, a request and a line, on each of the hosts that teams keep their code on."""

import pytest

from bot.core.links.code_link import commit_link, line_link, request_link

SHA = "4be91d07" * 5


@pytest.mark.parametrize(
    ("base", "commit", "request_", "line"),
    [
        ("https://github.com/acme/pay", f"/commit/{SHA}", "/pull/12", f"/blob/{SHA}/src/a%20b.py#L7"),
        ("https://ghe.acme.example/acme/pay", f"/commit/{SHA}", "/pull/12", f"/blob/{SHA}/src/a%20b.py#L7"),
        ("https://bitbucket.org/acme/pay", f"/commits/{SHA}", "/pull-requests/12", f"/src/{SHA}/src/a%20b.py#lines-7"),
        (
            "https://dev.azure.com/acme/shop/_git/pay",
            f"/commit/{SHA}",
            "/pullrequest/12",
            f"?path=/src/a%20b.py&version=GC{SHA}&line=7&lineEnd=7&lineStartColumn=1&lineEndColumn=999",
        ),
    ],
)
def test_each_host_has_its_own_pages(base: str, commit: str, request_: str, line: str) -> None:
    """As its own pages are addressed; a name with a blank is quoted."""
    assert commit_link(base, SHA) == base + commit
    assert request_link(base, "#12") == base + request_
    assert line_link(base, SHA, "src/a b.py", 7) == base + line


def test_a_merge_request_says_itself_what_it_is() -> None:
    """GitLab's host may bear any name."""
    assert request_link("https://git.acme.example/acme/pay", "!12") == "https://git.acme.example/acme/pay/-/merge_requests/12"


def test_a_name_of_a_host_within_a_path_is_no_host() -> None:
    """Only the host decides."""
    assert commit_link("https://github.com/bitbucket/pay", SHA) == f"https://github.com/bitbucket/pay/commit/{SHA}"


def test_a_path_that_is_not_utf_8_is_given_in_its_bytes() -> None:
    """As git stores it."""
    assert line_link("https://github.com/acme/pay", SHA, b"caf\xe9.py", 1) == f"https://github.com/acme/pay/blob/{SHA}/caf%E9.py#L1"
