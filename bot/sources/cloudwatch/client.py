"""CloudWatch Logs with a deadline and patience: asked to slow down, it waits; refused, it says why and what to do."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from bot.errors import SourceError
from bot.sources import aws_session
from bot.sources.aws_session import AwsRefusal
from bot.sources.cloudwatch.refusal import BUSY, FULL, UNWELL, Asked, refusal, unreadable

Json = dict[str, Any]
Answer = TypeVar("Answer")
Question = TypeVar("Question")

AT_ONCE = 4
"""Calls side by side: FilterLogEvents takes five to ten a second in each account and region."""

_PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait when AWS is asked too often: it does not say how long."""
_OPERATIONS = {
    "DescribeLogGroups": "describe_log_groups",
    "FilterLogEvents": "filter_log_events",
    "StartQuery": "start_query",
    "GetQueryResults": "get_query_results",
    "StopQuery": "stop_query",
}


class LogsClient:
    """One conversation with CloudWatch Logs, until `until` on a clock of seconds that only grow. May be used by several threads at once."""

    def __init__(self, asked: Asked, client: Any, until: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.asked = asked
        self._client = client
        self._until, self._clock, self._sleep = until, clock, sleep

    @property
    def left(self) -> float:
        """Seconds until no further call may begin."""
        return self._until - self._clock()

    def call(self, doing: str, action: str, key: str, request: Json, group: str = "") -> Json:
        """The answer to AWS's call `action`, which holds a value of its kind under `key`. Raises SourceError."""
        for pause in (*_PAUSES, None):
            if self.left <= 0:
                raise self.asked.too_late(doing)
            try:
                answer = aws_session.ask(lambda: getattr(self._client, _OPERATIONS[action])(**request), self.asked.profile)
            except AwsRefusal as refused:
                if pause is None or refused.code not in BUSY | UNWELL | {FULL} or pause >= self.left:
                    raise refusal(doing, action, refused, self.asked, group) from refused
                self._sleep(pause)
            else:
                if not isinstance(answer, dict) or key not in answer:
                    raise unreadable(doing, self.asked)
                return answer
        raise self.asked.too_late(doing)

    def pause(self, seconds: float) -> bool:
        """Wait; whether there is time left afterwards."""
        if seconds >= self.left:
            return False
        self._sleep(seconds)
        return True

    def stop(self, query_id: str) -> bool:
        """Whether an Insights query could be stopped; one that goes on is paid for."""
        try:
            aws_session.ask(lambda: self._client.stop_query(queryId=query_id), self.asked.profile)
        except AwsRefusal:
            return False
        return True


def connected(asked: Asked, session: Callable[[str | None], aws_session.AwsSession], seconds: float) -> Any:
    """A client of boto3 that gives up on an answer after `seconds`. Raises SourceError."""
    opened = aws_session.opened(lambda: session(asked.logs.region), asked.name)
    asked.profile = opened.profile_name
    try:
        return aws_session.logs_client(opened, asked.logs.region, asked.logs.endpoint, seconds)
    except AwsRefusal as refused:
        raise SourceError(f"connecting (CloudWatch {asked.environment})", refused.cause, f"check `{asked.key} region:` and `endpoint:`") from refused


def side_by_side(questions: Sequence[Question], ask: Callable[[Question], Answer]) -> list[Answer | SourceError]:
    """The answer to each question, or what it failed with."""

    def asked(question: Question) -> Answer | SourceError:
        try:
            return ask(question)
        except SourceError as error:
            return error

    if len(questions) < 2:
        return [asked(question) for question in questions]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cloudwatch") as pool:
        return list(pool.map(asked, questions))
