"""Where rows come from: finding tables, reading them strictly, and saying what became of each row."""
