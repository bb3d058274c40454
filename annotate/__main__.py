"""`python -m annotate` is `annotate`."""

import sys

from annotate.cli import main

sys.exit(main())
