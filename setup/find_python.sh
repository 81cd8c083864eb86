#!/bin/sh
# Print a Python from 3.11 to 3.14. The one asked for ($1) is taken or refused, never replaced.
suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
for python in ${1:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
    if "$python" -c "$suits" >/dev/null 2>&1; then
        echo "$python"
        exit 0
    fi
done
if [ -n "$1" ]; then
    echo "$1 is not a Python from 3.11 to 3.14." >&2
else
    found=$(python3 --version 2>&1 || echo 'no python3')
    echo "Layerscope needs Python 3.11, 3.12, 3.13 or 3.14; found: $found." >&2
fi
echo "Install one of these, or name it: make setup PYTHON=/path/to/python3.12" >&2
exit 1
