"""Which entities tell presses and events: pure facts."""

_MOMENTS = frozenset(
    {
        "ai_task",
        "button",
        "conversation",
        "event",
        "image",
        "input_button",
        "notify",
        "scene",
        "stt",
        "tag",
        "tts",
        "wake_word",
    }
)


def is_of_events(entity_id: str) -> bool:
    """Return whether its states are moments of presses or events."""
    return entity_id.partition(".")[0] in _MOMENTS
