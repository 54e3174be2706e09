"""What two accounts have in common, in bits."""
