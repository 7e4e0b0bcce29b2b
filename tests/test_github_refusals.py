"""The GitHub forge when GitHub refuses, is limited or wrongly set up; commits to the default branch; what doctor asks."""

import pytest

from bot.config import Secret
from bot.errors import BadConfiguration, ForgeError, StaleBranch
from bot.forges.github import GitHubForge
from bot.model import Revision
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.fakes.loopback import Answer, Request
from tests.github_forge import forge_of, writes_to
from tests.proposals import BRANCH, PATH, a_proposal, propose

pytest_plugins = ("tests.github_forge",)
pytestmark = pytest.mark.slow


def test_the_setting_that_blocks_requests_is_named_and_the_next_run_goes_on(github: FakeGitHub, forge: GitHubForge) -> None:
    """403 from Actions: the remedy is the exact setting; the commit waits on its branch."""
    github.actions_may_open_pull_requests = False
    with pytest.raises(ForgeError) as caught:
        propose(forge, a_proposal())
    assert "Settings → Actions → General" in caught.value.remedy

    github.actions_may_open_pull_requests = True
    assert propose(forge, a_proposal()).number == 1
    assert github.commits(BRANCH) == ["Record an error", "start"]


@pytest.mark.parametrize(
    ("status", "message", "headers", "remedy"),
    [
        (403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {}, "some minutes"),
        (429, "Too many requests", {"Retry-After": "7"}, "7 seconds"),
        (403, "Resource not accessible by integration", {}, "write access"),
        (503, "Service unavailable", {}, "githubstatus"),
        (422, "Validation Failed", {}, "bot doctor"),
    ],
)
def test_a_refused_write_is_told_with_its_remedy_and_not_repeated(
    github: FakeGitHub, forge: GitHubForge, status: int, message: str, headers: dict[str, str], remedy: str
) -> None:
    """Writes are never retried; the sentence holds status and message, not the whole answer."""
    github.fail(writes_to("/git/trees"), Answer(status, {"message": message, "secret": "do-not-tell"}, headers), times=9)

    with pytest.raises(ForgeError) as caught:
        propose(forge, a_proposal())

    assert f"{status}: {message}" in caught.value.cause
    assert remedy in caught.value.remedy
    assert "do-not-tell" not in str(caught.value)
    assert sum(writes_to("/git/trees")(request) for request in github.requests) == 1
    assert github.git.head(BRANCH) is None


def test_reading_goes_on_after_a_hiccup(github: FakeGitHub, forge: GitHubForge) -> None:
    """One 502 and one secondary limit on GET are waited out."""
    github.fail(writes_to("/pulls", "GET"), Answer(502, {"message": "Server Error"}))
    github.fail(writes_to("/CODEOWNERS", "GET"), Answer(403, {"message": "You have exceeded a secondary rate limit."}))

    assert forge.standing(BRANCH, PATH).codeowners == "knowledge/ @alice\n"


@pytest.mark.parametrize(
    ("token", "repository", "words"),
    [("wrong", "acme/knowledge", ("401", "gh auth token")), (TOKEN, "acme/other", ("404", "GITHUB_REPOSITORY"))],
)
def test_a_wrong_token_or_repository_is_a_sentence(github: FakeGitHub, token: str, repository: str, words: tuple[str, str]) -> None:
    """What to do, and no token in it."""
    with pytest.raises(ForgeError) as caught:
        forge_of(github, token, repository).standing(BRANCH, PATH)

    assert words[0] in caught.value.cause
    assert words[1] in caught.value.remedy
    assert "wrong" not in f"{caught.value} {caught.value.remedy}"


def test_a_repository_that_is_none_and_a_server_that_is_none_are_sentences(github: FakeGitHub) -> None:
    """A typing error in a setting is not a traceback."""
    with pytest.raises(BadConfiguration, match="names no repository"):
        forge_of(github, repository="../../etc")
    with pytest.raises(ForgeError, match="no answer") as caught:
        GitHubForge(Secret("t"), "a/b", "http://127.0.0.1:9", pace=None).standing(BRANCH, PATH)
    assert caught.value.remedy.startswith("check the network, HTTPS_PROXY, GITHUB_API_URL")


@pytest.mark.parametrize("large", ["x" * 1_000_001, "binary"], ids=["above 1 MB", "not UTF-8"])
def test_an_entry_that_cannot_be_read_whole_is_not_overwritten(github: FakeGitHub, forge: GitHubForge, large: str) -> None:
    """GitHub hands out no content above 1 MB, and a lossy decoding would destroy bytes."""
    if large == "binary":
        tree = github.git.files(github.git.head("main")) | {PATH: ("100644", github.git.blob(b"\xff\xfe"))}
        github.git.point("main", github.git.commit(github.git.tree(tree), [str(github.git.head("main"))], "odd"))
    else:
        github.seed({PATH: large})

    with pytest.raises(ForgeError, match=PATH):
        forge.standing(BRANCH, PATH)


def test_owners_that_cannot_be_read_stop_nothing(github: FakeGitHub, forge: GitHubForge) -> None:
    """Asking for a review is a courtesy; the proposal is not."""
    github.seed({".github/CODEOWNERS": "# very long\n" * 100_000})

    assert forge.standing(BRANCH, PATH).codeowners == ""


@pytest.mark.parametrize(("field", "value"), [("title", "t" * 257), ("body", "b" * 65_500)])
def test_what_github_would_refuse_for_its_length_is_refused_before_anything_is_written(github: FakeGitHub, forge: GitHubForge, field: str, value: str) -> None:
    """256 characters of title, 65,536 of description with the marks."""
    with pytest.raises(ForgeError, match="GitHub takes"):
        propose(forge, a_proposal(**{field: value}))

    assert github.git.head(BRANCH) is None


def test_generated_files_go_to_main_once(github: FakeGitHub, forge: GitHubForge) -> None:
    """The index is committed when it differs, in five calls, and not when it does not."""
    index = (Revision("knowledge/README.md", None, "# Index\n"),)

    commit = forge.commit(index, "Rebuild the index")
    calls = len(github.requests)

    assert commit == github.git.head("main")
    assert calls <= 5
    assert forge.commit(index, "Rebuild the index") is None
    assert github.commits() == ["Rebuild the index", "start"]


def test_a_file_that_is_not_what_the_change_was_made_from_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """A person edited the entry since it was read: their text is not overwritten."""
    github.seed({PATH: "edited by a person\n"})

    with pytest.raises(StaleBranch):
        forge.commit((Revision(PATH, "entry\n", "entry, linked\n"),), "Link the issue")

    assert github.text(PATH) == "edited by a person\n"
    assert forge.commit((Revision(PATH, "entry\n", "edited by a person\n"),), "Link the issue") is None


def test_a_push_between_reading_and_committing_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """Main moved: the caller builds its files again."""

    def pushed_meanwhile(request: Request) -> bool:
        if request.method == "POST" and request.path.endswith("/git/commits"):
            github.seed({"README.md": "newer\n"})
        return False

    github.fail(pushed_meanwhile, Answer())
    with pytest.raises(StaleBranch):
        forge.commit((Revision("knowledge/README.md", None, "# Index\n"),), "Rebuild the index")


def test_a_protected_main_names_the_bypass_list(github: FakeGitHub, forge: GitHubForge) -> None:
    """Not stale: trying again would never help."""
    github.protected.add("main")

    with pytest.raises(ForgeError) as caught:
        forge.commit((Revision("knowledge/README.md", None, "# Index\n"),), "Rebuild the index")

    assert not isinstance(caught.value, StaleBranch)
    assert "Bypass list" in caught.value.remedy


def test_doctor_sees_each_prerequisite(github: FakeGitHub, forge: GitHubForge) -> None:
    """All well; then each thing that can be wrong, with its remedy."""
    assert all(checkup.ok for checkup in forge.examine())

    github.may_push = github.actions_may_open_pull_requests = False
    wrong = {checkup.name: checkup.remedy for checkup in forge_of(github).examine() if not checkup.ok}
    assert "contents: write" in wrong["GitHub write access"]
    assert "Settings → Actions → General" in wrong["Actions may open pull requests"]

    github.shows_settings = False
    (setting,) = [checkup for checkup in forge_of(github).examine() if checkup.name.startswith("Actions")]
    assert (setting.ok, "not visible" in setting.saw, "Settings → Actions" in setting.remedy) == (True, True, True)

    (lost,) = forge_of(github, "wrong").examine()
    assert (lost.ok, "gh auth token" in lost.remedy) == (False, True)
    default = {checkup.name: checkup for checkup in GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, "master", None).examine()}["default branch"]
    assert default.remedy == "set `default_branch: main`"


def test_a_file_that_people_changed_meanwhile_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """What was made from an older text does not overwrite a newer one."""
    github.seed({"knowledge/README.md": "# By hand\n"})

    with pytest.raises(StaleBranch):
        forge.commit((Revision("knowledge/README.md", "# Older\n", "# Index\n"),), "Rebuild the index")

    assert github.text("knowledge/README.md") == "# By hand\n"
