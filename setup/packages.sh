#!/bin/sh
# Make a virtual environment and install the pinned packages. Usage: packages.sh VENV [PYTHON]
#
# LAYERSCOPE_KEEP_TORCH=1 keeps a torch >= 2.6 that is in VENV already: a machine with a GPU may need
# another build than the lock's. The choice is remembered in VENV/.keep-torch.
set -eu
venv=$1
here=$(dirname "$0")
python=$venv/bin/python

install_venv_module() {
    # Debian and Ubuntu keep the venv module in a package of its own.
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "Installing python$version-venv ..."
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "python$version-venv" >/dev/null
    else
        echo "$1 can't make virtual environments. On Debian and Ubuntu run:" >&2
        echo "    sudo apt-get install python$version-venv" >&2
        exit 1
    fi
}

if ! "$python" -c 'import pip' >/dev/null 2>&1; then
    base=$(sh "$here/find_python.sh" "${2:-}")
    "$base" -c 'import ensurepip, venv' >/dev/null 2>&1 || install_venv_module "$base"
    echo "Making $venv with $("$base" --version) ..."
    "$base" -m venv --clear "$venv"
fi

keeps_torch() {
    [ "${LAYERSCOPE_KEEP_TORCH:-}" = 1 ] || [ -e "$venv/.keep-torch" ] || return 1
    "$python" -c 'import sys, torch; sys.exit(tuple(map(int, torch.__version__.split(".")[:2])) < (2, 6))'
}

wanted=$here/../requirements.lock
if keeps_torch; then
    touch "$venv/.keep-torch"
    wanted=$venv/requirements-without-torch.txt
    grep -v '^torch==' "$here/../requirements.lock" >"$wanted"
    echo "Keeping torch $("$python" -c 'import torch; print(torch.__version__)')."
elif [ "${LAYERSCOPE_KEEP_TORCH:-}" = 1 ]; then
    echo "There is no torch >= 2.6 in $venv to keep: install it there first (see README, \"GPUs\")." >&2
    exit 1
fi
echo "Installing the pinned packages (the first time, this downloads torch and Qt) ..."
"$python" -m pip install --disable-pip-version-check -r "$wanted"
