from markupsafe import Markup, escape

from odoo import fields, models

from .sales_approval_request_vote import ACTIVITY

DECIDED_ACTIVITY = "sales_approval_plus.mail_activity_type_decided"


class SalesApprovalRequest(models.Model):
    """Telling people: who is asked, and what was decided.

    Whatever is told of several requests at once reaches a person as one message.
    """

    _inherit = "sales.approval.request"

    # === To-do lists === #

    def _ask_approvers(self):
        """Put the requests on the lists of those they wait for.

        :return: {user: the requests that are new to him}
        """
        asked = self._get_newly_asked()
        self._add_activities(
            ACTIVITY,
            [
                (request, user, request._get_title(), request._get_reasons())
                for user, requests in asked.items()
                for request in requests.with_context(lang=user.lang)
            ],
        )
        return asked

    def _get_asking_activities(self):
        """Return the to-dos that ask people to decide on these requests."""
        # Not by env.ref(): it asks the database each time.
        kind = self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY)
        return self.activity_ids.filtered(lambda one: one.activity_type_id.id == kind)

    def _get_newly_asked(self):
        asked = {}
        for request in self:
            known = request._get_asking_activities().user_id
            for user in request.open_approver_ids - known:
                asked[user] = asked.get(user, self.browse()) | request
        return asked

    def _add_activities(self, xmlid, rows):
        """Create activities at once, without a message each.

        :param rows: list of (record, user, summary, lines of the note)
        """
        types = self.env.ref(xmlid)
        models = self.env["ir.model"]
        # Our message says more than the one of the activity.
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        return activities.create(
            [
                {
                    "activity_type_id": types.id,
                    "automated": True,
                    "date_deadline": fields.Date.context_today(record),
                    "res_model_id": models._get_id(record._name),
                    "res_id": record.id,
                    "user_id": user.id,
                    "summary": summary,
                    "note": Markup("<br/>").join(map(escape, note)),
                }
                for record, user, summary, note in rows
            ]
        )

    def _close_needless_activities(self):
        """Take the requests off the lists of those they do not wait for any more."""
        self._get_asking_activities().filtered(
            lambda one: (
                one.automated
                and one.user_id not in self.browse(one.res_id).open_approver_ids
            )
        ).unlink()

    def _finish_activities(self, decision, reason):
        """Tick the requests off the list of the current user, and say so on them."""
        vote = self.env["sales.approval.vote"]
        label = dict(vote._fields["decision"]._description_selection(self.env))
        text = f"{label[decision]}: {reason}" if reason else label[decision]
        self._get_asking_activities().filtered(
            lambda one: one.automated and one.user_id == self.env.user
        ).write({"active": False, "feedback": text})
        self._message_log_batch(dict.fromkeys(self.ids, text))

    # === On the document === #

    def _note_on_documents(self, texts):
        """Write a note on each document.

        :param dict texts: {request id: text}
        """
        for requests in self.grouped(lambda one: one._get_document()._name).values():
            documents = requests._get_documents()
            documents._message_log_batch(
                {one._get_document().id: texts[one.id] for one in requests}
            )

    def _tell_submitted(self):
        texts = {
            request.id: self.env._(
                "Submitted for approval: %s", "; ".join(request._get_reasons())
            )
            for request in self
        }
        self._note_on_documents(texts)

    # === What was decided === #

    def _get_decided_texts(self):
        """Return (what was decided, what the responsible has to do)."""
        self.ensure_one()
        if self.state == "rejected":
            summary = self.env._("Rejected: change the order")
            return self._get_rejected_message(), summary
        if self.state == "changes_requested":
            summary = self.env._("Change the order and submit it again")
            return self._get_changes_message(), summary
        if self._get_open_conditions():
            summary = self.env._("Approved on conditions: apply them")
            return self._get_conditional_message(), summary
        return self._get_summary(), self.env._("Approved: confirm the order")

    def _tell_decided(self):
        """Tell on the documents; remind who has to go on with them himself."""
        texts = {one.id: one._get_decided_texts() for one in self}
        self._note_on_documents({id_: text for id_, (text, __) in texts.items()})
        rows = [
            (
                document,
                document._get_responsible(),
                texts[one.id][1],
                [texts[one.id][0]],
            )
            for one in self
            for document in [one._get_document()]
            if one._is_to_be_continued()
        ]
        activities = self._add_activities(self._get_decided_activity(), rows)
        for user, own in activities.grouped("user_id").items():
            if user != self.env.user:
                self._tell_responsible_decided(user, own)

    def _get_decided_activity(self):
        """Return the XML id of what reminds the responsible of a decision."""
        return DECIDED_ACTIVITY

    def _is_to_be_continued(self):
        """Return whether somebody has to go on with the document."""
        return self._get_document().state != "sale"

    def _tell_responsible_decided(self, user, activities):
        """Send ``user`` one message about what was decided for him."""
        if len(activities) == 1:
            activities.action_notify()
            return
        lang = self.with_context(lang=user.lang)
        lines = Markup("").join(
            Markup('<li><a href="%s">%s</a> %s</li>')
            % (self._get_document_link(one), one.res_name, one.summary)
            for one in activities
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=lang.env._("%s requests were decided", len(activities)),
            body=Markup("<ul>%s</ul>") % lines,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _get_document_link(self, activity):
        base = self.browse().get_base_url()
        return f"{base}/odoo/{activity.res_model}/{activity.res_id}"
