"""The Kernels tab: every kernel (operator on a CPU) with its cost."""
