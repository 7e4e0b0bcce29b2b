"""A posted message becomes alerts: one for each error it speaks of, each with what it says of itself."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from bot.core.alert import alert_parts, alert_traces
from bot.core.alert.alert_parts import Head
from bot.core.logs import trace_id
from bot.core.logs.named_trace import bracketed
from bot.core.signature.normalization import normalised
from bot.core.signature.signature import last_name
from bot.core.stacktrace import stacktrace
from bot.core.suspects import culprit
from bot.model import Alert, Message, Record
from bot.regex import regex


class EnvironmentPattern(Protocol):
    """A name, and the regular expression that gives it away (`bot.config.Environment`)."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the class says it

    @property
    def pattern(self) -> str: ...  # noqa: D102 - the class says it


_MAX_TEXT = 200_000
_LOG_LINK = regex(
    r"_dashboards|/goto/|kibana|opensearch|cloudwatch|logs?[./-]|/discover|sentry\.io|/issues/(?:\d|(?-i:[A-Z0-9][A-Z0-9_-]{0,79}-[A-Z0-9]{1,12}\b))"
    r"|/actions/runs/\d|datadog|grafana|papertrail|loki|splunk",
    re.IGNORECASE,
)


def _labelled(names: str, value: str = r"[\w.@/:+-]{1,120}") -> re.Pattern[str]:
    mark = r"[*_`\"]{0,3}"
    label = rf"(?:(?<![\w:/.-])|(?<=[\s|]_))(?:{names}){mark}[ \t]{{0,3}}[:=]{mark}\s{{0,3}}[*_`\"']{{0,3}}"
    # A field of Slack's blocks is often a bold line and below it the value, alone.
    field = rf"(?<!\S)\*(?:{names})\*[ \t]{{0,3}}\n[*_`]{{0,3}}(?={value}[*_`]{{0,3}}[ \t]{{0,3}}(?:\n|\Z))"
    return regex(rf"(?:{label}|{field})(?P<value>{value})", re.IGNORECASE)


_CULPRIT = _labelled(r"handler|function|culprit|method|endpoint|operation|task|job|transaction|coordinator")
_OF_SERVICE = r"service(?:[._]name)?|app|application"
_SERVICE = _labelled(_OF_SERVICE, r"[\w.-]{1,80}")
# A container may be a sidecar, `istio-proxy`: it names the service where nothing else does.
_RUNNING = _labelled(rf"{_OF_SERVICE}|container|component", r"[\w.-]{1,80}")
_RELEASE = _labelled(r"release|version|build|image tag|deployed", r"[\w.@+/-]{1,120}")
_ENVIRONMENT = _labelled(r"env|environment|stage", r"[\w-]{1,40}")
# What stands behind the label and names none: `n/a`, and a setting of whose value an error complains (`bad environment: DATABASE_URL is missing`).
_NO_ENVIRONMENT = regex(r"(?i:unknown|undefined|none|null|nil|any|all|n|na)|[A-Z0-9]{1,40}_[A-Z0-9_]{1,40}")
_MESSAGE = regex(r"(?<![\w.-])(?:err|error|msg|message|reason)=(?:\"(?P<quoted>[^\"\n]{1,1000})\"|(?P<value>[^\s\"]{3,200}))", re.IGNORECASE)
# Datadog and the Elastic common schema keep an error in two fields: `error.type:net.ReadTimeout error.message:"no answer"`.
_FIELD = r"(?<![\w-])(?:error|exception)[._](?:{})[*_`\"']{{0,3}}[ \t]{{0,3}}[:=][*_`' \t]{{0,4}}"
_TYPE_FIELD = regex(_FIELD.format("type|kind|class") + r"\"?(?P<value>[A-Za-z][\w.$\\]{1,160}(?:::\w{1,80}){0,8})", re.IGNORECASE)
_MESSAGE_FIELD = regex(_FIELD.format("message") + r"(?:\"(?P<quoted>[^\"\n]{1,1000})\"|(?P<value>[^\s\"][^\n]{0,1000}))", re.IGNORECASE)
# Sentry writes the place as `checkout/cart in addItem`.
_SENTRY = regex(r"^\W{0,5}[\w./@-]{2,120} in (?P<value>[A-Za-z_]\w{1,79})(?:\(\))?\W{0,5}$", re.MULTILINE)
_TRACE = regex(r"\btrace[ _.-]?id[\"'*`]{0,2}\s{0,3}[:=→]{1,2}\s{0,3}[\"'*`]{0,2}([0-9a-fA-F][0-9a-fA-F-]{14,40}[0-9a-fA-F])\b", re.IGNORECASE)
_TRACEPARENT = regex(r"\b00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b")
# A whole id right behind the word: `*Trace*\n4bf9…`, `/traces/4bf9…`; a shorter one only within an address, or in the header of B3.
_TRACE_WHOLE = regex(r"(?<![A-Za-z])traces?(?:[ _.-]?id)?[\s\"'*`:=→/]{1,8}([0-9a-f]{32})\b", re.IGNORECASE)
_TRACE_LINKED = regex(r"/traces?/([0-9a-f]{16}|[0-9]{17,20})\b")
_B3 = regex(r"\bb3[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}\b", re.IGNORECASE)
_XRAY = regex(r"\b(1-[0-9a-f]{8}-[0-9a-f]{24})\b")
_LABELS = {"culprit": _CULPRIT, "service": _RUNNING, "release": _RELEASE, "trace": _TRACE}
_IN = regex(r"^[^\w\n]{0,8}(?:in|at|from)\s{1,3}[`*_\"']{0,3}(?P<value>[a-z_]\w{2,79})(?:\(\))?", re.IGNORECASE)
_NAMED = regex(
    r"\b(?P<value>[a-z]\w{0,60}_(?:handler|coordinator|controller|worker|job|task|consumer|processor)|[A-Z]\w{1,60}(?:Handler|Controller|Worker|Consumer|Processor))\b"
)
_STOP = frozenset(
    {"the", "and", "with", "for", "from", "not", "was", "were", "has", "have", "had", "this"}
    | {"that", "into", "when", "while", "after", "before", "error", "failed"}
)


class _Words(Record, frozen=True):
    """What a message says of one error: all of it, without the lines of stack traces, what stands above it where it says several, and what it links."""

    all: str
    beside_traces: str
    above: str
    links: str


def alerts(message: Message, environments: Sequence[EnvironmentPattern], default_environment: str, limit: int, own: tuple[str, ...] = ()) -> tuple[Alert, ...]:
    """The errors that a message speaks of, in its order, at most `limit`; one alert without a type when it names none.

    `own` are the module and path prefixes that are configured as our code.
    """
    text = _shortened(message.text)
    lines = alert_traces.folded(alert_parts.unfenced(text).splitlines())
    blocks = alert_traces.blocks(lines)
    heads = _merged(_heads(lines, blocks))[:limit] or [_untyped(lines)]
    links = tuple(link for link in message.links if _LOG_LINK.search(link))
    environment = environment_of(links, text, environments) or default_environment
    inside = {number for block in blocks for number in block}
    starting = {block[0]: block for block in blocks}
    common = alert_parts.of_all(lines, heads, _LABELS)
    found = []
    for head, share in zip(heads, alert_parts.parts(lines, heads, _LABELS), strict=True):
        read = share if len(heads) == 1 else starting.get(head.line, share)
        trace = stacktrace.read("\n".join(lines[n] for n in read), own)
        # Which of several errors a link is about, it does not say.
        above, linked = ("\n".join(lines[n] for n in share if n < head.line), "") if len(heads) > 1 else ("", "\n".join(message.links))
        said = (*share, *(n for n in common if n not in share))
        told = _Words("\n".join(lines[n] for n in said), "\n".join(lines[n] for n in said if n not in inside), above, linked)
        found.append(_alert(message, links, environment, head, trace, told))
    return tuple(found)


def environment_of(links: Sequence[str], text: str, environments: Sequence[EnvironmentPattern]) -> str | None:
    """The environment that a log link gives away, else the text: its label (`env: prod`) or the pattern."""
    for link in links:
        for environment in environments:
            if re.search(environment.pattern, link[:2000]):
                return environment.name
    label = _ENVIRONMENT.search(text)
    names = {environment.name.lower(): environment.name for environment in environments}
    if label and label["value"].lower() in names:
        return names[label["value"].lower()]
    return next((e.name for e in environments if re.search(e.pattern, text[:20_000])), None)


def unknown_environment(alert: Alert, environments: Sequence[EnvironmentPattern]) -> str:
    """The environment that the alert's label names, where nothing of the configuration is meant by it and the default stands for it; else empty."""
    label = _ENVIRONMENT.search(_shortened(alert.text))
    if label is None or label[0][:3].lower() != "env" or environment_of(alert.log_links, alert.text, environments) is not None:
        return ""
    if _NO_ENVIRONMENT.fullmatch(label["value"]):
        return ""
    said, read = label["value"].lower(), alert.environment.lower()
    return "" if said.startswith(read) or read.startswith(said) else label["value"]  # `production` is `prod`


def _alert(message: Message, links: tuple[str, ...], environment: str, head: Head, trace: stacktrace.Trace, words: _Words) -> Alert:
    error_type = head.error_type or trace.error_type
    # Where only the trace names the type, what it says goes with it.
    said = trace.message if trace.error_type and not head.error_type else head.message or trace.message
    text = words.all
    return Alert(
        permalink=message.permalink,
        time=message.permalink.time,
        environment=environment,
        text=_shortened(message.text),
        log_links=links,
        error_type=error_type,
        culprit=_culprit(words, error_type, trace),
        message=said,
        key_terms=_key_terms(said or ""),
        frames=trace.frames,
        service=_nearest(_SERVICE, words) or _nearest(_RUNNING, words),
        release=_nearest(_RELEASE, words),
        trace_ids=_trace_ids(f"{text}\n{words.links}"),
    )


def _heads(lines: list[str], blocks: Sequence[range]) -> Iterator[Head]:
    traces = {block[0]: (block, stacktrace.read("\n".join(lines[n] for n in block))) for block in blocks}
    inside = {number for block in blocks for number in block}
    for number, line in enumerate(lines):
        if number in traces:
            block, trace = traces[number]
            if trace.error_type:
                yield Head(number, trace.error_type, trace.message, block[-1], traced=True)
        if number in inside:
            continue
        field = _TYPE_FIELD.search(line[:4000])
        if field:
            yield Head(number, field["value"].rstrip("."), _in_field(lines[number : number + 3]), number)
        for match in stacktrace.HEAD.finditer(line[:4000], field.end() if field else 0):
            text = (match["message"] or "").replace("`", "").strip(" *_")
            yield Head(number, match["type"], text or _below(lines, number, match.end()), number)


def _merged(heads: Iterator[Head]) -> list[Head]:
    """A type mentioned alone and the same type with its message are one; so are a message and its beginning."""
    kept: list[Head] = []
    for head in heads:
        same = next((n for n, other in enumerate(kept) if _same(head, other)), None)
        if same is None:
            kept.append(head)
        elif len(head.message or "") > len(kept[same].message or ""):
            kept[same] = Head(kept[same].line, head.error_type, head.message, max(kept[same].last, head.last), kept[same].traced or head.traced)
        elif head.traced and not kept[same].traced:
            # The headline said it already; what stands below the trace still stands below this error.
            kept[same] = Head(kept[same].line, kept[same].error_type, kept[same].message, max(kept[same].last, head.last), traced=True)
    # `Error` in a headline ("Error in prod") is no second problem beside one that has a message; a second trace is, whatever it says.
    several = sum(head.traced for head in kept) > 1
    return [head for head in kept if head.message or (several and head.traced)] or kept[:1]


def _same(one: Head, other: Head) -> bool:
    if last_name(one.error_type or "") != last_name(other.error_type or ""):
        return False
    a, b = one.message or "", other.message or ""
    # As it stands first: in `'amount' in prod` the value is one, in `'amount'` alone it is all that is said.
    return any(x.startswith(y) or y.startswith(x) for x, y in ((a, b), (normalised(a), normalised(b))))


def _in_field(lines: Sequence[str]) -> str | None:
    """The message that a field tells, in the line of the type or soon below."""
    field = _MESSAGE_FIELD.search("\n".join(line[:4000] for line in lines))
    return (field["quoted"] or field["value"]).strip(" *_`") or None if field else None


def _below(lines: list[str], number: int, end: int) -> str | None:
    """What stands under a headline that is only a type, or under Sentry's place below that: its message, unless it is a label or a head of its own."""
    if lines[number][end:].strip(" *_`>"):
        return None
    shown = (line.replace("`", "").strip(" *_>") for line in lines[number + 1 : number + 5])
    following = next((line for line in shown if line and not _SENTRY.match(line)), "")
    plain = following and not re.match(r"[\w ]{1,30}[:=]|:\w{1,40}:", following) and not stacktrace.HEAD.search(following[:4000])
    return following[:2000] if plain else None


def _untyped(lines: list[str]) -> Head:
    labelled = _MESSAGE.search("\n".join(lines)[:20_000])
    if labelled:
        return Head(0, None, (labelled["quoted"] or labelled["value"]).strip(), 0)
    telling = next((line for line in lines if re.search(r"error|fail|exception|timeout|panic|denied|refused", line[:2000], re.IGNORECASE)), None)
    line = telling if telling is not None else next((line for line in lines if line.strip()), "")
    return Head(0, None, line.replace("`", "").strip(" *_")[:2000] or None, 0)


def _shortened(text: str) -> str:
    """Both ends matter: some languages print the failing frame first, others last."""
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT // 2].rpartition(chr(10))[0]}\n{text[-_MAX_TEXT // 2 :].partition(chr(10))[2]}"


def _culprit(words: _Words, error_type: str | None, trace: stacktrace.Trace) -> str | None:
    text = words.all
    if labelled := _value(_CULPRIT, text):
        return labelled.removesuffix("()").removesuffix(".py")
    if error_type:
        for start in (match.end() for match in re.finditer(re.escape(error_type), text)):
            if match := _IN.match(text[start : start + 200]):
                return match["value"]
    # What looks like a name within a trace is a frame of many: the trace itself is asked for the likeliest.
    if named := _value(_NAMED, words.beside_traces) or _value(_SENTRY, words.beside_traces):
        return named
    return culprit.named(trace)


def _value(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match["value"].rstrip(".:/,-") or None if match else None


def _nearest(pattern: re.Pattern[str], words: _Words) -> str | None:
    """The label that stands last above the error, else the first one."""
    above = [match["value"] for match in pattern.finditer(words.above)]
    return above[-1].rstrip(".:/,-") or None if above else _value(pattern, words.all)


def _trace_ids(text: str) -> tuple[str, ...]:
    found = [match for pattern in (_TRACE, _TRACEPARENT, _XRAY, _TRACE_WHOLE, _TRACE_LINKED, _B3) for match in pattern.findall(text)]
    known: dict[str, str] = {}
    for one in (*found, *bracketed(text)):
        known.setdefault(trace_id.spellings(one)[-1], one)
    return tuple(known.values())[:5]


def _key_terms(message: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z][a-z_]{2,40}", normalised(message))
    return tuple(dict.fromkeys(word for word in words if word not in _STOP))[:8]
