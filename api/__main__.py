"""Entry point of the ``stepchange`` command, and of ``python -m api``."""

import gc

# Importing makes some hundred thousand objects that stay: looking for garbage among them, again and again,
# takes a sixth of the time to start; set aside afterwards, they don't slow the server's collections either.
gc.disable()

from api.cli import main  # noqa: E402 - after the line above, or it would come too late

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
