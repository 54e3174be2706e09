"""What providers tell one another of operators: STIX 2.1, values in the open or as keyed digests."""
