"""Archives in memory, for whoever sends one."""

import io
import zipfile


def zipped(files):
    """The bytes of a zip file with these files (name -> content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
