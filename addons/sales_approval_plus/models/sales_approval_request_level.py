from odoo import models


class SalesApprovalRequest(models.Model):
    """How requests go from level to level, and what follows on the last."""

    _inherit = "sales.approval.request"

    def _open_next_level(self):
        """Open the next level when the lower ones are complete; end after the last."""
        idle = self.filtered(lambda one: "open" not in one.line_ids.mapped("state"))
        (self - idle)._close_needless_activities()
        if not idle:
            return
        asked = idle._get_next_lines()._skip_needless()
        asked._open()
        asking = asked.request_id
        asking._close_needless_activities()
        asking._ask_approvers()
        left = idle - asking
        finished = left.filtered(
            lambda one: "waiting" not in one.line_ids.mapped("state")
        )
        finished._approve()
        # What was skipped as a whole: the level after it.
        (left - finished)._open_next_level()

    def _get_next_lines(self):
        """Return the steps of the lowest level that waits, of each request."""
        lines = self.env["sales.approval.line"]
        for request in self:
            waiting = request.line_ids.filtered(lambda line: line.state == "waiting")
            level = min(waiting.mapped("level"), default=0)
            lines |= waiting.filtered(lambda line, level=level: line.level == level)
        return lines

    def _approve(self):
        for state, requests in self.grouped(lambda r: r._get_decided_state()).items():
            requests._end(state)
        for operation, requests in self.grouped("operation").items():
            # sudo kept: an approver needs no right to write orders; uid stays his own.
            requests._get_documents()._guard_release(operation)
        self._tell_decided()
