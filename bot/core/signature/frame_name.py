"""A stack frame by name: class (or file) and function, without what compilers, proxies and bundlers put into names.

Two builds of the same source must give one name, so line numbers, folders, counters of lambdas and closures, hashes of bundles and
proxy classes are left out. A frame that is generated as a whole (a proxy's, an accessor's, a comprehension's) has no name at all.
"""

import re
from functools import lru_cache

from bot.model import Frame

_MAX = 300
_SCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".bundle", ".jsbundle")

# Java: javac's accessors, reflection's accessors, dynamic proxies, hidden lambda classes, Spring's FastClass; Python's comprehensions
# (a frame until 3.11, none since); .NET's compiled expressions; Go's and Rust's shims.
_GENERATED_FUNCTION = re.compile(r"access\$\d{1,6}|<(?:listcomp|dictcomp|setcomp|genexpr)>|lambda_method\d{0,9}|\{\{vtable\.shim\}\}|\$deserializeLambda\$")
_GENERATED_OWNER = re.compile(
    r"\$Proxy\d{0,6}\b|\$\$FastClass|\$\$Lambda|Generated(?:Method|Constructor|SerializationConstructor)Accessor\d{0,6}\b|DynamicClass\Z"
)
# `<string>`, `<attrs generated init …>`, V8's `<anonymous>` for its own functions; what a person typed is not generated.
_GENERATED_FILE = re.compile(r"<(?!stdin|console|ipython|generated|unknown|cell)")
_GO_CLOSURE = re.compile(r"(?:(?:func|gowrap|deferwrap)\d{1,5}(?:-range\d{1,4})?|\d{1,5})\Z")
_GO_CLOSURES = re.compile(r"(?:\.(?:func|gowrap|deferwrap)?\d{1,5}){1,9}\Z")

# Nothing of what follows can stand in a name without one of these.
_SIMPLE = re.compile(r"\w{1,300}(?:\.(?!func|gowrap|deferwrap|isra|part|constprop|cold|lto_priv|llvm)\w{1,300}){0,40}\Z")
_ODD = re.compile(r"[^\w.:\\#-]|\A-|-(?:fm|range)|\.(?:func|gowrap|deferwrap|isra|part|constprop|cold|lto_priv|llvm)|::h[0-9a-f]{16}")
_LEADS = re.compile(
    r"\A(?:(?:async|new|static|virtual|bound|function) "  # JavaScript, Dart, Swift
    r"|(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in "  # Ruby
    r"|anonymous fn/\d{1,3} in "  # Elixir
    r"|(?:implicit )?closure #\d{1,5} (?:\([^()\n]{0,200}\) )?(?:-> [^\s]{1,80} )?in |partial apply for "  # Swift
    r"|(?:generic )?specialized |@objc "
    r"|-(?=[a-z]\w{0,100}/\d{1,3}-))"  # Erlang
)
_PARTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kept)
    for pattern, kept in (
        (r" \[as [^\]\n]{1,100}\]", ""),  # V8: `Layer.handle [as handle_request]`
        (r"(/\d{1,3})-(?:fun|lc|lbc|inlined)-\d{1,5}-", r"\1"),  # Erlang: `-run/1-fun-0-`
        (r" \[clone [^\]\n]{1,100}\]|\.(?:isra|part|constprop|cold|lto_priv|llvm)(?:\.\d{1,20})?", ""),  # gcc, clang
        (r"::h[0-9a-f]{16}\b|::\{{1,2}(?:closure|impl|constant|async_\w{1,20})(?:#\d{1,5})?\}{1,2}", ""),  # Rust
        (r"<impl [^<>\n]{1,200} for ([\w:]{1,150})>", r"\1"),
        (r"<([\w:]{1,150}) as [^<>\n]{1,200}>", r"\1"),
        (r"\(anonymous namespace\)::", ""),
        (r"<>c(?:__DisplayClass\d{1,5}_\d{1,5})?(?:`\d{1,2})?(?:\[[^\]\n]{1,100}\])?[.+]", ""),  # C#: the closure's class
        (r"<(?:\w{1,150})>g__(\w{1,150}?)\|\d{1,5}(?:_\d{1,5})?", r"\1"),  # C#: a local function
        (r"<(\w{1,150})>[bd]__\d{1,5}(?:_\d{1,5})?(?:`\d{1,2})?(?:\.MoveNext)?", r"\1"),  # C#: a lambda, a state machine
        (r"`\d{1,3}(?:\[[^\[\]\n]{0,200}\])?", ""),  # .NET: generic arity
        (r"\(\*{1,2}([\w.]{1,150})(?:\[[^\]\n]{0,100}\])?\)", r"\1"),  # Go: `(*Server)`
        (r"(?:\.(?:func|gowrap|deferwrap)\d{1,5}|-fm|-range\d{1,4})(?:\.\d{1,5})*", ""),  # Go: closures
        (r"\[\.\.\.\]", ""),  # Go: type parameters
        (r"\{closure:([\w\\:]{1,200})\(\):\d{1,7}\}", r"\1"),  # PHP 8.4
        (r"(?:\w{1,80}\\){0,10}\{closure[^}\n]{0,300}\}", "<anonymous>"),  # PHP
        (r"@anonymous[^\n]{0,300}\Z|\.?<(?:locals|anonymous closure|fn)>", ""),  # PHP, Python, Dart
        (r"\(.*\Z", ""),  # arguments
        (r"(?:(?<=\w)|::)<[^<>\n]{0,200}>", ""),  # type parameters, three deep
        (r"(?:(?<=\w)|::)<[^<>\n]{0,200}>", ""),
        (r"(?:(?<=\w)|::)<[^<>\n]{0,200}>", ""),
        (r"\blambda\$(\w{1,150}?)\$\d{1,6}\b|\bCGLIB\$(\w{1,150}?)\$\d{1,6}\b", r"\1\2"),  # javac, cglib
        (r"(?:[\w$]{0,150}\$)?\$anonfun\$(\w{1,150}?)\$\d{1,6}(?:\$adapted)?", r"\1"),  # Scala
        (r"\$default\$\d{1,3}|\$adapted\b|\$mc[A-Z]{1,4}\$sp\b", ""),
        (r"(?:/<|<)+\Z", ""),  # Firefox: `run/<`
    )
)
_COUNTERS = re.compile(r"\$\$[^.:\n]{0,200}|\$\d{1,6}(?!\w)|\$(?:HibernateProxy|MockitoMock|ByteBuddy|auxiliary)\$\w{0,60}|_\$\$_\w{0,60}|\$+(?=[.:\n]|\Z)")
_SEPARATOR = re.compile(r"->|[.#\\:+]")
_HASH = re.compile(
    r"(?=[0-9a-f]{0,64}[a-f])(?=[0-9a-f]{0,64}\d)[0-9a-f]{6,64}\Z|\d{4,20}\Z|(?=[\w-]{0,24}\d)(?=[\w-]{0,24}[A-Z])(?=[\w-]{0,24}[a-z])[\w]{8,24}\Z"
)
_PACKED = frozenset({"min", "bundle", "chunk", "prod", "production", "esm", "umd", "cjs", "esnext", "module", "modern", "legacy"})
_CALLEE = re.compile(r"_callee\d{0,4}\Z")  # an async function after the regenerator
_NOT_WRITTEN = ("func", "gowrap", "deferwrap", "_callee")
_ANONYMOUS = frozenset({"<anonymous>", "anonymous", "(anonymous)", "?", "??", "<unknown>", "unknown", "null", "default"})


def name_of(frame: Frame) -> str:
    """`Class:function`, or `file:function` where the function stands in no class; empty for a generated frame."""
    return _name(frame.function, frame.module or "", frame.file or "")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A function's or class's dotted name without its generated parts."""
    # Most names are simple, which is told in a quarter of the time that looking for what is odd takes.
    if _SIMPLE.match(name) or not _ODD.search(name):
        return name
    while (shorter := _LEADS.sub("", name)) != name:
        name = shorter
    for pattern, kept in _PARTS:
        name = pattern.sub(kept, name)
    return _COUNTERS.sub("", name).strip(" .:$#-")


def stem(file: str) -> str:
    """A file's name without folders, extension, query and a bundle's hash: `https://a.example/static/main.4f3a2b1c.chunk.js?v=2` is `main`."""
    base = file.replace("\\", "/").rstrip("/").partition("?")[0].partition("#")[0].rpartition("/")[2]
    if base.startswith("<"):
        return base
    first, *parts = base.split(".")
    kept = [part for part in parts[:-1] if part not in _PACKED and not _HASH.match(part)]
    head, _, tail = first.rpartition("-")
    return ".".join((head if head and (_HASH.match(tail) or tail in _PACKED) else first, *kept))


@lru_cache(maxsize=4096)
def _name(function: str, module: str, file: str) -> str:
    if _is_plain(function, module) and not file.partition("?")[0].endswith(_SCRIPT):
        return f"{module.rpartition('.')[2]}:{function}"
    function, module, file = function[:_MAX], module[:_MAX], file[-_MAX:]
    if _GENERATED_FUNCTION.fullmatch(function) or _GENERATED_OWNER.search(module or function) or (not module and _GENERATED_FILE.match(file)):
        return ""
    if module and _GO_CLOSURE.match(function):
        module, _, function = _GO_CLOSURES.sub("", module).rpartition(".")
    words = plain(function)
    parts = _parts(words)
    last = parts[-1] if parts and words not in _ANONYMOUS and not _CALLEE.match(words) else "<anonymous>"
    owner = _owner(parts, module, file)
    if len(last) <= 2 and file.partition("?")[0].endswith(_SCRIPT) and _is_packed(file):
        return owner
    return f"{owner}:{last}" if owner else last


def _is_plain(function: str, module: str) -> bool:
    """Whether both are words as a person wrote them: nearly all are, and knowing it saves nine tenths of the time."""
    return (
        function.isidentifier()
        and _SIMPLE.match(module) is not None
        and module.rpartition(".")[2].isidentifier()
        and len(function) <= _MAX >= len(module)
        and not function.startswith(_NOT_WRITTEN)
        and function not in _ANONYMOUS
        and "Generated" not in module
        and "DynamicClass" not in module
    )


def _owner(parts: list[str], module: str, file: str) -> str:
    """The class where it is declared; in scripts the file, since their engines print the class of the object at hand."""
    if file.partition("?")[0].endswith(_SCRIPT):
        return stem(file)
    if len(parts) > 1:
        return parts[-2]
    owner = plain(module.rpartition("/")[2])
    last = owner.rpartition(".")[2]
    return last if last.isidentifier() else next(reversed(_parts(owner)), "") or stem(file)


def _parts(name: str) -> list[str]:
    return [name] if name.isidentifier() else [part for part in _SEPARATOR.split(name) if part]


def _is_packed(file: str) -> bool:
    base = file.partition("?")[0].replace("\\", "/").rpartition("/")[2]
    return stem(base) != base.rpartition(".")[0] or any(part in _PACKED for part in base.split("."))
