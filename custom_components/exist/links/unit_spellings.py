"""Units as people and devices write them, which Home Assistant spells otherwise."""

from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    PERCENTAGE,
    UnitOfArea,
    UnitOfDensity,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfMass,
    UnitOfPower,
    UnitOfPressure,
    UnitOfSpeed,
    UnitOfTemperature,
    UnitOfTime,
    UnitOfVolume,
    UnitOfVolumetricFlux,
)

SPELLINGS: Final = {
    spelling: unit
    for unit, spellings in {
        UnitOfMass.POUNDS: "lbs|pound|pounds",
        UnitOfMass.KILOGRAMS: (
            "kgs|kilo|kilos|kilogram|kilograms|kilogramm|kilogramme|kilogrammes|kilogramos"
            "|кг|公斤|千克"
        ),
        UnitOfMass.GRAMS: "gr|gram|grams|gramm|gramme|grammes|gramos",
        UnitOfMass.MILLIGRAMS: "milligram|milligrams",
        UnitOfMass.MICROGRAMS: "mcg|ug",
        UnitOfMass.OUNCES: "ounce|ounces",
        UnitOfMass.STONES: "stone|stones",
        UnitOfTime.WEEKS: "week|weeks|wks",
        UnitOfTime.DAYS: "day|days|tag|tage|jour|jours|dia|dias|día|días|dag|dagen|dni|dzień|日",
        UnitOfTime.HOURS: (
            "hr|hrs|hour|hours|hour(s)|std|stunde|stunden|heure|heures|ore|uur|uren|hora"
            "|horas|godz|godzina|godziny|godzin|時間|hod|hodin|timer|timme|timmar|tuntia"
            "|óra|saat|ч|час|часа|часов|小时"
        ),
        UnitOfTime.MINUTES: (
            "mins|minute|minutes|minute(s)|minuten|minuti|minuto|minutos|minuter|minuut"
            "|minuty|minut|分|minutter|minuuttia|perc|dakika|мин|分钟"
        ),
        UnitOfTime.SECONDS: (
            "sec|secs|sek|second|seconds|second(s)|sekunden|secondes|segundos|secondi"
            "|seconden|sekund|sekundy|秒|sekunder|sekuntia|сек"
        ),
        UnitOfTime.MILLISECONDS: "msec|msecs|millisecond|milliseconds",
        UnitOfEnergy.KILO_CALORIE: (
            "kcals|kilocalorie|kilocalories|kilokalorien|kilocalorías|cal|cals|calorie"
            "|calories|kalorien|calorías|calorieën|kalorii|kalorie|キロカロリー"
            "|ккал|千卡"
        ),
        UnitOfEnergy.KILO_JOULE: "kilojoule|kilojoules",
        UnitOfPower.WATT: "watt|watts",
        UnitOfLength.MILES: "mile|miles|millas",
        UnitOfLength.KILOMETERS: (
            "kms|kilometers|kilometres|kilometer|kilometre|kilomètres|kilómetros|kilometrów"
            "|км|公里"
        ),
        UnitOfLength.METERS: "mtr|meter|meters|metre|metres|mètre|mètres|metros|metrów",
        UnitOfLength.CENTIMETERS: "centimeter|centimeters|centimetre|centimetres",
        UnitOfLength.FEET: "feet|foot",
        UnitOfLength.INCHES: 'inch|inches|"',
        UnitOfLength.YARDS: "yard|yards",
        UnitOfVolume.MILLILITERS: "milliliter|milliliters|millilitre|millilitres",
        UnitOfVolume.LITERS: "ltr|liter|liters|litre|litres|litro|litros|litrów",
        UnitOfVolume.FLUID_OUNCES: "fl oz|fl.oz|floz|fluid ounce|fluid ounces",
        UnitOfVolume.GALLONS: "gallon|gallons",
        UnitOfVolume.CUBIC_METERS: "m3|m^3|cbm",
        UnitOfVolume.CUBIC_FEET: "ft3|ft^3",
        UnitOfSpeed.KILOMETERS_PER_HOUR: "kmh|kph|kmph|km/hr",
        UnitOfSpeed.METERS_PER_SECOND: "m/sec|mps",
        UnitOfSpeed.MILES_PER_HOUR: "mi/h|mi/hr",
        UnitOfSpeed.KNOTS: "kt|kts|knot|knots",
        UnitOfPressure.MMHG: "mm hg|mm/hg",
        UnitOfArea.SQUARE_METERS: "m2|m^2|qm|sqm",
        UnitOfArea.SQUARE_FEET: "ft2|ft^2|sqft|sq ft",
        UnitOfTemperature.CELSIUS: "c|ºc|℃|° c|degc|deg c|degrees c|celsius",
        UnitOfTemperature.FAHRENHEIT: "f|ºf|℉|° f|degf|deg f|degrees f|fahrenheit",
        UnitOfDensity.MICROGRAMS_PER_CUBIC_METER: "ug/m3|ug/m³|μg/m3|mcg/m³",
        UnitOfDensity.MILLIGRAMS_PER_CUBIC_METER: "mg/m3",
        UnitOfVolumetricFlux.INCHES_PER_HOUR: "in/hr|inches/hour|inch/h",
        PERCENTAGE: "percent|pct|prozent|％",
    }.items()
    for spelling in spellings.split("|")
}


def meant_unit(unit: str | None, device_class: str | None) -> str | None:
    """Return the unit that an entity of that device class means.

    What a body eats and burns is in kilocalories, whatever the device calls them; only
    an energy is in Home Assistant's own calories.
    """
    if unit == UnitOfEnergy.CALORIE and device_class != SensorDeviceClass.ENERGY:
        return UnitOfEnergy.KILO_CALORIE
    return unit
