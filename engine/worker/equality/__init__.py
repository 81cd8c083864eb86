"""Whether the variants of a run do the same work: equal weights, then equal outputs and gradients."""
