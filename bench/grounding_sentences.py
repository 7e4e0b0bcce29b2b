"""Sentences as a model writes them, true and false of the same kind, about a made-up case."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from bot.model import Case, CodePlace, Commit, Deploy, LogEvent, Trend


class Sentence(NamedTuple):
    """What is said; `advice` goes into a field that says what to do."""

    kind: str
    text: str
    true: bool
    advice: bool = False


def about(case: Case, random: Random) -> Iterator[Sentence]:
    """One pair of each kind, in an order of its own."""
    pairs = [
        *_logs(case, random),
        *_code(case, random),
        *_changes(case, random),
        *_counts(case, random),
        *_times(case, random),
        *_past(case),
        *_advice(case, random),
        *_states(random),
    ]
    random.shuffle(pairs)
    yield from pairs


def _logs(case: Case, random: Random) -> Iterator[Sentence]:
    evidence, event = random.choice([(one, one.detail) for one in case.evidence if isinstance(one.detail, LogEvent)])
    words = event.message
    yield Sentence("quotation", f'The log says "{words}" just before it fails.', True)
    yield Sentence("quotation", f'The log says "{words[: len(words) // 2]} because the disk of the primary was full".', False)
    yield Sentence("evidence", f"The first sign is in {evidence.id}.", True)
    yield Sentence("evidence", f"The first sign is in E{len(case.evidence) + random.randint(1, 400)}.", False)
    yield Sentence("identifier", f"The trace {event.trace_id} shows it.", True)
    yield Sentence("identifier", f"Request req-{random.randint(10**6, 10**7)}x shows it.", False)
    yield Sentence("identifier", f"It runs on pod checkout-{random.randint(10**5, 10**6)}-xk{random.randint(2, 9)}z only.", False)
    yield Sentence("link", f"See {event.place} for the event.", True)
    yield Sentence("link", f"See https://status.example.net/incidents/{random.randint(100, 999)} for the event.", False)


def _code(case: Case, random: Random) -> Iterator[Sentence]:
    places = [one.detail for one in case.evidence if isinstance(one.detail, CodePlace)]
    place = random.choice(places)
    yield Sentence("function", f"{place.function}() gives up when no connection is free.", True)
    yield Sentence("function", f"{place.function.rpartition('_')[0]}_with_backoff() gives up when no connection is free.", False)
    yield Sentence("code span", f"The pool is held by `{place.function}` for too long.", True)
    yield Sentence("code span", f"The pool is held by `LegacyInvoiceExporter.{random.choice(('drain', 'flush'))}_all` for too long.", False)
    yield Sentence("line", f"It is raised at {place.path}:{place.line}.", True)
    yield Sentence("line", f"It is raised at {place.path}:{place.line + random.randint(40, 900)}.", False)
    yield Sentence("file", f"The timeout is set in {place.path}.", True)
    yield Sentence("file", f"The timeout is set in checkout/settings/{random.choice(('limits', 'database', 'pools'))}.py.", False)


def _changes(case: Case, random: Random) -> Iterator[Sentence]:
    commits = [one.detail for one in case.evidence if isinstance(one.detail, Commit)]
    commit = random.choice(commits)
    number = commit.pull_request.rpartition("/")[2] if commit.pull_request else ""
    sha = "".join(random.choice("0123456789abcdef") for _ in range(9)) + "b3"
    yield Sentence("commit", f"Commit {commit.sha[: random.choice((7, 10, 12))]} made the pool smaller.", True)
    yield Sentence("commit", f"Commit {sha[: random.choice((7, 10, 11))]} made the pool smaller.", False)
    yield Sentence("commit", f"Revert {commit.sha[:8]} and deploy.", True, advice=True)
    yield Sentence("commit", f"Revert {sha[:10]} and deploy.", False, advice=True)
    yield Sentence("pull request", f"It came with pull request #{number}.", True)
    yield Sentence("pull request", f"It came with PR {random.randint(5_000, 9_000)}.", False)
    yield Sentence("person", f"The change was made by {commit.author}.", True)
    yield Sentence("person", f"The change was made by {random.choice(('Greta Lindqvist', 'Marco Rossi', 'Dana Whitfield', 'Ödön Kovács'))}.", False)
    yield Sentence("person", f"Ask {random.choice(('Greta', 'Marco Rossi', 'Dana'))} why the pool was made smaller.", False, advice=True)
    yield Sentence("handle", "It belongs to @acme/billing.", True)
    yield Sentence("handle", f"It belongs to @{random.choice(('acme/payments-core', 'glindqvist', 'dana-w'))}.", False)
    deploy = next(one.detail for one in case.evidence if isinstance(one.detail, Deploy))
    yield Sentence("version", f"It began with {deploy.release}.", True)
    yield Sentence("version", f"It began with v{random.randint(5, 9)}.{random.randint(50, 90)}.{random.randint(10, 30)}.", False)


def _counts(case: Case, random: Random) -> Iterator[Sentence]:
    trend = random.choice([one.detail for one in case.evidence if isinstance(one.detail, Trend)])
    after = trend.counts[0][1]
    customers = int(trend.statement.partition("; ")[2].partition(" ")[0])
    share = trend.statement.rpartition(", ")[2].partition("%")[0]
    yield Sentence("count", f"It failed {after} times since the deploy.", True)
    yield Sentence("count", f"It failed {after * 3 + 1_000} times since the deploy.", False)
    yield Sentence("people", f"It hit {customers} customers.", True)
    yield Sentence("people", f"It hit {1_000 + random.randint(1, 8_000):,} customers.", False)
    yield (
        Sentence("people", f"{random.choice(('Millions', 'Tens of thousands'))} of merchants could not pay.", False)
        if random.random() < 0.3
        else Sentence("people", "All customers were affected.", False)
    )
    yield Sentence("share", f"{share}% of the calls failed.", True)
    yield Sentence("share of another", f"{share}% of the customers could not pay.", False)
    yield Sentence("share", f"{int(share) / 1000 + 0.5:.3f} % of the calls failed.", False)
    event = next(one.detail for one in case.evidence if isinstance(one.detail, LogEvent) and " ms" in one.detail.message)
    milliseconds = int(event.message.partition(" ms")[0].rpartition(" ")[2])
    yield Sentence("duration", f"The call took {milliseconds} ms.", True)
    yield Sentence("duration", f"The call took {milliseconds / 1000:.1f} s.", True)
    yield Sentence("duration", f"The call took {random.randint(70, 99)} seconds.", False)
    yield Sentence("size", f"The heap reached {random.randint(5, 90)},{random.randint(100, 999)} MB.", False)
    yield Sentence("status", f"It answered {random.choice((401, 418, 451))} instead.", False)


def _times(case: Case, random: Random) -> Iterator[Sentence]:
    event = random.choice([one.detail for one in case.evidence if isinstance(one.detail, LogEvent)])
    deploy = next(one.detail for one in case.evidence if isinstance(one.detail, Deploy))
    minutes = round((case.alert.time - deploy.time).total_seconds() / 60)
    yield Sentence("clock", f"It failed at {event.time:%H:%M:%S} UTC.", True)
    yield Sentence("clock", f"It failed at {random.randint(1, 9):02}:{random.randint(10, 59)} UTC.", False)
    yield Sentence("date", f"This release is of {event.time:%Y-%m-%d}.", True)
    yield Sentence("date", f"This release is of {random.randint(2019, 2025)}-0{random.randint(1, 9)}-1{random.randint(0, 9)}.", False)
    yield Sentence("span", f"The deploy was {minutes} minutes before the alert.", True)
    yield Sentence("span", f"The deploy was {random.randint(11, 23) * 7} days before the alert.", False)


def _past(case: Case) -> Iterator[Sentence]:
    past = case.history[0] if case.history else None
    if past is None:
        yield Sentence("recurrence", "This has happened before.", False)
        yield Sentence("recurrence", "This is a regression of an earlier problem.", False)
        yield Sentence("recurrence", "It is the third time that it fails.", False)
        yield Sentence("recurrence", "It was not seen before.", True)
        return
    yield Sentence("recurrence", f"This has happened before, last on {past.last_seen:%Y-%m-%d}.", True)
    yield Sentence("recurrence", f"It was seen {past.occurrences} times before.", True)
    yield Sentence("recurrence", "It is the 57th time that it fails.", False)
    yield Sentence("recurrence", "It is the first time that this happens.", False)


def _advice(case: Case, random: Random) -> Iterator[Sentence]:
    yield Sentence("advice", f"Retry {random.randint(2, 6)} times with {random.randint(2, 9) * 100} ms between.", True, advice=True)
    yield Sentence(
        "advice",
        f"Raise the pool to {random.randint(61, 300)} connections and alert after {random.randint(2, 9)} errors within {random.randint(2, 9)} minutes.",
        True,
        advice=True,
    )
    yield Sentence("advice", "Set `pool_recycle=1800`, and use `SELECT 1` as the probe.", True, advice=True)
    yield Sentence("told in advice", f"Raise the pool, because it was exhausted {random.randint(2_000, 9_000)} times.", False, advice=True)
    yield Sentence("plain", f"The service {case.alert.service} waits for a connection that nobody gives back.", True)
    yield Sentence("plain", "Two workers want the same connection, and neither of them gives up: over HTTP/1.1 with UTF-8 that is slow.", True)


def _states(random: Random) -> Iterator[Sentence]:
    """Of systems and people that this case never speaks of."""
    state = random.choice(("Redis was down", "Postgres ran out of connections", "Kafka was unavailable", "an outage of S3 came first", "nobody can check out"))
    yield Sentence("state", f"{state[:1].upper()}{state[1:]} at that time.", False)
    yield Sentence("state", f"It is not known whether {state} at that time.", True)
    yield Sentence("state", "Redis is asked first, and Postgres where it has no answer.", True)
