"""One run: build the variants, warm up, time steps, open profile windows, end."""
