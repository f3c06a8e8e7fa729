"""The demo's dashboard: the one that the integration itself makes."""

from .home import Home

ADDRESS = "exist-ada"
# So many the person has tracked: four years and a little.
EXIST_DAYS = 1500


async def make_dashboard(home: Home) -> None:
    """Ask for the dashboard, paste it as a person does, and let the home open on it."""
    config = await home.act("exist.get_dashboard")
    await home.command(
        "lovelace/dashboards/create",
        url_path=ADDRESS,
        title="Exist",
        icon="mdi:chart-line",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    await home.command("lovelace/config/save", url_path=ADDRESS, config=config)
    await home.command(
        "frontend/set_system_data", key="core", value={"default_panel": ADDRESS}
    )
