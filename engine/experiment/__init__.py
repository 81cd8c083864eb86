"""WHAT to run: plain frozen dataclasses, JSON in and out, validated. Never imports torch or Qt."""
