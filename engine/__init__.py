"""The engine: everything Layerscope does without a window. Never imports Qt."""
