"""A line of code as tokens that survive a formatter: white space, brackets, commas, semicolons and kinds of quotes say nothing."""

import re
from functools import lru_cache

from bot.regex import regex

Tokens = tuple[str, ...]

_LONGEST = 4_000
_MOST = 300
_TOKEN = regex(
    r"""(?P<string>(?:[rRbBuUfF]{1,2}(?=["']))?(?:"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'|`(?:\\.|[^`\\])*+`))"""
    r"|(?P<name>[^\W\d]\w*+)|(?P<number>\d[\w.]*+)|(?P<sign>[=!<>]==?|&&|\|\||=>|->|::|:=|\?\?|\?\.|[-+*/%|&^]=|\*\*|<<|>>|\S)"
)
_SILENT = frozenset("(){},;\\")
_NAME = regex(r"[^\W\d]\w*")
_CONTROL = regex(r"[\x00-\x1f]")
NEGATIONS = frozenset({"not", "!", "unless"})
TRUTHS = {"True": "False", "False": "True", "true": "false", "false": "true", "==": "!=", "!=": "==", "===": "!==", "!==": "===", "&&": "||", "||": "&&"}
_KEYWORD_LIST = (
    "abstract as assert async await base begin bool boolean break byte case catch char class const continue def default defer del delete do double elif "
    "else elsif end ensure enum except export extends extern false final finally float fn for foreach from func function fun go goto global if implements "
    "impl import in include inline instanceof int interface internal is lambda let long loop match mod module mut namespace new next nil none nonlocal not "
    "null object of operator or and out override package pass private protected pub public raise readonly ref rescue return self short sizeof static string "
    "struct sub super switch synchronized template then this throw throws trait true try type typedef typeof undefined unless unsafe unsigned until use "
    "using val var virtual void volatile when where while with yield println print console log logger"
)
_KEYWORDS = frozenset(_KEYWORD_LIST.split())
_COMMON_LIST = (
    "a args b c ctx data e elem el err error ex exc exception f i idx index item items j k key kwargs len n o obj ok out ptr r req request res resp response "
    "result results ret rv s size str t tmp v value values x y"
)
_COMMON = frozenset(_COMMON_LIST.split())
_IMPORT = regex(
    r"\s{0,400}(?:import\b|from\s+\S+\s+import\b|use\s+[\w:\\]+|using\s+[\w.]+\s*;|#\s*include\b|require(?:_relative)?\b|(?:const|let|var)\s[^=]{1,200}=\s*require\()"
)


@lru_cache(maxsize=65_536)
def tokens(line: str) -> Tokens:
    """The tokens of one line (or of a few). Names and signs as they are, strings in double quotes, at most 300."""
    found: list[str] = []
    for match in _TOKEN.finditer(line[:_LONGEST]):
        words = match.group()
        if match.lastgroup == "string":
            words = _string(words)
        elif match.lastgroup == "number":
            words = words.casefold().replace("_", "").rstrip(".")
        if words == ":" and found and found[-1].startswith('"') and _NAME.fullmatch(found[-1][1:-1]):
            found[-1] = found[-1][1:-1]  # a key, quoted or not
        if words not in _SILENT:
            found.append(words)
        if len(found) == _MOST:
            break
    return tuple(found)


def names(line: Tokens) -> list[str]:
    """The words of a line that a programmer chose, in their order."""
    return [word for word in line if _NAME.match(word) and word.casefold() not in _KEYWORDS]


def is_name(token: str) -> bool:
    """Whether a token is a name or a keyword."""
    return _NAME.match(token) is not None


def is_literal(token: str) -> bool:
    """Whether a token is a number or a string."""
    return token[:1] == '"' or token[:1].isdigit()


def tells(line: str) -> bool:
    """Whether a line says enough to be looked for: `return None`, `}` and `if err != nil {` do not, an import says too little."""
    words = tokens(line)
    if _IMPORT.match(line) or sum(len(word) for word in words) < 4:
        return False
    chosen = [word for word in names(words) if word.casefold() not in _COMMON and len(word) > 1]
    literals = [word for word in words if is_literal(word) and len(word.strip('"')) > 1]
    return bool([word for word in chosen if len(word) > 2] or (chosen and literals) or len(literals) > 1 or any(len(word) > 8 for word in literals))


def _string(words: str) -> str:
    quote = next(at for at, mark in enumerate(words) if mark in "\"'`")
    prefix = words[:quote].casefold().replace("u", "")
    inner = re.sub(r"\\([\"'`])", r"\1", words[quote + 1 : -1])
    return f'{prefix}"{_CONTROL.sub(" ", inner)}"'
