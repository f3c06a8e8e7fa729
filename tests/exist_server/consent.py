"""The page where a user allows or denies (section 3.2)."""

from collections.abc import Iterable, Mapping
from html import escape

from .groups import GROUPS
from .state import User

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5d6778; --ground: #eef1f6;
  --card: #fff; --line: #d5dbe6; --lead: #2f6f5e; --onlead: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf4; --soft: #9aa5b8;
  --ground: #12161d; --card: #1c222c; --line: #343d4c; --lead: #63c5a8;
  --onlead: #0d1a16; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 6vh 16px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 460px; margin: auto; padding: 28px 32px; background: var(--card);
  border: 1px solid var(--line); border-radius: 14px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 4px; }
h2, legend { font-size: 14px; font-weight: 600; color: var(--soft);
  margin: 22px 0 6px; padding: 0; }
p { margin: 0; color: var(--soft); }
ul { margin: 0; padding-left: 20px; }
fieldset { border: 0; margin: 0; padding: 0; }
label { display: flex; gap: 10px; align-items: center; padding: 8px 12px;
  border: 1px solid var(--line); border-radius: 9px; margin-bottom: 6px; }
label small { color: var(--soft); margin-left: auto; }
input { accent-color: var(--lead); }
.choice { display: flex; gap: 10px; margin-top: 26px; }
button { flex: 1; padding: 11px; font: inherit; font-weight: 600; cursor: pointer;
  border-radius: 9px; border: 1px solid var(--line); background: none;
  color: var(--ink); }
button[value=allow] { background: var(--lead); border-color: var(--lead);
  color: var(--onlead); }
:focus-visible { outline: 3px solid var(--lead); outline-offset: 2px; }
"""


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def _listed(scopes: Iterable[str], right: str) -> list[str]:
    labels = {name: group.label for name, group in GROUPS.items()}
    labels["manual"] = "Everything tracked by hand, in any group"
    return [
        labels[scope.removesuffix(right)] for scope in scopes if scope.endswith(right)
    ]


def _rights(heading: str, rights: list[str]) -> str:
    if not rights:
        return ""
    items = "".join(f"<li>{escape(right)}</li>" for right in rights)
    return f"<h2>{heading}</h2><ul>{items}</ul>"


def consent_page(
    label: str, users: Iterable[User], scopes: Iterable[str], fields: Mapping[str, str]
) -> str:
    """Return the page on which a user allows or denies what a client asks for."""
    scopes = list(scopes)
    hidden = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
        for key, value in fields.items()
    )
    people = "".join(
        f'<label><input type="radio" name="username" value="{escape(user.username)}"'
        f"{'' if index else ' checked'}>{escape(user.first_name)}"
        f"<small>{escape(user.timezone)}</small></label>"
        for index, user in enumerate(users)
    )
    return _document(
        f"{label} and Exist",
        f"<h1>{escape(label)} wants to use your Exist account</h1>"
        "<p>This is a local server for development, not exist.io.</p>"
        f'<form method="post">{hidden}'
        f"<fieldset><legend>Who are you?</legend>{people}</fieldset>"
        + _rights("It will see", ["Your profile, without your e-mail address"])
        + _rights("It will read attributes and values of", _listed(scopes, "_read"))
        + _rights(
            "It will own, create and write attributes of", _listed(scopes, "_write")
        )
        + '<div class="choice">'
        '<button name="decision" value="deny">Deny</button>'
        '<button name="decision" value="allow">Allow</button></div></form>',
    )


def refusal_page(reason: str) -> str:
    """Return the page for requests that cannot be sent back to a client."""
    return _document(
        "Exist",
        f"<h1>This sign-in cannot go on</h1><p>{escape(reason)}</p>",
    )
