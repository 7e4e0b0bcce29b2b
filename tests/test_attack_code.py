"""Repositories that try to make git run, read or ask something: through their attributes, submodules, links, names and configuration."""

import os
import re
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.model import Frame, PastFix
from tests.code_story import FRAME, HANDLER, LOCKED, PLAIN, Repository, ask, commits, fix_checks, inquiry
from tests.lint_pages import GOOD, NAME

pytestmark = pytest.mark.slow

PROGRAMS = (
    *("diff.external", "core.pager", "pager.log", "pager.show", "core.editor", "core.fsmonitor", "core.sshCommand", "core.askPass", "core.gitProxy"),
    *("core.alternateRefsCommand", "gpg.program", "gpg.ssh.program", "credential.helper", "uploadpack.packObjectsHook", "interactive.diffFilter"),
    *("diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "filter.lfs.process", "merge.evil.driver"),
    *("remote.origin.uploadpack", "remote.origin.vcs", "submodule.evil.update", "trailer.evil.command", "trailer.evil.cmd", "blame.ignoreRevsFile"),
)
ATTRIBUTES = "* diff=evil filter=evil merge=evil export-subst ident working-tree-encoding=UTF-16\n*.bin filter=lfs diff=lfs -text\n"
MODULES = '[submodule "evil"]\n\tpath = evil\n\turl = ext::sh -c "touch {canary}"\n\tupdate = !touch {canary}\n\tignore = none\n'


class Trap:
    """A program that leaves a trace when it is run."""

    def __init__(self, folder: Path) -> None:
        self.canary, self.script = folder / "canary", folder / "evil.sh"
        self.script.write_text(f'#!/bin/sh\ntouch {self.canary}\ncat "$1" 2>/dev/null || cat\n')
        self.script.chmod(0o755)

    def set_in(self, repository: Repository) -> None:
        """In its configuration, hooks, attributes, and as what a missing object is fetched with."""
        for key in PROGRAMS:
            repository.git("config", key, f"!{self.script}" if key.endswith(("update", "helper")) else str(self.script))
        for key, value in {
            "log.showSignature": "true",
            "remote.origin.url": f"ext::{self.script} %S",
            "remote.origin.promisor": "true",
            "extensions.partialClone": "origin",
            "protocol.ext.allow": "always",
            "diff.submodule": "log",
            "submodule.recurse": "true",
            "core.attributesFile": str(self.script.with_name("attributes")),
            "alias.log": f"!{self.script}",
        }.items():
            repository.git("config", key, value)
        self.script.with_name("attributes").write_text(ATTRIBUTES)
        git = repository.folder / ".git"
        for name in ("reference-transaction", "post-checkout", "post-index-change", "pre-commit", "fsmonitor-watchman"):
            (git / "hooks").mkdir(exist_ok=True)
            (git / "hooks" / name).write_text(self.script.read_text())
            (git / "hooks" / name).chmod(0o755)


def test_nothing_that_a_code_repository_holds_is_run(tmp_path: Path) -> None:
    """Committed attributes, submodules and large-file pointers, its hooks and thirty settings that name programs: its history is read, none was started."""
    trap = Trap(tmp_path)
    repository = Repository(tmp_path / "transfers")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n"
    files = {".gitattributes": ATTRIBUTES, ".gitmodules": MODULES.format(canary=trap.canary), "large.bin": pointer, HANDLER: PLAIN}
    repository.commit("first (#1)", {**files})
    fix = repository.commit("Lock the leaves (#1234)", {HANDLER: LOCKED})
    repository.commit("perf: drop the lock (#1251)", {HANDLER: PLAIN})
    trap.set_in(repository)
    findings = ask(tmp_path, inquiry(FRAME, Frame("f", "/app/large.bin", 1), Frame("g", "/app/.gitmodules", 2), fixes=[PastFix("sig", "lock", fix)]))

    assert commits(findings)
    assert [check.state for check in fix_checks(findings)] == ["lost"]
    assert not trap.canary.exists()


def test_a_committed_link_or_submodule_leads_nowhere(tmp_path: Path) -> None:
    """Their frames are told as what could not be seen; what they point at is not read."""
    (tmp_path / "outside.py").write_text("TOPSECRET = 1\n")
    repository = Repository(tmp_path / "transfers")
    first = repository.commit("first", {HANDLER: PLAIN})
    for mode, content, path in (("120000", "../../outside.py", "transfers/link.py"), ("160000", first, "transfers/module.py")):
        thing = content if mode == "160000" else repository.git("hash-object", "-w", "--stdin", stdin=content.encode())
        repository.git("update-index", "--add", "--cacheinfo", f"{mode},{thing},{path}")
    tree = repository.git("write-tree")
    repository.git("update-ref", "refs/heads/main", repository.git("commit-tree", tree, "-p", first, "-m", "links"))
    findings = ask(tmp_path, inquiry(FRAME, Frame("f", "/app/transfers/link.py", 1), Frame("g", "/app/transfers/module.py", 1)))

    assert findings.gaps
    assert "TOPSECRET" not in repr(findings)


def test_attributes_hide_no_secret_from_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pull request that calls its pages binary, or gives them a driver, is looked through commit by commit all the same."""
    tokens = ["ghp_" + "Zk3vT9qLw2XyB7nRd5Hs8JpCmAf4Ge6UtQ1" + end for end in "abcd"]
    repository, page = Repository(tmp_path / "knowledge-base"), f"knowledge/errors/{NAME}.md"
    base = repository.commit("first", {page: GOOD})
    for number, attributes in enumerate(("* binary\n", "* -diff\n", "* diff=evil\n", "* -text -diff filter=lfs\n")):
        repository.commit(
            "quiet", {".gitattributes": attributes, "knowledge/.gitattributes": attributes, f"knowledge/notes-{number}.txt": f"{tokens[number]}\n"}
        )
        repository.commit("gone", {f"knowledge/notes-{number}.txt": None})
    repository.git("reset", "--quiet", "--hard")
    capsys.readouterr()

    assert main(["--root", str(repository.folder), "check", "--base", base]) == 1
    told = capsys.readouterr().out
    assert len(re.findall(r"KB031 looks like a secret \(github-token\), in commit", told)) == 4
    assert not any(token in told for token in tokens)


def test_a_merge_hides_no_secret_from_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only a merge commit brought, and the next one took out, is told like any other commit's."""
    token, page = "ghp_" + "Zk3vT9qLw2XyB7nRd5Hs8JpCmAf4Ge6UtQ1o", f"knowledge/errors/{NAME}.md"
    repository = Repository(tmp_path / "knowledge-base")
    base = repository.commit("first", {page: GOOD})
    side = repository.commit("side", {"knowledge/a.txt": "a\n"})
    kept = repository.git("write-tree") if repository.git("read-tree", side) == "" else ""
    secret = repository.git("hash-object", "-w", "--stdin", stdin=token.encode())
    repository.git("update-index", "--add", "--cacheinfo", f"100644,{secret},knowledge/b.txt")
    merge = repository.git("commit-tree", repository.git("write-tree"), "-p", base, "-p", side, "-m", "Merge")
    repository.git("update-ref", "refs/heads/main", repository.git("commit-tree", kept, "-p", merge, "-m", "clean"))
    repository.git("reset", "--quiet", "--hard")
    capsys.readouterr()

    assert main(["--root", str(repository.folder), "check", "--base", base]) == 1
    told = capsys.readouterr().out
    assert f"KB031 looks like a secret (github-token), in commit {merge[:10]}" in told
    assert token not in told


@pytest.mark.parametrize(
    "name", ["a\n::error::x.md", "a\tb.md", "tr\u202eansfer.md", "--output=pwned", "a b'\"$(touch pwned).md", "\u0430pple.md", "con.md.", "\x7f.md"]
)
def test_odd_names_of_files_are_names(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """No option, command, path or escape in the output of the check, whatever a file is called."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.chdir(tmp_path)
    repository = Repository(tmp_path / "knowledge-base")
    base = repository.commit("first", {f"knowledge/errors/{NAME}.md": GOOD})
    folder = repository.folder / "knowledge" / "errors"
    repository.git("reset", "--quiet", "--hard")
    (folder / name).write_text(f"{GOOD}\n@acme/all\n", encoding="utf-8")
    repository.git("add", "--all")
    repository.git("-c", "user.name=Eve", "-c", "user.email=eve@evil.example", "commit", "--quiet", "-m", "x")
    capsys.readouterr()
    main(["--root", str(repository.folder), "check", "--base", base])
    told = capsys.readouterr()

    assert not [
        line for line in re.split("[\n\r\x0b\x0c\x85\u2028\u2029]", told.out + told.err) if re.match(r"\s*::(?!(?:error|notice) file=knowledge/)|.*##\[", line)
    ]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", told.out + told.err)
    assert os.listdir(tmp_path) == ["knowledge-base"]
