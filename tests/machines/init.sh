#!/bin/sh
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The first process of a machine: starts sshd, and does what cloud-init does at boot.
# Takes BOOT_SECONDS (empty: sshd never starts), BAKED_SECONDS and SSHD from the environment.
set -u

instance=/var/lib/cloud/instance
new_keys=/var/lib/cloud/new_host_keys

serve() {
    "$SSHD" -D -E /var/log/auth.log &
    sshd=$!
}

replace_keys() {
    rm -f /etc/ssh/ssh_host_*
    mv "$new_keys"/* /etc/ssh/
    rmdir "$new_keys"
}

exec </dev/null >>/var/log/cloud-init-output.log 2>&1
[ -n "$BOOT_SECONDS" ] || exec sleep infinity
sleep "$BOOT_SECONDS"
if [ -d "$new_keys" ]; then
    if [ "$BAKED_SECONDS" != 0 ]; then
        serve
        sleep "$BAKED_SECONDS"
        # Only the listener, as systemd does it: who is logged in stays.
        kill "$sshd"
        wait "$sshd"
    fi
    replace_keys
fi
serve
if [ ! -e "$instance/boot-finished" ]; then
    for script in "$instance"/scripts/*; do
        [ ! -x "$script" ] || "$script"
    done
    touch "$instance/boot-finished"
fi
wait "$sshd"
exec sleep infinity
