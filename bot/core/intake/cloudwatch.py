"""CloudWatch alarms: the event of EventBridge, or the JSON that an alarm sends to SNS, with SNS's envelope or without.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from collections.abc import Iterator, Mapping

import msgspec

from bot.core.intake import intake
from bot.core.intake.intake import Json, Received, first, inner, items, lines, words

VENDOR = "cloudwatch"


def fits(payload: Json) -> bool:
    """Whether it looks like one."""
    return "AlarmName" in payload or payload.get("source") == "aws.cloudwatch" or ("TopicArn" in payload and "Message" in payload)


def read(payload: Json) -> Iterator[Received | bool | None]:
    """The alarm that went to ALARM; OK and INSUFFICIENT_DATA are none. An alarm is known by its ARN and by when its state changed."""
    if isinstance(payload.get("Message"), str):
        payload = _within(payload)
    if "AlarmName" in payload:
        yield _from_sns(payload)
    elif isinstance(payload.get("detail"), Mapping):
        yield _from_eventbridge(payload)
    else:
        yield None


def _within(envelope: Json) -> Json:
    try:
        found = msgspec.json.decode(str(envelope["Message"])[:300_000].encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _from_sns(alarm: Json) -> Received | bool | None:
    if alarm.get("NewStateValue") != "ALARM":
        return True if alarm.get("NewStateValue") in ("OK", "INSUFFICIENT_DATA") else None
    trigger = inner(alarm, "Trigger")
    dimensions = {first(one, "name").lower(): first(one, "value") for one in items(trigger.get("Dimensions"), 30) if isinstance(one, Mapping)}
    return _alarm(alarm.get("AlarmArn") or alarm.get("AlarmName"), alarm.get("StateChangeTime"), alarm, dimensions, words(alarm.get("NewStateReason")))


def _from_eventbridge(event: Json) -> Received | bool | None:
    detail = inner(event, "detail")
    state = inner(detail, "state")
    if state.get("value") != "ALARM":
        return True if state.get("value") in ("OK", "INSUFFICIENT_DATA") else None
    named = {"AlarmName": detail.get("alarmName"), "AlarmDescription": inner(detail, "configuration").get("description")}
    measured = next((one for one in items(inner(detail, "configuration").get("metrics"), 10) if inner(one, "metricStat")), None)
    dimensions = {words(key, 100).lower(): words(value) for key, value in list(inner(measured, "metricStat", "metric", "dimensions").items())[:30]}
    arn = next((one for one in items(event.get("resources"), 5) if isinstance(one, str)), None)
    return _alarm(arn or detail.get("alarmName"), state.get("timestamp") or event.get("time"), named, dimensions, words(state.get("reason")))


def _alarm(arn: object, time: object, named: Json, dimensions: Mapping[str, str], reason: str) -> Received:
    title = first(named, "AlarmName")
    return Received(
        VENDOR,
        intake.identity(arn),
        title=f"Alarm {title}" if title else "",
        time=intake.moment(time),
        service=next((dimensions[key] for key in ("functionname", "servicename", "service", "apiname", "dbinstanceidentifier") if dimensions.get(key)), ""),
        environment=next((dimensions[key] for key in ("environment", "env", "stage") if dimensions.get(key)), ""),
        text="\n".join(part for part in (lines(named.get("AlarmDescription")), reason) if part),
    )
