"""The documentation agrees with the code: links lead somewhere, commands exist, every key and every variable is told."""

import io
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from string import Template
from typing import Any

import msgspec
import pytest
import yaml

from bot import __version__ as bot_version
from bot import cli, config, wiring
from tests.pages import ROOT, Page, pages

EXAMPLE = ROOT / "docs" / "knowledge-bot.example.yml"
WORKFLOWS = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")))


@cache
def anchors(file: Path) -> set[str]:
    """The headings of a page that links lead to."""
    return Page(file.relative_to(ROOT).as_posix()).anchors()


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the configuration."""
    return config.schema()


@pytest.mark.parametrize("path", pages())
def test_links_lead_somewhere(path: str) -> None:
    """A relative link names a file or folder of this project, and a heading that is there."""
    for target in Page(path).links():
        name, _, anchor = target.partition("#")
        file = (ROOT / path).parent / name if name else ROOT / path
        assert file.exists(), f"{path}: {target}"
        if anchor:
            assert anchor in anchors(file.resolve()), f"{path}: {target}"


@pytest.mark.slow
@pytest.mark.parametrize("path", pages())
def test_commands_that_are_shown_exist(path: str) -> None:
    """Each `bot …` in code names a command and options that the parser knows."""
    for line in Page(path).code():
        match = re.match(r"(?:\$ )?(?:\.venv/bin/)?(?:python -m )?bot ([a-z-].*)", line)
        words = shlex.split(re.split(r" #| \| |; ", match[1])[0].replace("…", "")) if match else []
        if not words:
            continue
        command = [word for word in words if re.fullmatch("[a-z]+", word)][:1] if not words[0].startswith("-") else []
        told = f"{helped()} {helped(*command)}"
        for option in (word for word in words if word.startswith("--")):
            assert option in told, f"{path}: {line}"


@cache
def helped(*command: str) -> str:
    """What `bot <command> --help` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        cli.run([*command, "--help"])
    assert ended.value.code == 0, command
    return printed.getvalue()


def test_the_example_shows_every_key() -> None:
    """Every key of every record of the configuration, at its place."""
    data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))

    assert list(untold(schema(), [data])) == []


def untold(node: dict[str, Any], values: list[Any]) -> Iterator[str]:
    """Keys of a JSON Schema that none of the values has."""
    node = schema()["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    for key, inner in node.get("properties", {}).items():
        present = [value[key] for value in values if key in value]
        yield from (f"{key}.{more}".rstrip(".") for more in (untold(inner, present) if present else [""]))
    if isinstance(node.get("items"), dict):
        yield from untold(node["items"], [item for value in values for item in value])
    if isinstance(node.get("additionalProperties"), dict):
        yield from untold(node["additionalProperties"], [item for value in values for item in value.values()])


def test_the_example_shows_the_defaults() -> None:
    """Where it does not say "Example", what it shows is what holds without it."""
    shown = config.parse(EXAMPLE.read_text(encoding="utf-8"))

    examples = {
        name: getattr(config.Configuration(), name)
        for name in (
            "channels",
            "slack_hosts",
            "files",
            "opensearch",
            "cloudwatch",
            "sentry",
            "databases",
            "kubernetes",
            "digitalocean",
            "redis",
            "github_activity",
            "evidence",
            "code",
        )
    }
    plain = msgspec.structs.replace(shown, **examples, claude=msgspec.structs.replace(shown.claude, prices={}))
    assert plain == config.Configuration()


def test_the_page_of_the_configuration_holds_the_example() -> None:
    """Word for word: one fact, however often it is printed."""
    assert EXAMPLE.read_text(encoding="utf-8") in Page("docs/configuration.md").fences("yaml")


def test_the_page_of_the_configuration_tells_every_variable() -> None:
    """What the code reads from the environment, but for what Actions keeps to itself."""
    page = Page("docs/configuration.md").text
    readers = (ROOT / "bot" / "config" / "settings.py", ROOT / "bot" / "source_registry.py", *sorted((ROOT / "bot" / "wiring").glob("*.py")))
    code = "".join(path.read_text(encoding="utf-8") for path in readers)
    read = set(re.findall(r"""["'{]((?:SLACK|GITHUB|OPENSEARCH)_[A-Z_]+)["'}]""", code)) - {"GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}

    assert read
    assert [name for name in sorted(read) if f"`{name}`" not in page] == []


def test_the_schema_for_editors_is_current() -> None:
    """`python -m bot schema configuration > .github/knowledge-bot.schema.json` writes it anew."""
    written = json.loads((ROOT / ".github" / "knowledge-bot.schema.json").read_text(encoding="utf-8"))

    assert written == json.loads(json.dumps(schema()))


@pytest.mark.parametrize("name", [".github/knowledge-bot.yml", "docs/knowledge-bot.example.yml"])
def test_configurations_name_their_schema(name: str) -> None:
    """They can be read, and an editor finds the schema from where they are."""
    text = (ROOT / name).read_text(encoding="utf-8")
    match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)

    config.parse(text, name)
    assert match is not None
    assert ((ROOT / name).parent / match[1]).is_file()


def test_every_source_has_a_section() -> None:
    """With a link to its module; and nothing is described that is not there."""
    described = re.findall(r"\(\.\./bot/sources/(?:[a-z_]+/)?([a-z_]+)\.py\)", Page("docs/sources.md").text)

    assert sorted(described) == sorted(build.__name__.strip("_") for build in wiring.REGISTRY)


def test_every_dependency_earns_its_place() -> None:
    """Each line of requirements.in and requirements-dev.in has its reason, and no reason is left over."""
    lines = [line for name in ("requirements.in", "requirements-dev.in") for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    wanted = {line for line in lines if line and not line.startswith(("#", "-r"))}
    tables = Page("docs/decisions.md").text.partition("## Design")[0]
    told = {name for row in re.findall(r"^\| (`.+?) \|", tables, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}

    assert told == wanted


def test_the_changelog_tells_of_this_version() -> None:
    """Its newest release is the version that the bot gives as its own, with a date."""
    [released, *_] = re.findall(r"^## \[(\d.*)\] - \d{4}-\d\d-\d\d$", Page("CHANGELOG.md").text, re.MULTILINE)

    assert released == bot_version


def test_no_dependency_is_unused() -> None:
    """Each package of requirements.in is imported by the bot, under one of the names that it installs."""
    wanted = {re.sub(r"\[.*", "", line) for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    imported = set(re.findall(r"^ *(?:from|import) (\w+)", text, re.MULTILINE)) | set(re.findall(r'"(tree_sitter_\w+)"', text))
    installed = packages_distributions()
    used = {re.sub(r"[-_.]+", "-", distribution).lower() for name in imported for distribution in installed.get(name, ())}

    assert wanted - used == set()


def test_the_slack_app_has_the_scopes_that_it_needs() -> None:
    """To read a message in a public or private channel, to answer, to mark what was taken, and to see what people think of an answer."""
    manifest = yaml.safe_load((ROOT / "docs" / "slack-manifest.yml").read_text(encoding="utf-8"))

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {"channels:history", "groups:history", "chat:write", "reactions:write", "reactions:read"}
    assert manifest["features"]["bot_user"]["display_name"]


def test_the_setup_and_the_workflows_agree_on_names() -> None:
    """Whatever a workflow takes from secrets or variables is told; whatever the set-up stores is taken."""
    page = Page("docs/setup.md").text + Page("docs/configuration.md").text
    taken = set(re.findall(r"\b(?:secrets|vars)\.([A-Z_]+)", WORKFLOWS))
    stored = set(re.findall(r"gh (?:secret|variable) set ([A-Z_]+)", page + Page("README.md").text))

    assert [name for name in sorted(taken) if name not in page] == []
    assert stored <= taken


def test_the_role_trusts_both_forms_of_the_subject() -> None:
    """The policies are JSON once the shell has filled them in, for the environment that the workflow names."""
    (script,) = (block for block in Page("docs/setup.md").fences("sh") if "trust.json" in block)
    values = {"ACCOUNT": "123456789012", "FULL": "acme/kb", "IDS": "acme@1/kb@2", "REGION": "us-west-2", "DOMAIN": "logs"}
    trust, permissions = (json.loads(Template(text).substitute(values)) for text in re.findall(r"<<JSON\n(.*?)\nJSON\n", script, re.DOTALL))
    (statement,) = trust["Statement"]

    assert statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == [
        "repo:acme/kb:environment:errata",
        "repo:acme@1/kb@2:environment:errata",
    ]
    assert "name: errata\n" in WORKFLOWS
    assert set(permissions["Statement"][0]["Action"]) == {"es:ESHttpGet", "es:ESHttpPost", "es:ESHttpDelete"}


def test_steps_to_paste_into_a_workflow_are_pinned_alike() -> None:
    """An action on a documentation page stands at the commit that the workflows use."""
    uses = [match for path in pages() for match in re.findall(r"uses: (\S+@[0-9a-f]{40} # \S+)", Page(path).text)]

    assert uses
    assert [one for one in uses if one not in WORKFLOWS] == []
