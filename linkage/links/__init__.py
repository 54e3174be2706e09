"""Which pairs of accounts are linked: log-odds, priors, and the link rule."""
