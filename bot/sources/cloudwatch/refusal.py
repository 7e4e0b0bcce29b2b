"""What CloudWatch Logs refuses, in words that say what to do."""

from typing import Final

from bot.config.sources import CloudWatchLogs
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Gap
from bot.sources.aws_session import AwsRefusal

BUSY: Final = frozenset({"ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "429"})
"""Asked too often: FilterLogEvents takes a few calls a second in each account and region."""
UNWELL: Final = frozenset({"ServiceUnavailableException", "ServiceUnavailable", "InternalFailure", "InternalServerError", "500", "502", "503", "504"})
DENIED: Final = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
_WRONG: Final = ("InvalidParameterException", "MalformedQueryException", "ValidationException")
FULL: Final = "LimitExceededException"
"""Too many Insights queries at once; they share one limit with dashboards and scheduled queries."""


class Asked:
    """The log groups that are being asked, as errors speak of them. `profile` is known once an AWS session is open."""

    def __init__(self, environment: str, logs: CloudWatchLogs) -> None:
        self.environment = environment
        self.logs = logs
        self.profile: str | None = None

    @property
    def name(self) -> str:
        """The source's name."""
        return f"cloudwatch {self.environment}"

    @property
    def key(self) -> str:
        """The part of the configuration that is about these groups."""
        return f"cloudwatch: {self.environment}:"

    def refused(self, doing: str, cause: str, remedy: str) -> SourceError:
        """The error of this source."""
        return SourceError(f"{doing} (CloudWatch {self.environment})", cause, remedy)

    def gap(self, wanted: str, cause: str, remedy: str) -> Gap:
        """What could not be seen."""
        return Gap(self.name, wanted, cause, remedy)

    def gap_of(self, error: SourceError) -> Gap:
        """The same, for an error that costs only a part."""
        return Gap(self.name, error.doing, error.cause, error.remedy)

    def too_late(self, doing: str) -> SourceError:
        """The deadline came first."""
        return self.refused(doing, "no answer within the deadline", f"raise `limits: source_seconds:`, narrow `window:`, or name fewer `{self.key} groups:`")


def refusal(doing: str, action: str, refused: AwsRefusal, asked: Asked, group: str = "") -> SourceError:
    """The error with its remedy. `action` is AWS's name of the call (`FilterLogEvents`), which is also that of the permission."""
    if refused.signing_in:
        return asked.refused("signing in to AWS", refused.cause, refused.remedy)
    if refused.unreadable or refused.code.startswith("3") or (refused.code.isdecimal() and "<" in refused.message):
        return unreadable(doing, asked)
    return asked.refused(doing, *_explained(action, refused, asked, group))


def _explained(action: str, refused: AwsRefusal, asked: Asked, group: str) -> tuple[str, str]:
    """Cause and remedy."""
    code, told, where = refused.code, cut(one_line(refused.message), 300), group or "these log groups"
    if refused.unreachable:
        remedy = f"check network and VPN, `{asked.key} region:`" + (" and `endpoint:`" if asked.logs.endpoint else "")
        return f"CloudWatch Logs in {asked.logs.region} does not answer", remedy
    if "class" in told.lower() and code not in DENIED:
        remedy = f"set `{asked.key} insights: true`, and allow logs:DescribeLogGroups so that the class is known"
        return f"{code}: {told}", remedy
    known = {
        "ResourceNotFoundException": (f"no {where} in {asked.logs.region} of this account", _missing(asked, group)),
        FULL: (told or "too many Insights queries at once", "wait until others have ended (dashboards run them too), then run it again"),
        **dict.fromkeys(DENIED, (told or "access denied", _permission(action, where))),
        **dict.fromkeys(BUSY, (f"AWS kept refusing for too many calls ({code})", f"wait and run it again, or name fewer `{asked.key} groups:`")),
        **dict.fromkeys(UNWELL, (f"CloudWatch Logs is unwell ({code})", "see https://health.aws.amazon.com, then run it again")),
        **dict.fromkeys(_WRONG, (f"{code}: {told}", f"correct `{asked.key} {'insights_filter' if action == 'StartQuery' else 'filter'}:`")),
    }
    return known.get(code) or (f"{refused.cause}{f': {told}' if told and told not in refused.cause else ''}", refused.remedy)


def unreadable(doing: str, asked: Asked) -> SourceError:
    """An answer that is none of CloudWatch's: a login page, a proxy's page, one that was cut, or another shape than AWS documents."""
    remedy = f"see that no proxy or login page answers in AWS's place{f' and check `{asked.key} endpoint:`' if asked.logs.endpoint else ''}; then run it again"
    return asked.refused(doing, "an answer that cannot be read (a web page, or cut off?)", remedy)


def _permission(action: str, where: str) -> str:
    of_account = " and, for a group of another account, that account's link to this one (CloudWatch cross-account observability)"
    return f"allow logs:{action} on {where} for this role{of_account if where.startswith('arn:') else ''}"


def _missing(asked: Asked, group: str) -> str:
    if group.startswith("arn:"):
        return "link that account to this one (CloudWatch cross-account observability), or use a role of that account"
    lister = f"`aws logs describe-log-groups --region {asked.logs.region}` lists what there is"
    return f"correct `{asked.key} groups:`; {lister}; a group of a linked account is named by its ARN"
