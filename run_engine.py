"""The one command line of the house: builds every part and hands it to the next. No rules here.

The parts are put together in `app/wiring.py`, the commands stand in `app/cli*.py`.
"""

import os
import sys

from app.cli import main

if __name__ == "__main__":
    os.umask(0o077)  # databases, documents, mails and backups hold scores and names: only the installation's own user reads them
    sys.exit(main())
