"""The report of a run: one HTML page for the index and one for each country, self-contained and without scripts."""
