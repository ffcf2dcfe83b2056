"""`python -m gateway.sandbox.dhis2 --port N --family legacy|sql --metadata FILE`."""

import sys

from gateway.sandbox.dhis2.server import main

sys.exit(main())
