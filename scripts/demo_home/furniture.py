"""The demo's home: a console, a bedroom, an electricity meter and a coffee machine."""

from pathlib import Path

from .database import Hours, Recorded, write_database
from .past import BEDROOM, COFFEES, CONSOLE, METER, Past

# Helpers to play with; what is shown is made from them.
CONFIGURATION = """
input_boolean:
  playstation_on:
    name: PlayStation switched on

input_number:
  bedroom_thermometer:
    name: Bedroom thermometer
    min: -20
    max: 50
    step: 0.1
    initial: {temperature}
    mode: box
  electricity_dial:
    name: Electricity dial
    min: 0
    max: 1000000
    step: 0.01
    initial: {reading}
    mode: box

counter:
  coffees:
    name: Coffees
    initial: {coffees}

media_player:
  - platform: universal
    name: PlayStation
    unique_id: playstation
    state_template: >-
      {{{{ 'playing' if is_state('input_boolean.playstation_on', 'on') else 'off' }}}}

template:
  - sensor:
      - name: Bedroom temperature
        unique_id: bedroom_temperature
        state: "{{{{ states('input_number.bedroom_thermometer') }}}}"
        device_class: temperature
        state_class: measurement
        unit_of_measurement: °C
      - name: Electricity meter
        unique_id: electricity_meter
        state: "{{{{ states('input_number.electricity_dial') }}}}"
        device_class: energy
        state_class: total_increasing
        unit_of_measurement: kWh
"""


def furnish(folder: Path, past: Past) -> None:
    """Put entities into a configuration folder, and their past into its database."""
    console, bedroom = past.console(), past.bedroom()
    meter, coffees = past.meter(), past.coffees()
    with (folder / "configuration.yaml").open("a") as file:
        # The home goes on where its past ends.
        file.write(
            CONFIGURATION.format(
                temperature=bedroom[-1][1],
                reading=meter[-1][1],
                coffees=coffees[-1][1],
            )
        )
    write_database(
        folder,
        past.begin,
        past.until,
        [
            Recorded(CONSOLE, console, {"friendly_name": "PlayStation"}),
            Recorded(
                BEDROOM,
                bedroom,
                {
                    "state_class": "measurement",
                    "unit_of_measurement": "°C",
                    "device_class": "temperature",
                    "friendly_name": "Bedroom temperature",
                },
            ),
            Recorded(
                METER,
                meter,
                {
                    "state_class": "total_increasing",
                    "unit_of_measurement": "kWh",
                    "device_class": "energy",
                    "friendly_name": "Electricity meter",
                },
            ),
            Recorded(COFFEES, coffees, {"friendly_name": "Coffees"}),
        ],
        [Hours(BEDROOM, "°C", "temperature", past.bedroom_hours())],
    )
