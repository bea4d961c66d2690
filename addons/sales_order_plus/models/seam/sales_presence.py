from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import table_columns

# Two that write the first record at once need not wait for each other: each makes its
# own note.
FUNCTION = """
CREATE OR REPLACE FUNCTION sales_presence_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM %s WHERE name = TG_ARGV[0]) THEN
        INSERT INTO %s (name) VALUES (TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$
"""
# PostgreSQL looks at the column itself: rows that do not count cost next to nothing.
WATCH_COLUMN = "INSERT OR UPDATE OF %s ON %s FOR EACH ROW WHEN (%s)"
WATCH_TABLE = "INSERT ON %s FOR EACH STATEMENT"
TRIGGER = (
    "CREATE OR REPLACE TRIGGER %s AFTER %s EXECUTE FUNCTION sales_presence_note(%s)"
)
NOTE_EXISTING = """
INSERT INTO sales_presence (name) SELECT %s
WHERE NOT EXISTS (SELECT FROM sales_presence WHERE name = %s)
  AND EXISTS (SELECT FROM %s AS new WHERE %s)
"""


class SalesPresence(models.Model):
    """What there are records of: noted by the database itself with the first of them.

    The note is made in the transaction that writes the record, by whatever way, so that
    whoever sees the record sees the note. It stays when the records are deleted.
    """

    _name = "sales.presence"
    _description = "Kind of Records in Use"
    _log_access = False

    name = fields.Char(
        required=True,
        readonly=True,
        help="The model, or what else there is a record of.",
    )

    def init(self):
        super().init()
        # With its schema: a restore writes rows without any search path.
        [(schema,)] = self.env.execute_query(SQL("SELECT current_schema"))
        notes = SQL.identifier(schema, self._table)
        self.env.cr.execute(SQL(FUNCTION, notes, notes))

    @api.model
    def _watch(self, name, table, column=None):
        """Let the database note ``name`` with the first row of a table.

        Called while the table is made; it takes effect when all of them are.

        :param str name: a model, or what else is asked for
        :param str table: the table of the rows
        :param str column: only rows in which it is set count
        """
        self.pool.post_init(self._create_watch, name, table, column)

    @api.model
    def _create_watch(self, name, table, column):
        rows = SQL.identifier(table)
        condition = self._get_condition(table, column)
        trigger = SQL.identifier(f"sales_presence_{column or 'row'}")
        watched = SQL(WATCH_TABLE, rows)
        if column:
            watched = SQL(WATCH_COLUMN, SQL.identifier(column), rows, condition)
        self.env.cr.execute(SQL(TRIGGER, trigger, watched, name))
        self.env.cr.execute(SQL(NOTE_EXISTING, name, name, rows, condition))

    @api.model
    def _get_condition(self, table, column):
        """Return SQL of whether the row ``new`` counts."""
        if not column:
            return SQL("TRUE")
        field = SQL.identifier("new", column)
        kind = table_columns(self.env.cr, table)[column]["udt_name"]
        return field if kind == "bool" else SQL("%s IS NOT NULL", field)

    @api.model
    def _stop_watching(self):
        """Let tables of others be written to when we are gone."""
        query = SQL("DROP FUNCTION IF EXISTS sales_presence_note CASCADE")
        self.env.cr.execute(query)
