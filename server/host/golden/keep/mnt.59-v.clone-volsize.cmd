zfs
clone
-o
volsize=16777216
k/vv@T
k/vv2
