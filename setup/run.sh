#!/bin/sh
# Start the window; where there is no screen, profile the shipped example on the command line instead.
# Usage: run.sh PYTHON
set -eu
python=$1
if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$python" main.py
fi
trace=layerscope-example.trace.json.gz
report=layerscope-example.report.json
echo "There is no screen here (DISPLAY and WAYLAND_DISPLAY are not set), so the window can't open."
echo "Profiling the shipped example on the command line instead."
"$python" main.py run --trace "$trace" --json "$report"
echo "Wrote $trace (open it in the app or in Perfetto) and $report."
