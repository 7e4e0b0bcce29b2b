"""Traces of Elixir and Erlang: the failing function first, with the application it belongs to."""

import re

from bot.core.stacktrace.parts import MAX_MESSAGE, Part, Raw, joined

ELIXIR = re.compile(
    r"^\s{2,40}(?:\((?P<package>[\w.]{1,80})(?: [\w.+-]{1,40})?\) )?(?P<file>[^\s:(]{1,300}\.(?:ex|exs|erl|eex|heex|leex|xrl|yrl)|nofile"
    r"|iex):(?P<line>\d{1,7}): (?P<name>[^\n]{1,300})$"
    r"|^\s{2,40}\((?P<library>[\w.]{1,80})(?: [\w.+-]{1,40})?\) (?P<bare>:?[\w.:]{1,200}/\d{1,3})\s{0,4}$",
    re.MULTILINE,
)
_RAISED = re.compile(r"\*\* \((?P<type>[A-Za-z_][\w.]{0,160})\)(?: (?P<message>[^\n]{0,2000}))?")
_ANONYMOUS = re.compile(r"^(?:anonymous fn(?:/\d{1,3})? in |-fun\.)(?P<name>[^\n]{1,300})$")
_ERLANG = re.compile(
    r"\{(?P<module>'?[\w.@]{1,120}'?),(?P<name>'?[\w@/ -]{1,120}'?),(?P<arity>\d{1,3}|\[[^\]\n]{0,400}\]),\s{0,40}"
    r"\[(?:\{file,\s{0,20}\"(?P<file>[^\"\n]{1,300})\"\},\s{0,40}\{line,\s{0,20}(?P<line>\d{1,7})\})?[^\]\n]{0,100}\]\}"
)
_SHELL = re.compile(
    r"(?:in function|in call from|called from)\s{1,4}(?P<module>[\w.@]{1,120}):(?P<name>[\w@]{1,120}/\d{1,3})(?: \("
    r"(?P<file>[^\s,()]{1,300}), line (?P<line>\d{1,7})\))?"
)
_REASON = re.compile(
    r"exception (?:error|exit|throw): (?P<shell>[^\n]{1,2000})|(?:reason|Reason|exited with reason): (?P<message>[^\n]{1,2000})"
    r"|(?P<pair>\{[a-z_]{2,40},[^\n]{0,400}?\}),\s{0,40}\[\{"
)
_KIND = re.compile(r"\{{0,3}(?P<type>[a-z_]{2,40})\b")
_CLOSURE = re.compile(r"-(?P<name>[\w@]{1,100})/(?P<arity>\d{1,3})-fun")
_SHELL_REASONS = (
    ("no match of right hand side", "badmatch"),
    ("no function clause matching", "function_clause"),
    ("no case clause matching", "case_clause"),
    ("bad argument", "badarg"),
    ("undefined function", "undef"),
    ("an error occurred when evaluating an arithmetic", "badarith"),
)
_LIBRARY = frozenset(
    {
        "stdlib",
        "kernel",
        "elixir",
        "logger",
        "mix",
        "iex",
        "ex_unit",
        "eex",
        "compiler",
        "erts",
        "crypto",
        "ssl",
        "inets",
        "public_key",
        "cowboy",
        "ranch",
        "bandit",
    }
    | {
        "plug",
        "plug_cowboy",
        "phoenix",
        "phoenix_live_view",
        "phoenix_html",
        "phoenix_pubsub",
        "thousand_island",
        "ecto",
        "ecto_sql",
        "db_connection",
        "postgrex",
        "myxql",
    }
    | {
        "oban",
        "broadway",
        "gen_stage",
        "absinthe",
        "jason",
        "poison",
        "tesla",
        "finch",
        "mint",
        "hackney",
        "httpoison",
        "telemetry",
        "nimble_pool",
        "swoosh",
        "quantum",
        "redix",
    }
)


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return ".ex" in text or "** (" in text or ".erl" in text or "_erl" in text or "{line," in text


def read(text: str) -> list[Part]:
    """The one error of a trace."""
    frames = [_elixir(match) for match in ELIXIR.finditer(text)]
    if frames:
        return _raised(text, frames[::-1])
    frames = [_erlang(match) for match in _ERLANG.finditer(text[:_MOST_TERMS])] or [_erlang(match) for match in _SHELL.finditer(text)]
    if not frames:
        return []
    return _raised(text, frames[::-1]) if "** (" in text else [Part(*_reason(text), frames[::-1])]


def _raised(text: str, frames: list[Raw]) -> list[Part]:
    """`** (exit) an exception was raised:` stands above the exception itself."""
    parts: list[Part] = []
    for match in _RAISED.finditer(text):
        wraps = (match["message"] or "").startswith("an exception was raised")
        parts.append(Part(match["type"], *((match["message"],) if wraps else (_said(text, match),))))
        if not wraps or len(parts) > _MOST_WRAPPERS:
            break
    parts = parts or [Part()]
    parts[-1].frames = frames
    return parts


def _said(text: str, match: re.Match[str]) -> str | None:
    below: list[str] = []
    for line in text[match.end() + 1 : match.end() + 8000].split("\n"):
        if ELIXIR.match(line) or not line.strip() or line.startswith(("Last message", "State:", "Function:", "    Args:")):
            break
        below.append(line)
    return joined([match["message"] or "", *below])


def _reason(text: str) -> tuple[str | None, str | None]:
    match = _REASON.search(text)
    said = (match["shell"] or match["message"] or match["pair"]).strip() if match else ""
    kind = _KIND.match(said)
    known = next((name for beginning, name in _SHELL_REASONS if said.startswith(beginning)), None)
    return known or (kind["type"] if kind else None), said[:MAX_MESSAGE] or None


def _elixir(match: re.Match[str]) -> Raw:
    package = match["package"] or match["library"] or ""
    name = (match["name"] or match["bare"]).strip()
    if inner := _ANONYMOUS.match(name):
        name = inner["name"]
    if compiled := _COMPILED.match(name):
        name = f"{compiled['owner']}.{compiled['name']}"
    elif called := _CALLED.match(name):
        # A clause that did not match is shown with its arguments instead of their count.
        name = f"{called['name']}/{_count(called['arguments'])}"
    owner, _, function = name.removeprefix(":").rpartition(".")
    library = package in _LIBRARY or (match["file"] or "").startswith("deps/")
    return function, match["file"], int(match["line"]) if match["line"] else None, owner or None, library


def _count(arguments: str) -> int:
    depth = commas = 0
    for character in arguments[:1000]:
        depth += (character in "([{<") - (character in ")]}>")
        commas += character == "," and depth == 0
    return commas + 1 if arguments.strip() else 0


def _erlang(match: re.Match[str]) -> Raw:
    arity = match.groupdict().get("arity")
    name = match["name"].strip("'") + (f"/{arity}" if arity and arity.isdigit() else "")
    if closure := _CLOSURE.match(name):
        name = f"{closure['name']}/{closure['arity']}"
    module = match["module"].strip("'").removeprefix("Elixir.")
    return name, match["file"], int(match["line"]) if match["line"] else None, module, module in _OTP


_COMPILED = re.compile(r"^(?P<owner>:?[\w.]{1,200})\.\"-(?P<name>[\w?!@]{1,100}/\d{1,3})-")
_CALLED = re.compile(r"^(?P<name>:?[\w.]{1,200}[\w?!])\((?P<arguments>[^\n]{0,1000})\)$")
_MOST_WRAPPERS = 20
_MOST_TERMS = 100_000
_OTP = frozenset(
    {
        "gen_server",
        "gen_statem",
        "proc_lib",
        "lists",
        "erlang",
        "maps",
        "gen",
        "supervisor",
        "timer",
        "init",
        "ets",
        "erl_eval",
        "shell",
        "application",
        "gen_event",
        "dict",
        "io",
    }
)
