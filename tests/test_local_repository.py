"""The local forge and the repository under it: what was merged, commits beside a person's work, hostile names."""

import subprocess
from pathlib import Path

import pytest

from bot.errors import ForgeError, StaleBranch
from bot.forges.local import LocalForge
from bot.model import File, Revision
from tests.local_forge import forge_of
from tests.proposals import BRANCH, PATH, ZEROS, a_proposal, propose
from tests.work_tree import WorkTree

pytest_plugins = ("tests.local_forge",)
pytestmark = pytest.mark.slow


def test_merged_entries_come_with_their_past_their_request_and_who_merged(repository: WorkTree, forge: LocalForge) -> None:
    """New, changed and renamed ones; not removed ones, nor other folders."""
    before = repository.commits({"knowledge/errors/old.md": "one\ntwo\nthree\n", "knowledge/errors/gone.md": "unlike any other\n"})
    request = propose(forge, a_proposal("entry\r\n"))
    repository("merge", "--quiet", "--no-ff", "--no-edit", BRANCH)
    repository("mv", "knowledge/errors/old.md", "knowledge/errors/new.md")
    repository("rm", "--quiet", "knowledge/errors/gone.md")
    after = repository.commits({"knowledge/errors/new.md": "one\ntwo\nfour\n", "knowledge/errors/deeper/x.md": "x\n"})

    renamed, added = forge.merged(before, after)

    assert (renamed.path, renamed.before, renamed.after) == ("knowledge/errors/new.md", "one\ntwo\nthree\n", "one\ntwo\nfour\n")
    assert (renamed.pull_request, renamed.approved_by) == (None, ())
    assert (added.path, added.before, added.after) == (PATH, None, "entry\r\n")
    assert (added.pull_request, added.approved_by) == (request.url, ("Ada Tester",))


def test_a_first_push_is_compared_with_its_parent_or_with_nothing(repository: WorkTree, forge: LocalForge) -> None:
    """Forty zeros, as GitHub's event has them."""
    after = repository.commits({PATH: "entry\n", "knowledge/errors/README.md": "About the folder.\n"})

    assert [entry.path for entry in forge.merged(ZEROS, after)] == [PATH]
    assert forge.merged(ZEROS, repository("rev-parse", "HEAD~1")) == ()


def test_what_came_after_a_push_is_read_up_to_the_branch_as_it_stands(repository: WorkTree, forge: LocalForge) -> None:
    """The branch's name stands for its last commit."""
    pushed = repository.commits({PATH: "entry\n", "knowledge/errors/other.md": "other\n"})
    repository.commits({PATH: "entry, counted\n"})

    assert [(entry.path, entry.after) for entry in forge.merged(pushed, "main")] == [(PATH, "entry, counted\n")]


def test_generated_files_are_committed_under_the_feet_of_whoever_is_on_main(repository: WorkTree, forge: LocalForge) -> None:
    """The work tree follows and stays clean, other changes stay as they are, and the second time nothing happens."""
    index = (Revision("knowledge/README.md", None, "# Index\n"),)
    (repository.folder / "README.md").write_text("half written\n")
    repository("add", "README.md")

    commit = forge.commit(index, "Rebuild the index")

    assert commit == repository("rev-parse", "main")
    assert (repository.folder / "knowledge/README.md").read_text() == "# Index\n"
    assert repository("status", "--porcelain") == "M  README.md"
    assert repository("show", "--stat", "--format=", commit).count("|") == 1
    assert forge.commit(index, "Rebuild the index") is None


def test_generated_files_are_committed_while_another_branch_is_checked_out(repository: WorkTree, forge: LocalForge) -> None:
    """Main moves, the work tree does not."""
    repository("switch", "--quiet", "-c", "work")

    forge.commit((Revision("knowledge/README.md", None, "# Index\n"),), "Rebuild the index")

    assert repository("show", "main:knowledge/README.md") == "# Index"
    assert (repository("status", "--porcelain"), (repository.folder / "knowledge").exists()) == ("", False)


def test_a_file_that_is_not_what_the_change_was_made_from_is_stale(repository: WorkTree, forge: LocalForge) -> None:
    """A person edited the entry since it was read: their text is not overwritten; what stands already is no change."""
    head = repository.commits({PATH: "edited by a person\n", "knowledge/README.md": "# Index\n"})

    with pytest.raises(StaleBranch):
        forge.commit((Revision("knowledge/README.md", None, "# Index\n"), Revision(PATH, "entry\n", "entry, linked\n")), "Rebuild the index")

    assert repository("rev-parse", "main") == head
    assert forge.commit((Revision("knowledge/README.md", "old\n", "# Index\n"),), "Rebuild the index") is None


def test_uncommitted_changes_are_never_overwritten(repository: WorkTree, forge: LocalForge) -> None:
    """Neither a changed file nor one that git does not know yet; nothing is committed."""
    head = repository("rev-parse", "main")
    (repository.folder / "knowledge").mkdir()
    (repository.folder / "knowledge/README.md").write_text("my own\n")

    with pytest.raises(ForgeError, match=r"knowledge/README\.md") as caught:
        forge.commit((Revision("knowledge/README.md", None, "# Index\n"),), "Rebuild the index")

    assert "git stash" in caught.value.remedy
    assert repository("rev-parse", "main") == head
    assert (repository.folder / "knowledge/README.md").read_text() == "my own\n"


def test_hooks_signing_and_inherited_variables_have_no_say(repository: WorkTree, forge: LocalForge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A repository's own hooks do not run, nothing asks for a key, and a surrounding git hook's GIT_DIR is not followed."""
    for name in ("post-checkout", "reference-transaction", "pre-commit"):
        hook = repository.folder / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        hook.chmod(0o755)
    repository("config", "commit.gpgSign", "true")
    repository("config", "user.name", "")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere/index"))

    propose(forge, a_proposal())
    forge.commit((Revision("knowledge/README.md", None, "# Index\n"),), "Rebuild the index")

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("path", ["../outside.md", "/etc/passwd", ".git/hooks/pre-commit", "knowledge/../../x"])
def test_a_path_that_leaves_the_repository_is_refused(repository: WorkTree, forge: LocalForge, path: str) -> None:
    """Git's own rules for paths apply before anything is written."""
    with pytest.raises(ForgeError, match="update-index"):
        propose(forge, a_proposal(files=(File(path, "x"),)))

    assert repository("branch", "--list", BRANCH) == ""


@pytest.mark.parametrize("name", ["--upload-pack=touch x", "-n", "kb/../../main", "no such thing"])
def test_a_hostile_name_is_a_name_and_not_an_option(repository: WorkTree, forge: LocalForge, name: str) -> None:
    """Nothing found, nothing run, a sentence."""
    assert forge.standing(name, PATH).branch_exists is False
    with pytest.raises(ForgeError, match="is no commit here"):
        forge.merged(name, "main")
    with pytest.raises(ForgeError):
        propose(forge, a_proposal(branch=name))
    assert repository("branch", "--format=%(refname:short)") == "main"


def test_what_is_no_repository_or_has_no_commit_is_a_sentence(tmp_path: Path) -> None:
    """With the command that mends it."""
    with pytest.raises(ForgeError) as caught:
        LocalForge(tmp_path)
    assert "git init" in caught.value.remedy

    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(tmp_path)], check=True)
    empty = LocalForge(tmp_path)
    with pytest.raises(ForgeError, match="no such branch"):
        empty.standing(BRANCH, PATH)
    assert [checkup.ok for checkup in empty.examine()] == [False, True]


def test_a_record_that_a_person_broke_is_named(repository: WorkTree, forge: LocalForge) -> None:
    """The path, and what deleting it would mean."""
    propose(forge, a_proposal())
    record = repository.folder / ".git/errata/pulls/1.json"
    record.write_text('{"number": "one"}')

    with pytest.raises(ForgeError, match=r"1\.json") as caught:
        forge.standing(BRANCH, PATH)
    assert "delete it" in caught.value.remedy


def test_a_record_that_cannot_be_read_is_not_called_broken(repository: WorkTree, forge: LocalForge) -> None:
    """Nobody is told to delete it; neither a record, nor their folder, which is not taken for an empty one."""
    propose(forge, a_proposal())
    record = repository.folder / ".git/errata/pulls/1.json"
    for path in (record, record.parent):
        path.rename(path.with_suffix(".kept"))
        path.symlink_to(path.name)
        with pytest.raises(ForgeError, match=path.name) as caught:
            forge.standing(BRANCH, PATH)
        assert "symbolic links" in caught.value.cause
        assert "delete" not in caught.value.remedy
        path.unlink()
        path.with_suffix(".kept").rename(path)


def test_doctor_is_content_with_a_plain_repository(forge: LocalForge) -> None:
    """A default branch, and a folder that can be written."""
    checkups = tuple(forge.examine())

    assert checkups
    assert all(checkup.ok for checkup in checkups)


def test_a_file_that_people_changed_meanwhile_is_stale(repository: WorkTree, forge: LocalForge) -> None:
    """What was made from an older text does not overwrite a newer one."""
    forge.commit((Revision("knowledge/README.md", None, "# By hand\n"),), "By hand")

    with pytest.raises(StaleBranch):
        forge.commit((Revision("knowledge/README.md", "# Older\n", "# Index\n"),), "Rebuild the index")

    assert repository("show", "main:knowledge/README.md") == "# By hand"


def test_a_shallow_clone_says_that_history_is_missing(repository: WorkTree, tmp_path: Path) -> None:
    """Neither an unknown commit nor forty zeros at the edge of the clone make every entry look new."""
    before = repository.commits({PATH: "entry\n"})
    after = repository.commits({PATH: "entry, twice\n"})
    repository("clone", "--quiet", "--depth", "1", repository.folder.as_uri(), str(tmp_path / "shallow"))
    shallow = forge_of(WorkTree(tmp_path / "shallow"))

    for name in (before, ZEROS):
        with pytest.raises(ForgeError) as caught:
            shallow.merged(name, after)
        assert "git fetch --unshallow" in caught.value.remedy
