"""Maps of many runs: what may lie along their sides, and how they are built in chunks."""
