def post_init_hook(env):
    """Register what is short on the orders that were confirmed before."""
    env["sales.backorder"]._detect_existing()
