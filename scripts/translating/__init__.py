"""Check what the integration says in other languages against what it says in English."""
