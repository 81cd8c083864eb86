"""WHERE it runs: the engine thread and one worker process per run. Never imports torch or Qt."""
