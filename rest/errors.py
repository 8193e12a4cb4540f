"""What goes wrong, as Camunda says it: the status and `{"type", "message", "code"}`."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from engine.errors import EngineError
from rest.manners import allowed, path_of
from selection.errors import HouseError

log = logging.getLogger("rest")
UNAUTHORISED, NO_SUCH_VERB = 401, 405
CODE = 0  # Camunda's code of a fault that nobody gave one of his own
KINDS = {404: "NotFoundException", NO_SUCH_VERB: "NotAllowedException", 415: "NotSupportedException"}
_BAD_VARIABLE = frozenset({"variable_type", "reserved_name"})


class RestError(Exception):
    """An answer that says no. ``type`` is Camunda's name of the fault, ``more`` what Camunda tells beside it (a report of a validation)."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "RestException",  # noqa: A002 - the field's name in the answer
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.more = more or {}
        self.status = status
        self.message = message
        self.type = type


def invalid(message: str) -> RestError:
    """The request is wrong."""
    return RestError(400, message, type="InvalidRequestException")


def missing(message: str) -> RestError:
    """What the path names is not there (or not to be seen: the same answer)."""
    return RestError(404, message, type="InvalidRequestException")


def unreadable(kind: str) -> RestError:
    """The body is of a kind that is not taken here; ``kind`` would be."""
    return RestError(415, f"HTTP 415 Unsupported Media Type: {kind} is needed", type="NotSupportedException")


def failed(message: str) -> RestError:
    """The engine could not do it."""
    return RestError(500, message, type="ProcessEngineException")


@contextmanager
def executing() -> Iterator[None]:
    """What the engine refuses while it executes is answered with 500, as Camunda does; a bad variable with 400, what one may not do with 403."""
    try:
        yield
    except (EngineError, HouseError) as error:
        if error.status == 403:  # noqa: PLR2004 - HTTP's word
            raise
        if error.code in _BAD_VARIABLE:
            raise invalid(str(error)) from error
        raise failed(str(error)) from error


def install(app: FastAPI) -> None:
    """Register the answers."""
    app.add_exception_handler(RestError, _rest)
    app.add_exception_handler(EngineError, _refused)
    app.add_exception_handler(HouseError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _broken)


def _answer(status: int, kind: str, message: str, more: Mapping[str, object] | None = None) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="engine-rest"'} if status == UNAUTHORISED else None
    return JSONResponse({"type": kind, "message": message, "code": CODE, **(more or {})}, status_code=status, headers=headers)


def _rest(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the handlers' signature
    assert isinstance(error, RestError)  # noqa: S101 - registered for this
    return _answer(error.status, error.type, error.message, error.more)


def _refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the handlers' signature
    assert isinstance(error, EngineError | HouseError)  # noqa: S101 - registered for these
    kind = "AuthorizationException" if error.status == 403 else "RestException"  # noqa: PLR2004 - HTTP's word
    return _answer(error.status, kind, str(error))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this
    if isinstance(error.__cause__, HouseError):  # the framework wraps what the guard says while a body arrives
        return _answer(error.__cause__.status, "RestException", str(error.__cause__))
    answer = _answer(error.status_code, KINDS.get(error.status_code, "InvalidRequestException"), f"HTTP {error.status_code} {error.detail}")
    if error.status_code == NO_SUCH_VERB:
        answer.headers["Allow"] = allowed(request.app, path_of(request.scope))
    return answer


def _malformed(request: Request, error: Exception) -> Response:  # noqa: ARG001 - what was malformed is not echoed
    return _answer(400, "InvalidRequestException", "The request cannot be read: see the interface's description")


def _broken(request: Request, error: Exception) -> Response:
    log.error("unexpected failure at %s", request.url.path, exc_info=error)
    return _answer(500, "RestException", "The server could not do this")
