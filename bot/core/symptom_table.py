"""The table of known failures, in the order of the decision tree: deployment, database, infrastructure, application, then the general ones."""

import re

from bot.model import BugClass, Category

# They begin where a word begins, or a long line of colons would be tried at each of its characters.
_AT = r"(?<![^\s'\"`,;()])(?P<it>[^\s'\"`,;()]{1,120}:\d{2,5})"
_DATABASE_AT = r"(?<![^\s'\"`,;()])(?P<it>[^\s'\"`,;()]{1,120}:(?:5432|3306|6379|27017|1433))"


class Row:
    """One kind of failure. `{it}` in the meaning is what the pattern caught under that name, else `otherwise`.

    `explains`: the words name the cause themselves. `general`: they fit many failures and count only when nothing else is found.
    """

    explains = True
    general = False

    def __init__(self, name: str, category: Category, bug_class: BugClass, *patterns: str) -> None:
        self.name, self.category, self.bug_class = name, category, bug_class
        self.patterns = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
        self.meaning = self.settle = self.otherwise = ""

    def means(self, meaning: str, settle: str, otherwise: str = "it") -> "Row":
        """What the failure means, and what would settle its cause further."""
        self.meaning, self.settle, self.otherwise = meaning, settle, otherwise
        return self

    def hints(self, meaning: str, settle: str, otherwise: str = "it") -> "Row":
        """As `means`, for words that tell what happened but not why."""
        self.explains = False
        return self.means(meaning, settle, otherwise)

    def as_last_resort(self) -> "Row":
        """Counted only when no other row fits."""
        self.general = True
        return self


ROWS = (
    # deployment
    Row("image pull failure", "deployment", "configuration", r"\b(?:ImagePullBackOff|ErrImagePull|pull access denied|manifest unknown)\b").means(
        "The container image could not be pulled", "the image's name and the registry's credentials of that deployment"
    ),
    Row(
        "failing start",
        "deployment",
        "configuration",
        r"\bCrashLoopBackOff\b",
        r"\b(?:readiness|liveness|startup) probe failed\b",
        r"\bhealth ?check (?:failed|timed? ?out)\b",
    ).hints("The new version did not become healthy", "the first log lines of the container that failed, and what the deployment changed"),
    Row(
        "failed rollout", "deployment", "configuration", r"\b(?:deploy(?:ment)?|rollout|build|migration)s? (?:has |have )?(?:failed|timed out|exceeded)\b"
    ).hints("A deployment step failed", "the log of that deployment"),
    # database
    Row("deadlock", "database", "race condition", r"\bdeadlock (?:detected|found)\b", r"\b40P01\b", r"Lock wait timeout exceeded").means(
        "Two database transactions waited for each other's rows and one was ended",
        "the statements of both transactions (PostgreSQL logs them) and the order in which they lock rows",
    ),
    Row(
        "concurrent update",
        "database",
        "race condition",
        r"could not serialize access",
        r"SQLSTATE\W{0,4}(?:40001|55P03)\b",
        r"\bStaleDataError\b",
        r"\bOptimisticLock\w{0,40}",
        r"could not obtain lock",
    ).means("Two database transactions changed the same rows at the same time", "the transactions that touched those rows at that moment"),
    Row(
        "connection pool exhausted",
        "database",
        "resource exhaustion",
        r"QueuePool limit of size \d{1,6}",
        r"too many (?:clients|connections)",
        r"remaining connection slots",
        r"connection pool (?:is )?(?:exhausted|timeout|timed out)",
        r"SQLSTATE\W{0,4}53300\b",
    ).means("Every database connection was in use", "the connections by client and state (pg_stat_activity) and the transactions that hold them longest"),
    Row("statement timeout", "database", "timeout", r"canceling statement due to (?:statement|lock) timeout", r"SQLSTATE\W{0,4}57014\b").means(
        "A database statement ran longer than its limit", "the plan of that statement and what blocked it at the time"
    ),
    Row(
        "missing table or column",
        "database",
        "configuration",
        r"(?:relation|table|column) [\"'`]?(?P<it>[\w.]{1,80})[\"'`]? (?:of relation [\"\w]{1,80} )?does not exist",
        r"no such (?:table|column): (?P<it>[\w.]{1,80})",
        r"SQLSTATE\W{0,4}42(?:P01|703)\b",
    ).means("The code expects a table or column that the database does not have: {it}", "which migrations have run in that environment", "it is not named"),
    Row(
        "constraint violation",
        "database",
        "logic error",
        r"duplicate key value violates unique constraint",
        r"violates (?:foreign key|not-null|check) constraint",
        r"SQLSTATE\W{0,4}235(?:02|03|05|14)\b",
        r"(?:UNIQUE|FOREIGN KEY|NOT NULL) constraint failed",
    ).hints("The database refused rows that break a constraint", "the row that stands there already, and who wrote it"),
    Row(
        "database login refused",
        "database",
        "permission",
        r"password authentication failed for user",
        r"SQLSTATE\W{0,4}28P01\b",
        r"permission denied for (?:table|relation|schema|sequence) [\w.]{1,80}",
    ).means("The database refused the user that the service logs in as", "the credentials and grants of that user"),
    Row(
        "database unreachable",
        "database",
        "external service",
        r"connection to server at (?P<it>[^\n,]{1,120})[^\n]{0,80} failed",
        rf"{_DATABASE_AT}[^\n]{{0,80}}connection refused",
        rf"connection refused[^\n]{{0,80}}?{_DATABASE_AT}",
    ).means("The database at {it} did not take the connection", "whether the database was up and reachable from that pod at the time", "an unnamed address"),
    Row(
        "database error", "database", "unknown", r"\bSQLSTATE\W{0,4}[0-9A-Z]{5}\b", r"\bpsycopg\w{0,10}\.", r"\b(?:Operational|Programming|Integrity)Error\b"
    ).hints("The database answered with an error", "the statement and the database's own log at that moment"),
    # infrastructure
    Row(
        "out of memory",
        "infrastructure",
        "resource exhaustion",
        r"\bOOM ?Killed\b",
        r"\bout of memory\b",
        r"\bMemoryError\b",
        r"OutOfMemoryError",
        r"Cannot allocate memory",
        r"exit code 137\b",
    ).means("The process ran out of memory", "the memory of that container over the hours before, and its limit"),
    Row("disk full", "infrastructure", "resource exhaustion", r"No space left on device", r"\bENOSPC\b", r"\bdisk (?:is )?full\b").means(
        "A disk is full", "what grew on that volume"
    ),
    Row("too many open files", "infrastructure", "resource leak", r"Too many open files", r"\bEMFILE\b").means(
        "The process has too many files or sockets open", "the open files of that process by kind"
    ),
    Row("certificate problem", "infrastructure", "configuration", r"certificate (?:has )?expired", r"CERTIFICATE_VERIFY_FAILED", r"x509: [^\n]{1,80}").means(
        "A TLS certificate was not accepted", "the dates and the chain of that certificate"
    ),
    Row(
        "name not resolved",
        "infrastructure",
        "configuration",
        r"Name or service not known",
        r"getaddrinfo \w{1,20}",
        r"\bENOTFOUND\b",
        r"no such host",
        r"Temporary failure in name resolution",
    ).means("A host name could not be resolved", "the name as it is configured, and DNS in that cluster at the time"),
    Row(
        "connection refused",
        "infrastructure",
        "external service",
        rf"{_AT}[^\n]{{0,60}}connection refused",
        rf"(?:connection refused|ECONNREFUSED|Connect call failed)[^\n]{{0,40}}?{_AT}",
        r"connection refused|ECONNREFUSED|Connect call failed",
    ).means("The connection to {it} was refused: nothing listened there", "whether that service was running and where, at the time", "the other side"),
    Row(
        "rate limit", "infrastructure", "external service", r"\b429 [^\n]{0,40}", r"too many requests", r"rate.?limit(?:ed| exceeded)", r"ThrottlingException"
    ).means("The other side limits how often it is called", "the number of calls by client before that moment"),
    Row(
        "upstream failure",
        "infrastructure",
        "external service",
        r"\b50[234] (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)",
        r"no healthy upstream",
        r"connection reset by peer",
        r"\bECONNRESET\b",
        r"broken pipe",
    ).hints("A service that was called failed or hung up", "that service's own log at that moment"),
    # application
    Row(
        "missing module",
        "application",
        "dependency",
        r"No module named ['\"]?(?P<it>[\w.]{1,120})",
        r"Cannot find module ['\"](?P<it>[^'\"\n]{1,120})",
        r"(?:NoClassDefFoundError|ClassNotFoundException): (?P<it>[\w./$]{1,160})",
        r"cannot import name ['\"]?(?P<it>\w{1,80})",
    ).means("The running version lacks a module that its code imports: {it}", "the packages of the image that runs, compared with what the code imports"),
    Row(
        "missing setting",
        "application",
        "configuration",
        r"KeyError: ['\"](?P<it>[A-Z][A-Z0-9]{1,20}_[A-Z0-9_]{1,60})['\"]",
        r"environment variable ['\"]?(?P<it>\w{1,80})['\"]? (?:is )?(?:not set|missing|required)",
        r"missing required (?:setting|configuration|environment variable):? ?['\"]?(?P<it>\w{1,60})",
    ).means("A setting is missing in this environment: {it}", "the environment of that container, compared with another where it works"),
    Row(
        "missing value",
        "application",
        "missing value",
        r"'NoneType' object \w[^\n]{0,80}",
        r"(?:NullPointer|NullReference)Exception",
        r"Cannot read propert(?:y|ies) [^\n]{0,60}(?:undefined|null)",
        r"nil pointer dereference",
        r"undefined is not an? \w{1,20}",
    ).hints("A value that the code needs was not there", "where that value comes from, for the request that failed"),
    Row(
        "incompatible interface",
        "application",
        "dependency",
        r"\bAttributeError: (?:module )?[^\n]{1,120}has no attribute[^\n]{0,80}",
        r"\bNoSuchMethodError\b",
        r"unexpected keyword argument [^\n]{1,80}",
    ).hints("Code calls something that the installed version does not offer", "the versions of the packages before and after the last deployment"),
    Row(
        "race between requests",
        "application",
        "race condition",
        r"\b(?:reserved|modified|changed|updated|taken|locked) by another \w{1,40}",
        r"\bConcurrentModification\w{0,20}",
        r"\bversion conflict\b",
        r"\balready (?:reserved|locked|being processed) by\b",
    ).hints("Another request was at the same data at the same time", "the other requests on the same data at that moment"),
    Row(
        "recursion", "application", "logic error", r"\bRecursionError\b", r"\bStackOverflowError\b", r"maximum recursion depth", r"Maximum call stack size"
    ).means("A function calls itself without end", "the repeating frames of the stack"),
    # general
    Row(
        "permission",
        "application",
        "permission",
        r"\bAccessDenied\w{0,20}",
        r"\bPermissionError\b",
        r"permission denied",
        r"\b403 Forbidden\b",
        r"\b401 Unauthorized\b",
        r"\bExpiredToken\w{0,20}",
    )
    .hints("A permission or a credential was refused", "the identity that called, its rights, and when they changed")
    .as_last_resort(),
    Row(
        "timeout",
        "infrastructure",
        "timeout",
        r"\btime(?:d)? ?out(?:Error|Exception)?\b",
        r"deadline exceeded",
        r"\bETIMEDOUT\b",
        r"did not (?:answer|respond) in [^\n]{1,30}",
    )
    .hints("Something did not answer in time", "how long that call usually takes, and the load of the other side at that moment")
    .as_last_resort(),
    Row(
        "broken assumption",
        "application",
        "logic error",
        r"\b(?:Assertion|ZeroDivision|Index|Key|UnboundLocal|Name|Type)Error\b",
        r"\b(?:IllegalState|ClassCast|IndexOutOfBounds)Exception\b",
        r"index out of (?:range|bounds)",
        r"division by zero",
    )
    .hints("The code met a state that it does not expect", "the values that the failing function was called with")
    .as_last_resort(),
    Row(
        "refused input",
        "application",
        "invalid input",
        r"\b(?:Validation|Value|JSONDecode|Parse|UnicodeDecode)Error\b",
        r"\b(?:BadRequest|InvalidArgument|IllegalArgument)\w{0,20}",
        r"\b4(?:00 Bad Request|22 Unprocessable)",
        r"\binvalid (?:input|argument|value)\b",
    )
    .hints("The code refused what it was given", "the input of the failing request")
    .as_last_resort(),
)
