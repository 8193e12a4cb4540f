"""Schema 0022 reads the decisions of foreign diagrams out of the DMN files of a database that has none listed."""

import pytest
from sqlalchemy import text

from store import migrations
from store.database import Database

VERSION = (
    "INSERT INTO version (id, name, number, digest, deployed_at, deployed_by, processes, message_starts, profile)"
    " VALUES (:id, '', :id, :id, 0, 'ann', '[]', '{}', :profile)"
)
FILE = "INSERT INTO version_file (version, path, content) VALUES (:version, :path, :content)"
SPACE = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
GRADE = f'<definitions {SPACE}><inputData id="x"/><decision id="grade" name="Grade" camunda:versionTag="v1"/><decision id="fee"/></definitions>'
AGAIN = f'<definitions {SPACE}><decision id="grade" name="Grade"/></definitions>'
FILES = (
    (1, "generic", "grade.dmn", GRADE),
    (2, "season", "grade.dmn", GRADE),
    (3, "generic", "Again.DMN11.xml", AGAIN),
    (4, "generic", "drawing.bpmn", AGAIN),
)


@pytest.fixture
def listed(database_url):
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("DROP TABLE decision"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0021'"))
        for number, profile, path, content in FILES:
            connection.execute(text(VERSION), {"id": number, "profile": profile})
            connection.execute(text(FILE), {"version": number, "path": path, "content": content.encode()})
    migrations.upgrade(database, to="0022")
    with database.read() as connection:
        found = connection.execute(text("SELECT id, name, resource, version_tag FROM decision ORDER BY version, id")).all()
    database.close()
    return [tuple(row) for row in found]


def test_each_decision_of_foreign_diagrams_is_listed_by_key_and_number(listed):
    assert listed == [
        ("fee:1:1", "fee", "grade.dmn", None),
        ("grade:1:1", "Grade", "grade.dmn", "v1"),
        ("grade:2:3", "Grade", "Again.DMN11.xml", None),
    ]
