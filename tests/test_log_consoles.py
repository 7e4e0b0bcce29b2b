"""What programs print for people, coloured, tagged and behind prefixes: level, time, service, trace and stack of each are read without any configuration."""

from datetime import UTC, datetime

import pytest

from bot.config import Fields
from bot.core.logs.form import form_of
from bot.core.logs.lines import lines_to_events
from bot.core.logs.matching import trace_of
from bot.core.logs.time import Dating
from bot.model import LogEvent

SECOND = datetime(2025, 12, 17, 9, 12, 43, tzinfo=UTC)
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
REQUEST = "8f507cfc-1111-4697-b07a-ac58fc914c95"
STREAM = "2025/12/17/[$LATEST]0d9f6c2d7d5c4a0f8a"


def events(*lines: str) -> list[LogEvent]:
    """The events of a file with these lines, all of which have their place."""
    found = list(lines_to_events(enumerate(lines, 1), Fields(), "app.log", dating=Dating(around=SECOND)))
    read = [one for one in found if isinstance(one, LogEvent)]
    assert read == found
    return read


@pytest.mark.parametrize(
    ("line", "level", "service", "message"),
    [
        (
            "\x1b[31m[Nest] 1  - \x1b[39m12/17/2025, 9:12:43 AM \x1b[31m  ERROR\x1b[39m \x1b[38;5;3m[Pay] \x1b[39m\x1b[31mboom\x1b[39m",
            "ERROR",
            "",
            "[Pay] boom",
        ),
        ("[Nest] 1  - 12/17/2025, 9:12:43\u202fAM    WARN [Pay] boom", "WARN", "", "[Pay] boom"),
        ("2025-12-17T09:12:43Z\t\x1b[31mERROR\x1b[0m\tboom", "ERROR", "", "boom"),
        ("\x1b[2m2025-12-17T09:12:43Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mshop\x1b[0m\x1b[2m:\x1b[0m boom", "ERROR", "", "shop: boom"),
        ("2025-12-17T09:12:43Z [\x1b[31m\x1b[1merror    \x1b[0m] \x1b[1mboom\x1b[0m", "ERROR", "", "boom"),
        ("2025-12-17T09:12:43Z [error    ] boom", "ERROR", "", "boom"),
        ("2025-12-17T09:12:43Z\tDPANIC\tboom", "DPANIC", "", "boom"),
        ("E, [2025-12-17T09:12:43.000000 #1] ERROR -- : boom", "ERROR", "", "boom"),
        ("2025-12-17 09:12:43 +00:00: boom", "", "", "boom"),
        ("2025-12-17T09:12:43Z [shop] error: boom", "ERROR", "", "shop: boom"),
        ("2025-12-17T09:12:43Z fail: Shop.Pay[0]", "ERROR", "", "Shop.Pay[0]"),
        ("2025-12-17T09:12:43.0000000Z ##[error]boom", "ERROR", "", "boom"),
        ("2025-12-17T09:12:43.0000000Z ##[warning]boom", "WARN", "", "boom"),
        ("time=2025-12-17T09:12:43Z level=ERROR+4 msg=boom", "ERROR", "", "boom"),
        (f"2025-12-17T09:12:43.000000+00:00 {STREAM} [ERROR] boom", "ERROR", "", "boom"),
        (f"2025-12-17T09:12:43.000Z {REQUEST} Task timed out after 3.00 seconds", "ERROR", "", f"{REQUEST} Task timed out after 3.00 seconds"),
        (f"2025-12-17T09:12:43.000Z\t{REQUEST}\tERROR\tboom", "ERROR", "", f"{REQUEST}: boom"),
        ("1:M 17 Dec 2025 09:12:43.000 * boom", "", "", "* boom"),
        ("09:12:43.000 [error] boom", "ERROR", "", "boom"),
        ("09:12:43.000 request_id=F9c user=7 [warning] boom", "WARN", "", "request_id=F9c user=7: boom"),
        ("09:12:43.000 [main] ERROR c.a.Pay - boom", "ERROR", "", "main: c.a.Pay - boom"),
        ("09:12:43,000 ERROR [org.acme.Pay] (default task-1) boom", "ERROR", "", "[org.acme.Pay] (default task-1) boom"),
        ("[09:12:43 ERR] boom", "ERROR", "", "boom"),
        ("[09:12:43 FTL] boom", "FATAL", "", "boom"),
        ("2025-12-17 09:12:43.000 +00:00 [FTL] boom", "FATAL", "", "boom"),
        ("2025-12-17T09:12:43Z WRN boom", "WARN", "", "boom"),
        ("2025-12-17T09:12:43Z ERR Error while charging", "ERROR", "", "Error while charging"),
        ("[2025-12-17 09:12:43,000: ERROR/ForkPoolWorker-1] boom", "ERROR", "", "boom"),
        ("2025-12-17T09:12:43Z npm ERR! boom", "ERROR", "", "npm: boom"),
        ("2025-12-17T09:12:43Z npm error boom", "ERROR", "", "npm: boom"),
    ],
)
def test_a_line_of_a_console_is_read(line: str, level: str, service: str, message: str) -> None:
    """NestJS, zap, tracing, structlog, Ruby, pm2, winston, .NET, GitHub Actions, slog, Lambda, Redis, Elixir, Logback, WildFly, Serilog, zerolog."""
    [event] = events(line)
    assert (event.time, event.level, event.service, event.message) == (SECOND, level, service, message)


@pytest.mark.parametrize(
    ("clock", "written"),
    [("09:12:43.000", "2025-12-17 09:12:43"), ("23:59:10.000", "2025-12-16 23:59:10"), ("20:10:00", "2025-12-17 20:10:00"), ("9:12AM", "2025-12-17 09:12:00")],
)
def test_a_clock_without_a_date_is_of_the_day_nearest_to_the_alert(clock: str, written: str) -> None:
    """Shortly before midnight it is of the day before; zerolog's console writes no seconds."""
    [event] = events(f"{clock} ERR boom" if clock.endswith("M") else f"{clock} ERROR boom")
    assert (f"{event.time:%Y-%m-%d %H:%M:%S}", event.level, event.message) == (written, "ERROR", "boom")


@pytest.mark.parametrize("line", ["09:12:43 is when it failed: ERROR", "took 09:12:43 ERROR", "99:12:43 ERROR boom", "9:12AM and ERR"])
def test_a_clock_that_no_level_follows_begins_nothing(line: str) -> None:
    """It goes on with the line before it."""
    [event] = events("2025-12-17T09:12:43Z ERROR boom", line)
    assert event.message == f"boom\n{line}"


def test_a_report_of_elixir_is_one_event() -> None:
    """The time has no date, the lines below it have none at all."""
    report = ["09:12:43.000 [error] GenServer Shop.Cart terminating", "** (RuntimeError) no stock", "    (shop 0.1.0) lib/shop/cart.ex:12: Shop.Cart.take/1"]
    error, calm = events(*report, "09:12:44.000 [info] GET /")
    assert (error.message, error.error_type, error.level) == ("GenServer Shop.Cart terminating", "RuntimeError", "ERROR")
    assert (calm.message, calm.level, calm.stack) == ("GET /", "INFO", "")


@pytest.mark.parametrize("message", ["Error while charging", "Exception in ASGI application", "Error: card declined", "Error"])
def test_a_word_of_a_sentence_is_no_type(message: str) -> None:
    """Only where the sentence goes on behind it."""
    [event] = events(f"2025-12-17T09:12:43Z ERROR {message}")
    assert event.error_type == ("Error" if message[5:6] in (":", "") else None)


@pytest.mark.parametrize(
    ("status", "level"),
    [("503", "ERROR"), ("404", "WARN"), ("200", "INFO")],
)
@pytest.mark.parametrize(
    "line",
    [
        '<134>Dec 17 09:12:43 haproxy[14389]: 10.0.1.2:333 [17/Dec/2025:09:12:43.655] web app/<NOSRV> 0/-1/-1/-1/0 {} 217 - - SC-- 1/1/1/1/0 0/0 "POST / HTTP"',
        'Dec 17 09:12:43 lb1 haproxy[14389]: 10.0.1.2:33317 [17/Dec/2025:09:12:43.655] in~ app/srv1 0/0/1/-1/9 {} 217 - - sH-- 1/1/1/1/0 0/0 "GET / HTTP/1.1"',
        '[2025-12-17T09:12:43Z] "POST /orders HTTP/1.1" {} UF,URX upstream_reset - "-" 0 91 10 - "10.0.0.1" "curl" "id" "shop" "10.0.0.2:8080"',
    ],
    ids=["HAProxy", "HAProxy, relayed", "Envoy"],
)
def test_a_proxy_tells_its_level_by_the_status(line: str, status: str, level: str) -> None:
    """As the access logs of Apache and nginx do."""
    [event] = events(line.format(status))
    assert (event.time, event.level) == (SECOND, level)


@pytest.mark.parametrize(
    ("line", "service"),
    [
        (f"2025-12-17 09:12:43 ERROR [shop,{TRACE},{SPAN}] 1 --- [main] c.a.X : boom", "shop"),
        (f"2025-12-17 09:12:43 ERROR [shop,{TRACE},{SPAN},true] 1 --- [main] c.a.X : boom", "shop"),
        (f"2025-12-17 09:12:43 ERROR [,{TRACE},{SPAN}] 1 --- [main] c.a.X : boom", ""),
        (f"2025-12-17T09:12:43Z ERROR 1 --- [shop] [nio-8080-exec-1] [{TRACE}-{SPAN}] c.a.X : boom", "shop"),
        (f"2025-12-17T09:12:43Z ERROR 1 --- [nio-8080-exec-1] [{TRACE}-{SPAN}] c.a.X : boom", ""),
        (f"2025-12-17 09:12:43 ERROR api[shop, {TRACE}, {SPAN}] boom", "shop"),
    ],
)
def test_spring_names_service_trace_and_span_between_brackets(line: str, service: str) -> None:
    """Sleuth, Micrometer, and Spring Boot since 3.2."""
    [event] = events(line)
    assert (event.trace_id, event.span_id, event.service) == (TRACE, SPAN, service)


@pytest.mark.parametrize(
    "brackets", ["[shop,,]", "[,,]", f"[shop,{'0' * 32},{'0' * 16}]", "[a,b,c]", "1 --- [shop] [main] [                ]", f"[{TRACE},1,2]"]
)
def test_brackets_without_a_trace_name_none(brackets: str) -> None:
    """No request was traced, or they hold something else."""
    [event] = events(f"2025-12-17 09:12:43 ERROR {brackets} boom")
    assert (event.trace_id, event.span_id) == (None, None)


@pytest.mark.parametrize("brackets", ["[main]", "[shop] [main]", f"[main] [{'0' * 32}-{'0' * 16}]"])
def test_a_trace_in_words_is_read_behind_brackets_that_name_none(brackets: str) -> None:
    """Spring's pattern stands in every line; who puts the trace into the message does not put it there."""
    [event] = events(f"2025-12-17T09:12:43Z ERROR 1 --- {brackets} c.a.X : boom trace_id={TRACE}")
    assert event.trace_id == TRACE


def test_the_bytes_of_a_time_in_two_colours_are_not_looked_for() -> None:
    """Large files are searched for the bytes of the window's times: those of a time that is interrupted by a colour are not there."""
    day, clock = "2025-12-17", "09:12:43"
    found = [form_of(f"\x1b[90m{day}{between}{clock}\x1b[0m ERROR boom", Fields(), Dating()) for between in (" ", "\x1b[0m \x1b[90m")]
    assert [(form is None, f"{time:%H:%M:%S}") for form, time in filter(None, found)] == [(False, clock), (True, clock)]


FRAMES = ("app/models/order.rb:31:in `charge'", "app/controllers/orders_controller.rb:9:in `create'")


@pytest.mark.parametrize(
    "lines",
    [
        (
            "F, [2025-12-17T09:12:43.123456 #1] FATAL -- : [{tag}]   ",
            "[{tag}] NoMethodError (undefined method `total' for nil):",
            "[{tag}]   ",
            "[{tag}] {0}",
            "[{tag}] {1}",
        ),
        ("web-1  | 2025-12-17T09:12:43Z ERROR NoMethodError (undefined method `total' for nil):", "web-1  | {0}", "web-1  | {1}"),
        (
            "[pod/web-7d9f8c6b5-x2x4z/api] 2025-12-17T09:12:43Z ERROR NoMethodError (undefined method `total' for nil):",
            "[pod/web-7d9f8c6b5-x2x4z/api] {0}",
            "[pod/web-7d9f8c6b5-x2x4z/api] {1}",
        ),
    ],
    ids=["Rails", "docker compose", "kubectl"],
)
def test_a_stack_is_read_behind_what_stands_before_each_of_its_lines(lines: tuple[str, ...]) -> None:
    """The tag of a request, the name of a container."""
    [event] = events(*(line.format(*FRAMES, tag=REQUEST) for line in lines))
    assert event.message.startswith("NoMethodError (undefined method")
    assert [frame.line for frame in trace_of(event).frames] == [9, 31]


def test_laravels_exception_is_read_out_of_its_context() -> None:
    """Monolog writes it as JSON over many lines, with backslashes twice and the previous exception below."""
    [event] = events(
        '[2025-12-17 09:12:43] production.ERROR: Refused {"exception":"[object] (App\\\\Errors\\\\PaymentException(code: 0): Refused at /www/Pay.php:31)',
        "[stacktrace]",
        "#0 /www/OrderController.php(9): App\\\\Pay->charge(Object(App\\\\Order))",
        "#1 {main}",
        "",
        "[previous exception] [object] (GuzzleHttp\\\\ConnectException(code: 0): timed out at /www/Curl.php:210)",
        "[stacktrace]",
        "#0 /www/Curl.php(158): GuzzleHttp\\\\Curl::reject()",
        "#1 {main}",
        '"} ',
    )
    assert (event.level, event.error_type) == ("ERROR", "App\\Errors\\PaymentException")
    assert [link.error_type for link in trace_of(event).chain] == ["App\\Errors\\PaymentException", "GuzzleHttp\\ConnectException"]


def test_the_error_of_a_document_behind_the_message_is_read() -> None:
    """Lambda's runtime for Node.js, winston with what it was given; other documents stay in the message."""
    stack = '"stack":["PaymentError: card refused","    at charge (/var/task/pay.js:31:9)"]'
    [event] = events(f'2025-12-17T09:12:43.000Z\t{REQUEST}\tERROR\tInvoke Error \t{{"errorType":"PaymentError","errorMessage":"card refused",{stack}}}')
    assert (event.level, event.error_type, event.trace_id) == ("ERROR", "PaymentError", REQUEST)
    assert (event.message, len(trace_of(event).frames)) == (f"{REQUEST}: Invoke Error: card refused", 1)
    [long] = events(f'2025-12-17T09:12:43Z ERROR boom {{"message":"no\\u0007{"x" * 50_000}",{stack}}}')
    assert (long.message[:9], "\a" in long.message, len(long.message) < 21_000) == ("boom: nox", False, True)
    for other in ('{"a":"tack"}', '{"stack":', '{"stack":null}'):
        assert events(f"2025-12-17T09:12:43Z ERROR boom {other}")[0].message == f"boom {other}"


def test_elixirs_error_is_not_the_state_of_its_process() -> None:
    """What a server held when it ended stands below the stack."""
    [event] = events(
        "2025-12-17 09:12:43 [error] GenServer Shop.Pay terminating",
        "** (RuntimeError) card refused",
        "    (shop 0.1.0) lib/shop/pay.ex:31: Shop.Pay.handle_call/3",
        "Last message (from #PID<0.1.0>): :charge",
        "State: %{}",
    )
    assert (event.level, event.error_type) == ("ERROR", "RuntimeError")


def test_pm2_puts_a_process_before_a_document() -> None:
    """With its number."""
    [event] = events('0|shop     | {"level":50,"time":1765962763000,"msg":"boom"}')
    assert (event.time, event.level, event.service) == (SECOND, "ERROR", "shop")


def test_the_journal_writes_coloured_text_as_bytes() -> None:
    """And what systemd says of a unit is that unit's."""
    text = list(b"\x1b[31mERROR\x1b[0m boom")
    given = '{"__REALTIME_TIMESTAMP":"1765962763000000","_PID":"1","PRIORITY":"6",'
    coloured, killed, odd = events(
        f'{given}"_SYSTEMD_UNIT":"shop.service","MESSAGE":{text}}}',
        f'{given}"_SYSTEMD_UNIT":"init.scope","UNIT":"shop.service","MESSAGE":"Main process exited, status=9/KILL"}}',
        '{"time":"2025-12-17T09:12:43Z","__REALTIME_TIMESTAMP":"1765962763000000","MESSAGE":[300],"message":"m"}',
    )
    assert (coloured.message, coloured.level, coloured.service) == ("boom", "ERROR", "shop")
    assert (killed.service, odd.message) == ("shop", "m")


def test_a_carried_line_in_logfmt_has_its_carriers_time() -> None:
    """It has none of its own."""
    [event] = events('{"log":"level=error msg=\\"no stock\\" service=shop\\n","stream":"stdout","time":"2025-12-17T09:12:43Z"}')
    assert (event.time, event.level, event.message, event.service) == (SECOND, "ERROR", "no stock", "shop")


def test_the_next_line_of_a_lambda_is_no_part_of_the_error_before_it() -> None:
    """Its request stands behind a tab, as frames do."""
    lines = (
        f"2025-12-17T09:12:43.00{number}Z\t{request}\t{said}"
        for number, (request, said) in enumerate(((REQUEST, "ERROR\tboom"), (REQUEST, "INFO\tcalm"), ("undefined", "INFO\tend")))
    )
    assert [event.level for event in events(*lines)] == ["ERROR", "INFO", "INFO"]
