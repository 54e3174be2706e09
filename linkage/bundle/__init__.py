"""Evidence bundles: sealing, views, signatures, time stamps."""
