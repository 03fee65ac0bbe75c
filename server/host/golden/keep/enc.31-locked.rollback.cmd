zfs
rollback
k/e/r.x@T
