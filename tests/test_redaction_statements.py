"""Values of SQL that stand away from their column, which gives them away."""

import pytest

from bot.core.redaction.redaction import PLACEHOLDER, WITHHELD, Redactor
from bot.core.redaction.statements import columns
from tests.marked import found, wrong

STATEMENTS = r"""
INSERT INTO users (name, password) VALUES ('ann', '⟦hunter22⟧')
INSERT INTO users (password, name) VALUES ('⟦hunter22⟧', 'ann12345') RETURNING id
insert into users(name,password_hash,n) values('O''Neil','⟦hunter22⟧',3),('bob','⟦hunter23⟧',4);
REPLACE INTO `users` (`name`, `password`) VALUES ("ann", "⟦hunter22⟧")
INSERT INTO public."users" ("name", "api_key") VALUES (lower('ann'), '⟦{w16}⟧')
INSERT INTO [dbo].[users] ([name], [password]) VALUES (N'ann', N'⟦hunter22⟧')
INSERT INTO users (name, password) VALUES ('ann', crypt('⟦hunter22⟧', gen_salt('bf')))
{"sql":"INSERT INTO \"users\" (\"name\",\"password\") VALUES ('ann','⟦hunter22⟧')"}
INSERT INTO users (name, password, note) VALUES ('ann', '⟦hunter22⟧
INSERT INTO users (name, token_type, tokens) VALUES ('ann', 'bearer12', 'a1234567')
INSERT INTO users (name, password) VALUES ('ann', NULL)
INSERT INTO users (name, password) VALUES (?, ?)
INSERT INTO users (name, password) VALUES (:name, :password)
INSERT INTO orders (id, note) VALUES ('order-12345', '{w16}')
INSERT INTO orders VALUES ('{w16}')
insert the password into the form (bold) values ('hunter22')
INSERT INTO users (name, password) VALUES ($1, $2) parameters: $1 = 'ann12345', $2 = '⟦hunter22⟧'
INSERT INTO users (name, password) VALUES ($2, $1) parameters: $1 = '⟦hunter22⟧', $2 = 'ann12345'
UPDATE users SET name = $1, "password" = $2 WHERE id = $3 parameters: $1 = 'ann12345', $2 = '⟦hunter22⟧', $3 = '17'
[SQL: INSERT INTO users (name, password) VALUES (%s, %s)] [parameters: ('ann12345', '⟦hunter22⟧')]
[SQL: INSERT INTO users (name, created, password) VALUES (?, now(), ?)] [parameters: ('ann12345', '⟦hunter22⟧')]
UPDATE "users" SET "name" = %s, "password" = %s WHERE "id" = %s; args=('ann12345', '⟦hunter22⟧', 17)
UPDATE users SET name = $1 WHERE id = $2 parameters: $1 = 'ann12345', $2 = 'hunter22'
UPDATE users SET password = $1 parameters: $1 = '⟦hunter22⟧'; UPDATE orders SET state = $1 parameters: $1 = 'hunter22'
"""


def test_a_value_is_judged_by_its_column() -> None:
    """Exactly the value; names, counts, masks and what another statement holds stay."""
    assert wrong(columns, STATEMENTS) == []


def test_the_parameters_of_a_statement_stand_on_the_next_line() -> None:
    """As PostgreSQL logs them."""
    marked = (
        "LOG:  execute <unnamed>: INSERT INTO users (name, password) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET name = $1\n"
        "DETAIL:  parameters: $1 = 'ann12345', $2 = '⟦hunter22⟧'\n"
        "LOG:  execute <unnamed>: SELECT * FROM orders WHERE id = $1 AND state = $2\n"
        "DETAIL:  parameters: $1 = 'order-12345', $2 = 'hunter22'"
    )
    assert found(columns, marked) == marked


def test_a_statement_leaves_without_its_secret() -> None:
    """The door knows the rule."""
    made = Redactor().text("INSERT INTO users (name, password) VALUES ('ann', 'hunter22')")
    assert made.startswith("INSERT INTO users (name, password) VALUES ('ann', '")
    assert PLACEHOLDER.search(made)
    assert "hunter22" not in made


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        *("insert into x(password) values ('a','", "into x(password) values (a(b(c(", "insert into t(a,b) values ('insert into t(a,b) values ("),
        *("update x set a=$1 parameters: (", "into x(a,b) values (1,2),", "(((('", "into x(a", "args=(", "select ", "$1 = '"),
    ],
)
def test_no_statement_stalls_the_rule(piece: str) -> None:
    """Rows are read once, however often a statement seems to begin in them."""
    begun = "update x set password=$999 insert into y(a,password,b,c,d,e,f,g) values ("
    assert Redactor().text(begun + piece * (300_000 // len(piece))) != WITHHELD
