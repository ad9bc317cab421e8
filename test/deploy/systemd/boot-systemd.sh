#!/bin/sh
# Boots systemd as PID 1 on this machine's own root file system. All changes stay in memory.
# Usage: boot-systemd.sh FOLDER ENGINE_FOLDER. Needs root, overlayfs and a mounted cgroup v2.
set -eu
folder=$1 engine=$2

if [ "${3:-}" != inside ]; then
  # The cgroup of this process becomes the root of the cgroup namespace.
  cgroup=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)/$(basename "$folder")
  mkdir "$cgroup"
  echo $$ >"$cgroup/cgroup.procs"
  exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child sh "$0" "$folder" "$engine" inside
fi

mount -t tmpfs tmpfs "$folder"
root=$folder/root
mkdir "$folder/changes" "$folder/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/changes,workdir=$folder/work" "$root"

# systemd must not change the kernel's settings or the devices of this machine.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir "$root/dev/shm" "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for name in run tmp var/tmp; do mount -t tmpfs tmpfs "$root/$name"; done
chmod 1777 "$root/tmp" "$root/var/tmp"

# Start no service that is enabled on this machine, and forget an installed docker-stats-api.
rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/docker-stats-* "$root/etc/docker-stats-api" "$root/opt/docker-stats-api"
cp /etc/resolv.conf "$folder/resolv.conf"
cp --remove-destination "$folder/resolv.conf" "$root/etc/resolv.conf"

mkdir "$root/run/engine"
mount --bind "$engine" "$root/run/engine"
touch "$root/run/docker.sock"
mount --bind "$engine/docker.sock" "$root/run/docker.sock"

cd "$root"
pivot_root . mnt
umount -l /mnt
mount --make-rshared / # systemd expects this of a container manager
exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target
