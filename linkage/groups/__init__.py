"""From links to groups: communities, the null model, the gates, and what people decided."""
