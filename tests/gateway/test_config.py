"""The settings: their defaults, accepted values, and faults."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway import config
from gateway.config import Settings, SettingsFault

TOKEN = "abcdefghij0123456789_-"
SECRET = "hunter2-hunter2"


def faults(**environ: str) -> list[str]:
    with pytest.raises(SettingsFault) as caught:
        config.load(environ)
    return caught.value.faults


def test_the_defaults() -> None:
    assert config.load({}) == Settings(
        database_url="sqlite:///var/kibaru.db",
        redis_url="redis://127.0.0.1:6379/0",
        port=8000,
        webhook_tokens=(),
        at_username=None,
        at_api_key=None,
        at_sender_id=None,
        at_api_url=None,
        dhis2_url=None,
        dhis2_token=None,
        dhis2_username=None,
        dhis2_password=None,
        dhis2_timeout=60.0,
        catalogue=None,
        timezone=ZoneInfo("Africa/Bamako"),
        log_level="INFO",
    )


@pytest.mark.parametrize(
    ("name", "text", "attribute", "value"),
    [
        ("DATABASE_URL", "sqlite:////srv/k.db", "database_url", "sqlite:////srv/k.db"),
        ("DATABASE_URL", "postgres://u:p@h:5/n", "database_url", "postgresql+psycopg://u:p@h:5/n"),
        ("DATABASE_URL", "postgresql://h/n", "database_url", "postgresql+psycopg://h/n"),
        ("DATABASE_URL", "postgresql+psycopg://h/n", "database_url", "postgresql+psycopg://h/n"),
        (
            "DATABASE_URL",
            "postgres://u:a/b@h:5432/n?sslmode=require",
            "database_url",
            "postgresql+psycopg://u:a/b@h:5432/n?sslmode=require",
        ),
        ("DATABASE_URL", "postgres://[::1]:5/n", "database_url", "postgresql+psycopg://[::1]:5/n"),
        (
            "DATABASE_URL",
            "postgresql:///n?host=/run/pg",
            "database_url",
            "postgresql+psycopg:///n?host=/run/pg",
        ),
        ("REDIS_URL", "redis://:pw@cache:6380/2", "redis_url", "redis://:pw@cache:6380/2"),
        ("REDIS_URL", "rediss://cache", "redis_url", "rediss://cache"),
        ("REDIS_URL", "unix:///run/redis.sock", "redis_url", "unix:///run/redis.sock"),
        ("PORT", "1", "port", 1),
        ("PORT", " 65535 ", "port", 65535),
        ("WEBHOOK_TOKENS", TOKEN, "webhook_tokens", (TOKEN,)),
        ("WEBHOOK_TOKENS", f" {TOKEN}a , {TOKEN}b, ", "webhook_tokens", (f"{TOKEN}a", f"{TOKEN}b")),
        ("AT_SENDER_ID", "KIBARU", "at_sender_id", "KIBARU"),
        ("AT_API_URL", "http://127.0.0.1:9101/", "at_api_url", "http://127.0.0.1:9101"),
        ("DHIS2_TIMEOUT", "2.5", "dhis2_timeout", 2.5),
        ("DHIS2_TIMEOUT", "3600", "dhis2_timeout", 3600.0),
        ("TIMEZONE", "Africa/Dakar", "timezone", ZoneInfo("Africa/Dakar")),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("LOG_LEVEL", "   ", "log_level", "INFO"),
        ("PORT", "", "port", 8000),
    ],
)
def test_a_setting_is_taken(name: str, text: str, attribute: str, value: object) -> None:
    assert getattr(config.load({name: text}), attribute) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", SECRET),
        ("DATABASE_URL", "mysql://u:hunter2-hunter2@h/n"),
        ("DATABASE_URL", "postgres://"),
        ("DATABASE_URL", "postgres://u:hunter2-hunter2@h:none/n"),
        ("DATABASE_URL", "postgres://h:99999/n"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///k.db?colour=blue"),
        ("DATABASE_URL", "sqlite:k.db"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "redis:cache"),
        ("REDIS_URL", "http://cache:6379"),
        ("REDIS_URL", "redis://:hunter2-hunter2@cache:port"),
        ("REDIS_URL", "redis://"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8000a"),
        ("PORT", "٨٠٠٠"),
        ("PORT", "8" * 5000),
        ("WEBHOOK_TOKENS", TOKEN[1:]),
        ("WEBHOOK_TOKENS", f"{TOKEN}/"),
        ("WEBHOOK_TOKENS", f"{TOKEN} {TOKEN}"),
        ("WEBHOOK_TOKENS", f"{TOKEN},hunter2-hunter2"),
        ("WEBHOOK_TOKENS", ","),
        ("AT_API_URL", "api.example.org"),
        ("AT_API_URL", "http://"),
        ("AT_API_URL", "ftp://api.example.org"),
        ("AT_USERNAME", "kibaru"),
        ("AT_API_KEY", SECRET),
        ("DHIS2_URL", "https://dhis2.example.org"),
        ("DHIS2_URL", "dhis2.example.org"),
        ("DHIS2_USERNAME", "kibaru"),
        ("DHIS2_PASSWORD", SECRET),
        ("DHIS2_TIMEOUT", "0"),
        ("DHIS2_TIMEOUT", "3601"),
        ("DHIS2_TIMEOUT", "nan"),
        ("DHIS2_TIMEOUT", "inf"),
        ("DHIS2_TIMEOUT", "a minute"),
        ("KIBARU_CATALOGUE", "no/such/folder"),
        ("TIMEZONE", "Bamako"),
        ("TIMEZONE", "Africa"),
        ("TIMEZONE", "../etc/passwd"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_fault_names_the_setting_and_shows_no_secret(name: str, text: str) -> None:
    told = "\n".join(faults(**{name: text}))
    assert name in told
    assert len(told) < 300
    assert SECRET not in told


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        DATABASE_URL="x",
        REDIS_URL="x",
        PORT="x",
        WEBHOOK_TOKENS="x,y",
        AT_API_KEY="x",
        DHIS2_URL="http://x/api",
        DHIS2_TIMEOUT="x",
        KIBARU_CATALOGUE="x",
        TIMEZONE="x",
        LOG_LEVEL="x",
    )
    starts = [sentence.partition(":")[0] for sentence in told]
    assert starts == [
        "DATABASE_URL",
        "REDIS_URL",
        "PORT",
        "WEBHOOK_TOKENS",
        "WEBHOOK_TOKENS",
        "DHIS2_URL",
        "DHIS2_TIMEOUT",
        "KIBARU_CATALOGUE",
        "TIMEZONE",
        "LOG_LEVEL",
        "AT_USERNAME and AT_API_KEY",
        "DHIS2_URL",
    ]


@pytest.mark.parametrize("url", ["https://h/dhis/api", "https://h/api/", "https://h/api/42"])
def test_the_base_address_of_dhis2_comes_without_api(url: str) -> None:
    assert faults(DHIS2_URL=url, DHIS2_TOKEN="d2pat_x") == [
        "DHIS2_URL: give the base address without /api"
    ]


def test_a_server_may_have_api_in_its_name() -> None:
    found = config.load({"DHIS2_URL": "https://api.example.org/apis/", "DHIS2_TOKEN": "d2pat_x"})
    assert found.dhis2_url == "https://api.example.org/apis"


@pytest.mark.parametrize("tokens", ["", "   "])
def test_the_web_process_needs_a_token(tokens: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        config.load({"WEBHOOK_TOKENS": tokens}, need_tokens=True)
    assert [sentence.partition(":")[0] for sentence in caught.value.faults] == ["WEBHOOK_TOKENS"]
    assert config.load({"WEBHOOK_TOKENS": tokens}).webhook_tokens == ()


@pytest.mark.parametrize(
    ("environ", "operator", "dhis2"),
    [
        ({}, False, False),
        ({"AT_USERNAME": "sandbox", "AT_API_KEY": "k"}, True, False),
        ({"DHIS2_TOKEN": "d2pat_x"}, False, False),
        ({"DHIS2_URL": "https://h", "DHIS2_TOKEN": "d2pat_x"}, False, True),
        ({"DHIS2_URL": "https://h", "DHIS2_USERNAME": "u", "DHIS2_PASSWORD": "p"}, False, True),
    ],
)
def test_which_far_sides_are_known(environ: dict[str, str], operator: bool, dhis2: bool) -> None:
    found = config.load(environ)
    assert (found.operator_known, found.dhis2_known) == (operator, dhis2)


def test_a_catalogue_folder_is_taken(tmp_path: Path) -> None:
    assert config.load({"KIBARU_CATALOGUE": str(tmp_path)}).catalogue == tmp_path


def test_the_environment_is_read_unless_a_mapping_is_handed_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert config.load().port == 8123
    assert config.load({}).port == 8000


def test_settings_show_no_secret_when_printed() -> None:
    found = config.load(
        {
            "DATABASE_URL": f"postgres://u:{SECRET}@h/n",
            "REDIS_URL": f"redis://:{SECRET}@h",
            "WEBHOOK_TOKENS": f"{TOKEN}{SECRET}",
            "AT_USERNAME": "u",
            "AT_API_KEY": SECRET,
            "DHIS2_URL": "https://h",
            "DHIS2_TOKEN": SECRET,
        }
    )
    assert SECRET not in f"{found!r} {found}"
