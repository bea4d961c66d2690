#!/bin/bash
# The service `init` of docker-compose.yml: makes the database unless that was done.
# Cut short, it begins again at the next start: what is installed stays installed.
set -euo pipefail

export PGHOST=$HOST PGUSER=$USER PGPASSWORD=$PASSWORD
connection=(--database="$DATABASE" --db_host="$HOST" --db_user="$USER"
    --db_password="$PASSWORD" --no-http --workers=0)
addons=$(cd "${ADDONS:-/mnt/extra-addons}" && printf '%s,' */__manifest__.py)
addons=${addons//\/__manifest__.py,/,}

# The comment is written last, so it means that everything before it was done.
state=$(psql -XAtc "SELECT shobj_description(oid, 'pg_database') FROM pg_database
    WHERE datname = '$DATABASE'" postgres)
if [ "$state" = "ready" ]; then
    echo "Database $DATABASE is there."
    exit 0
fi

echo "Database $DATABASE: installing ${addons%,}"
odoo --init="${addons%,}" "${connection[@]}" ${WITH_DEMO:+--with-demo} --stop-after-init
odoo shell "${connection[@]}" <<'PYTHON'
import os

env.ref("base.user_admin").password = os.environ["ADMIN_PASSWORD"]
env.cr.commit()
PYTHON
psql -Xqc "COMMENT ON DATABASE \"$DATABASE\" IS 'ready'" postgres
