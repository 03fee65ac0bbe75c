zfs
clone
-o
used=1
k/vv@T
k/vv5
