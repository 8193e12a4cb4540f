"""What a process that runs for long tells Python's collector of cycles, which costs a command more than any of its statements."""

import gc

YOUNG = 20_000  # objects made and kept before it looks at the new ones; Python's own 700 are fewer than one command makes


def settle() -> None:
    """What was built stays: the collector need not look at it again, and at what is new more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
