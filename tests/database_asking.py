"""What databases are asked about one alert, and a query API on loopback."""

from datetime import UTC, datetime, timedelta

from bot.config.sources import Database
from bot.model import Alert, Category, Inquiry, Permalink
from tests.fakes.loopback import Answer, Loopback, Request

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
LIMITS = Database(most_rows=3, most_bytes=1_000, seconds=1)
READ = "SELECT id, note FROM orders ORDER BY id LIMIT 100"


def inquiry(category: Category = "database", environment: str = "prod", *, search: bool = True) -> Inquiry:
    """What is asked in round one."""
    alert = Alert(Permalink("acme.slack.com", "C0ALERTS1", "1765962764.000100"), TIME, environment, "too many connections")
    return Inquiry(alert, TIME - timedelta(minutes=5), TIME, search=search, category=category)


class QueryApi(Loopback):
    """An HTTP query API, and libSQL's pipeline beside it: answers what it was told to, and remembers what it was asked."""

    answers: dict[str, object]

    def answer(self, request: Request) -> Answer:
        """By path; 401 without the token."""
        if request.headers.get("authorization") != "Bearer t0ken":
            return Answer(401, {"error": "who are you"})
        return Answer(200, self.answers.get(request.path))
