"""Maps of what many runs do at once: asked for by a Scene's `Map`, made in turns, and kept."""
