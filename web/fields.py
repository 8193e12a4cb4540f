"""What the forms of these pages may send: texts of so many signs, on one line or on several. The pages tell browsers the same.

Forms of a season say so themselves (`engine.forms_schema`).
"""

from typing import Annotated

from fastapi import Form

ONE_LINE = r"^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$"  # no line's end, nothing that is not seen or turns the direction of what follows

Word = Annotated[str, Form(max_length=256)]  # a choice, an id, a day, a password
Line = Annotated[str, Form(max_length=200, pattern=ONE_LINE)]  # an address, a place to turn to
Name = Annotated[str, Form(max_length=100, pattern=ONE_LINE)]  # of a person or an organisation
Text = Annotated[str, Form(max_length=10_000)]  # several lines; browsers send two signs for the end of one
Path = Annotated[str, Form(max_length=2_000)]  # where to go on
