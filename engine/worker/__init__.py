"""THE RUN: the only place that imports torch. Needs the standard library, torch and engine.wire."""
