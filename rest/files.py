"""Files in and out: the parts of a multipart body, and bytes as an answer that no browser shows."""

from dataclasses import dataclass

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from rest.errors import unreadable
from rest.shapes import plain

MULTIPART = "multipart/form-data"


BYTES = plain("application/octet-stream", binary=True)


class Content(Response):
    """The bytes of a file, to be saved."""

    media_type = "application/octet-stream"

    def __init__(self, content: bytes, status_code: int = 200) -> None:
        super().__init__(content, status_code, headers={"Content-Disposition": "attachment"})


@dataclass(frozen=True)
class Form:
    """What a client sent: texts by their names, and files, each with the name that it gave it ("" for none), in their order."""

    texts: dict[str, str]
    files: tuple[tuple[str, bytes], ...]


async def form_of(request: Request, *, most: int) -> Form:
    """The parts of a multipart body with ``most`` files. Raises RestError 415."""
    if not request.headers.get("content-type", "").startswith(MULTIPART):
        raise unreadable(MULTIPART)
    form = await request.form(max_files=most)
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    files = [(part.filename or "", await part.read()) for _, part in form.multi_items() if isinstance(part, UploadFile)]
    await form.close()
    return Form(texts, tuple(files))
