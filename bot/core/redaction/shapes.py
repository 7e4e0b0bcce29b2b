"""Secrets known by their own shape: private keys, JSON Web Tokens, tokens without a prefix."""

from collections.abc import Iterator

from bot.core.redaction.span import Span, found
from bot.regex import regex

_SPACE = r"(?: |%20|\+)"
# As OpenSSL and OpenPGP write it (RFC 7468), as SSH2 with its four dashes, as PuTTY.
_PEM_BEGIN = regex(
    rf"-----BEGIN{_SPACE}(?:[A-Z0-9]{{1,12}}{_SPACE}){{0,4}}PRIVATE{_SPACE}KEY(?:{_SPACE}BLOCK)?-----"
    r"|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----|Private-Lines: \d{1,4}"
)
_PEM_BODY = regex(
    r"(?:(?:\\{1,2}[rn]|\s){1,4}[A-Za-z-]{4,20}: [^\n\\]{0,100}){0,4}"
    r"(?:(?:\\{1,2}[rn]|\s){0,4}(?:[A-Za-z0-9+/=]{16,20000}|(?<=[\sn])[A-Za-z0-9+/]{1,15}(?=={0,2}\s{0,2}(?:\\|-----END|$)))){0,2000}={0,2}"
)
# The same where each line stands by itself: one log line or one string each, quoted, with an escape between that is not a line end (`<br>`, `%0A`).
_PEM_RUN = regex(r"(?<![A-Za-z0-9+/])(?:(?<=%)0[ADad])?(?P<value>(?![a-f0-9]{60,200}(?![A-Za-z0-9+/]))[A-Za-z0-9+/]{60,20000}+={0,2})")
_PEM_TAIL = regex(
    r"(?<![A-Za-z0-9+/])(?:(?<=%)0[ADad])?(?P<value>(?=[A-Za-z+/]{0,59}[0-9])[A-Za-z0-9+/]{16,59}={0,2}|[A-Za-z0-9+/]{2,59}={1,2})(?![A-Za-z0-9+/=])"
)
_PEM_GAP = 200  # characters between two of its lines
_PEM_END = regex(r"-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY")
_LINE_END = regex(r"(?<=\n)|(?<=\\n)")
_PEM_LINE = regex(r"[A-Za-z0-9+/=]{1,100}")
_JWT = regex(r"eyJ[A-Za-z0-9_-]{8,20000}(?:\.[A-Za-z0-9_-]{0,20000}){0,4}")


def private_keys(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """The body of a PEM private key, with real or escaped line ends, also when its end, or its beginning, was cut off."""
    if "PRIVATE" not in text and "Private-Lines" not in text:
        return
    for begin in _PEM_BEGIN.finditer(text):
        body = _PEM_BODY.match(text, begin.end())
        if body and body.group().strip():
            yield Span(begin.end(), body.end(), "private-key")
        yield from _lines_apart(text, body.end() if body else begin.end())
    end = 0
    for match in _PEM_END.finditer(text):
        start = match.start()
        for line in reversed(_LINE_END.split(text[max(end, start - 8000) : start])):
            bare = line.replace("\\n", "").replace("\\r", "").strip()
            if bare and not _PEM_LINE.fullmatch(bare):
                break
            start -= len(line)
        if start < match.start():
            yield Span(start, match.start(), "private-key")
        end = match.end()


def _lines_apart(text: str, begin: int) -> Iterator[Span]:
    """Long runs of base64 behind the beginning of a key, as long as one follows another; what stands between (times, quotes) stays."""
    end = begin
    while run := _PEM_RUN.search(text, end, end + _PEM_GAP + 100):
        if run.start() - end > _PEM_GAP or "-----" in text[end : run.start()]:
            break
        end = (_PEM_RUN.match(text, run.start()) or run).end()  # the search may have cut it
        yield Span(run.start("value"), end, "private-key")
    last = text.find("-----END", end, end + _PEM_GAP)
    if end > begin and last > 0:
        for tail in _PEM_TAIL.finditer(text, end, last):
            yield Span(tail.start("value"), tail.end("value"), "private-key")


def json_web_tokens(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """JSON Web Tokens, also cut ones: `eyJ` is how `{"` begins in base64."""
    if "eyJ" not in text:
        return
    for match in _JWT.finditer(text):
        words = match.group().rstrip(".")
        if "." in words or words.startswith(("eyJhbGciOi", "eyJ0eXAiOi", "eyJraWQiOi")):
            yield Span(match.start(), match.start() + len(words), "jwt")


# A literal that every match holds, how far before it a match begins, the pattern, and the kind.
_SHAPES = (
    # So long and so regular that they are known in the middle of a word, too.
    ("SG.", (0,), regex(r"SG\.[\w-]{16,32}\.[\w-]{32,64}"), "sendgrid-key"),
    ("gh", (0,), regex(r"gh[porsu]_[A-Za-z0-9]{36}"), "github-token"),
    ("github_pat_", (0,), regex(r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"), "github-token"),
    ("glpat-", (0,), regex(r"glpat-[\w-]{20,300}"), "gitlab-token"),
    ("xoxb-", (0,), regex(r"xoxb-[0-9]{8,14}-[\w-]{18,60}"), "slack-token"),
    (":AA", (8, 9, 10), regex(r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{32,36}(?![\w-])"), "telegram-token"),
    ("-us", (32,), regex(r"(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)"), "mailchimp-key"),
    ("Q~", (4,), regex(r"(?<![\w~])[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}"), "azure-secret"),
    ("|", (15, 16), regex(r"(?<!\w)\d{15,16}\|[A-Za-z0-9_-]{20,40}"), "facebook-token"),
    ("%7C", (15, 16), regex(r"(?<!\w)\d{15,16}%7C[A-Za-z0-9_-]{20,40}"), "facebook-token"),
    ("pat", (0,), regex(r"(?<!\w)pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"), "airtable-token"),
    ("4b1d", (0,), regex(r"(?<!\w)4b1d[A-Za-z0-9]{38}(?!\w)"), "clickhouse-key"),
    ("FlyV1 ", (0,), regex(r"FlyV1 [A-Za-z0-9=_,/+-]{60,8000}"), "flyio-token"),
    ("at.", (1,), regex(r"(?<!\w)[ps]at\.[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}(?!\w)"), "harness-key"),
    (".atlasv1.", (14,), regex(r"(?<!\w)[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}"), "terraform-token"),
    ("_mmk", (36,), regex(r"(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)"), "maxmind-key"),
    ("re_", (0,), regex(r"(?<!\w)re_[1-9A-HJ-NP-Za-km-z]{8}_[1-9A-HJ-NP-Za-km-z]{24}(?!\w)"), "resend-key"),
    ("!", (15,), regex(r"(?<!\w)00[A-Za-z0-9]{13}![\w.-]{60,260}"), "salesforce-token"),
    ("==:", (22,), regex(r"(?<![\w+/])[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32}(?!\w)"), "tableau-token"),
    ("t1.", (0,), regex(r"(?<!\w)t1\.[\w-]{4,400}={0,2}\.[\w-]{86}={0,2}(?![\w-])"), "yandex-token"),
    ("1000.", (0,), regex(r"(?<!\w)1000\.[0-9a-f]{32}\.[0-9a-f]{32}(?!\w)"), "zoho-token"),
    # Hashes of passwords, as databases and dumps hold them.
    (
        "$",
        (0,),
        regex(
            r"\$(?:2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|[56]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22,86}"
            r"|argon2(?:id|i|d)\$v=\d{1,4}\$[\w=,]{1,60}\$[A-Za-z0-9+/]{8,200}\$[A-Za-z0-9+/]{16,400})"
        ),
        "password-hash",
    ),
    ("pbkdf2_sha", (0,), regex(r"pbkdf2_sha(?:1|256|512)\$\d{1,9}\$[^\s$\"']{1,100}\$[A-Za-z0-9+/]{16,200}={0,2}"), "password-hash"),
    # The first words of a private key in base64, as kubeconfig files hold it; a certificate's differ.
    (
        "LS0tLS1CRUdJTi",
        (0,),
        regex(r"LS0tLS1CRUdJTi(?:BSU0EgUFJJ|BQUklW|BFQyBQUklW|BPUEVOU1NI|BFTkNSWVBU|BEU0EgUFJJ)[A-Za-z0-9+/]{16,20000}={0,2}"),
        "private-key",
    ),
    # Keys of Azure and of Azure DevOps that Microsoft marks: 84 characters, the mark behind the 52nd.
    ("JQQJ99", (52,), regex(r"(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![A-Za-z0-9])"), "azure-key"),
    ("PRD-", (0,), regex(r"(?<!\w)PRD-[0-9a-f]{8,12}(?:-[0-9a-f]{4}){3}-[0-9a-f]{4,12}(?!\w)"), "ebay-secret"),
)


# Of a bot at Discord: its id, which is a number, in base64; a time; a digest.
_DISCORD = regex(r"(?<![\w-])(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){6}[\w-]{0,4}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])")
_AUTHRESS = regex(r"(?<!\w)(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,120}")
# The private members of a JSON Web Key (RFC 7517, 7518).
_JWK_PRIVATE = regex(r"\\{0,3}\"(?:d|p|q|dp|dq|qi|k)\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"(?P<value>[A-Za-z0-9_-]{20,4000})")
_JWK_SIZE = 8000


def _json_web_keys(text: str) -> Iterator[Span]:
    end = 0
    for at in found("kty", text):
        begin, close = text.rfind("{", max(end, at - _JWK_SIZE), at), text.find("}", at, at + _JWK_SIZE)
        if begin >= 0 and close >= 0 and at >= end:
            end = close
            for match in _JWK_PRIVATE.finditer(text, begin, close):
                yield Span(match.start("value"), match.end("value"), "private-key")


def shaped(text: str, lowered: str) -> Iterator[Span]:
    """Tokens with a telling shape but no prefix of their own, found by a literal that each of them holds; private JSON Web Keys."""
    yield from _json_web_keys(text)
    if "discord" in lowered:
        for bot in _DISCORD.finditer(text):
            yield Span(bot.start(), bot.end(), "discord-token")
    if ".acc" in text:
        for key in _AUTHRESS.finditer(text):
            yield Span(key.start(), key.end(), "authress-key")
    for needle, offsets, pattern, kind in _SHAPES:
        if needle in text:
            end = 0
            for at in found(needle, text):
                match = next((match for offset in offsets if at - offset >= end and (match := pattern.match(text, at - offset))), None)
                if match:
                    end = match.end()
                    yield Span(match.start(), end, kind)
