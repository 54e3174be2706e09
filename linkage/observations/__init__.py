"""Facts about accounts: what rows state, and what follows from several of them."""
