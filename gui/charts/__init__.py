"""One chart per file. A chart keeps its data and redraws on the shared clock, when it is visible."""
