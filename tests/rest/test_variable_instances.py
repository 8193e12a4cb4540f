"""Variables as things of their own: of running instances where they are held, and of the history; on both databases."""

import pytest
from sqlalchemy import select, update

from store.engine.tables import variable
from tests.rest.conftest import typed


@pytest.fixture
def rest_url(database_url):
    return database_url


@pytest.fixture
def held(rest, draw):
    """Two instances, one of which is over; the other holds variables itself, in its task, and in a process that it calls."""
    inner = draw.diagram(draw.start(), draw.user("v"), draw.end(), draw.flows("s-v-e"), key="inner")
    call = draw.call("c", "inner", ext='<camunda:in source="n" target="given"/>')
    parts = (draw.gate("f", "parallel"), draw.user("u"), call, draw.user("w"), draw.end())
    outer = draw.diagram(draw.start(), *parts, draw.flows("s-f", "f-u-e", "f-c-e", "f-w-e"), key="outer")
    definition = next(each for each in rest.deploy(inner, outer)["deployedProcessDefinitions"] if each.startswith("outer"))
    over = rest.start(definition, n=7)
    rest.delete(f"/process-instance/{over}")
    root = rest.start(definition, n=7, Text="Ann", ratio=7.0, yes=True, none=None, many=[1])
    rest.put(f"/process-instance/{root}/variables/day", {"value": "2024-01-31T09:00:00.000+0000", "type": "Date"})
    rest.put(f"/process-instance/{root}/variables/big", {"value": 2**40, "type": "Long"})
    tasks = {task["taskDefinitionKey"]: task["id"] for task in rest.tasks()}
    for key in ("u", "w"):
        rest.put(f"/task/{tasks[key]}/localVariables/own", typed(own=key)["own"])
    rest.complete("w")
    (called,) = [each["id"] for each in rest.get("/process-instance", superProcessInstance=root)]
    return {"root": root, "called": called, "over": over, "task": tasks["u"], "gone": tasks["w"]}


def names(found):
    return sorted(each["name"] for each in found)


def test_running_instances_show_what_they_hold_where_it_is_held(rest, held):
    found = rest.get("/variable-instance")
    assert names(found) == sorted(["n", "Text", "big", "ratio", "yes", "none", "many", "day", "own", "given"])
    place = {each["name"]: (each["processInstanceId"], each["executionId"], each["taskId"]) for each in found}
    assert place["n"] == (held["root"], held["root"], None)
    assert place["own"] == (held["root"], held["task"], held["task"])
    assert place["given"] == (held["called"], held["called"], None)
    assert rest.get("/variable-instance/count") == {"count": 10}
    rest.complete("u")
    assert rest.get("/variable-instance", variableName="own") == []
    assert len(rest.get("/history/variable-instance", variableName="own")) == 2
    for each in found:
        status = 404 if each["name"] == "own" else 200
        one = rest.get(f"/variable-instance/{each['id']}", status=status)
        assert one == each if status == 200 else "does not exist" in one["message"]
    rest.get("/variable-instance/nothing:a", status=404)


NARROWED = (
    ({"variableName": "n"}, ["n"]),
    ({"variableName": "text"}, []),
    ({"variableName": "text", "variableNamesIgnoreCase": "true"}, ["Text"]),
    ({"variableNameLike": "%I%"}, ["big", "given", "ratio"]),
    ({"variableValues": "Text_eq_Ann"}, ["Text"]),
    ({"variableValues": "Text_eq_ann"}, []),
    ({"variableValues": "Text_eq_ann", "variableValuesIgnoreCase": "true"}, ["Text"]),
    ({"taskIdIn": "{task}"}, ["own"]),
    ({"taskIdIn": "{gone}"}, []),
    ({"executionIdIn": "{called},{task}"}, ["given", "own"]),
    ({"variableScopeIdIn": "{called}"}, ["given"]),
    ({"activityInstanceIdIn": "{task}"}, ["own"]),
    ({"processInstanceIdIn": "{called},{over}"}, ["given"]),
    ({"caseInstanceIdIn": "x"}, []),
    ({"batchIdIn": "x"}, []),
)


def test_what_is_held_is_narrowed(rest, held):
    for asked, expected in NARROWED:
        query = {name: value.format(**held) for name, value in asked.items()}
        assert names(rest.get("/variable-instance", **query)) == expected, query
        assert rest.get("/variable-instance/count", **query) == {"count": len(expected)}
        body = {name: value.split(",") if name.endswith("In") else value for name, value in query.items()}
        if "variableValues" not in query:
            assert names(rest.post("/variable-instance", body)) == expected, body


def test_what_is_held_is_compared_with_its_type_sorted_and_paged(rest, held):
    asked = [{"name": "n", "operator": "gteq", "value": 7}]
    assert names(rest.post("/variable-instance", {"variableValues": asked})) == ["n"]
    assert rest.post("/variable-instance", {"variableValues": [{**asked[0], "value": "7"}]}) == []
    found = rest.get("/variable-instance", sortBy="variableName", sortOrder="desc", firstResult=1, maxResults=2)
    assert [each["name"] for each in found] == ["ratio", "own"]
    (many,) = rest.get("/variable-instance", deserializeValues="false", variableName="many")
    assert many["value"] == rest.get(f"/history/variable-instance/{many['id']}", deserializeValues="false")["value"] == "[1]"
    for path in ("/variable-instance", "/history/variable-instance"):  # asked in a body, how it is shown stands in the address
        (many,) = rest.post(f"{path}?deserializeValues=false&maxResults=5", {"variableName": "many"})
        assert many["value"] == "[1]"
        (many,) = rest.post(f"{path}?deserializeValues=true", {"variableName": "many"})
        assert many["value"] == [1]
    rest.post("/task?deserializeValues=false", status=400)


TYPES = (
    ("String", ["Text", "own", "own"]),
    ("integer", ["given", "given", "n", "n"]),
    ("Long", ["big"]),
    ("Double", ["ratio"]),
    ("Boolean,Null", ["none", "yes"]),
    ("object", ["many"]),
    ("Date", ["day"]),
    ("Bytes", []),
)


def test_the_history_of_variables_is_narrowed_by_types(rest, held):
    for types, expected in TYPES:
        assert names(rest.get("/history/variable-instance", variableTypeIn=types)) == expected, types


def test_the_history_of_variables_is_narrowed_by_values(rest, held):
    assert names(rest.post("/history/variable-instance", {"variableName": "n", "variableValue": 7})) == ["n", "n"]
    assert rest.post("/history/variable-instance", {"variableName": "n", "variableValue": "7"}) == []
    assert names(rest.get("/history/variable-instance", variableValue="Ann")) == ["Text"]
    shaded = {"variableName": "text", "variableNamesIgnoreCase": "true", "variableValue": "ANN", "variableValuesIgnoreCase": "true"}
    assert names(rest.get("/history/variable-instance", **shaded)) == ["Text"]
    assert names(rest.get("/history/variable-instance", variableNameIn="yes,none")) == ["none", "yes"]
    for wrong in ([7], {"a": 7}, "a\0"):
        rest.post("/history/variable-instance", {"variableValue": wrong}, status=400)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("n", {"number": 8}), ("big", {"number": 2**40 + 1}), ("ratio", {"number": 7.5}), ("Text", {"text": "Bob"}), ("Text", {"head": "Bob"}),
        ("yes", {"kind": "false"}), ("many", {"removed": True}),
    ],
)  # fmt: skip
def test_a_kept_value_that_was_changed_behind_its_history_is_named(rest, parts, held, name, change):
    rest.put(f"/process-instance/{held['root']}/variables/tiny", typed(tiny=1.5e-12)["tiny"])
    mine = (variable.c.root == held["root"], variable.c.scope == "", variable.c.name == name)
    columns = [variable.c[each] for each in change]
    with parts.database.write() as connection:
        before = connection.execute(select(*columns).where(*mine)).mappings().one()
        connection.execute(update(variable).where(*mine).values(change))

    assert parts.engine.check() == {"variables_are_told": [f"{held['root']}: the variable {name!r} is not what its history says"]}

    with parts.database.write() as connection:
        connection.execute(update(variable).where(*mine).values(dict(before)))
