"""The service that fails: a request goes through three functions into one that rests on others, on settings, on a schema and on a library."""

import random
from dataclasses import dataclass

from bench.history_code import EXTENSIONS, Function, Source, Statement, World

NOUNS = [
    "order",
    "invoice",
    "wallet",
    "shipment",
    "ticket",
    "booking",
    "claim",
    "parcel",
    "payout",
    "refund",
    "voucher",
    "tenant",
    "device",
    "parking",
    "meter",
    "batch",
    "coupon",
    "contract",
    "listing",
    "survey",
]
PARTS = ["entry", "leaf", "line", "slot", "item", "row", "segment", "position", "share", "chunk"]
VERBS = ["settle", "close", "confirm", "allocate", "assign", "publish", "reconcile", "dispatch", "release", "finalize"]
KEYS = ["ledger_id", "account_ref", "region_code", "owner_key", "batch_no", "partner_id", "currency_code", "unit_ref"]
FIELDS = ["region", "tier", "contact", "branch", "locale", "profile", "carrier", "warehouse"]
SYSTEMS = ["ledger", "billing", "catalog", "inventory", "routing", "pricing", "notify", "risk"]
OTHERS = ["report", "audit", "export", "search", "quota", "banner", "digest", "archive", "avatar", "calendar", "webhook", "feedback"]


@dataclass
class Story:
    """The world with the names of its parts: `failing` is called by `middle`, that by `entry`; the rest is what `failing` calls."""

    world: World
    noun: str
    part: str
    key: str
    column: str
    trait: str
    system: str
    entry: str
    middle: str
    failing: str
    owner: str
    load: str
    convert: str
    pending: str
    split: str
    reserve: str
    minimum: str


def let(name: str, value: str, tag: str = "") -> Statement:
    """`name = value`."""
    return Statement("let", name, value, tag=tag)


def when(condition: str, *body: Statement, tag: str = "") -> Statement:
    """A condition and what it guards."""
    return Statement("if", "", condition, list(body), tag)


def story(rng: random.Random) -> Story:
    """A new world, other names and other pieces each time."""
    noun, part, system = rng.choice(NOUNS), rng.choice(PARTS), rng.choice(SYSTEMS)
    key, column = rng.sample(KEYS, 2)
    made = Story(
        World(rng.choice(list(EXTENSIONS))),
        *(noun, part, key, column, rng.choice(FIELDS), system),
        entry=f"handle_{noun}",
        middle=f"process_{noun}",
        failing=f"{rng.choice(VERBS)}_{noun}",
        owner=rng.choice(["find_owner", "lookup_customer", "fetch_holder", "owner_of"]),
        load=f"load_{part}s",
        convert=rng.choice(["to_cents", "minor_units", "as_amount", "scaled"]),
        pending=f"pending_{rng.choice(['total', 'sum', 'balance'])}",
        split=f"count_{part}s",
        reserve=f"reserve_{part}",
        minimum=f"MINIMUM_{noun.upper()}",
    )
    _fill(made, rng)
    return made


def _fill(made: Story, rng: random.Random) -> None:
    world, dot = made.world, EXTENSIONS[made.world.language]
    root = rng.choice(["app", "src", "service", f"acme/{made.noun}s"])
    stems = {"store": f"{made.part}_store", "money": rng.choice(["money", "amounts", "units"]), "limits": rng.choice(["limits", "constants", "rules"])}

    def add(folder: str, stem: str, imports: list[str], *functions: Function, **constants: str) -> None:
        world.code[f"{root}/{folder}/{stem}.{dot}"] = Source(world.language, imports, constants, list(functions))

    domain, service = f"{made.failing.partition('_')[0]}ment", f"{made.noun}_service"
    add("handlers", f"{made.noun}_handler", [service], _entry(made), *_others(rng, 2, made.noun))
    add("services", service, [domain], _middle(made), *_others(rng, 2, "service"))
    add("domain", domain, ["json", stems["store"], stems["money"], stems["limits"], f"{made.system}_client"], *_others(rng, 1, "domain"), _failing(made, rng))
    add("store", stems["store"], ["database"], *_stores(made), *_others(rng, 1, "store"))
    add("lib", stems["money"], [], _convert(made), *_others(rng, 2, "lib"))
    add("lib", stems["limits"], [], **{made.minimum: "100", "BATCH_SIZE": "50", "MAX_RETRIES": "3", f"MAXIMUM_{made.noun.upper()}": "100000"})
    for name in rng.sample(OTHERS, rng.randint(4, 9)):
        add(
            rng.choice(["services", "domain", "lib", "jobs"]),
            name,
            rng.sample([stems["money"], stems["limits"], stems["store"]], 1),
            *_others(rng, rng.randint(2, 5), name),
        )
    world.texts |= {
        "config/settings.yaml": "\n".join(
            [
                *(f"{made.system}:", f"  url: https://{made.system}.internal:8443", "  timeout: 30", "  retries: 3"),
                *("database:", "  pool_size: 20", "  timeout: 5", "features:", "  new_banner: false", "  digest: true", ""),
            ]
        ),
        _manifest(world.language): "".join(
            f"{name}=={number}\n"
            for name, number in [("database", "1.4.2"), (f"{made.system}-client", "2.4.0"), ("yaml-reader", "6.0.1"), ("web-frame", "3.0.3")]
        ),
        "migrations/0001_start.sql": f"CREATE TABLE {made.part}s (id INT, {made.key} INT, {made.column} INT);\n",
        "README.md": f"# {made.noun}s\n",
        f"tests/test_{domain}.{dot}": f"{made.failing}()\n",
        "docs/operations.md": "How it runs.\n",
    }


def _manifest(language: str) -> str:
    return {"python": "requirements.txt", "ruby": "Gemfile", "go": "go.mod", "java": "build.gradle"}.get(language, "package.json")


def _entry(made: Story) -> Function:
    noun = made.noun
    body = [let("session", "open_session(request)"), let(noun, f'read_body(request, "{noun}")'), let("answer", f"{made.middle}({noun}, session)", "call")]
    return Function(made.entry, ["request"], [*body, Statement("return", "", "answer")])


def _middle(made: Story) -> Function:
    noun = made.noun
    guard = when(f"{noun}.state != OPEN", Statement("return", "", "NOTHING"))
    body = [guard, let("limit", f"page_limit({noun})", "limit"), let("outcome", f"{made.failing}({noun}, session, limit)", "call")]
    return Function(made.middle, [noun, "session"], [*body, Statement("log", f"{noun} done", f"{noun}.id"), Statement("return", "", "outcome")])


def _failing(made: Story, rng: random.Random) -> Function:
    """All that can fail, in an order that varies."""
    noun, part = made.noun, made.part
    index = rng.choice(["i", "index", "at"])
    loop = Statement(
        "for",
        index,
        f"SIZE({part}s)",
        [let(part, f"HELD({part}s, {index})", "index"), let("ref", f'HELD({part}, "{made.key}")', "key"), Statement("do", "", "seen.append(ref)")],
        "loop",
    )
    pieces = [
        [when(f"amount < {made.minimum}", Statement("raise", "ValidationError", f"{noun} amount below minimum", tag="refused"), tag="condition")],
        [let(f"{part}s", f"{made.load}(session, owner)", "loaded"), loop],
        [let("parts", f"{made.split}({noun})"), let("share", "amount / parts", "division")],
        [let("open_total", f"amount + {made.pending}(session, owner)", "sum")],
        [let("bound", "limit * 2", "bound")],
        [
            let("payload", f'json.dump({noun}, "{noun}", owner)', "dump"),
            Statement("do", "", f'{made.system}_client.post(setting("{made.system}.url"), payload, setting("{made.system}.timeout"))', tag="post"),
        ],
        [when(f"{made.reserve}(session, owner, amount) == 0", Statement("raise", "ConflictError", f"insufficient {part} balance", tag="conflict"))],
    ]
    rng.shuffle(pieces)
    start = [
        let("owner", f"{made.owner}(session, {noun})", "owner"),
        when("owner == NOTHING", Statement("return", "", "NOTHING"), tag="guard"),
        let(made.trait, f"owner.{made.trait}", "trait"),
        let("amount", f"{made.convert}({noun}.total)", "amount"),
        let("seen", "new_list()"),
    ]
    return Function(made.failing, [noun, "session", "limit"], [*start, *(one for piece in pieces for one in piece), Statement("return", "", "seen")])


def _stores(made: Story) -> list[Function]:
    part, key = made.part, made.key
    query = f'"SELECT id, {key}, {made.column} FROM {part}s WHERE owner = ?"'  # noqa: S608 - never run
    return [
        Function(
            made.owner,
            ["session", made.noun],
            [let("query", f'session.table("owners").where("id", {made.noun}.owner)', "query"), Statement("return", "", "query.first()", tag="result")],
        ),
        Function(
            made.load,
            ["session", "owner"],
            [
                let("rows", f"session.run({query}, owner.id)", "select"),
                let("found", "new_list()"),
                Statement(
                    "for", "n", "SIZE(rows)", [Statement("do", "", f'found.append(record("{key}", rows.at(n), "{made.column}", rows.at(n)))', tag="record")]
                ),
                Statement("return", "", "found"),
            ],
        ),
        Function(
            made.pending, ["session", "owner"], [let("waiting", 'session.sum("waiting", owner.id)'), Statement("return", "", "waiting + 0", tag="result")]
        ),
        Function(made.split, [made.noun], [let("wanted", f'option({made.noun}, "parts", 1)', "default"), Statement("return", "", "wanted")]),
        Function(
            made.reserve,
            ["session", "owner", "amount"],
            [
                let("free", f'session.table("{part}s").where("owner", owner.id)'),
                let("held", "free.lock_rows(session)", "lock"),
                when("SIZE(free) == 0", Statement("return", "", "0")),
                Statement("do", "", "free.take(amount)"),
                Statement("return", "", "1"),
            ],
        ),
    ]


def _convert(made: Story) -> Function:
    return Function(made.convert, ["value"], [let("exact", "value * 100", "scale"), Statement("return", "", "exact", tag="result")])


def _others(rng: random.Random, count: int, about: str) -> list[Function]:
    """Functions that have nothing to do with it, of the same vocabulary."""
    found = []
    for verb in rng.sample(["render", "collect", "refresh", "merge", "trim", "notify", "group", "score", "list", "queue"], count):
        subject, value = rng.choice(["rows", "owner", "amount", "items", "limit"]), rng.choice(["total", "kept", "share", "result"])
        guard = when(f"{subject} == NOTHING", Statement("return", "", "NOTHING"))
        body = [
            guard,
            let(value, f"{rng.choice(['pick', 'scan', 'fold', 'sort'])}({subject}, {rng.randint(2, 90)})"),
            Statement("log", f"{verb} {about}", subject),
        ]
        found.append(Function(f"{verb}_{about}", [subject, "session"], [*body, Statement("return", "", value)]))
    return found
