"""What people who speak German, French, Spanish, Dutch, Polish or Japanese call things.

Alternatives of patterns of whole words, by the attribute's template or by what is meant;
names lose their accents in an entity id, and Japanese has no spaces between words.
"""

from collections.abc import Mapping
from typing import Final

_NOWHERE: Final = r"(?!)"
ELSEWHERE: Final[Mapping[str, str]] = {
    "steps": (
        r"nombre de pas|pas (du jour|quotidiens|aujourd hui)|podomètre|pasos|stappen"
        r"|kroki|krok[óo]w|\w*歩数\w*"
    ),
    "floors": r"étages|etages|pisos subidos|verdiepingen|pi[ęe]tra|\w*階数\w*",
    "weight": r"peso|waga|\w*体重\w*",
    "body_fat": (
        r"masse grasse|graisse corporelle|grasa corporal|vetpercentage|lichaamsvet"
        r"|tkanka tłuszczowa|tłuszcz|\w*体脂肪\w*"
    ),
    "heartrate_resting": (
        r"(fréquence cardiaque|frequence cardiaque|pouls) (au|de) repos"
        r"|(frecuencia card[ií]aca|pulso) en reposo|rusthartslag|hartslag in rust"
        r"|t[ęe]tno spoczynkowe|\w*安静時心拍\w*"
    ),
    "heartrate": (
        r"fr[ée]quence cardiaque|pouls|frecuencia card[ií]aca|ritmo card[ií]aco|pulso"
        r"|hartslag|t[ęe]tno|\w*心拍数\w*"
    ),
    "sleep": (
        r"sommeil|sue[ñn]o|slaap|slaapduur|slaaptijd|sen|snu|\w*睡眠\w*"
        r"|gesamtschlaf\w*|tiempo dormido|horas dormidas|temps dormi"
    ),
    "sleep_deep": (
        r"sommeil profond|sue[ñn]o profundo|diepe slaap|sen g[łl][ęe]boki"
        r"|g[łl][ęe]boki sen|\w*深い睡眠\w*"
    ),
    "sleep_light": (
        r"sommeil l[ée]ger|sue[ñn]o ligero|lichte slaap|sen lekki|lekki sen"
        r"|\w*浅い睡眠\w*"
    ),
    "sleep_rem": (
        r"sommeil (paradoxal|rem)|sue[ñn]o rem|rem slaap|(sen|faza) rem"
        r"|\w*(?<!ノン)レム睡眠\w*"
    ),
    "sleep_start": (
        r"heure d[eu] coucher(?! du soleil)|heure d endormissement|einschlafzeit"
        r"|hora de acostarse|bedtijd"
    ),
    "time_in_bed": (
        r"lit( gauche| droit)? occup\w*|cama( izquierda| derecha)? ocupa\w*"
        r"|bed( links| rechts)? bezet(ting)?"
    ),
    "coffees": r"caf[ée]s?|koffies?|kaw[ay]|\w*コーヒー\w*",
    "alcoholic_drinks": (
        r"cervezas?|vinos?|bi[èe]res?|verres? de vin|wijn\w*|piw[oa]|win[oa]|drinki"
        r"|\w*(ビール|お酒|ワイン)\w*"
    ),
    "mood": r"(estado de )?[áa]nimo|stemming|nastr[óo]j|samopoczucie|\w*気分\w*",
    "stress_level": r"estr[ée]s|stres",
    "projector": r"projektor|beamer|projecteur|proyector|rzutnik|\w*プロジェクター\w*",
    "television": (
        r"t[ée]l[ée]|t[ée]l[ée]vision|t[ée]l[ée]viseur|televisor|televisi[óo]n|televisie"
        r"|telewizor|\w*テレビ\w*"
    ),
    "outdoors": (
        r"buiten\w*|tuin|jard[íi]n|terraza|balc[óo]n|zewn[ęe]trzn\w*|zewn[ąa]trz"
        r"|ogr[óo]d|taras|\w*(外気|屋外|室外(?!機)|ベランダ)\w*"
    ),
    "gusts": (
        r"windböen?|windst(öße|oß)|rachas?|rafales?|windsto(ten|ot)|poryw\w*"
        r"|\w*(突風|瞬間風速)\w*"
    ),
    "bedroom": r"sypialni[ae]?|\w*寝室\w*",
    "tags": (
        r"mal de t[êe]te|dolor de cabeza|hoofdpijn|b[óo]l g[łl]owy|migra[ñn]a|migrena"
        r"|m[ée]dicaments?|medicinas?|medicamentos?|medicatie|leki|pastillas?|malade"
        r"|enferm[oa]|ziek|chor[ya]|\w*(頭痛|薬)\w*"
    ),
    # What makes it something else.
    "not_a_day": (
        r"\w*ziel|objetivos?|doel\w*|\w*doel|ideal\w*|cel|docelow\w*|promedio|moyen\w*|gemiddeld\w*"
        r"|średni\w*|semaine|hebdo\w*|semanal\w*|semana|tygod\w*|mois|mensuel\w*|mensual"
        r"|maand\w*|miesi[ęeąa]\w*|ayer|gisteren|wczoraj"
        r"|\w*(目標|平均|昨日|今週|先週|今月|先月)\w*"
        r"|perr[oa]s?|gat[oa]s?|mascotas?|chiens?|(van de|gewicht) kat|kat gewicht|katten"
        r"|hond|honden|psa|pieska|kota|kotka|katzen\w*|hundegewicht|\w*[猫犬]\w*"
    ),
    "part_of_a_body": (
        r"grasse|grasa|vet|vetmassa|spiermassa|tłuszcz\w*|muscul\w*|mięśni\w*|osseuse|ósea|kości"
        r"|fettmasse|muskelmasse|knochenmasse|\w*(脂肪|筋肉|骨)\w*"
    ),
    "weighed_things": (
        r"koffer\w*|valises?|bagages?|maletas?|equipaje|walizk\w*|k[üu]chenwaage"
        r"|cuisine|cocina|keuken\w*|kuchenn\w*|pakete?|colis|paquetes?|pakket\w*"
        r"|gasflasche\w*|bouteilles?|bombonas?|gasfles\w*|butl[ai]|スーツケース"
    ),
    "small_child": r"b[ée]b[ée]s?|säugling\w*|kleinkind\w*|niemowl\w*|\w*赤ちゃん\w*",
    "part_of_a_night": (
        r"profond\w*|l[ée]ger|paradoxal|profundo|ligero|diepe?|lichte|g[łl][ęe]bok\w*"
        r"|lekki\w*|[ée]veil\w*|despierto|wakker|qualit\w*|calidad|kwaliteit|jako[śs][ćc]"
        r"|\w*(深い|浅い|レム|覚醒|スコア)\w*|d[ée]but|fin|inicio|einde|koniec|beginn"
        r"|ende|einschlaf\w*|schlafqualität"
    ),
    "no_air": (
        r"suelo|du sol|bodem\w*|gleby|gruntu|piscin[ae]|zwembad|basen\w*|serre|kas"
        r"|invernadero|gew[äa]chshaus|szklarni\w*|\w*(プール|土壌|温室)\w*"
    ),
    "no_events": (
        r"anniversaires?|cumplea[ñn]os|verjaardagen|urodziny|[śs]wi[ęe]ta|feestdagen"
        r"|f[ée]ri[ée]s|vacances|festivos|vacaciones|vakantie\w*|wakacje|afval\w*|basura"
        r"|poubelles?|d[ée]chets|[śs]mieci\w*|odpad\w*|\w*(祝日|誕生日|ゴミ|ごみ)\w*"
    ),
    "no_screen": r"barre de son|barra de sonido|サウンドバー",
    "no_cup": r"bohnen|bonen|granos?|grains|ziarna|\w*豆\w*",
    "no_feeling": r"[ée]clairage|luces|luz|verlichting|o[śs]wietlenie|\w*照明\w*",
    "resting": r"repos|reposo|rust|rusthartslag|spoczynk\w*|\w*安静\w*",
}


def elsewhere(template: str) -> str:
    """Return what an attribute is called elsewhere; what nothing is where it is not."""
    return ELSEWHERE.get(template, _NOWHERE)
