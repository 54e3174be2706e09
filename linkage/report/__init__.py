"""A report: what it says, its pictures, and its forms on screen, on paper and as a spreadsheet."""
