"""Variables that are files or bytes: sent as parts of a body or in base64, told without their bytes, given back as they were."""

from base64 import b64encode

import pytest

PDF = b"%PDF-1.7 \x00\xff"
PLACES = ("/process-instance/{instance}/variables", "/execution/{task}/localVariables", "/task/{task}/variables", "/task/{task}/localVariables")


@pytest.fixture
def open_task(rest, draw):
    definition = rest.definition(draw.diagram(draw.start(), draw.user("u"), draw.end(), draw.flows("s-u-e")))
    instance = rest.start(definition)
    return {"instance": instance, "task": rest.tasks()[0]["id"]}


def upload(http, path, kind="File", name="报告 1.pdf", content=PDF):
    return http.post(f"/engine-rest{path}", files={"data": (name, content, "application/pdf")}, data={"valueType": kind})


@pytest.mark.parametrize("place", PLACES)
def test_a_file_is_given_back_as_it_was(rest, http, open_task, place):
    path = f"{place.format(**open_task)}/paper"
    assert upload(http, f"{path}/data").status_code == 204
    about = {"filename": "报告 1.pdf", "mimeType": "application/pdf"}
    assert rest.get(path) == {"value": None, "type": "File", "valueInfo": about}
    answer = http.get(f"/engine-rest{path}/data")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/octet-stream")
    assert answer.headers["content-disposition"] == "attachment; filename=\"__ 1.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%201.pdf"


def test_bytes_are_told_in_base64(rest, http, open_task):
    path = f"/process-instance/{open_task['instance']}/variables/raw"
    assert upload(http, f"{path}/data", kind="Bytes").status_code == 204
    assert rest.get(path) == {"value": b64encode(PDF).decode(), "type": "Bytes", "valueInfo": {}}
    answer = http.get(f"/engine-rest{path}/data")
    assert (answer.content, answer.headers["content-disposition"]) == (PDF, "attachment; filename=\"data\"; filename*=UTF-8''data")


def test_every_file_has_a_name_that_can_do_no_harm(rest, http, open_task, draw):
    """Clients that are generated from the OpenAPI document look for `filename=` and break without it."""
    path = f"/task/{open_task['task']}"
    sent = {"content": ("x.bin", PDF, "application/pdf")}
    made = http.post(f"/engine-rest{path}/attachment/create", data={"attachment-name": 'a"; x="/..\\b'}, files=sent).json()
    told = http.get(f"/engine-rest{path}/attachment/{made['id']}/data").headers["content-disposition"]
    assert told == "attachment; filename=\"a__ x=__.._b\"; filename*=UTF-8''a%22%3B%20x%3D%22%2F..%5Cb"
    (deployment,) = rest.get("/deployment")
    told = http.get(f"/engine-rest/deployment/{deployment['id']}/resources/p0.bpmn/data").headers["content-disposition"]
    assert told.startswith('attachment; filename="p0.bpmn";')


def test_both_come_in_json_too_and_stay_in_the_history(rest, http, open_task):
    sent = {"value": b64encode(PDF).decode(), "type": "File", "valueInfo": {"filename": "a.txt", "encoding": "UTF-8"}}
    rest.post(f"/task/{open_task['task']}/complete", {"variables": {"paper": sent}}, status=204)
    (kept,) = rest.get("/history/variable-instance", variableTypeIn="File")
    assert (kept["value"], kept["type"], kept["valueInfo"]) == (None, "File", {"filename": "a.txt", "encoding": "UTF-8"})
    assert http.get(f"/engine-rest/history/variable-instance/{kept['id']}/data").content == PDF


def test_a_variable_instance_gives_its_bytes(rest, http, open_task):
    upload(http, f"/process-instance/{open_task['instance']}/variables/raw/data", kind="Bytes")
    (held,) = rest.get("/variable-instance", variableName="raw")
    assert http.get(f"/engine-rest/variable-instance/{held['id']}/data").content == PDF


def test_what_is_no_file_is_a_bad_request(rest, http, open_task):
    path = f"/process-instance/{open_task['instance']}/variables"
    rest.put(f"{path}/n", {"value": 1, "type": "Integer"})
    rest.get(f"{path}/n/data", status=400)
    rest.get(f"{path}/nothing/data", status=404)
    rest.put(f"{path}/x", {"value": "no base64!", "type": "Bytes"}, status=400)
    rest.put(f"{path}/x", {"value": "", "type": "File", "valueInfo": {}}, status=400)
    assert upload(http, f"{path}/x/data", kind="Object").status_code == 400
    assert upload(http, f"{path}/x/data", name="").status_code == 400
    assert http.post(f"/engine-rest{path}/x/data", json={}).status_code == 415
