"""The live figure: a Scene as the browser needs it, the modules that draw it, and its mounts."""
