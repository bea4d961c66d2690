"""Entry point: `python config/dev`, called by the script ./dev."""

import sys
from pathlib import Path

# Run as a folder, Python puts config/dev on the path; the package is its parent's.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from dev.cli import main  # noqa: E402

sys.exit(main())
