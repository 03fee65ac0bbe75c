zfs
clone
-o
filesystem_limit=10
k/vv@T
k/vv11
