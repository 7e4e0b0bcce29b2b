"""AWS credentials: where they come from, and what to do for each way in which they fail."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

from bot.errors import SourceError
from bot.model import Checkup

_LOGIN = "run `aws sso login{profile}`"
_CHECK = "run `aws sts get-caller-identity{profile}` and mend what it says"
_NO_CREDENTIALS = (
    "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; "
    "in GitHub Actions give the job `id-token: write` and use aws-actions/configure-aws-credentials"
)
_UNREACHABLE = {"EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError", "ReadTimeoutError"}
# Class names of botocore.exceptions and what they mean; the names are compared, so that botocore is not imported for it.
_BY_CLASS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"LoginRefreshRequired", "LoginTokenLoadError", "LoginError"}), "the AWS login has expired", "run `aws login{profile}`"),
    (frozenset({"TokenRetrievalError"}), "the SSO token could not be refreshed", _LOGIN),
    (frozenset({"NoAuthTokenError"}), "no AWS credentials were found", _NO_CREDENTIALS),
    (frozenset({"UnauthorizedSSOTokenError", "SSOTokenLoadError", "SSOError"}), "the SSO session has expired", _LOGIN),
    (frozenset({"NoCredentialsError"}), "no AWS credentials were found", _NO_CREDENTIALS),
    (frozenset({"PartialCredentialsError"}), "an access key without its secret, or the reverse", "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    (frozenset({"CredentialRetrievalError", "MetadataRetrievalError"}), "the credential process or the metadata service failed", _CHECK),
    (frozenset({"ProfileNotFound"}), "the AWS profile does not exist", "set AWS_PROFILE to one that `aws configure list-profiles` shows"),
    (frozenset({"NoRegionError"}), "no AWS region is set", "set `region:` of this cluster in .github/knowledge-bot.yml, or AWS_REGION"),
    (frozenset(_UNREACHABLE), "AWS could not be reached", "check network, VPN and the region"),
)  # fmt: skip
_EXPIRED = ("the temporary AWS keys have expired", "assume the role again (`aws sso login{profile}`, or re-run the workflow)")
_WRONG_KEYS = ("AWS does not accept these keys", "check the access key and its secret, and that the clock of this machine is right")
_BY_CODE = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidClientTokenId": _WRONG_KEYS,
    "UnrecognizedClientException": _WRONG_KEYS,
    "SignatureDoesNotMatch": _WRONG_KEYS,
    "InvalidSignatureException": _WRONG_KEYS,
    "IncompleteSignatureException": _WRONG_KEYS,
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class AwsSession(Protocol):
    """What is used of `boto3.Session`."""

    @property
    def profile_name(self) -> str: ...  # noqa: D102 - boto3's name
    @property
    def region_name(self) -> str | None: ...  # noqa: D102 - boto3's name
    def get_credentials(self) -> Any: ...  # noqa: D102 - boto3's name
    def client(self, service_name: str, **settings: Any) -> Any: ...  # noqa: D102 - boto3's name


class AwsRefusal(Exception):
    """What a call to AWS ended in, read once: `code` is AWS's own, empty when it did not get so far; cause and remedy are `remedy`'s.

    `signing_in` says that no other call will fare better; `unreachable` that no answer came.
    """

    def __init__(self, error: Exception, profile: str | None = None) -> None:
        super().__init__(type(error).__name__)
        self.code, self.message = _client_error(error)
        self.cause, self.remedy = remedy(error, profile)
        lineage = {kind.__name__ for kind in type(error).__mro__}
        self.unreachable = bool(lineage & (_UNREACHABLE | {"HTTPClientError"}))
        known = any(not names.isdisjoint(lineage) for names, _, _ in _BY_CLASS)
        self.signing_in = self.code in _BY_CODE or (known and not self.unreachable)
        self.unreadable = isinstance(error, _UNREADABLE)


# botocore does not guard its parsers: an answer of another shape than the model's ends in one of these.
_UNREADABLE = (AttributeError, TypeError, ValueError, KeyError, RecursionError)


def open_session(region: str | None) -> AwsSession:
    """The session of AWS_PROFILE, environment keys, role or instance. Raises botocore errors; `remedy` explains them."""
    import boto3  # noqa: PLC0415 - heavy, and needed only where requests are signed

    return cast(AwsSession, boto3.Session(region_name=region))


def remedy(error: Exception, profile: str | None = None) -> tuple[str, str]:
    """Cause and remedy of a botocore error; the class and code tables are AWS's (botocore.exceptions; STS common errors)."""
    option = f" --profile {profile}" if profile and profile != "default" else ""
    lineage = [kind.__name__ for kind in type(error).__mro__]
    for names, cause, advice in _BY_CLASS:
        if not names.isdisjoint(lineage):
            return cause, advice.format(profile=option)
    code, message = _client_error(error)
    if code in _BY_CODE:
        cause, advice = _BY_CODE[code]
        return cause, advice.format(profile=option)
    if code in _DENIED:
        return message or "access denied", "let an administrator allow that action on that resource for this role"
    return f"{type(error).__name__}{f' ({code})' if code else ''}", _CHECK.format(profile=option)


def opened(open_it: Callable[[], AwsSession], name: str) -> AwsSession:
    """The session, its failures explained. `name` is the source that needs it. Raises SourceError."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    try:
        return open_it()
    except (BotoCoreError, ClientError) as error:
        raise SourceError(f"signing in to AWS for {name}", *remedy(error)) from error


def credentials_of(session: AwsSession, name: str) -> Any:
    """The session's credentials, renewed by themselves as long as that is possible. Raises SourceError."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    doing = f"signing in to AWS for {name}"
    try:
        found = session.get_credentials()
    except (BotoCoreError, ClientError) as error:
        raise SourceError(doing, *remedy(error, session.profile_name)) from error
    if found is None:
        raise SourceError(doing, "no AWS credentials were found", _NO_CREDENTIALS)
    return found


def logs_client(session: AwsSession, region: str, endpoint: str | None, seconds: float) -> Any:
    """A client for CloudWatch Logs that waits so many seconds for an answer and leaves repeating to its caller. Raises AwsRefusal."""
    from botocore.config import Config  # noqa: PLC0415 - as above
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    patience = Config(connect_timeout=min(5.0, seconds), read_timeout=seconds, retries={"total_max_attempts": 1}, max_pool_connections=8)
    try:
        return session.client("logs", region_name=region, endpoint_url=endpoint, config=patience)
    except (BotoCoreError, ValueError) as error:
        raise AwsRefusal(error, session.profile_name) from error


def ask(request: Callable[[], Any], profile: str | None = None) -> Any:
    """The answer to one call of a client. Raises AwsRefusal."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    try:
        return request()
    except (BotoCoreError, ClientError, *_UNREADABLE) as error:
        raise AwsRefusal(error, profile) from error


def examine_session(session: AwsSession, name: str, endpoint_url: str | None = None) -> Iterable[Checkup]:
    """One harmless call: who are we? Needs no permission (AWS: GetCallerIdentity is always allowed)."""
    from botocore.config import Config  # noqa: PLC0415 - as above
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        patience = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 2})
        region = session.region_name or "us-east-1"
        identity = session.client("sts", region_name=region, endpoint_url=endpoint_url, config=patience).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        cause, advice = remedy(error, session.profile_name)
        yield Checkup(f"AWS session for {name}", False, cause, advice)
    else:
        yield Checkup(f"AWS session for {name}", True, str(identity.get("Arn", "an identity without a name"))[:200])


def _client_error(error: Exception) -> tuple[str, str]:
    response = getattr(error, "response", None)
    told = response.get("Error") if isinstance(response, dict) else None
    return (str(told.get("Code", "")), str(told.get("Message", ""))[:300]) if isinstance(told, dict) else ("", "")
