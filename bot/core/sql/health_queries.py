"""What a database is asked about its own state when it seems to be what failed: read-only, bounded, shown like any other query."""

from bot.model import WantedQuery

POSTGRESQL: tuple[WantedQuery, ...] = (
    WantedQuery(
        "SELECT state, wait_event_type, count(*) AS sessions, max(now() - state_change) AS longest_in_state\n"
        "FROM pg_stat_activity WHERE backend_type = 'client backend'\nGROUP BY state, wait_event_type ORDER BY sessions DESC LIMIT 20",
        "what the sessions are doing, and what they wait for",
        "fewer than 20",
    ),
    WantedQuery(
        "SELECT current_setting('max_connections') AS most, current_setting('superuser_reserved_connections') AS reserved, count(*) AS used\n"
        "FROM pg_stat_activity LIMIT 1",
        "connections against the limit",
        "1",
    ),
    WantedQuery(
        "SELECT waiting.pid AS waiting_pid, now() - waiting.query_start AS waits_for, left(waiting.query, 120) AS waiting_query,\n"
        "       blocking.pid AS blocking_pid, blocking.state AS blocking_state, now() - blocking.xact_start AS blocking_transaction,\n"
        "       left(blocking.query, 120) AS blocking_query\n"
        "FROM pg_stat_activity waiting\n"
        "JOIN pg_stat_activity blocking ON blocking.pid = ANY (pg_blocking_pids(waiting.pid))\n"
        "ORDER BY waits_for DESC LIMIT 20",
        "who waits for a lock, and who holds it",
        "fewer than 20",
    ),
    WantedQuery(
        "SELECT pid, now() - query_start AS runs_for, state, wait_event_type, left(query, 160) AS query\n"
        "FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()\nORDER BY runs_for DESC LIMIT 20",
        "the statements that run longest right now",
        "fewer than 20",
    ),
    WantedQuery(
        "SELECT calls, round(total_exec_time) AS total_ms, round(mean_exec_time) AS mean_ms, rows, left(query, 160) AS query\n"
        "FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 20",
        "the statements that cost most since the statistics were reset (needs the extension pg_stat_statements)",
        "20",
    ),
    WantedQuery(
        "SELECT schemaname, relname, n_live_tup AS live, n_dead_tup AS dead, last_autovacuum, last_autoanalyze,\n"
        "       pg_size_pretty(pg_total_relation_size(relid)) AS size\n"
        "FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 20",
        "bloat: dead rows, last vacuum, size",
        "20",
    ),
    WantedQuery(
        "SELECT datname, numbackends, xact_commit, xact_rollback, deadlocks, conflicts, temp_files, pg_size_pretty(temp_bytes) AS temp\n"
        "FROM pg_stat_database WHERE datname = current_database() LIMIT 1",
        "rollbacks, deadlocks and temporary files of this database",
        "1",
    ),
)
