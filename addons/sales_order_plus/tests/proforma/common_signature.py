from ..common import SalesPlusCommon
from ..seam.common import GuardCommon


class SignatureProviderCommon(GuardCommon, SalesPlusCommon):
    """A simulated provider, Fake Sign, and a quotation that waits for a signature."""

    def setUp(self):
        super().setUp()
        self.sent, self.cancelled = [], []
        provider = self.registry["sales.signature.provider"]

        def send(_provider, request, document):
            self.sent.append((request, document))
            return {"reference": f"ENV-{len(self.sent)}", "url": "https://sign.test/1"}

        def cancel(_provider, request):
            self.cancelled.append(request.reference)

        self.patch(provider, "_get_providers", lambda _provider: {"fake": "Fake Sign"})
        provider._send_fake, provider._cancel_fake = send, cancel
        self.addCleanup(delattr, provider, "_send_fake")
        self.addCleanup(delattr, provider, "_cancel_fake")
        self.order = self._new_order(
            (self.service, 2), require_signature=True, require_payment=False
        )
        self.order.action_quotation_sent()

    def _request(self):
        self.answer = self.order.action_request_signature(provider="fake")
        return self.order.signature_request_ids.sorted("id")[-1:].sudo()
