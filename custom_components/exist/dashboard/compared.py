"""The template of a table: what is now, beside what it may be compared with."""

from collections.abc import Iterable, Mapping
import json

# Of a name, nothing may break the table or the page; long units are names of what is
# counted, which stand there anyway.
_TABLE = """\
{% macro shown(entity, value) -%}
  {% if not is_number(value) %}{{ value if value is string and has_value(entity) else '–' }}
  {%- elif is_state_attr(entity, 'device_class', 'duration')
      and is_state_attr(entity, 'unit_of_measurement', 'min') %}
  {%- set minutes = value | int %}{{ '%d:%02d' | format(minutes // 60, minutes % 60) }}
  {%- else %}{{ (value | round(1) | string).removesuffix('.0') }}
  {%- endif %}
{%- endmacro %}
{% macro unit(entity) -%}
  {% set unit = state_attr(entity, 'unit_of_measurement') or '' %}
  {%- if has_value(entity) and unit | trim and unit | length < 5 %}
  {{- ' h' if unit == 'min' else ' ' ~ unit }}
  {%- endif %}
{%- endmacro %}
{% set told = namespace(columns=[]) %}
{% for column in columns
    if entities | map('state_attr', column[0]) | select('is_number') | list %}
  {% set told.columns = told.columns + [column] %}
{% endfor %}
|  | {{ now_title }} |{% for _, title in told.columns %} {{ title }} |{% endfor %}
|:--|--:|{% for _ in told.columns %}--:|{% endfor %}
{% for entity in entities %}
{{- '| ' ~ entity_name(entity) | regex_replace('[|\\n]', ' ') | e }} \
| **{{ shown(entity, states(entity)) }}**{{ unit(entity) }} |
{%- for key, _ in told.columns %}
{%- set value = state_attr(entity, key) %} {{ shown(entity, value) if is_number(value) }} |
{%- endfor %}
{% endfor %}"""


def comparing(entities: Iterable[str], now: str, columns: Mapping[str, str]) -> str:
    """Return a Markdown template with a row for each entity.

    `columns` are titles by state attribute; one that no entity has is left out.
    """
    listed = json.dumps(list(entities), indent=2)
    titles = json.dumps(list(columns.items()), ensure_ascii=False)
    title = json.dumps(now, ensure_ascii=False)
    return f"""\
{{% set entities = {listed} %}}
{{% set now_title = {title} %}}
{{% set columns = {titles} %}}
{_TABLE}"""
