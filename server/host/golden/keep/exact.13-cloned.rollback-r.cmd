zfs
rollback
-r
k/x@T
