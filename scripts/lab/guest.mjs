/** What stands in the guest beside Debian's packages. It has no disk of its own: all of it lives in memory. */

/** Its first process: modules, devices, network, ssh, and the pools of disks that were kept over a power cut. */
const INIT = `#!/bin/busybox sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts; mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run; mkdir -p /run/sshd /run/lock
mount -t tmpfs -o mode=1777,size=1g tmpfs /tmp
hostname skep-lab
for module in virtio_pci virtio_blk virtio_net virtio_rng; do modprobe $module 2>/dev/null; done
modprobe zfs & zfs=$!
ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
wait $zfs
for udevd in /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd; do
  [ -x $udevd ] && { $udevd --daemon; break; }
done
udevadm trigger --type=subsystems --action=add; udevadm trigger --action=add
udevadm settle -t 30
zed
zpool import -a >/dev/null 2>&1
udevadm settle -t 30
# A guest that was frozen wakes up in the past: whoever wakes it tells it the time.
(while read -r now; do date -s "@$now"; done < /dev/ttyS1 > /dev/null 2>&1) &
/usr/sbin/sshd
echo "skep-lab: ready" > /dev/console
exec /bin/busybox init
`

const INITTAB = `ttyS0::respawn:-/bin/sh
::ctrlaltdel:/bin/busybox poweroff -f
`

const SSHD = `HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
MaxSessions 64
MaxStartups 64
AuthorizedKeysFile /etc/ssh/authorized_keys
Subsystem sftp internal-sftp
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`

/** An ordinary user beside root, who may run zfs and zpool as root and nothing else. */
export const USER = 'skep'

/** Path → text and mode. `keys`: the public key that may come in, and the guest's own pair. */
export function guestFiles(keys) {
  const zfs = ['/usr/sbin/zfs', '/usr/sbin/zpool', '/sbin/zfs', '/sbin/zpool'].join(', ')
  return {
    '/init': [INIT, 0o755],
    '/etc/inittab': [INITTAB, 0o644],
    '/etc/ssh/sshd_config': [SSHD, 0o644],
    '/etc/ssh/ssh_host_ed25519_key': [keys.host, 0o600],
    '/etc/ssh/ssh_host_ed25519_key.pub': [keys.hostPublic, 0o644],
    '/etc/ssh/authorized_keys': [keys.userPublic, 0o644],
    [`/etc/sudoers.d/${USER}`]: [`${USER} ALL=(root) NOPASSWD: ${zfs}\n`, 0o440],
    '/etc/hostname': ['skep-lab\n', 0o644],
    '/etc/hosts': ['127.0.0.1 localhost skep-lab\n::1 localhost\n', 0o644],
    '/etc/fstab': ['', 0o644],
    // The same at every start, or a pool of kept disks would belong to another machine.
    '/etc/hostid': ['SkeP', 0o644],
    '/etc/machine-id': ['5e600000000000000000000000000001\n', 0o444],
    // An emulated processor: the plain routines are the quick ones, and need no trying at every start.
    '/etc/modprobe.d/zfs.conf': [
      'options zfs zfs_arc_max=268435456 zfs_fletcher_4_impl=scalar zfs_vdev_raidz_impl=scalar\n',
      0o644,
    ],
  }
}

/** Debian packages of the guest. */
export const GUEST_PACKAGES = [
  'zfsutils-linux',
  'openssh-server',
  'udev',
  'kmod',
  'mount',
  'iproute2',
  'procps',
  'util-linux',
  'fdisk',
  'sudo',
  'busybox-static',
  'xz-utils',
]

/** Packages that compile the module. */
export const BUILD_PACKAGES = [
  'linux-headers-cloud-amd64',
  'gcc',
  'make',
  'dkms',
  'xz-utils',
  'kmod',
  'libc6-dev',
  'libssl-dev',
  'libelf-dev',
]

/**
 * Runs in the root with the compiler: leaves kernel, modules and packages in /out. The kernel is unpacked, not
 * installed: nothing here boots from it, and its scripts want an initramfs. zed and zinject come the same way, because
 * the packages around them want what a guest in memory does not need.
 */
export const COMPILE = `set -eu
kernel=$(ls /usr/src | sed -n 's/^linux-headers-\\(.*-cloud-amd64\\)$/\\1/p' | sort -V | tail -n 1)
mkdir -p /out/modules /out/packages /etc/dkms; touch /etc/dkms/no-autoinstall
chmod 777 /out/packages; cd /out/packages
apt-get -q update
apt-get -q download linux-image-$kernel zfs-zed zfs-test
dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --keep-directory-symlink -C /
rm linux-image-*.deb
depmod $kernel
apt-get -q -y install --no-install-recommends zfs-dkms </dev/null
version=$(dpkg-query -W -f '\${Version}' zfs-dkms)
source=$(echo "$version" | sed 's/^[0-9]*://;s/-[^-]*$//')
dkms status zfs/$source -k $kernel | grep -q installed || dkms install -j 2 zfs/$source -k $kernel
for module in zfs virtio_pci virtio_blk virtio_net virtio_rng loop; do
  modprobe -S $kernel --show-depends $module || true
done | sed -n 's/^insmod \\([^ ]*\\).*/\\1/p' | sort -u | while read -r file; do
  case $file in
    *.xz) xz -dc $file > /out/modules/$(basename $file .xz) ;;
    *) cp $file /out/modules/ ;;
  esac
done
cp /lib/modules/$kernel/modules.builtin /lib/modules/$kernel/modules.order /out/modules/
cp /boot/vmlinuz-$kernel /out/kernel
echo "$kernel" > /out/release; echo "$version" > /out/zfs
`

/** Runs in the guest's root, with /out of the compiling beside it: what is left is what the guest holds in memory. */
export const FURNISH = `set -eu
kernel=$(cat /out/release)
mkdir -p /lib/modules/$kernel; cp /out/modules/* /lib/modules/$kernel/
depmod $kernel
for package in /out/packages/zfs-zed_*.deb; do
  dpkg-deb --fsys-tarfile $package | tar -x --keep-directory-symlink -C /
done
for package in /out/packages/zfs-test_*.deb; do
  dpkg-deb --fsys-tarfile $package | tar -x --keep-directory-symlink -C / --wildcards './*sbin/zinject'
done
useradd -m -s /bin/bash ${USER}; usermod -p '*' ${USER}; usermod -p '*' root
ln -sf /proc/self/mounts /etc/mtab; ln -sf /bin/busybox /sbin/init
rm -f /etc/ssh/ssh_host_*
rm -rf /out /var/cache/* /var/lib/apt /var/lib/dpkg /var/log/* /usr/share/doc /usr/share/man /usr/share/locale \\
  /usr/share/info /usr/share/lintian /usr/share/zoneinfo /usr/share/bash-completion /usr/share/perl* \\
  /usr/lib/python3* /usr/bin/python3* /usr/share/python* /usr/lib/udev/hwdb.d /usr/lib/x86_64-linux-gnu/libpython* \\
  /usr/lib/x86_64-linux-gnu/perl* /usr/lib/x86_64-linux-gnu/gconv /usr/share/zfs/zfs-tests /boot/*
mkdir -p /mnt
`
