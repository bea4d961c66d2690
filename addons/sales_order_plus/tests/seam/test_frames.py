import resource
import sys
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.base.models.ir_http import IrHttp

from ...models.seam.frames import call_with_room

TURNS = 500


def nothing():
    """Be called, with a frame of some size: it ends a chunk at many a depth."""


nothing.__code__ = nothing.__code__.replace(co_stacksize=300)


def loop():
    """Return how many pages of memory the system gave in a loop of calls."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _turn in range(TURNS):
        nothing()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def loop_below(depth):
    """Run the loop so many calls deeper; return the most pages of any of these."""
    pages = loop()
    return max(pages, loop_below(depth - 1)) if depth else pages


def find_room():
    """Return the largest room of the frames above."""
    frame, room = sys._getframe(1), 0
    while frame:
        room = max(room, frame.f_code.co_stacksize)
        frame = frame.f_back
    return room


@tagged("post_install", "-at_install")
class TestFrames(TransactionCase):
    """Requests and jobs have room for deep calls."""

    def test_no_loop_asks_for_memory(self):
        """A loop asks for memory on every turn at some depth, but not with room."""
        if sys.version_info >= (3, 11):
            self.assertGreaterEqual(loop_below(300), TURNS)
        self.assertLess(call_with_room(loop_below, 300), TURNS // 5)

    def test_arguments_and_errors(self):
        self.assertEqual(call_with_room(int, "ff", base=16), 255)
        with self.assertRaises(ZeroDivisionError):
            call_with_room(divmod, 1, 0)

    def test_who_has_room(self):
        room = call_with_room.__code__.co_stacksize
        with patch.object(IrHttp, "_dispatch", lambda _endpoint: find_room()):
            self.assertEqual(self.env["ir.http"]._dispatch(None), room)
        job = self.env["ir.cron"].search([], limit=1)
        with patch.object(IrCron, "_callback", lambda *_args: find_room()):
            self.assertEqual(job._callback("Job", 1), room)
