"""HTTP's manners: faults in one shape whatever was asked, slashes at the end, HEAD, OPTIONS, bodies of other kinds."""

import pytest

JSON = {"content-type": "application/json"}


def fault(answer, status):
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"type", "message", "code"}
    return answer.json()["type"]


def test_an_unknown_path_is_answered_as_a_fault(http):
    for path in ("/nonsense", "/task/1/nonsense", "/", "/deployment/1/2/3"):
        assert fault(http.get(f"/engine-rest{path}"), 404) == "NotFoundException"


def test_a_verb_that_a_path_does_not_know_is_answered_with_those_it_knows(http):
    answer = http.put("/engine-rest/task")
    assert fault(answer, 405) == "NotAllowedException"
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert http.get("/engine-rest/task/1/complete").headers["allow"] == "OPTIONS, POST"


def test_a_path_may_name_the_engine(http):
    assert http.get("/engine-rest/engine/default/version").json() == http.get("/engine-rest/version").json()
    assert http.get("/engine-rest/engine/default/task/").json() == []
    assert http.get("/engine-rest/engine").json() == [{"name": "default"}]
    fault(http.get("/engine-rest/engine/other/task"), 404)


def test_options_tell_the_verbs(http):
    answer = http.options("/engine-rest/process-instance/1/variables/a")
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (200, b"", "DELETE, GET, HEAD, OPTIONS, PUT")
    assert http.options("/engine-rest/deployment/create").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST"
    fault(http.options("/engine-rest/nonsense"), 404)


def test_head_is_get_without_a_body(http):
    answer, whole = http.head("/engine-rest/version"), http.get("/engine-rest/version")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", whole.headers["content-length"])
    assert http.head("/engine-rest/task/nothing").status_code == 404


def test_a_slash_at_the_end_names_the_same(http):
    assert http.get("/engine-rest/version/", follow_redirects=False).json() == {"version": "7.24.0"}
    assert http.post("/engine-rest/signal/", json={"name": "nobody"}).status_code == 204
    assert http.get("/engine-rest/task/nothing//").status_code == 404


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/xml", ""])
def test_a_body_of_another_kind_is_not_taken(http, kind):
    assert fault(http.post("/engine-rest/message", content=b'{"messageName": "m"}', headers={"content-type": kind}), 415) == "NotSupportedException"
    fault(http.post("/engine-rest/deployment/create", content=b"x", headers={"content-type": kind}), 415)


def test_an_empty_body_needs_no_kind_and_a_charset_does_no_harm(http):
    fault(http.post("/engine-rest/task/nothing/unclaim"), 500)
    assert http.post("/engine-rest/signal", content='{"name": "早"}'.encode(), headers={"content-type": "application/json;charset=UTF-8"}).status_code == 204


def test_a_body_that_is_no_json_or_too_large_is_refused(http, parts):
    for text in (b"{", b"[1]", b"\xff", b"7"):
        assert fault(http.post("/engine-rest/signal", content=text, headers=JSON), 400) == "InvalidRequestException"
    fault(http.post("/engine-rest/signal", content=b" " * 6_000_000, headers=JSON), 413)
