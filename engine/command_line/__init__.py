"""The command line: one file per command. Never imports torch or Qt.

Modules are imported when their command runs, so that ``--help`` answers at once.
"""
