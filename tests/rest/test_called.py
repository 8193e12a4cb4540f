"""Called processes: instances of their own, running, in the history, and when they are deleted."""

import pytest

from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def family(rest, draw):
    """A grandparent calls a parent with a business key, which calls a child without; beside its call the parent waits for a person."""
    child = draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e"), key="child")
    parts = (draw.gate("f", "parallel"), draw.call("c", "child"), draw.user("v"), draw.end())
    parent = draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-c-e", "f-v-e"), key="parent")
    call = draw.call("c", "parent", ext='<camunda:in businessKey="${key}"/><camunda:in source="key" target="own"/>')
    whole = draw.diagram(draw.start(), call, draw.end(), draw.flows("s-c-e"), key="grand")
    definitions = {name.partition(":")[0]: name for name in rest.deploy(child, parent, whole)["deployedProcessDefinitions"]}
    body = {"businessKey": "top", "variables": typed(key="middle")}
    grand = rest.post(f"/process-definition/{definitions['grand']}/start", body)["id"]
    (parent,) = [each["id"] for each in rest.get("/process-instance", superProcessInstance=grand)]
    (child,) = [each["id"] for each in rest.get("/process-instance", superProcessInstance=parent)]
    return {"grand": grand, "parent": parent, "child": child, "definitions": definitions}


def entries(rest, **query):
    return {each["processDefinitionKey"]: each for each in rest.get("/history/process-instance", **query)}


def test_each_has_an_entry_of_its_own(rest, family):
    rest.post("/clock", {"advance": "PT1H"})
    found = entries(rest)
    assert {key: each["id"] for key, each in found.items()} == {key: family[key] for key in ("grand", "parent", "child")}
    assert [found[key]["superProcessInstanceId"] for key in ("grand", "parent", "child")] == [None, family["grand"], family["parent"]]
    assert {each["rootProcessInstanceId"] for each in found.values()} == {family["grand"]}
    assert [found[key]["businessKey"] for key in ("grand", "parent", "child")] == ["top", "middle", None]
    assert {key: each["processDefinitionId"] for key, each in found.items()} == family["definitions"]
    assert rest.get(f"/history/process-instance/{family['child']}") == found["child"]
    for query, expected in (
        ({"superProcessInstanceId": family["grand"]}, ["parent"]),
        ({"subProcessInstanceId": family["child"]}, ["parent"]),
        ({"rootProcessInstances": "true"}, ["grand"]),
        ({"rootProcessInstanceId": family["grand"]}, ["grand", "parent", "child"]),
        ({"processInstanceIds": f"{family['grand']},{family['child']}"}, ["grand", "child"]),
        ({"processInstanceIdNotIn": family["grand"]}, ["parent", "child"]),
        ({"processDefinitionId": family["definitions"]["child"]}, ["child"]),
        ({"processInstanceBusinessKey": "middle"}, ["parent"]),
        ({"variables": "own_eq_middle"}, ["parent"]),
        ({"executedActivityIdIn": "f"}, ["parent"]),
        ({"activeActivityIdIn": "v,f"}, ["parent"]),
        ({"activeActivityIdIn": "f"}, []),
        ({"active": "true", "sortBy": "definitionKey", "sortOrder": "asc"}, ["child", "grand", "parent"]),
    ):
        assert list(entries(rest, **query)) == expected, query
        assert rest.get("/history/process-instance/count", **query) == {"count": len(expected)}


def test_each_ends_by_itself(rest, family):
    rest.complete("u")
    assert [entries(rest)[key]["state"] for key in ("grand", "parent", "child")] == ["ACTIVE", "ACTIVE", "COMPLETED"]
    assert list(entries(rest, finished="true")) == ["child"]
    rest.complete("v")
    assert {each["state"] for each in entries(rest, completed="true").values()} == {"COMPLETED"}


def test_to_delete_a_called_one_takes_its_call_away(rest, family):
    rest.delete(f"/process-instance/{family['child']}")
    assert [task["taskDefinitionKey"] for task in rest.tasks()] == ["v"]
    rest.get(f"/process-instance/{family['child']}", status=404)
    found = entries(rest)
    assert [found[key]["state"] for key in ("grand", "parent", "child")] == ["ACTIVE", "ACTIVE", "INTERNALLY_TERMINATED"]
    rest.delete(f"/process-instance/{family['parent']}")
    assert rest.get("/process-instance") == []
    assert entries(rest, unfinished="true") == {}
    assert entries(rest)["grand"]["state"] == "EXTERNALLY_TERMINATED"


def test_several_are_deleted_at_once_called_ones_too(rest, family):
    batch = rest.post("/process-instance/delete", {"processInstanceIds": [family["parent"], family["child"], "nothing"]})
    assert batch["totalJobs"] == 3
    assert rest.get("/process-instance") == []
    again = rest.post("/process-instance/delete", {"processInstanceIds": [family["grand"]]})
    assert again["totalJobs"] == 1, "what is named is counted; what is gone stays gone"


def test_all_goes_with_the_root(rest, family):
    rest.delete(f"/process-instance/{family['grand']}")
    found = entries(rest)
    assert {(each["state"], each["deleteReason"]) for each in found.values()} == {("EXTERNALLY_TERMINATED", "deleted by the REST interface")}


def test_what_waits_in_a_called_one_has_its_business_key(rest, family):
    for key, expected in (("middle", ["v"]), ("top", [])):
        assert [task["taskDefinitionKey"] for task in rest.get("/task", processInstanceBusinessKey=key)] == expected
    assert [each["businessKey"] for each in rest.get("/process-instance", businessKeyLike="mid%")] == ["middle"]
    assert rest.get(f"/process-instance/{family['child']}")["businessKey"] is None
