"""The configuration file is read, and refused with the line and the nearest known key."""

import difflib
import re
from collections.abc import Iterator

import msgspec
import yaml

from bot import CONFIGURATION
from bot.config.choices import choices
from bot.config.configuration import Configuration
from bot.core.links.repository_address import ACCEPTED, address
from bot.errors import BadConfiguration
from bot.model import Record
from bot.regex import regex

_UNSEEN = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no path, name or address holds, and no program takes: control characters but tab and line end, and halves of characters."""

_PATH = regex(r"\.(?:path|paths\[\d+\]|folder|ca_file|cache|code_cache|embedded\.\w+)\Z")
"""Where in the file a path stands."""


def parse(text: str, name: str = CONFIGURATION) -> Configuration:
    """The configuration in a YAML text; unknown and repeated keys are refused. Raises BadConfiguration."""
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines: dict[str, int] = {"$": 1}
        if node is not None:
            _note_lines(node, "$", lines, name)
        data = None if node is None else loader.construct_document(node)
    except RecursionError as error:
        raise BadConfiguration(f"reading {name}", "it is nested deeper than can be read", "write it with fewer levels") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        remedy = "mend the YAML at that line" if isinstance(error, yaml.YAMLError) else "mend that value, or put it in quotes"
        raise BadConfiguration(f"reading {name}", " ".join(str(error).split()), remedy) from error
    try:
        configuration = msgspec.convert({} if data is None else data, Configuration)
    except msgspec.ValidationError as error:
        raise _explained(str(error), lines, name) from error
    _check_patterns(configuration, lines, name)
    _check_environments(configuration, lines, name)
    _check_code(configuration, lines, name)
    return configuration


def schema() -> dict[str, object]:
    """JSON Schema of the file, for editors (`# yaml-language-server: $schema=knowledge-bot.schema.json`)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Configuration)}


def _note_lines(node: yaml.Node, path: str, lines: dict[str, int], name: str, around: tuple[yaml.Node, ...] = ()) -> None:
    if any(node is one for one in around):
        line = next((lines[key] for key in reversed(lines)), 1)
        raise BadConfiguration(f"reading {name}", f"line {line}: an alias (`*name`) stands within what it names", "write out what is meant")
    around = (*around, node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}"
            line = key.start_mark.line + 1
            if inner in lines:
                raise BadConfiguration(f"reading {name}", f"line {line}: the key `{key.value}` stands twice", "keep one of them")
            lines[inner] = line
            _note_lines(value, inner, lines, name, around)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[f"{path}[{number}]"] = value.start_mark.line + 1
            _note_lines(value, f"{path}[{number}]", lines, name, around)
    elif _UNSEEN.search(node.value):
        line = node.start_mark.line + 1
        raise BadConfiguration(f"reading {name}", f"line {line}: a character in it is none that anybody sees (`\\x00`, say)", "take it out")
    elif _PATH.search(path) and any(len(part.encode()) > 255 for part in node.value.split("/")):
        raise BadConfiguration(f"reading {name}", f"line {node.start_mark.line + 1}: longer than the name of a file may be", "name a file or a folder")


def _explained(message: str, lines: dict[str, int], name: str) -> BadConfiguration:
    what, _, where = message.partition(" - at `")
    of_key = where.startswith("key` in `")  # a key that is none of those a mapping may have: told at the mapping
    where = where.removeprefix("key` in `")
    path = _in_file(where.rstrip("`") or "$", lines)
    unknown = re.search(r"unknown field `([^`]*)`", what)
    if unknown is None:
        words = choices(where.rstrip("`"), of_key) if "Invalid enum value" in what else ()
        remedy = f"write one of {', '.join(words)}" if words else "see docs/configuration.md for what this key takes"
        return BadConfiguration(f"reading {name}", f"line {_nearest_line(path, lines)}: {_called(path)}: {what}", remedy)
    key = unknown.group(1)
    near = difflib.get_close_matches(key, sorted(_all_keys()), n=1, cutoff=0.5)
    line = lines.get(f"{path}.{key}") or next((n for p, n in lines.items() if p.endswith(f".{key}")), 1)
    remedy = f"did you mean `{near[0]}`? " if near else ""
    return BadConfiguration(f"reading {name}", f"line {line}: unknown key `{key}`", f"{remedy}every key stands in docs/configuration.md")


def _called(path: str) -> str:
    return "the whole file" if path == "$" else path.removeprefix("$.")


def _in_file(path: str, lines: dict[str, int]) -> str:
    """The library writes `[...]` for the key of a mapping; the first place of the file that fits is shown instead."""
    pattern = re.compile(re.escape(path).replace(re.escape("[...]"), r"\.[^.\[]+"))
    return next((known for known in lines if pattern.fullmatch(known)), path.replace("[...]", ""))


def _nearest_line(path: str, lines: dict[str, int]) -> int:
    while path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["))] if len(path) > 1 else "$"
    return lines[path]


def _all_keys() -> set[str]:
    return {key for struct in Record.__subclasses__() if struct.__module__.startswith("bot.config.") for key in struct.__struct_fields__}


def _check_patterns(configuration: Configuration, lines: dict[str, int], name: str) -> None:
    for number, environment in enumerate(configuration.environments):
        _check_pattern(environment.pattern, lines.get(f"$.environments[{number}].pattern", 1), name)
    for key, patterns in (("patterns", configuration.scan.patterns), ("ignore", configuration.scan.ignore)):
        for pattern in patterns:
            _check_pattern(pattern, lines.get(f"$.scan.{key}", 1), name)


def _check_pattern(pattern: str, line: int, name: str) -> None:
    if not pattern:
        raise BadConfiguration(f"reading {name}", f"line {line}: an empty pattern is found in every text", "write a regular expression, or take the line out")
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadConfiguration(f"reading {name}", f"line {line}: {pattern!r} is no regular expression: {error}", "mend the pattern") from error


def _check_environments(configuration: Configuration, lines: dict[str, int], name: str) -> None:
    """A source of an environment that no alert is ever of would never be asked, and nothing would tell of it."""
    known = dict.fromkeys((*(one.name for one in configuration.environments), configuration.default_environment))
    for place, environment in _named_environments(configuration):
        if environment not in known:
            cause = f"line {_nearest_line(place, lines)}: {_called(place)}: no alert is ever of the environment `{environment}`"
            raise BadConfiguration(f"reading {name}", cause, f"write one of {', '.join(known)}, or add it under `environments:`")


def _named_environments(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Each environment that a source names, and where in the file."""
    for number, files in enumerate(configuration.files):
        if files.environment is not None:
            yield f"$.files[{number}].environment", files.environment
    for cluster, opensearch in configuration.opensearch.items():
        yield f"$.opensearch.{cluster}" + (".environment" if opensearch.environment else ""), opensearch.environment or cluster
    for section in ("cloudwatch", "databases", "kubernetes", "digitalocean", "redis"):
        yield from ((f"$.{section}.{environment}", environment) for environment in getattr(configuration, section))
    for number, organization in enumerate(configuration.sentry):
        yield from ((f"$.sentry[{number}].environments.{environment}", environment) for environment in organization.environments)
    for number, codebase in enumerate(configuration.code):
        yield from ((f"$.code[{number}].deploy_environments.{environment}", environment) for environment in codebase.deploy_environments)


def _check_code(configuration: Configuration, lines: dict[str, int], name: str) -> None:
    for number, codebase in enumerate(configuration.code):
        line = lines.get(f"$.code[{number}].repository") or lines.get(f"$.code[{number}]", 1)
        doing = f"reading {name}"
        if (codebase.path is None) == (codebase.repository is None):
            cause = f"line {line}: the codebase {codebase.name!r} needs either `path` or `repository`"
            raise BadConfiguration(doing, cause, "name the folder of a checkout as `path`, or an address to clone from as `repository`")
        if codebase.repository is not None and address(codebase.repository) is None:
            # The address itself is not shown: what is refused may hold a password.
            cause = f"line {line}: `repository` of {codebase.name!r} is no address that is cloned from"
            raise BadConfiguration(doing, cause, f"write {ACCEPTED}; a token comes from the environment as CODE_TOKEN")
