"""The pictures of README and docs, and the words on them; scripts/pictures makes them."""
