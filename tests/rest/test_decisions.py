"""Decisions are listed by what was written down when they were deployed: their files are opened only to decide."""

import pytest
from sqlalchemy import event

from tests.rest.conftest import typed
from tests.unit.engine.dmn.conftest import dmn, table

NOW, LATER = "2024-01-31T09:00:00Z", "2024-01-31T10:00:00Z"


def sizes(key, tag=None):
    drawn = dmn(table('- | "small"', inputs="staff:integer", outputs="size:string", key=key))
    return drawn if tag is None else drawn.replace(b"<decision ", f'<decision camunda:versionTag="{tag}" '.encode())


@pytest.fixture
def deployed(rest):
    """size_of twice, an hour apart, the second time with a tag; other once."""
    first = rest.deploy(**{"sizes.dmn": sizes("size_of"), "other.dmn.xml": sizes("other")})["id"]
    rest.post("/clock", {"now": LATER})
    return first, rest.deploy(**{"sizes.dmn": sizes("size_of", "strict")})["id"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "other:1 size_of:1 size_of:2"),
        ({"key": "size_of", "latestVersion": "true"}, "size_of:2"),
        ({"versionTag": "strict"}, "size_of:2"),
        ({"versionTagLike": "STR%"}, "size_of:2"),
        ({"deployedAt": NOW}, "other:1 size_of:1"),
        ({"deployedAfter": NOW}, "size_of:2"),
        ({"category": "any"}, ""),
        ({"decisionRequirementsDefinitionKey": "any"}, ""),
        ({"withoutDecisionRequirementsDefinition": "true", "version": 2}, "size_of:2"),
        ({"sortBy": "deployTime", "sortOrder": "desc"}, "size_of:2 other:1 size_of:1"),
        ({"sortBy": "versionTag", "sortOrder": "desc", "maxResults": 1}, "size_of:2"),
    ],
)
def test_decisions_are_found_by_what_their_files_said(rest, deployed, asked, found):
    assert [f"{each['key']}:{each['version']}" for each in rest.get("/decision-definition", **asked)] == found.split()
    paged = {"maxResults", "sortBy", "sortOrder"}
    narrowing = {name: value for name, value in asked.items() if name not in paged}
    assert rest.get("/decision-definition/count", **narrowing)["count"] >= len(found.split())


def test_a_version_keeps_its_number_when_an_earlier_one_is_deleted(rest, deployed):
    first, second = deployed
    rest.delete(f"/deployment/{first}")
    (left,) = rest.get("/decision-definition")
    assert (left["id"], left["version"]) == (f"size_of:2:{second}", 2)
    assert rest.post(f"/decision-definition/{left['id']}/evaluate", {"variables": typed(staff=1)})[0]["size"]["value"] == "small"


def test_no_file_is_opened_to_list_decisions(rest, parts, deployed):
    opened = []

    def look(_connection, _cursor, statement, *_):
        opened.append("version_file" in statement)

    event.listen(parts.database.engine, "before_cursor_execute", look)
    rest.get("/decision-definition")
    rest.get("/decision-definition/key/size_of")
    assert opened
    assert not any(opened)
