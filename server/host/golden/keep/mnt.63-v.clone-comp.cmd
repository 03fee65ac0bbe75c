zfs
clone
-o
compression=bogus
k/vv@T
k/vv6
