"""The parts of ./dev: the cache, apt's sources, PostgreSQL's rights, logs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from dev import apt, database, fetch, odoo_suites, paths, postgres, running, testrun
from dev.steps import Failure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class TestComplete:
    """A folder of the cache is whole, or it is made again."""

    def test_is_made_once(self, tmp_path):
        made = []
        for _time in range(2):
            fetch.complete(tmp_path / "thing", made.append, 1)
        assert made == [tmp_path / "thing"]

    def test_is_made_again_after_a_half_download(self, tmp_path):
        def cut_short(folder):
            (folder / "half").touch()
            raise KeyboardInterrupt

        folder = tmp_path / "thing"
        with pytest.raises(KeyboardInterrupt):
            fetch.complete(folder, cut_short, 1)
        fetch.complete(folder, lambda path: (path / "whole").touch(), 1)
        assert not (folder / "half").exists()
        assert (folder / "whole").exists()

    def test_is_made_again_when_its_probe_is_gone(self, tmp_path):
        folder = tmp_path / "thing"
        fetch.complete(folder, lambda path: (path / "probe").touch(), 1, "probe")
        (folder / "probe").unlink()
        fetch.complete(folder, lambda path: (path / "probe").touch(), 1, "probe")
        assert (folder / "probe").exists()

    def test_disk_full(self, tmp_path, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**20))
        with pytest.raises(Failure, match="(?s)disk is full.*XDG_CACHE_HOME"):
            fetch.complete(tmp_path / "thing", lambda _folder: None, 100)

    def test_disk_full_in_the_middle(self):
        command = ["sh", "-c", "echo write error: No space left on device; exit 1"]
        with pytest.raises(Failure, match="(?s)failed.*free some space"):
            fetch.run(command)

    def test_missing_program(self):
        with pytest.raises(Failure, match="no-such-program is missing"):
            fetch.run(["no-such-program"])


class TestAptSources:
    """The address of Debian's archive comes from the system's own sources."""

    @pytest.fixture(autouse=True)
    def debian(self, monkeypatch):
        release = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
        monkeypatch.setattr(apt, "os_release", lambda: release)

    def mirror(self, folder, name, text):
        (folder / "sources.list.d").mkdir()
        (folder / name).write_text(text)
        return apt.debian_mirror(folder)

    def test_one_line_format(self, tmp_path):
        text = (
            "# deb http://commented.example/debian bookworm main\n"
            "deb http://vendor.example/apt stable-vendor main\n"
            "deb http://mirror.example/debian-security bookworm-security main\n"
            "deb-src http://source.example/debian bookworm main\n"
            "deb [arch=amd64] http://mirror.example/debian bookworm main contrib\n"
        )
        found = self.mirror(tmp_path, "sources.list", text)
        assert found == ("http://mirror.example/debian", apt.KEYRING)

    def test_one_line_format_with_a_key(self, tmp_path):
        text = "deb [signed-by=/etc/key.gpg] http://mirror.example/ bookworm main\n"
        found = self.mirror(tmp_path, "sources.list.d/own.list", text)
        assert found == ("http://mirror.example/", "/etc/key.gpg")

    def test_deb822_format(self, tmp_path):
        text = (
            "Types: deb\nEnabled: no\nURIs: http://off.example/debian\n"
            "Suites: bookworm\nComponents: main\n\n"
            "Types: deb deb-src\n# a comment\nURIs: http://mirror.example/debian\n"
            "Suites: bookworm bookworm-updates\nComponents: main\n"
            "Signed-By: /usr/share/keyrings/own.gpg\n"
        )
        found = self.mirror(tmp_path, "sources.list.d/debian.sources", text)
        assert found == ("http://mirror.example/debian", "/usr/share/keyrings/own.gpg")

    def test_key_written_into_the_file(self, tmp_path):
        text = (
            "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n"
            "Components: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
        )
        found = self.mirror(tmp_path, "sources.list.d/debian.sources", text)
        assert found == ("http://mirror.example/debian", apt.KEYRING)

    def test_no_debian(self, tmp_path, monkeypatch):
        monkeypatch.setattr(apt, "os_release", lambda: {"ID": "ubuntu"})
        text = "deb http://mirror.example/ubuntu noble main\n"
        assert self.mirror(tmp_path, "sources.list", text) is None

    def test_without_root_the_line_is_printed(self, monkeypatch, capsys):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setattr(apt, "browser", lambda: None)
        apt.ensure_programs(with_browser=True)
        assert "sudo apt-get install" in capsys.readouterr().err


class TestForeignPostgres:
    """A server of the PG* variables must let Odoo work."""

    def check(self, answer):
        postgres._check_rights(SimpleNamespace(query=lambda _sql: answer))

    def test_all_is_well(self):
        self.check("clerk|t|15")

    @pytest.mark.parametrize(
        ("answer", "advice"),
        [
            ("clerk|f|15", "ALTER ROLE clerk CREATEDB"),
            ("postgres|t|15", "CREATE ROLE sop LOGIN CREATEDB"),
            ("clerk|t|12", "needs 13"),
        ],
    )
    def test_says_what_helps(self, answer, advice):
        with pytest.raises(Failure, match=advice):
            self.check(answer)


class TestOwnPostgres:
    def test_socket_path_stays_short(self, tmp_path):
        deep = tmp_path.joinpath(*["a-long-name-of-a-folder"] * 5) / "postgresql"
        folder = postgres._socket_folder(deep)
        assert len(f"{folder}/.s.PGSQL.5432") < 107

    def test_variables_lead_to_no_other_server(self, monkeypatch):
        monkeypatch.setenv("PGPASSWORD", "of another server")
        environ = postgres._environ("/socket")
        names = {name for name in environ if name.startswith("PG")}
        assert names == {"PGHOST", "PGPORT", "PGUSER"}


class TestInstallLog:
    TEXT = (
        "2026-01-01 10:00:00,000 7 INFO db odoo.modules: loading sales_order_plus\n"
        "2026-01-01 10:00:01,000 7 WARNING db odoo.tools: about another addon\n"
        "2026-01-01 10:00:02,000 7 WARNING db odoo.orm: field of\n"
        "  sales_order_plus lacks a label\n"
        "2026-01-01 10:00:03,000 7 ERROR db odoo.sql_db: bad query\n"
    )

    def test_complaints(self, tmp_path):
        log = tmp_path / "log"
        log.write_text(self.TEXT)
        found = database.complaints(log)
        assert [line.split()[3] for line in found] == ["WARNING", "ERROR"]
        assert "lacks a label" in found[0]


class TestTreeHash:
    """Only what can change a database asks for an update."""

    @pytest.fixture
    def addons(self, tmp_path):
        (tmp_path / "addon" / "tests").mkdir(parents=True)
        (tmp_path / "addon" / "model.py").write_text("one")
        return tmp_path

    def test_code_counts(self, addons):
        before = paths.tree_hash(addons)
        (addons / "addon" / "model.py").write_text("two")
        assert paths.tree_hash(addons) != before

    def test_tests_and_readme_do_not(self, addons):
        before = paths.tree_hash(addons)
        (addons / "addon" / "tests" / "test_model.py").write_text("new")
        (addons / "addon" / "README.md").write_text("new")
        assert paths.tree_hash(addons) == before


class TestOdooSuites:
    LOG = (
        "x ERROR db odoo.addons.a: FAIL: TestOne.test_known\n"
        "x ERROR db odoo.addons.a: ERROR: Subtest TestTwo.test_new (case=1)\n"
        "x ERROR db odoo.tests: 1 failed, 1 error(s) of 700 tests when loading\n"
    )

    @pytest.fixture(autouse=True)
    def baseline(self, tmp_path, monkeypatch):
        path = tmp_path / "baseline.txt"
        path.write_text("# a comment\nTestOne.test_known\n")
        monkeypatch.setattr(odoo_suites, "BASELINE", path)

    def test_new_failure(self, capsys):
        assert odoo_suites._compare(self.LOG, "log") == 1
        assert "new failure: TestTwo.test_new" in capsys.readouterr().out

    def test_known_failure_only(self):
        log = self.LOG.replace("TestTwo.test_new", "TestOne.test_known")
        assert odoo_suites._compare(log, "log") == 0

    def test_cut_short(self):
        with pytest.raises(Failure, match="did not come to their end"):
            odoo_suites._compare("nothing", "log")


class TestRunning:
    def test_is_known_while_it_runs(self):
        with running.registered("thing"):
            assert [path.name for path in running.alive()] == [f"thing-{os.getpid()}"]
        assert running.alive() == []

    def test_what_was_killed_is_forgotten(self):
        (paths.cache("running") / "thing-1").write_text("1")
        assert running.alive() == []


class TestSkips:
    """No test may be skipped but those that want real orders."""

    def outcome(self, tmp_path, reason):
        shutil.copy(ROOT / "conftest.py", tmp_path)
        test = tmp_path / "test_it.py"
        test.write_text(f"import pytest\ndef test_it():\n    pytest.skip({reason!r})\n")
        options = ["-p", "no:odoo", "-p", "no:cacheprovider", "-q", "-c", os.devnull]
        command = [sys.executable, "-m", "pytest", *options, str(test)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    def test_skip_is_a_failure(self, tmp_path):
        done = self.outcome(tmp_path, "Chrome executable not found")
        assert done.returncode == 1
        assert "1 failed" in done.stdout

    def test_skip_for_want_of_data(self, tmp_path):
        assert self.outcome(tmp_path, "no ../shared/data here").returncode == 0


SHARED = [f"-n{testrun.WORKERS}", "--dist=loadfile", "--no-loadscope-reorder"]
EVERYTHING = ["tests/install", "tests", "addons"]


@pytest.mark.parametrize(
    ("arguments", "targets"),
    [
        ([], [*SHARED, *EVERYTHING]),
        (["-k", "import"], [*SHARED, "-k", "import", *EVERYTHING]),
        (["tests/suite"], ["tests/suite"]),
        (["tests/suite/test_pot.py::test_x"], ["tests/suite/test_pot.py::test_x"]),
    ],
)
def test_pytest_arguments(arguments, targets, monkeypatch):
    monkeypatch.chdir(ROOT)
    ready = SimpleNamespace(python="python", config_file="conf")
    command = testrun._pytest(ready, "db", arguments)
    assert command[command.index("--odoo-log-level=warn") + 1 :] == targets
