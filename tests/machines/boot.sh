#!/bin/sh
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Mounts the system of a machine and becomes its first process. Runs in new mount, uts and pid namespaces.
# Takes LAYERS, DISK, ROOT, NAME and what init.sh takes from the environment.
set -eu

mount -t overlay overlay -o "lowerdir=$LAYERS,upperdir=$DISK/upper,workdir=$DISK/work" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount --bind "$DISK/boot_id" "$ROOT/proc/sys/kernel/random/boot_id"
mount --rbind /sys "$ROOT/sys"
mount --rbind /dev "$ROOT/dev"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/run"
mkdir "$ROOT/run/sshd" "$ROOT/run/lock" "$ROOT/run/machine"
hostname "$NAME"
cd "$ROOT"
exec chroot "$ROOT" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    BOOT_SECONDS="$BOOT_SECONDS" BAKED_SECONDS="$BAKED_SECONDS" SSHD="$SSHD" sh "$INIT"
