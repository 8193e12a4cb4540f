"""The one command line of the house: builds every part and hands it to the next. No rules here.

The parts are put together in `app/wiring.py`, the commands stand in `app/cli*.py`.
"""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
