#!/bin/sh
# Look for the shared libraries and the font that Qt needs on Linux; as root on Debian or Ubuntu, install
# what is missing, elsewhere print the command that does. Exits 0 if nothing is missing (any more).
#
# The first eight serve even the offscreen platform; libxcb-* and libxkbcommon-x11 serve a window on X11.
set -eu
[ "$(uname -s)" = Linux ] || exit 0

# library|apt|dnf|pacman|zypper
libraries='
libEGL.so.1|libegl1|libglvnd-egl|libglvnd|libglvnd
libGL.so.1|libgl1|libglvnd-glx|libglvnd|libglvnd
libX11.so.6|libx11-6|libX11|libx11|libX11-6
libxkbcommon.so.0|libxkbcommon0|libxkbcommon|libxkbcommon|libxkbcommon0
libfontconfig.so.1|libfontconfig1|fontconfig|fontconfig|fontconfig
libfreetype.so.6|libfreetype6|freetype|freetype2|libfreetype6
libglib-2.0.so.0|libglib2.0-0|glib2|glib2|libglib-2_0-0
libdbus-1.so.3|libdbus-1-3|dbus-libs|dbus|libdbus-1-3
libxcb-cursor.so.0|libxcb-cursor0|xcb-util-cursor|xcb-util-cursor|libxcb-cursor0
libxcb-icccm.so.4|libxcb-icccm4|xcb-util-wm|xcb-util-wm|libxcb-icccm4
libxcb-image.so.0|libxcb-image0|xcb-util-image|xcb-util-image|libxcb-image0
libxcb-keysyms.so.1|libxcb-keysyms1|xcb-util-keysyms|xcb-util-keysyms|libxcb-keysyms1
libxcb-randr.so.0|libxcb-randr0|libxcb|libxcb|libxcb-randr0
libxcb-render-util.so.0|libxcb-render-util0|xcb-util-renderutil|xcb-util-renderutil|libxcb-render-util0
libxcb-shape.so.0|libxcb-shape0|libxcb|libxcb|libxcb-shape0
libxcb-xkb.so.1|libxcb-xkb1|libxcb|libxcb|libxcb-xkb1
libxkbcommon-x11.so.0|libxkbcommon-x11-0|libxkbcommon-x11|libxkbcommon-x11|libxkbcommon-x11-0
'
font='a font|fonts-dejavu-core|dejavu-sans-fonts|ttf-dejavu|dejavu-fonts'

ldconfig=$(command -v ldconfig || command -v /sbin/ldconfig || command -v /usr/sbin/ldconfig || true)
if [ -z "$ldconfig" ]; then
    echo "ldconfig is not here, so Qt's libraries were not looked for." >&2
    exit 0
fi

has_font() {
    found=$(find -L /usr/share/fonts /usr/local/share/fonts "${HOME:-/nowhere}/.fonts" \
        "${HOME:-/nowhere}/.local/share/fonts" \( -name '*.tt[fc]' -o -name '*.otf' \) -print 2>/dev/null | head -n 1)
    [ -n "$found" ]
}

# Print the table rows of what is missing.
missing() {
    known=$("$ldconfig" -p)
    for row in $libraries; do
        case "$known" in
            *"	${row%%|*} "*) ;;
            *) echo "$row" ;;
        esac
    done
    has_font || echo "$font"
}

rows=$(missing)
[ -n "$rows" ] || exit 0

# Print the packages of one column of the rows, each once.
packages() { echo "$rows" | cut -d '|' -f "$1" | sort -u | tr '\n' ' '; }

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        echo "Installing what Qt needs: $(packages 2)"
        # shellcheck disable=SC2046
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends $(packages 2) >/dev/null || true
        rows=$(missing)
        [ -n "$rows" ] || exit 0
    fi
    command="apt-get install $(packages 2)"
elif command -v dnf >/dev/null 2>&1; then
    command="dnf install $(packages 3)"
elif command -v pacman >/dev/null 2>&1; then
    command="pacman -S $(packages 4)"
elif command -v zypper >/dev/null 2>&1; then
    command="zypper install $(packages 5)"
else
    command="(install with your system's packages) $(packages 1)"
fi
echo "The window needs what this machine lacks: $(packages 1)" >&2
echo "    sudo $command" >&2
echo "The command line (main.py run, devices, layers) works without." >&2
exit 3
