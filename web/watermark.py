"""Who reads what must be kept secret: the name and the time lie across the page, also on paper and in PDFs (§7: 严格保守秘密)."""

import logging
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

from selection.rights import JUDGING
from web.i18n import moment
from web.visitors import Visitor

log = logging.getLogger("web.watermark")
MARKER = Path(__file__).with_name("marking.py")
PATIENCE = 20  # seconds for one file
AT_ONCE = BoundedSemaphore(2)  # a marking takes a processor and some 30 MB for as long as it lasts
# Who reads for a review or a meeting; not who handed it in, nor who keeps it (office) or checks that it is whole (auditor): they need it as it is.
MARKED = JUDGING | {"meeting_secretary"}


def mark_for(visitor: Visitor, *, now: datetime) -> str:
    """What lies across an application's pages for this visitor: name, account and time (Asia/Shanghai); "" for those whose copy is not marked."""
    return f"{visitor.actor.name} {visitor.actor.id} {moment(now)}" if visitor.has(*MARKED) else ""


def marked(source: Path, *, text: str, beside: Path) -> IO[bytes] | None:
    """A PDF with ``text`` across each page, at its beginning, in a file without a name in the folder ``beside``; None: it cannot be marked.

    In a process of its own: other requests go on meanwhile, and what a strange file does there (time, memory, a crash) ends with it.
    """
    target = tempfile.TemporaryFile(dir=beside)  # noqa: SIM115 - who sends it closes it
    command = [sys.executable, "-I", str(MARKER), str(source)]
    try:
        with AT_ONCE:
            subprocess.run(command, input=text.encode(), stdout=target, stderr=subprocess.PIPE, check=True, timeout=PATIENCE)
    except (subprocess.SubprocessError, OSError) as failure:
        target.close()
        reason = (getattr(failure, "stderr", None) or b"").decode(errors="replace").strip()[-500:]
        log.warning("a PDF is read unmarked: %s (%r)", source.name, reason or str(failure))
        return None
    target.seek(0)
    return target
