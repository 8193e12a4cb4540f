from datetime import timedelta
from pathlib import Path

import pytest

from app.cli_common import settings_apart, settings_of
from app.settings import TABLE, Settings, WrongSettings, environment_name, shown


def test_without_a_word_the_embedded_database_is_used():
    assert Settings.load(environment={}).database_url == "sqlite:///var/benchmark.db"


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path):
    file = tmp_path / "benchmark.toml"
    file.write_text('[smtp]\nhost = "from-file"\nport = 587\n[session]\nidle = "15 min"\n[web]\nsecure_cookies = true\n')
    settings = Settings.load(path=file, environment={"BENCHMARK_SMTP_HOST": "from-environment"}, web_port=9000, web_host=None)
    assert (settings.smtp_host, settings.smtp_port, settings.web_port) == ("from-environment", 587, 9000)
    assert settings.session_idle == timedelta(minutes=15)
    assert settings.secure_cookies is True
    assert settings.web_host == "127.0.0.1"


def test_letters_name_the_port_that_is_served_unless_an_address_is_set():
    assert Settings.load(environment={}, web_port=9123).public_url == "http://127.0.0.1:9123"
    assert Settings.load(environment={}, web_port=9123, web_public_url="https://qmb.example").public_url == "https://qmb.example"


def test_a_secret_may_come_from_a_file_of_its_own(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    assert Settings.load(environment={"BENCHMARK_SMTP_PASSWORD_FILE": str(secret)}).smtp_password == "s3cret"


def test_the_environment_may_name_the_file(tmp_path):
    file = tmp_path / "elsewhere.toml"
    file.write_text('[files]\nfolder = "/srv/files"\n')
    assert Settings.load(environment={"BENCHMARK_SETTINGS": str(file)}).files_folder == Path("/srv/files")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("BENCHMARK_SMTP_HOTS", "x", "did you mean smtp_host"),
        ("BENCHMARK_SMTP_PORT", "smtp", "no whole number"),
        ("BENCHMARK_SMTP_PORT", "-1", "no whole number"),
        ("BENCHMARK_SMTP_PORT", "65536", "not from 1 to 65535"),
        ("BENCHMARK_WEB_PORT", "0", "not from 1 to 65535"),
        ("BENCHMARK_SMTP_TLS", "ssl", "none of none, starttls, tls"),
        ("BENCHMARK_SESSION_IDLE", "30", "write 20 s, 30 min"),
        ("BENCHMARK_WEB_SECURE_COOKIES", "perhaps", "neither true nor false"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_to_do(variable, value, said):
    with pytest.raises(WrongSettings, match=said):
        Settings.load(environment={variable: value})


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(WrongSettings, match=r"nowhere\.toml"):
        Settings.load(path=tmp_path / "nowhere.toml", environment={})


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_each_default_can_be_written_and_read_back(setting):
    loaded = Settings.load(environment={environment_name(setting.name): shown(setting.default)})
    assert getattr(loaded, setting.name) == setting.default


def test_a_demonstration_has_folders_of_its_own():
    ours = settings_apart(name="demo", database=None, file=None)
    assert (ours.database_url, str(ours.files_folder), str(ours.mail_folder)) == (
        "sqlite:///var/demo/benchmark.db",
        "var/demo/files",
        "var/demo/mail",
    )
    named = settings_apart(name="simulate", database="sqlite:////tmp/x/played.db", file=None)
    assert str(named.files_folder) == "/tmp/x/played-files"
    server = settings_apart(name="simulate", database="postgresql://localhost/played", file=None)
    assert str(server.files_folder) == "var/simulate/played-files"
    named = settings_apart(name="simulate", database="postgresql://me@/played?host=/run/postgresql", file=None)
    assert str(named.mail_folder) == "var/simulate/played-mail"


def test_another_embedded_database_has_its_documents_beside_it(monkeypatch):
    """So that no command on it touches the documents of the installation of the settings."""
    monkeypatch.setenv("BENCHMARK_FILES_FOLDER", "/srv/files")
    assert str(settings_of(database="sqlite:////tmp/x/other.db").files_folder) == "/tmp/x/other-files"
    assert str(settings_of(database="sqlite:///var/demo/benchmark.db").mail_folder) == "var/demo/mail"
    assert str(settings_of(database="sqlite:///var/benchmark.db").files_folder) == "/srv/files"
    assert str(settings_of(database=None).files_folder) == "/srv/files"
    assert str(settings_of(database="postgresql://localhost/x").files_folder) == "/srv/files"
