"""Start Odoo's command line.

`python -m odoo` would do for one process; with workers the master starts its own
first argument again, which must then be a script like this one.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
