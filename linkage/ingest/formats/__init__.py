"""One module for each file format that rows are read from."""
