"""What every verb takes: its arguments, options and help. Nothing here loads what a verb does."""
