"""Names that compilers and proxies made up become the names that people wrote: no counters, no hashes, no lambdas."""

import re
from functools import lru_cache

_PROXY = re.compile(
    r"\$\$(?:Enhancer|FastClass|KeyFactory|Spring|Lambda|Hibernate|Javassist|_Weld|jvst|Scoped|ByteBuddy)[\w$/.-]{0,200}|_\$\$_[\w$]{0,100}|\$MockitoMock\$\d{1,20}"
)
_PROXY_NUMBER = re.compile(r"(\$Proxy|GeneratedMethodAccessor|GeneratedConstructorAccessor|GeneratedSerializationConstructorAccessor)\d{1,9}$")
_LAMBDA = re.compile(r"(?:lambda\$|\$anonfun\$)(?P<name>[\w<>]{1,120}?)(?:\$\d{1,9}){0,6}(?:\$adapted)?$")
_ANONYMOUS = re.compile(r"(?:\$\d{1,9})+$")
_COROUTINE = re.compile(r"^(?P<owner>[\w.]{1,300})\$(?P<name>[a-z_]\w{0,120})(?:\$\w{1,120})?$")
_FROM_COROUTINE = frozenset({"invokeSuspend", "invoke", "emit", "create", "collect", "call", "run", "accept", "apply"})

_DOTNET_STATE = re.compile(r"(?:\.|^)<(?P<name>[\w.]{0,120})>d(?:__\d{1,9})?(?:`\d{1,3})?$")
_DOTNET_DISPLAY = re.compile(r"(?:[.+])<>c(?:__DisplayClass\d{1,9}(?:_\d{1,9})?)?(?:`\d{1,3})?$")
_DOTNET_LOCAL = re.compile(r"^<(?P<outer>[\w.]{0,120})>(?:g__(?P<local>\w{1,120})\|\d{1,9}(?:_\d{1,9})?|b__\d{1,9}(?:_\d{1,9})?)$")
_DOTNET_GENERIC = re.compile(r"`\d{1,3}|\[[\w,. ]{0,200}\]")

_RUST_HASH = re.compile(r"::h[0-9a-f]{16}$")
_GO_CLOSURE = re.compile(r"(?:\.func\d{1,6}|\.\d{1,6}|\.gowrap\d{1,6}|\.deferwrap\d{1,6}|-fm|-range\d{1,6})+$")

_ACCESS = re.compile(r"^access\$0{0,3}(?=\D)")
_RUST_CLOSURES = re.compile(r"(?:::\{\{closure\}\}|::\{closure#\d{1,6}\})+$")
_RUST_TRAIT = re.compile(r"^<(?P<type>[\w:&' ]{1,200}?)(?:<[^\n]{0,200}>)? as [^\n]{1,300}>::(?P<name>\w{1,200})$")
_SWIFT_WORDS = re.compile(r"^(?:closure #\d{1,4} (?:\([^)\n]{0,200}\) )?in |partial apply for |specialized |static |@objc |implicit |merged ){1,6}")
_CLONE = re.compile(r"\s?\[clone [\w.]{1,40}\]|\.(?:part|constprop|isra|cold|lto_priv)(?:\.\d{1,6})?")
_SCRIPT_WORDS = re.compile(r"^(?:async |new |get |set ){1,3}")
_RECEIVER = re.compile(r"^(?:Object|Function|Module|Array|Promise|exports|module\.exports|global|window|self|_this|_callee|__webpack_exports__)\.(?=\w|<)")
_NAMELESS = re.compile(r"^[*?]$|^(?:eval code|global code|module code|anonymous)$")
_RUBY_BLOCKS = re.compile(r"^(?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in ){1,4}")


@lru_cache(4096)
def jvm(module: str, function: str) -> tuple[str, str]:
    """Class and method of a JVM frame: `Leaves$$Lambda$14/0x1` is `Leaves`, `lambda$select$0` is `select`."""
    module = _PROXY_NUMBER.sub(r"\1", _PROXY.sub("", module))
    if match := _LAMBDA.search(function):
        function = match["name"]
    coroutine = _COROUTINE.match(_ANONYMOUS.sub("", module)) if _ANONYMOUS.search(module) and function in _FROM_COROUTINE else None
    if coroutine:
        return coroutine["owner"], coroutine["name"]
    function = function.removesuffix("$default").removesuffix("$suspendImpl")
    return _ANONYMOUS.sub("", module).rstrip("$") or module, _ACCESS.sub("", function) or function


@lru_cache(4096)
def dotnet(name: str) -> tuple[str | None, str]:
    """Class and method of a .NET name: `Acme.Leaves.<Select>d__3.MoveNext` is `Acme.Leaves` and `Select`."""
    owner, _, function = name.rpartition(".")
    if name.endswith(("..ctor", "..cctor")):
        owner, function = name.rsplit("..", 1)[0], f".{name.rsplit('.', 1)[1]}"
    if function == "MoveNext" and (state := _DOTNET_STATE.search(owner)):
        owner, function = owner[: state.start()], state["name"]
    if local := _DOTNET_LOCAL.match(function):
        function = local["local"] or local["outer"]
    owner = _DOTNET_DISPLAY.sub("", owner)
    if local := _DOTNET_LOCAL.match(function):
        function = local["local"] or local["outer"]
    return _DOTNET_GENERIC.sub("", owner) or None, _DOTNET_GENERIC.sub("", function) or name


@lru_cache(4096)
def go(name: str) -> tuple[str | None, str]:
    """Package and function of a Go symbol: `net/http.(*conn).serve.func1` is `net/http` and `(*conn).serve`."""
    folder, slash, rest = name.rpartition("/")
    package, dot, function = rest.partition(".")
    if not dot:
        return None, name
    bare = function.replace("[...]", "")
    return f"{folder}{slash}{package}".replace("%2e", "."), _GO_CLOSURE.sub("", bare) or bare


@lru_cache(4096)
def rust(name: str) -> tuple[str | None, str]:
    """Module and function of a Rust symbol, without hash, closures and generics."""
    name = _RUST_HASH.sub("", name)
    name = _RUST_CLOSURES.sub("", name)
    if trait := _RUST_TRAIT.match(name):
        return trait["type"].lstrip("&' "), trait["name"]
    module, _, function = without_angles(name).rstrip(":").rpartition("::")
    return module.rstrip(":") or None, function or name


def without_angles(name: str) -> str:
    """A C++ or Rust name less its template arguments; operators keep theirs."""
    if "<" not in name or "operator" in name:
        return name
    kept: list[str] = []
    depth = 0
    for character in name[:1000]:
        if character == "<":
            depth += 1
        elif character == ">":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(character)
    return "".join(kept) or name


@lru_cache(4096)
def native(name: str) -> tuple[str | None, str]:
    """Class and function of a C or C++ symbol, without arguments, templates and clones (`.part.0`, `[clone .cold]`)."""
    # Swift says in words what the compiler made of a function.
    name = _SWIFT_WORDS.sub("", name)
    bare = _CLONE.sub("", name)
    bare = bare.replace("(anonymous namespace)::", "").replace("::(anonymous class)", "")
    lambda_ = bare.find("::{lambda(")
    bare = bare[:lambda_] if lambda_ > 0 else bare
    cut = bare.find("(", bare.find("operator()") + 10 if "operator()" in bare else 0)
    bare = without_angles((bare[:cut] if cut > 0 else bare).strip()).removesuffix(" const")
    module, _, function = bare.rpartition("::")
    # A return type stands before a template's name.
    return (module.rpartition(" ")[2] or None), (function or name) if module or "operator" in function else function.rpartition(" ")[2] or name


@lru_cache(4096)
def javascript(name: str | None) -> str:
    """A JavaScript function's name, without `async`, `new`, `[as …]` and the receivers that every function has."""
    if not name:
        return "<anonymous>"
    name = _SCRIPT_WORDS.sub("", name.partition(" [as ")[0].strip())
    return _NAMELESS.sub("<anonymous>", _RECEIVER.sub("", name).strip("/<*")) or "<anonymous>"


@lru_cache(4096)
def ruby(name: str) -> tuple[str | None, str]:
    """Class and method of a Ruby label: `block (2 levels) in Leaves#select` is `Leaves` and `select`."""
    name = _RUBY_BLOCKS.sub("", name)
    owner, mark, method = name.rpartition("#")
    if not mark and not name.startswith("<"):
        owner, mark, method = name.rpartition(".")
    return (owner or None, method) if mark and method else (None, name)
