def uninstall_hook(env):
    """Let Odoo's own tables be written to without us."""
    env["sales.presence"]._stop_watching()
