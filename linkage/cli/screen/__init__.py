"""What several verbs print, and how: layout, numbers, safe text, progress, output formats."""
