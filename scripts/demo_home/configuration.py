"""The configuration folder of the demo's Home Assistant."""

import json
from pathlib import Path
from typing import Any

CONFIGURATION = """\
homeassistant:
  name: {name}
  time_zone: {zone}
  country: AT
  currency: EUR
  unit_system: metric
  internal_url: {home_url}

# Neither default_config nor `my`: no redirect leaves this machine.
frontend:
history:
logbook:

logger:
  default: warning
  logs:
    custom_components.exist: info

exist:
  url: {exist_url}
"""


def write_configuration(
    folder: Path,
    components: Path,
    home_port: int,
    exist_url: str,
    *,
    name: str = "Exist demo",
    zone: str = "Europe/Vienna",
) -> None:
    """Fill an empty folder."""
    home_url = f"http://127.0.0.1:{home_port}"
    (folder / "configuration.yaml").write_text(
        CONFIGURATION.format(
            home_url=home_url, exist_url=exist_url, name=name, zone=zone
        )
    )
    (folder / "custom_components").symlink_to(components, target_is_directory=True)
    (folder / ".storage").mkdir()
    # Only the user is still to be made; the other steps would add integrations
    # that ask the internet for the weather and more.
    _store(
        folder, "onboarding", 4, {"done": ["core_config", "analytics", "integration"]}
    )
    # Address and port live here; in YAML they would be on trial for five minutes.
    # As the lowest Home Assistant keeps it; a newer one migrates it.
    _store(
        folder,
        "http",
        2,
        {
            "stable": {
                "server_host": ["127.0.0.1"],
                "server_port": home_port,
                "cors_allowed_origins": [],
                "login_attempts_threshold": -1,
                "ip_ban_enabled": False,
                "ssl_profile": "intermediate",
                "use_x_frame_options": True,
                "created_at": "2026-01-01T00:00:00+00:00",
                "error": None,
                "error_message": None,
            },
            "pending": None,
            "yaml_migration_done": True,
        },
        minor=2,
    )
    # Its web client listens to multicast on all adapters that it knows of.
    _store(folder, "core.network", 1, {"configured_adapters": ["lo", "lo0"]})
    # Without an entry that is switched off, it would make one and fetch its catalogue.
    _store(
        folder,
        "core.config_entries",
        1,
        {
            "entries": [
                {
                    "entry_id": "marketplace",
                    "domain": "marketplace",
                    "title": "Marketplace",
                    "version": 1,
                    "data": {},
                    "source": "system",
                    "disabled_by": "user",
                }
            ]
        },
    )


def _store(
    folder: Path, key: str, version: int, data: dict[str, Any], *, minor: int = 1
) -> None:
    content = {"version": version, "minor_version": minor, "key": key, "data": data}
    (folder / ".storage" / key).write_text(json.dumps(content))
