"""Charts as SVG: one kind a file, drawn from plain numbers and texts, the same for a page and for print."""
