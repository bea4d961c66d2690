"""docker-compose.yml is valid, and keeps its secrets and its ports to itself."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests import support

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
# Of the Compose Specification, Apache-2.0.
SCHEMA = Path(__file__).parent / "data" / "compose-spec.json"
SECRETS = {"POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p", "ODOO_ADMIN_PASSWORD": "a"}

LOG_IN = """
admin = env.ref("base.user_admin")
admin.with_user(admin)._check_credentials(
    {"type": "password", "password": "first-secret"}, {"interactive": False})
print("IN")
"""


def load():
    return yaml.safe_load(COMPOSE.read_text())


def test_is_valid():
    """By the program where it is installed, by its schema everywhere."""
    jsonschema.validate(load(), json.loads(SCHEMA.read_text()))
    if shutil.which("docker-compose"):
        done = docker_compose(**SECRETS)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", SECRETS)
def test_secret_has_no_default(name):
    text = COMPOSE.read_text()
    uses = re.findall(rf"\$\{{{name}(.*?)\}}", text)
    assert uses
    assert all(use.startswith(":?") for use in uses), uses


def test_without_secrets_it_says_which_one_is_missing():
    if shutil.which("docker-compose"):
        done = docker_compose()
        assert done.returncode != 0
        assert "in .env" in done.stderr


def docker_compose(**variables):
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **variables}
    command = ["docker-compose", "--env-file", os.devnull, "-f", str(COMPOSE), "config"]
    return subprocess.run(command, env=environ, capture_output=True, text=True)


def test_example_names_every_variable_and_no_password():
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))
    assert set(re.findall(r"\$\{(\w+)", COMPOSE.read_text())) <= set(pairs)
    assert not [name for name, value in pairs.items() if "PASS" in name and value]


def test_env_file_is_ignored_by_git():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_ports_are_bound_to_this_machine():
    services = load()["services"]
    assert "ports" not in services["db"]
    assert all(port.startswith("127.0.0.1:") for port in services["odoo"]["ports"])


def test_odoo_waits_for_the_database_to_be_made():
    depends = load()["services"]["odoo"]["depends_on"]
    assert depends["init"]["condition"] == "service_completed_successfully"
    assert depends["db"]["condition"] == "service_healthy"


def test_data_lies_in_named_volumes():
    compose = load()
    assert set(compose["volumes"]) == {"db-data", "odoo-data"}
    assert "healthcheck" in compose["services"]["db"]


@pytest.mark.slow
def test_init_makes_the_database_once(tmp_path):
    """The script itself, with this machine's programs under the image's names."""
    program(tmp_path / "psql", [os.environ["DEV_PSQL"]])
    program(tmp_path / "odoo", support.odoo_command()[:2], os.environ["DEV_ODOO_CONF"])
    with support.database("docker", support.ADDONS_TEMPLATE) as database:
        first = docker_init(tmp_path, database)
        assert first.returncode == 0, first.stderr[-2000:]
        assert "installing sales_" in first.stdout
        assert "IN" in support.run_in_shell(database, LOG_IN).stdout
        second = docker_init(tmp_path, database)
        assert second.returncode == 0, second.stderr[-2000:]
        assert "is there" in second.stdout


def program(path, command, conf=""):
    path.write_text(f'#!/bin/sh\nODOO_RC={conf} exec {" ".join(command)} "$@"\n')
    path.chmod(0o755)


def docker_init(folder, database):
    environ = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "HOST": os.environ.get("PGHOST", ""),
        "USER": os.environ.get("PGUSER", ""),
        "PASSWORD": os.environ.get("PGPASSWORD", "unused"),
        "DATABASE": database,
        "ADMIN_PASSWORD": "first-secret",
        "ADDONS": str(ROOT / "addons"),
    }
    command = ["bash", str(ROOT / "config" / "docker-init.sh")]
    return subprocess.run(command, env=environ, capture_output=True, text=True)
