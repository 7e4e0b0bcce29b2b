"""The one HTTP client of sources without a vendor's: patience, one host, and words for everything that comes back."""

import threading
from collections.abc import Iterator

import pytest

from bot.errors import SourceError
from bot.http_client import HttpClient, HttpRefusal, checked_base, segment
from tests.fakes.loopback import Answer, Loopback, Request
from tests.http_asking import SYSTEM, Time, client

pytestmark = pytest.mark.slow
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Echo(Loopback):
    """Answers with what was asked."""

    def answer(self, request: Request) -> Answer:
        """The request itself."""
        return Answer(body={"path": request.path, "query": request.query, "body": request.json}, headers={"Link": "<x>; rel=next"})


@pytest.fixture(scope="module")
def running() -> Iterator[Echo]:
    """A server that tells what it was asked."""
    with Echo() as echo:
        yield echo


@pytest.fixture
def server(running: Echo) -> Echo:
    """The server as if it had just begun."""
    running.requests.clear()
    running.faults.clear()
    return running


def fail(server: Loopback, answer: Answer, times: int = 99) -> None:
    """Answer everything so."""
    server.fail(lambda _: True, answer, times=times)


def test_questions_keep_the_path_of_the_base_and_carry_the_token(server: Echo) -> None:
    """A base below a path is kept; the query is encoded; the token travels in its header only."""
    value, answer = client(f"{server.url}/prefix/").get("/api/0/issues/", {"query": "a&b=c é", "limit": 5}, doing="asking")

    assert value == {"path": "/prefix/api/0/issues/", "query": {"query": "a&b=c é", "limit": "5"}, "body": None}
    assert answer.headers["link"] == "<x>; rel=next"
    assert server.requests[0].headers["authorization"] == "Bearer acme_s3cret"
    assert client(server.url).post_json("query", {"query": "select 1"}, doing="asking")["body"] == {"query": "select 1"}


def test_a_connection_serves_several_questions(server: Echo) -> None:
    """Ten threads ask the same client at once, and each has its own answer."""
    asking = client(server.url)
    answers: list[str] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(asking.get_json(f"/{n}")["path"])) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == sorted(f"/{n}" for n in range(10))


@pytest.mark.parametrize(
    ("headers", "slept"),
    [({"Retry-After": "7"}, 7), ({}, 1), ({"Retry-After": "soon"}, 1), ({"X-Sentry-Rate-Limit-Reset": "1000000012"}, 12.1), ({"Retry-After": "0"}, 0)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told(server: Echo, headers: dict[str, str], slept: float, status: int) -> None:
    """Retry-After and the vendors' reset times are waited out, in GET and in POST; without them a second."""
    time = Time()
    fail(server, Answer(status, {"detail": "slow down"}, headers), times=1)

    assert client(server.url, 60, time).get_json("a")["path"] == "/a"
    assert time.slept == [slept]


def test_a_wait_beyond_the_deadline_is_not_begun(server: Echo) -> None:
    """Told to come back after the deadline, it says so at once, with the server's own sentence."""
    time = Time()
    fail(server, Answer(429, {"detail": "You are rate limited."}, {"Retry-After": "3600"}))

    with pytest.raises(HttpRefusal, match="HTTP 429: You are rate limited") as caught:
        client(server.url, 30, time).get_json("a", doing="reading a")

    assert (time.slept, caught.value.status, len(server.requests)) == ([], 429, 1)
    assert caught.value.doing == "reading a (Acme)"


def test_a_gateway_that_gave_up_is_not_asked_twice_to_write(server: Echo) -> None:
    """After 502 a GET is tried three times, a POST once: it may have taken effect."""
    fail(server, Answer(502, {}))
    with pytest.raises(HttpRefusal, match="HTTP 502"):
        client(server.url).get_json("a")
    with pytest.raises(HttpRefusal, match="HTTP 502"):
        client(server.url).post_json("b", {})

    assert [request.path for request in server.requests] == ["/a", "/a", "/a", "/b"]


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (Answer(401, {"detail": "Invalid token"}), "HTTP 401: Invalid token", "set ACME_TOKEN"),
        (Answer(401, {"detail": "no Bearer acme_s3cret here"}), r"HTTP 401: no Bearer \(hidden\) here", "set ACME_TOKEN"),
        (Answer(403, {"error": {"message": "no permission"}}), "HTTP 403: no permission", "give the token the scope acme:read"),
        (Answer(403, b"<html>Sign in", HTML), "HTTP 403 with a web page", "a login page or a proxy"),
        (Answer(404, {"detail": "not found"}), "HTTP 404", "`acme: project:`"),
        (Answer(400, b"\xff\xfe broken"), "HTTP 400$", "`acme: project:`"),
        (Answer(500, {"detail": ["odd", {"shape": 1}]}), "HTTP 500$", "it is not well"),
        (Answer(302, b"", {"Location": "https://evil.example/"}), "HTTP 302: it redirects", "the API itself"),
        (Answer(200, b"<!DOCTYPE html><p>Sign in", HTML), "a web page instead of data", "not of a page that people sign in at"),
        (Answer(200, b"{}"[:1]), "not JSON, or is cut off", "the API itself"),
        (Answer(200, b"[" * 100_000), "not JSON, or is cut off", "the API itself"),
        (Answer(204, b""), "not JSON, or is cut off", "the API itself"),
        (Answer(200, b" " * 20_000_001), "more than 20,000,000 bytes", "narrow what is asked"),
        (Answer(cut=True), "the connection broke", "the network and VPN"),
    ],
)
def test_what_comes_back_is_told_with_a_remedy(server: Echo, answer: Answer, cause: str, remedy: str) -> None:
    """Every refusal and every odd answer is one error that a person can act on, without our token in it."""
    fail(server, answer)

    with pytest.raises(SourceError, match=cause) as caught:
        client(server.url).get_json("a", doing="reading a")

    assert remedy in caught.value.remedy
    assert "s3cret" not in f"{caught.value!r}{caught.value.cause}{caught.value.remedy}"
    assert all(request.path == "/a" for request in server.requests)


def test_a_connection_that_broke_is_tried_once_more(server: Echo) -> None:
    """A lost answer to a GET is asked for again, once; a POST is not."""
    fail(server, Answer(cut=True), times=1)
    assert client(server.url).get_json("a")["path"] == "/a"
    fail(server, Answer(cut=True), times=1)
    with pytest.raises(HttpRefusal, match="the connection broke"):
        client(server.url).post_json("b", {})

    assert [request.path for request in server.requests] == ["/a", "/a", "/b"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.example",
        "ftp://acme.example",
        "https://",
        "https://acme.example:0",
        "https://acme.example:99999",
        "https://a?b=c",
        "https://a/#b",
        "https://a/\n",
        "https://[::1",
    ],
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    """Nothing is asked at an address that cannot be one."""
    with pytest.raises(SourceError, match="its address is none"):
        client(url)


def test_credentials_in_an_address_are_not_shown() -> None:
    """A password in the URL is refused, and not repeated."""
    with pytest.raises(SourceError, match="holds credentials") as caught:
        checked_base("https://ada:pw12345@acme.example/", SYSTEM)

    assert "pw12345" not in f"{caught.value.cause}{caught.value.remedy}"


@pytest.mark.parametrize("token", ["two\nlines", "tökén", "nul\0", "x" * 9_000])
def test_a_token_that_cannot_be_sent_is_not_shown(token: str) -> None:
    """http.client would quote it in its error: it never comes so far."""
    with pytest.raises(SourceError, match="characters that no token has") as caught:
        HttpClient("https://acme.example", SYSTEM, 5, headers={"Authorization": f"Bearer {token}"})

    assert token not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("path", ["../admin", "a/./b", "a/../../b", "a?b=c", "a#b", "a b", "a\r\nHost: evil", "a\\b", "é"])
def test_a_path_cannot_lead_elsewhere(server: Echo, path: str) -> None:
    """Dots, queries, fragments and line ends are refused before anything is sent."""
    with pytest.raises(SourceError, match="a name in the address"):
        client(server.url).get_json(path)

    assert server.requests == []


def test_a_name_is_one_segment() -> None:
    """Whatever a name holds, it stays one segment."""
    assert segment("web@1.2.3+build/7") == "web%401.2.3%2Bbuild%2F7"
    for name in ("", ".", ".."):
        with pytest.raises(ValueError, match="no name"):
            segment(name)


def test_the_beginning_of_a_long_text_is_kept(server: Echo) -> None:
    """A log that is too long is cut and said to be; a web page is none."""
    fail(server, Answer(200, b"line\n" * 50_000, {"Content-Type": "text/plain"}), times=1)
    answer = client(server.url).get_text("logs", most_bytes=1_000)
    assert (len(answer.text), answer.cut) == (1_000, True)
    fail(server, Answer(200, b"<html>", HTML), times=1)
    with pytest.raises(SourceError, match="a web page"):
        client(server.url).get_text("logs")


def test_a_deadline_that_has_passed_asks_nothing(server: Echo) -> None:
    """After the deadline nothing is sent."""
    time = Time()
    asking = client(server.url, 5, time)
    time.sleep(6)

    with pytest.raises(HttpRefusal, match="no answer within the deadline"):
        asking.get_json("a")
    assert server.requests == []
