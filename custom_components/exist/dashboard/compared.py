"""The template of a table: what is now, beside what it may be compared with."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
import json

from .spelling import Spelling

# Of a name, nothing may break the table or the page; long units are names of what is
# counted, which stand there anyway. What is compared has as many digits as what is now.
_TABLE = """\
{% macro number(value, digits) -%}
  {% set plain = '%.*f' | format(digits, value) %}
  {%- if value | abs >= spelling.grouped %}
    {%- set plain = '{:,.{}f}'.format(value, digits) %}
  {%- endif %}
  {{- plain.replace(',', '_').replace('.', spelling.point)
      .replace('_', spelling.thousands) }}
{%- endmacro %}
{% macro shown(entity, value, exact=true) -%}
  {% set unit = state_attr(entity, 'unit_of_measurement') %}
  {%- if not is_number(value) %}
    {{- value if value is string and has_value(entity) else '–' }}
  {%- elif is_state_attr(entity, 'device_class', 'duration') and unit in ('min', 'h') %}
    {%- set minutes = (value | float * (60 if unit == 'h' else 1)) | round | int %}
    {%- set parts = [(minutes // 60, spelling.hours), (minutes % 60, spelling.minutes)]
        | rejectattr(0, 'eq', 0) | list or [(0, spelling.minutes)] %}
    {%- for count, unit in parts %}
      {{- spelling.between if loop.index0 }}{{ count }}{{ unit }}
    {%- endfor %}
  {%- else %}
    {%- set state = states(entity, rounded=True) %}
    {%- set digits = (state ~ '.').split('.')[1] | length if is_number(state)
        else (0 if value == value | int else 1) %}
    {%- if exact and digits == 0 and value | float != value | int %}
      {%- set digits = (value ~ '').split('.')[1] | length %}
    {%- endif %}
    {{- number(value | float, [digits, 2] | min) }}
  {%- endif %}
{%- endmacro %}
{% macro unit(entity) -%}
  {% set unit = state_attr(entity, 'unit_of_measurement') or '' %}
  {%- if has_value(entity) and unit | trim and unit | length < 5
      and not is_state_attr(entity, 'device_class', 'duration') %}
  {{- spelling.percent if unit == '%' else ' ' ~ unit }}
  {%- endif %}
{%- endmacro %}
{% set told = namespace(columns=[], day=[]) %}
{% for column in columns
    if entities | map('state_attr', column[0]) | select('is_number') | list %}
  {% set told.columns = told.columns + [column] %}
{% endfor %}
{% set today = now().date() | string %}
{% set told.day = day_title
    and entities | map('state_attr', 'date') | select | map('string')
        | reject('eq', today) | list %}
|  |  |{% for _, title in told.columns %} {{ title }} |{% endfor %}
{{- ' ' ~ day_title ~ ' |' if told.day }}
|:--|--:|{% for _ in told.columns %}--:|{% endfor %}{{ '--:|' if told.day }}
{% for entity in entities %}
{{- '| ' ~ entity_name(entity) | regex_replace('[|\\n]', ' ') | e }} \
| **{{ shown(entity, states(entity)) }}**{{ unit(entity) }} |
{%- for key, _ in told.columns %}
{%- set value = state_attr(entity, key) %} \
{{ shown(entity, value, key != 'usual') if is_number(value) }} |
{%- endfor %}
{%- set day = state_attr(entity, 'date') %}
{{- ' ' ~ ('' if not day or day | string == today
    else strptime(day | string, '%Y-%m-%d').strftime(
      spelling.near if (day | string)[:4] == today[:4] else spelling.day)) ~ ' |'
    if told.day }}
{% endfor %}"""


def comparing(
    entities: Iterable[str],
    columns: Mapping[str, str],
    spelling: Spelling,
    day_title: str = "",
) -> str:
    """Return a Markdown template with a row for each entity.

    `columns` are titles by state attribute; one that no entity has is left out.
    With `day_title`, a value that is not today's has its day in a last column.
    """
    listed = json.dumps(list(entities), indent=2)
    titles = json.dumps(list(columns.items()), ensure_ascii=False)
    spelled = json.dumps(asdict(spelling))
    return f"""\
{{% set entities = {listed} %}}
{{% set columns = {titles} %}}
{{% set spelling = {spelled} %}}
{{% set day_title = {json.dumps(day_title, ensure_ascii=False)} %}}
{_TABLE}"""
