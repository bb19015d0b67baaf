"""Points, lines, triangles, circles and solids."""
