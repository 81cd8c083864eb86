"""Notices when a custom file changes on disk."""
