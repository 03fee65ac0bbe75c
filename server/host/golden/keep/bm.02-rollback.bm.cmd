zfs
rollback
k/b.before@T
