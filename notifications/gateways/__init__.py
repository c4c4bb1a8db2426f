"""Ways out to the telephone network; `base` is what they have in common."""
