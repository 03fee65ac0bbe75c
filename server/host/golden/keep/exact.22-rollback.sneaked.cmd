zfs
rollback
k/x@T
