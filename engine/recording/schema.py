"""The layout of a recording file."""

from __future__ import annotations

# Tells a recording from any other SQLite file ("LSCP", stored in the file's head).
APPLICATION_ID = 0x4C534350
SCHEMA_VERSION = 1
SUFFIX = ".layerscope"

TABLES = """
-- One JSON document each: experiment, base_directory, environment, models, same_work, step_work, ending.
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
-- One row per batch of steps: the columns of a StepTable one after another, little endian.
CREATE TABLE steps (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, columns BLOB NOT NULL);
-- One row per profile window. table_head is JSON (strings, column layout); both blobs are zstandard.
CREATE TABLE windows (
    id INTEGER PRIMARY KEY, window INTEGER NOT NULL, variant INTEGER NOT NULL,
    first_step INTEGER NOT NULL, step_count INTEGER NOT NULL,
    start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, overhead_ns INTEGER NOT NULL,
    clock TEXT NOT NULL, table_head BLOB NOT NULL, table_columns BLOB NOT NULL,
    -- JSON: what the worker said of its profiler. Files of before there was one lack the column.
    profiler TEXT);
CREATE TABLE memory (
    id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, variant INTEGER NOT NULL,
    allocated_bytes INTEGER NOT NULL, reserved_bytes INTEGER NOT NULL);
-- NULL is unavailable. Older files have no device_throttle.
CREATE TABLE telemetry (
    id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, cpu_percent REAL, worker_cpu_percent REAL,
    resident_bytes INTEGER, device_load_percent REAL, device_memory_bytes INTEGER,
    device_power_watts REAL, device_temperature_celsius REAL, device_clock_mhz REAL, device_throttle TEXT);
CREATE TABLE logs (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE peak_memory (id INTEGER PRIMARY KEY, json TEXT NOT NULL);
-- By variant; older files don't have it. The table as in windows; allocations: columns one after another;
-- held: JSON, the blocks that lived before and behind the step.
CREATE TABLE memory_profiles (
    id INTEGER PRIMARY KEY, table_head BLOB NOT NULL, table_columns BLOB NOT NULL,
    allocations BLOB NOT NULL, held TEXT NOT NULL);
"""
