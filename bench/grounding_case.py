"""A made-up case of any size for the bench of the grounding: logs, code, commits, deploys, counts and an entry, all of one seed."""

from datetime import UTC, datetime, timedelta
from random import Random

from bot.model import Alert, Case, CodePlace, Commit, Deploy, Evidence, Frame, LogEvent, PastEntry, Permalink, Signature, Trend

TIME = datetime(2026, 3, 11, 14, 37, 21, tzinfo=UTC)
_SERVICES = ("checkout", "ledger", "api-gateway", "pricing", "mailer")
_MESSAGES = (
    "upstream {service} answered {status} after {ms} ms for request req-{id}",
    "pool exhausted: {n} of {n} connections in use, waited {s} s",
    "wrote {kb} KB of export {id} for {users} users",
    "retry {k} of 5 for order ord_{id} failed: connection reset by peer",
    "heap at {percent}% ({mb} MB), collected in {ms} ms",
)
_PEOPLE = ("Ines Duarte", "Tomasz Wolny", "Aisha Bello", "Søren Møller", "Li Wei")


def made(random: Random, pieces: int) -> Case:
    """A case with so many pieces of evidence."""
    alert = Alert(
        *(Permalink("acme.slack.com", "C08RB8T6CNS", f"{int(TIME.timestamp())}.000200"), TIME, "prod"),
        text=f"prod: PoolTimeout in create_invoice\nCount: {random.randint(20, 90)} in 10 minutes\nService: checkout",
        error_type="PoolTimeout",
        culprit="create_invoice",
        message="no free connection",
        service="checkout",
        release=f"v4.{random.randint(2, 40)}.{random.randint(1, 9)}",
        trace_ids=(_hex(random, 32),),
        frames=(Frame("create_invoice", "checkout/invoices.py", 88),),
        log_links=("https://logs.example/app/discover",),
    )
    evidence = [_event(random, alert) for _ in range(pieces - 12)]
    evidence += [_place(random, number) for number in range(4)] + [_commit(random, number) for number in range(4)] + [_deploy(random, alert), *_counts(random)]
    numbered = tuple(_numbered(one, number) for number, one in enumerate(evidence, start=1))
    past = PastEntry(
        *("create_invoice_PoolTimeout_a1b2c3", "knowledge/errors/create_invoice_PoolTimeout_a1b2c3.md", "PoolTimeout in create_invoice", "resolved", "high"),
        *(TIME - timedelta(days=random.randint(9, 80)), random.randint(2, 8), "same"),
        resolution="Raised the pool to 40 connections in pull request #812",
        root_cause="The pool of ten connections was too small for the export job",
    )
    signature = Signature("create_invoice_PoolTimeout_a1b2c3", "a1b2c3" + "0" * 26, "create_invoice", "PoolTimeout", "no free connection")
    return Case(alert, signature, TIME - timedelta(minutes=30), TIME + timedelta(minutes=5), numbered, (), (past,))


def _event(random: Random, alert: Alert) -> Evidence:
    at = TIME - timedelta(seconds=random.randint(5, 1_500))
    service = random.choice(_SERVICES)
    words = {
        "service": random.choice(_SERVICES),
        "status": random.choice((500, 502, 503, 504)),
        "ms": random.randint(120, 9_800),
        "id": _hex(random, 8),
        "n": random.randint(8, 60),
        "s": random.randint(3, 45),
        "kb": random.randint(100, 9_000),
        "users": random.randint(3, 400),
        "k": random.randint(1, 4),
        "percent": random.randint(60, 99),
        "mb": random.randint(300, 3_900),
    }
    message = random.choice(_MESSAGES).format(**words)
    stack = "\n".join(f'  File "checkout/{name}.py", line {random.randint(10, 300)}, in {name}_{random.randint(1, 9)}' for name in ("api", "invoices", "pool"))
    trace = alert.trace_ids[0] if random.random() < 0.1 else _hex(random, 32)
    event = LogEvent(
        at, message, f"https://logs.example/app/doc/{_hex(random, 12)}", "ERROR", service, "PoolTimeout", stack, trace, user=f"u{random.randint(1, 60)}"
    )
    return Evidence(
        "log", "opensearch prod", event.place, f"{at:%Y-%m-%dT%H:%M:%SZ} ERROR {service} {message}\n{stack}", time=at, query="level:ERROR", detail=event
    )


def _place(random: Random, number: int) -> Evidence:
    line = random.randint(30, 300)
    function = ("create_invoice", "acquire_connection", "export_rows", "charge_card")[number]
    path = ("checkout/invoices.py", "checkout/pool.py", "jobs/export.py", "checkout/cards.py")[number]
    snippet = f"def {function}(session, amount):\n    with pool.acquire(timeout={random.randint(5, 30)}) as held_{number}:\n        raise PoolTimeout()\n"
    sha = _hex(random, 40)
    link = f"https://github.com/acme/checkout/blob/{sha}/{path}#L{line}"
    return Evidence(
        "code", "code", link, f"{path}:{line}\n{snippet}", detail=CodePlace("checkout", sha, path, line, function, line - 1, snippet, link, ("acme/billing",))
    )


def _commit(random: Random, number: int) -> Evidence:
    at = TIME - timedelta(hours=random.randint(3, 90))
    sha, request = _hex(random, 40), random.randint(900, 4_000)
    subject = ("perf: smaller pool for workers", "feat: nightly export of invoices", "refactor: one client for cards", "chore: drop the old retry")[number]
    commit = Commit(
        *("checkout", sha, random.choice(_PEOPLE), at, f"{subject} (#{request})", "checkout/pool.py", "changed the failing function"),
        removed=(f"    size = {random.randint(20, 60)}",),
        added=(f"    size = {random.randint(2, 12)}",),
        permalink=f"https://github.com/acme/checkout/commit/{sha}",
        pull_request=f"https://github.com/acme/checkout/pull/{request}",
    )
    return Evidence("commit", "code", commit.permalink or "", f"commit {sha[:10]} by {commit.author}: {commit.subject}", time=at, detail=commit)


def _deploy(random: Random, alert: Alert) -> Evidence:
    at = TIME - timedelta(minutes=random.randint(6, 28))
    deploy = Deploy("checkout", "prod", alert.release or "", at)
    return Evidence(
        "deploy", "github", "https://github.com/acme/checkout/deployments", f"checkout {alert.release} went live at {at:%H:%M}", time=at, detail=deploy
    )


def _counts(random: Random) -> list[Evidence]:
    found = []
    for _ in range(3):
        before, after = random.randint(0, 3), random.randint(30, 900)
        statement = (
            f"{after} errors in the ten minutes since the deploy, {before} in the ten before; {random.randint(3, 60)} customers, "
            f"{random.randint(11, 98)}% of the calls."
        )
        found.append(
            Evidence("metric", "trend", "counted in the log", statement, detail=Trend(statement, (("errors after", after), ("errors before", before))))
        )
    return found


def _numbered(evidence: Evidence, number: int) -> Evidence:
    return Evidence(evidence.kind, evidence.source, evidence.place, evidence.text, f"E{number}", evidence.time, evidence.query, evidence.detail)


def _hex(random: Random, length: int) -> str:
    return "".join(random.choice("0123456789abcdef") for _ in range(length - 2)) + "a7"
