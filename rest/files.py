"""Files in and out: the parts of a multipart body, variables that are files, and bytes as an answer that no browser shows."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from rest.errors import invalid, unreadable
from rest.shapes import VariableValueDto, plain
from rest.values import plain_of

MULTIPART = "multipart/form-data"
MOST_FILES = 10  # of one body where one is wanted; the first is taken
FORMS: dict[str, Mapping[str, Any]] = {}  # path -> the parts of its multipart body, for the OpenAPI document
BYTES = plain("application/octet-stream", binary=True)
NAMELESS = "data"
_PLAIN = frozenset(ascii_letters + digits + " .-_()+,=@~")


class Content(Response):
    """The bytes of a file, to be saved; ``name``: what it is called, also in the letters of ASCII for clients that know no others."""

    media_type = "application/octet-stream"

    def __init__(self, content: bytes, status_code: int = 200, *, name: str = "") -> None:
        called = name or NAMELESS
        plain_name = "".join(each if each in _PLAIN else "_" for each in called)
        headers = {"Content-Disposition": f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(called, safe='')}"}
        super().__init__(content, status_code, headers=headers)


@dataclass(frozen=True)
class Form:
    """What a client sent: texts by their names, and files, each with the name that it gave it ("" for none), in their order; ``kinds``: theirs."""

    texts: dict[str, str]
    files: tuple[tuple[str, bytes], ...]
    kinds: tuple[str, ...] = ()


async def form_of(request: Request, *, most: int) -> Form:
    """The parts of a multipart body with ``most`` files. Raises RestError 415."""
    if not request.headers.get("content-type", "").startswith(MULTIPART):
        raise unreadable(MULTIPART)
    form = await request.form(max_files=most)
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    sent = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
    files = [(part.filename or "", await part.read()) for part in sent]
    await form.close()
    return Form(texts, tuple(files), tuple(part.content_type or "" for part in sent))


async def form_in(request: Request) -> Form:
    """The parts of a body from which one file is taken. Raises RestError 415."""
    return await form_of(request, most=MOST_FILES)


def value_of(form: Form) -> dict[str, Any]:
    """The typed value of an uploaded variable. Raises RestError 400."""
    (name, content), (kind, _, more) = form.files[0], form.kinds[0].partition(";")
    typed = {"value": b64encode(content).decode(), "type": form.texts.get("valueType") or "Bytes"}
    if typed["type"].lower() not in {"bytes", "file"}:
        raise invalid("valueType: Bytes or File")
    charset = more.strip().lower().removeprefix("charset=")
    told = {"filename": name, "mimeType": kind.strip(), "encoding": charset.upper()}
    return {**typed, "valueInfo": {key: value for key, value in told.items() if value} if typed["type"].lower() == "file" else {}}


def data_of(name: str, shown: VariableValueDto, held: Any) -> Response:
    """The bytes of a variable. Raises RestError 400 for one that has none."""
    if shown["type"] not in {"Bytes", "File"}:
        raise invalid(f"Value of variable {name} is not a binary value.")
    return Content(b64decode(plain_of(held) or ""), name=shown["valueInfo"].get("filename", ""))
