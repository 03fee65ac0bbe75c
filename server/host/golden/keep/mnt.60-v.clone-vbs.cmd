zfs
clone
-o
volblocksize=16384
k/vv@T
k/vv3
