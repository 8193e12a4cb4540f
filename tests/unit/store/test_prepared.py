"""Statements that go straight to the driver: values change as the columns say, errors and listeners are SQLAlchemy's."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from store.engine.tables import deadline
from store.prepared import Prepared

AT = datetime(2023, 9, 15, 16, tzinfo=UTC)
ROW = {"tenant": "t", "name": "n", "at": AT, "set_at": AT, "set_by": "ann", "reason": "100 % : ok?"}

add = Prepared(insert(deadline).values(**{name: bindparam(name) for name in ROW}))
change = Prepared(update(deadline).where(deadline.c.tenant == bindparam("of_tenant")).values(reason=bindparam("reason")))
of_tenant = select(deadline.c.name, deadline.c.at, deadline.c.reason).where(deadline.c.tenant == bindparam("tenant")).order_by(deadline.c.name)
read = Prepared(of_tenant)


def test_what_is_written_is_read_again_as_a_person_wrote_it(database):
    with database.write() as connection:
        assert add.run(connection, [ROW, ROW | {"name": "o"}]) == 2
        (first, second) = read.facts(connection, {"tenant": "t"})
        assert (first.name, first.at, first.reason, first[0]) == ("n", AT, "100 % : ok?", "n")
        assert (second.name, read.one(connection, {"tenant": "t"})) == ("o", {"name": "n", "at": AT, "reason": "100 % : ok?"})
        assert [tuple(row) for row in connection.execute(of_tenant, {"tenant": "t"})] == [tuple(first), tuple(second)]


def test_stored_values_are_not_changed_on_the_way(database):
    with database.write() as connection:
        add.run(connection, ROW)
        assert Prepared(of_tenant, stored=True).facts(connection, {"tenant": "t"})[0].at == 1_694_793_600_000_000


def test_nothing_found_and_nothing_to_write(database):
    with database.write() as connection:
        assert (read.one(connection, {"tenant": "x"}), read.value(connection, {"tenant": "x"}), read.rows(connection, {"tenant": "x"})) == (
            None,
            None,
            [],
        )
        assert (add.run(connection, []), change.run(connection, {"of_tenant": "x", "reason": "r"})) == (0, 0)


def test_an_error_of_the_driver_is_the_one_that_sqlalchemy_names(database):
    with database.write() as connection:
        add.run(connection, ROW)
        with pytest.raises(IntegrityError) as refused, connection.begin_nested():
            add.run(connection, ROW)
        assert "INSERT INTO deadline" in str(refused.value)
        assert read.value(connection, {"tenant": "t"}) == "n"


def test_listeners_see_every_statement(database):
    seen = []

    def note(connection, cursor, text, parameters, context, many):
        seen.append((text.split()[0], many))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.write() as connection:
        add.run(connection, [ROW, ROW | {"name": "o"}])
        read.rows(connection, {"tenant": "t"})
    event.remove(database.engine, "before_cursor_execute", note)
    assert seen == [("INSERT", True), ("SELECT", False)]
