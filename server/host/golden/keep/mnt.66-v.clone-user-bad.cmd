zfs
clone
-o
nocolon=1
k/vv@T
k/vv9
