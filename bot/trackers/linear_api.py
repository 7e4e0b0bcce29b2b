"""Linear's GraphQL API: one operation at a time, every refusal a TrackerError that says whose turn it is."""

from collections.abc import Mapping

from bot.config import Secret
from bot.config.tracking import Linear
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import TrackerError
from bot.http_client import System
from bot.trackers import linear_queries
from bot.trackers.asking import Door, T

SYSTEM = System(
    "Linear",
    "`linear: url:`",
    "LINEAR_API_KEY",
    "give the key read and write access to the team, in Linear under Settings, Security & access, API",
    "`linear: team:`",
)
_WAIT = "Linear has too many requests: wait an hour and run it again"


class LinearApi:
    """What one key may ask."""

    def __init__(self, key: Secret, settings: Linear, seconds: float = 30.0) -> None:
        self._door = Door(settings.url, SYSTEM, {"Authorization": key.reveal()}, seconds)

    def ask(self, query: str, variables: Mapping[str, object], kind: type[T], doing: str) -> T:
        """The answer as a record. Raises TrackerError; Unclear where the answer was lost."""
        try:
            answer = self._door.post("graphql", {"query": query, "variables": variables}, doing)
        except TrackerError as error:
            if type(error) is TrackerError and "rate limit" in error.cause.lower():  # Linear says so with HTTP 400
                raise TrackerError(error.doing, error.cause, _WAIT) from error
            raise
        reply = self._door.read(answer, linear_queries.Reply, doing)
        if reply.errors:
            raise _refusal(reply.errors[0], doing)
        return self._door.read(reply.data, kind, doing)


def _refusal(error: linear_queries.Error, doing: str) -> TrackerError:
    """GraphQL says no with HTTP 200; the code tells whose turn it is (linear.app/developers, errors)."""
    code = str(error.extensions.get("code", "")).upper()
    remedies = {
        "AUTHENTICATION_ERROR": f"make a new key and set {SYSTEM.token}: this one is unknown, revoked or expired",
        "FORBIDDEN": SYSTEM.permission,
        "RATELIMITED": _WAIT,
    }
    words = cut(one_line(str(error.extensions.get("userPresentableMessage") or error.message)), 300)
    return TrackerError(f"{doing} (Linear)", f"Linear refused: {words}", remedies.get(code, "check the section `linear:` of the configuration"))
