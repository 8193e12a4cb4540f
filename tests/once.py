"""What is dear to make and only read or copied by tests is made once in a run, by whichever of its processes comes first."""

import fcntl
import os


def once(tmp_path_factory, name, make):
    """The folder `name`, filled by `make(folder)`; the other processes of the run wait until it is."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
