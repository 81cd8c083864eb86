"""Traces, tables and charts as files."""
