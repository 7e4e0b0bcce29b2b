"""Rules from YAML texts: every fault with its file, line and remedy; a fault costs its own rule and no other."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec
import yaml

from bot.core.rules.phrase import fault, slots_of
from bot.core.rules.rule import Broken, Change, Condition, Examples, Fix, Rule, Sample, minutes, sentences
from bot.model import Prevention, Record
from bot.regex import regex

LARGEST = 200_000
"""Characters of a rule file."""
MOST_RULES = 500
_DEEPEST, _MOST_PARTS, _MOST_VALUES = 12, 60, 60
_ID = regex(r"[a-z0-9]+(?:-[a-z0-9]+){0,11}")
_SLOT = regex(r"\{(\w{1,30})\}")
_IN_CODE = regex(r"`[^`\n]{0,300}\{\w{1,30}\}[^`\n]{0,300}`")
_RUNBOOK = regex(r"https://[^\s<>\"'`|]{3,300}|knowledge/(?!.*\.\.)[\w./-]{1,200}\.md")
_SQLSTATE = regex(r"[0-9A-Z]{2}(?:[0-9A-Z]{3})?")
_HTTP = regex(r"[1-5](?:\d\d|xx)")
_ERROR = regex(r"[A-Za-z_]\w{1,99}\*?")
_KEYS = sorted({key for record in (Rule, Condition, Change, Fix, Sample, Examples, Prevention) for key in record.__struct_fields__} | {"disabled"})
COMMON_SLOTS = frozenset({"service", "function", "place", "environment", "release", "origin", "commit", "deploy_minutes", "container"})
"""Values that every sentence may use, where the case has them."""


class Layer(Record, frozen=True):
    """What rule files say: whole rules, changes to rules that are known by their id, ids that are switched off, and what is broken."""

    rules: tuple[Rule, ...] = ()
    disabled: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()


class _Fault(ValueError):
    """A reason not to take a rule, with the key it stands at."""

    def __init__(self, cause: str, remedy: str, key: str = "") -> None:
        super().__init__(cause)
        self.cause, self.remedy, self.key = cause, remedy, key


def read(files: Mapping[str, str], known: Iterable[Rule] = ()) -> Layer:
    """The rules of these files (path → text). One whose id is `known` changes only the keys that it writes."""
    base = {rule.id: msgspec.to_builtins(rule) for rule in known}
    rules: dict[str, Rule] = {}
    disabled: list[str] = []
    broken: list[Broken] = []
    for path, text in files.items():
        for outcome in _file(path, text, base):
            if isinstance(outcome, Broken):
                broken.append(outcome)
            elif isinstance(outcome, str):
                disabled.append(outcome)
            elif outcome.id in rules:
                broken.append(Broken(path, 1, f"the rule `{outcome.id}` stands twice", "give one of them another id, or join them"))
            elif len(rules) >= MOST_RULES:
                broken.append(Broken(path, 1, f"more than {MOST_RULES} rules", "join rules that say the same"))
                break
            else:
                rules[outcome.id] = outcome
    return Layer(tuple(rules.values()), tuple(disabled), tuple(broken))


def layered(known: Iterable[Rule], layer: Layer) -> tuple[Rule, ...]:
    """The known rules with those of a layer in their place or beside them, without what it switches off."""
    own = {rule.id: rule for rule in layer.rules}
    changed = [own.pop(rule.id, rule) for rule in known]
    return tuple(rule for rule in (*changed, *own.values()) if rule.id not in layer.disabled)


def _file(path: str, text: str, base: Mapping[str, object]) -> Iterator[Rule | str | Broken]:
    """Each rule of a file, the id of one that it switches off, or what is wrong."""
    if len(text) > LARGEST:
        yield Broken(path, 1, f"larger than {LARGEST:,} characters", "split it into several files")
        return
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield Broken(path, mark.line + 1 if mark else 1, f"no YAML: {' '.join(str(error.problem or error.context).split())}", "mend it at that line")
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        yield Broken(path, 1, f"no YAML: {' '.join(str(error).split())[:200]}", "save it as plain YAML text")
        return
    except _Refused as error:
        yield Broken(path, error.line, str(error), "write it out in full")
        return
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        yield Broken(path, node.start_mark.line + 1, "not a list of rules", "begin each rule with `- id: …`")
        return
    for item in node.value:
        yield _rule(path, item, base)


class _Refused(Exception):
    """YAML that could cost or hide something."""

    def __init__(self, cause: str, line: int) -> None:
        super().__init__(cause)
        self.line = line


def _composed(text: str) -> yaml.Node | None:
    """The nodes of the only document. Anchors are refused before anything is built from them: nine lines of them can stand for a billion."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("an anchor or alias (`&`, `*`)", _line_of(event))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _Refused(f"nested more than {_DEEPEST} deep", _line_of(event))
    return yaml.compose(text, Loader=loader)


def _line_of(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _rule(path: str, node: yaml.Node, base: Mapping[str, object]) -> Rule | str | Broken:
    lines = {"": node.start_mark.line + 1}
    try:
        written = _plain(node, "", lines)
        if not isinstance(written, dict):
            raise _Fault("not a rule", "begin each rule with `- id: …`")
        return _checked(_merged(written, base))
    except _Fault as error:
        return Broken(path, _line(error.key, lines), error.cause, error.remedy)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        key = where.rstrip("`").removeprefix("$").lstrip(".")
        unknown = re.search(r"unknown field `([^`]*)`", what)
        near = difflib.get_close_matches(unknown[1], _KEYS, 1, 0.5) if unknown else []
        remedy = f"did you mean `{near[0]}`?" if near else "see CONTRIBUTING.md, `Add a rule to the diagnosis`"
        at = f"{key}.{unknown[1]}".lstrip(".") if unknown else key
        return Broken(path, _line(at, lines), f"{f'`{key}`: ' if key else ''}{what}", remedy)


def _plain(node: yaml.Node, path: str, lines: dict[str, int]) -> object:
    """The node as data, every scalar as the text that stands there: `08006` is no number; notes the line of each key."""
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            name = str(key.value)
            inner = f"{path}.{name}" if path else name
            lines[inner] = int(key.start_mark.line) + 1
            if name in found:
                raise _Fault(f"the key `{name}` stands twice", "keep one of them", inner)
            found[name] = _plain(value, inner, lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[f"{path}[{number}]"] = int(value.start_mark.line) + 1
        return [_plain(value, f"{path}[{number}]", lines) for number, value in enumerate(node.value)]
    return str(node.value)


def _merged(written: dict[str, object], base: Mapping[str, object]) -> Rule | str:
    name = written.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise _Fault("the id is missing, or not words of a-z and 0-9 joined by hyphens", "write `id: pool-of-the-ledger`", "id")
    switch = written.pop("disabled", "false")
    if switch not in ("true", "false"):
        raise _Fault("`disabled` is neither true nor false", "write `disabled: true`", "disabled")
    if switch == "true":
        return name
    known = base.get(name)
    whole = {**known, **written} if isinstance(known, dict) else written
    return msgspec.convert(whole, Rule, strict=False)


def _checked(rule: Rule | str) -> Rule | str:
    if isinstance(rule, str):
        return rule
    parts = list(rule.when.parts())
    if len(parts) > _MOST_PARTS:
        raise _Fault(f"more than {_MOST_PARTS} conditions", "split the rule", "when")
    if not any(_positive(rule.when)):
        raise _Fault("nothing must hold", "name at least one of says, error, code, sqlstate, http, grpc, fact, deploy_within", "when")
    for part in parts:
        _check_condition(part)
    _check_sentences(rule, parts)
    if not rule.examples.match:
        raise _Fault("no example that must match", "add one below `examples: match:`", "examples")
    if not 0 <= rule.severity.raise_by <= 3:
        raise _Fault("`raise_by` is not 0 to 3", "write 1 for one step", "severity")
    return rule


def _positive(condition: Condition) -> Iterator[bool]:
    """Whether the condition asks for something that must be seen; that it is said in Python alone is nothing."""
    yield any(condition.of(key) for key in ("says", "error", "code", "sqlstate", "http", "grpc")) or bool(condition.fact) or bool(condition.deploy_within)
    yield from (any(_positive(inner)) for inner in condition.all)
    if condition.any:
        yield all(any(_positive(inner)) for inner in condition.any)


def _check_condition(part: Condition) -> None:
    for phrase in part.of("says"):
        if why := fault(phrase):
            remedy = "write words as they stand in the message, `...` for what lies between, `{name}` for a value; see CONTRIBUTING.md"
            raise _Fault(f"the phrase {phrase[:80]!r} {why}", remedy, "when")
    for key, pattern, remedy in (
        ("error", _ERROR, "write the last name of the type: `DeadlockDetected`, or `Stripe*`"),
        ("sqlstate", _SQLSTATE, "write five characters, or the two of the class"),
        ("http", _HTTP, "write `503` or `5xx`"),
        ("code", re.compile(r"[^\s{}*\\]{3,80}"), "write the code as it stands in the text, 3 characters at least"),
    ):
        wrong = next((value for value in part.of(key) if not pattern.fullmatch(value)), None)
        if wrong is not None:
            raise _Fault(f"`{key}: {wrong[:80]}` cannot be one", remedy, "when")
    if part.deploy_within and minutes(part.deploy_within) is None:
        raise _Fault(f"`deploy_within: {part.deploy_within[:20]}` is no time", "write `30m`, `1h` or `1d`", "when")
    if sum(len(part.of(key)) for key in ("says", "error", "code", "sqlstate", "http")) > _MOST_VALUES:
        raise _Fault(f"more than {_MOST_VALUES} values in one condition", "split it", "when")


def _check_sentences(rule: Rule, parts: list[Condition]) -> None:
    known = COMMON_SLOTS.union(*(slots_of(phrase) for part in parts for phrase in part.of("says")))
    for key, sentence in sentences(rule):
        if len(sentence) > 600:
            raise _Fault("longer than 600 characters", "say it shorter, and put the rest into a runbook", key)
        if _IN_CODE.search(sentence):
            raise _Fault("a slot within a command: what was matched comes from outside", "write the command without the slot", key)
        for name in _SLOT.findall(sentence):
            if name not in known:
                near = difflib.get_close_matches(name, sorted(known), 1, 0.5)
                raise _Fault(
                    f"the slot `{{{name}}}` is filled by no phrase of this rule", f"did you mean `{{{near[0]}}}`?" if near else "name it in `says`", key
                )
    if not rule.name.strip() or not rule.cause.strip() or not rule.settle.strip():
        raise _Fault("`name`, `cause` or `settle` is empty", "a rule without words would leave a hole in the report", "cause")
    if rule.runbook and not _RUNBOOK.fullmatch(rule.runbook):
        raise _Fault("the runbook is neither an https address nor a page of the knowledge folder", "write `knowledge/runbooks/<name>.md`", "runbook")


def _line(key: str, lines: Mapping[str, int]) -> int:
    """The line of a key, else of what it stands in."""
    while key and key not in lines:
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return lines.get(key, lines[""])
