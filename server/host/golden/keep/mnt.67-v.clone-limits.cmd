zfs
clone
-o
snapshot_limit=10
k/vv@T
k/vv10
